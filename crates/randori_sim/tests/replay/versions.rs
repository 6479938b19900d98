//! Engine versions in recordings.

use randori_sim::engine::{FEATURES, PARRY_VERSION, RAPIER_VERSION};

#[test]
fn the_versions_are_those_that_are_built() {
    let lock = include_str!("../../../../Cargo.lock");
    for (name, version) in [("rapier3d", RAPIER_VERSION), ("parry3d", PARRY_VERSION)] {
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert_eq!(lock.matches(&format!("name = \"{name}\"\n")).count(), 1, "{name}");
        assert!(lock.contains(&entry), "{name} {version} is not what Cargo.lock says");
    }
}

#[test]
fn the_features_are_those_that_are_asked_for() {
    let workspace = include_str!("../../../../Cargo.toml");
    let rapier = workspace.lines().find(|line| line.starts_with("rapier3d ="));
    let rapier = rapier.expect("the workspace names the physics engine");
    for feature in FEATURES {
        assert!(rapier.contains(&format!("\"{feature}\"")), "{feature} is not in {rapier}");
    }
}
