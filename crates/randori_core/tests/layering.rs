//! Checks manifests and sources against the rooms of the architecture page.

use std::fs;
use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("a workspace root")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Rust files below `folder`, in a fixed order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Names under `[dependencies]` of a member's manifest.
fn dependencies(member: &str) -> Vec<String> {
    let path = workspace().join("crates").join(member).join("Cargo.toml");
    let manifest: toml::Table = read(&path).parse().expect("a valid manifest");
    manifest
        .get("dependencies")
        .and_then(toml::Value::as_table)
        .map(|table| table.keys().cloned().collect())
        .unwrap_or_default()
}

/// Source lines of `folder` that contain `word` outside comments.
fn lines_with(folder: &Path, word: &str) -> Vec<String> {
    rust_files(folder)
        .iter()
        .flat_map(|file| {
            let text = read(file);
            let found: Vec<String> = text
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.trim_start().starts_with("//") && line.contains(word))
                .map(|(number, line)| format!("{}:{}: {}", file.display(), number + 1, line.trim()))
                .collect();
            found
        })
        .collect()
}

fn assert_absent(folder: &Path, words: &[&str]) {
    for word in words {
        let found = lines_with(folder, word);
        assert!(found.is_empty(), "`{word}` does not belong here:\n{}", found.join("\n"));
    }
}

#[test]
fn dependencies_point_one_way() {
    let allowed: [(&str, &[&str]); 14] = [
        ("randori_accuracy", &["randori_core", "randori_sim"]),
        ("randori_bodies", &[]),
        ("randori_stl", &[]),
        ("randori_onnx", &[]),
        ("randori_core", &[]),
        ("randori_import", &["randori_core"]),
        ("randori_policy", &["randori_core", "randori_onnx"]),
        ("randori_record", &["randori_core"]),
        ("randori_report", &["randori_core", "randori_record"]),
        ("randori_sim", &["randori_bodies", "randori_core", "randori_stl"]),
        (
            "randori_fuzz",
            &[
                "randori_core",
                "randori_import",
                "randori_onnx",
                "randori_policy",
                "randori_record",
                "randori_sim",
                "randori_stl",
            ],
        ),
        (
            "randori_project",
            &[
                "randori_core",
                "randori_import",
                "randori_onnx",
                "randori_policy",
                "randori_record",
                "randori_sim",
            ],
        ),
        (
            "randori_viewer",
            &[
                "randori_core",
                "randori_import",
                "randori_policy",
                "randori_project",
                "randori_record",
                "randori_sim",
            ],
        ),
        (
            "randori_cli",
            &[
                "randori_accuracy",
                "randori_core",
                "randori_import",
                "randori_onnx",
                "randori_policy",
                "randori_project",
                "randori_record",
                "randori_report",
                "randori_sim",
                "randori_stl",
            ],
        ),
    ];
    for (member, may_use) in allowed {
        for dependency in dependencies(member) {
            assert!(
                !dependency.starts_with("randori_") || may_use.contains(&dependency.as_str()),
                "{member} must not depend on {dependency}"
            );
            assert!(
                !dependency.starts_with("rapier") || member == "randori_sim",
                "{member} must not depend on {dependency}"
            );
            assert!(
                !dependency.starts_with("bevy") || member == "randori_viewer",
                "{member} must not depend on {dependency}"
            );
        }
    }
    assert!(dependencies("randori_stl").is_empty(), "the logic depends on nothing");
}

#[test]
fn only_the_world_knows_the_physics_engine() {
    let sim = workspace().join("crates/randori_sim/src");
    let strangers: Vec<String> = lines_with(&sim, "rapier3d")
        .into_iter()
        .filter(|line| !line.contains("/randori_sim/src/world/"))
        .collect();

    assert!(strangers.is_empty(), "rapier3d outside `world`:\n{}", strangers.join("\n"));
}

/// Enumerations of kinds, and the rooms that may tell a kind from another.
const KINDS: [(&str, &[&str]); 3] = [
    ("SensorKind::", &["/randori_core/src/sensor/", "/randori_sim/src/sensors/models/"]),
    ("Effect::", &["/randori_core/src/effect/", "/randori_sim/src/events/"]),
    ("PolicySource::", &["/randori_core/src/policy_source/", "/randori_policy/src/source/"]),
];

#[test]
fn only_their_rooms_tell_kinds_apart() {
    let members = fs::read_dir(workspace().join("crates")).expect("a folder of members");
    let members: Vec<PathBuf> = members.map(|member| member.expect("an entry").path()).collect();
    let folders =
        members.iter().flat_map(|it| ["src", "examples", "benches"].map(|name| it.join(name)));
    let folders: Vec<PathBuf> = folders.filter(|it| it.is_dir()).collect();
    for (word, rooms) in KINDS {
        let found = folders.iter().flat_map(|folder| lines_with(folder, word));
        let (inside, strangers): (Vec<String>, Vec<String>) =
            found.partition(|line| rooms.iter().any(|room| line.contains(room)));

        assert!(!inside.is_empty(), "the rooms of `{word}` are gone");
        assert!(strangers.is_empty(), "ask the kind instead:\n{}", strangers.join("\n"));
    }
}

#[test]
fn core_and_engine_read_no_clock_file_environment_or_hash_map() {
    let forbidden = [
        "std::time::",
        "SystemTime",
        "Instant::now",
        "std::env::",
        "std::fs",
        "std::net",
        "HashMap",
        "HashSet",
        "thread_rng",
        "mul_add",
    ];
    for member in ["randori_bodies", "randori_core", "randori_sim", "randori_stl"] {
        assert_absent(&workspace().join("crates").join(member).join("src"), &forbidden);
    }
}

#[test]
fn the_top_level_is_the_agreed_one() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "assets",
        "crates",
        "docs",
        "rust-toolchain.toml",
        "scenarios",
        "target",
    ];
    let entries = fs::read_dir(workspace()).expect("a readable root");
    for entry in entries {
        let name = entry.expect("a readable entry").file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || agreed.contains(&name.as_str()), "unexpected `{name}`");
    }
}
