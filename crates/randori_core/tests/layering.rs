//! Checks manifests and sources against the rooms of the architecture page.

use std::collections::{BTreeMap, BTreeSet};
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

/// Words of the viewer's sources that ask the system for files, programs or time.
const OF_THE_DESKTOP: [&str; 7] = [
    "std::fs",
    "std::process",
    "std::thread",
    "std::env",
    "std::net",
    "SystemTime",
    "std::time::Instant",
];

/// Modules that `text` declares, with whether they are behind the feature `desktop`.
fn modules(text: &str) -> BTreeMap<&str, bool> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        let line = line.trim_start_matches("pub ");
        if let Some(name) = line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            let above = number.checked_sub(1).map_or("", |above| lines[above]);
            found.insert(name, above == r#"#[cfg(feature = "desktop")]"#);
        }
    }
    found
}

/// Files of a member's library with the modules that they belong to, such as
/// `["plots", "save"]`; those of a program are left out.
fn library_files(member: &str) -> Vec<(PathBuf, Vec<String>)> {
    let root = workspace().join("crates").join(member).join("src");
    let program = fs::read_to_string(root.join("main.rs")).unwrap_or_default();
    let program = modules(&program);
    let files = rust_files(&root).into_iter().map(|file| {
        let inside = file.strip_prefix(&root).expect("it lies there").with_extension("");
        let parts = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        (file, parts)
    });
    let is_of_library = |(_, parts): &(PathBuf, Vec<String>)| {
        parts[0] != "main" && !program.contains_key(parts[0].as_str())
    };
    files.filter(is_of_library).collect()
}

#[test]
fn modules_of_the_viewer_and_of_the_engine_form_no_cycle() {
    for (member, known) in
        [("randori_viewer", ("panels", "keys")), ("randori_sim", ("simulation", "world"))]
    {
        let files = library_files(member);
        let all: BTreeSet<&str> = files.iter().map(|(_, parts)| parts[0].as_str()).collect();
        let mut needs: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for (file, parts) in files.iter().filter(|(_, parts)| parts[0] != "lib") {
            let text = read(file);
            let place = file.display();
            let leaves = parts.len() == 2 && text.contains("super::super");
            assert!(!leaves, "{place}: say `crate::`");
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for named in code.flat_map(|line| line.split("crate::").skip(1)) {
                let end = named.find(|c: char| !c.is_alphanumeric() && c != '_');
                let name = &named[..end.unwrap_or(named.len())];
                assert!(all.contains(name), "{place}: `crate::{name}` is no module at the top");
                if name != parts[0] {
                    needs.entry(&parts[0]).or_default().insert(name.to_owned());
                }
            }
        }
        assert!(needs[known.0].contains(known.1), "the sources were not understood");

        // Modules without needs among those that are left go; a cycle stays.
        let mut left = all;
        while let Some(free) = left.iter().copied().find(|&name| {
            needs.get(name).is_none_or(|its| its.iter().all(|it| !left.contains(it.as_str())))
        }) {
            left.remove(free);
        }
        assert!(left.is_empty(), "cycles of {member}: {left:?}");
    }
}

#[test]
fn only_what_is_behind_the_feature_of_the_viewer_asks_the_desktop() {
    let root = workspace().join("crates/randori_viewer/src");
    let is_behind = |parts: &[String]| {
        let mut file = root.join("lib.rs");
        let mut folder = root.clone();
        parts.iter().any(|part| {
            let is_behind = modules(&read(&file)).get(part.as_str()) == Some(&true);
            folder.push(part);
            file = folder.with_extension("rs");
            is_behind
        })
    };
    let files = library_files("randori_viewer");
    let (behind, open): (Vec<_>, Vec<_>) =
        files.iter().partition(|(_, parts)| is_behind(parts.as_slice()));
    let asks = |file: &Path| {
        let text = read(file);
        let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.any(|line| OF_THE_DESKTOP.iter().any(|word| line.contains(word)))
    };
    assert!(behind.iter().any(|(file, _)| asks(file)), "the sources were not understood");

    let strangers: Vec<&PathBuf> =
        open.iter().map(|(file, _)| file).filter(|file| asks(file)).collect();
    assert!(strangers.is_empty(), "not behind `desktop`: {strangers:?}");
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
