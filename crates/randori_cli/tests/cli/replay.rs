//! `randori run --record` and `randori replay`.

use crate::project::Project;

const RUN: [&str; 4] = ["run", "scenarios/drive.ron", "--record", "drive.mcap"];

fn recorded() -> Project {
    let project = Project::new();
    project.randori(&RUN).expect_code(0);
    project
}

#[test]
fn two_runs_give_the_same_bytes() {
    let project = recorded();
    let read = || std::fs::read(project.path().join("drive.mcap")).expect("a recording");
    let first = read();

    project.randori(&RUN).expect_code(0);

    assert_eq!(first, read());
}

#[test]
fn a_recording_is_all_that_a_replay_needs() {
    let project = recorded();
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let copy = elsewhere.path().join("copy.mcap");
    std::fs::copy(project.path().join("drive.mcap"), &copy).expect("a copy");
    std::fs::remove_dir_all(project.path().join("scenarios")).expect("removed");
    std::fs::remove_dir_all(project.path().join("assets")).expect("removed");
    let copy = copy.to_str().expect("a readable path");

    for how in [&["--self-check"][..], &["--policy"], &["--threads", "1"]] {
        let arguments = [&["replay", copy], how].concat();
        let ended = project.randori(&arguments).expect_code(0);
        assert!(ended.stdout.contains("agree to the last bit"), "{}", ended.stdout);
    }
}

#[test]
fn a_cut_recording_is_verified_as_far_as_it_goes() {
    let project = recorded();
    let bytes = std::fs::read(project.path().join("drive.mcap")).expect("a recording");
    for tenth in 0..10 {
        let end = bytes.len() * tenth / 10;
        std::fs::write(project.path().join("cut.mcap"), &bytes[..end]).expect("a file");

        let ended = project.randori(&["replay", "cut.mcap"]).expect_code(3);

        assert!(ended.stdout.contains("error:"), "{tenth}: {}", ended.stdout);
    }
}

#[test]
fn only_recordings_are_overwritten() {
    let project = Project::new();

    let run = ["run", "scenarios/drive.ron", "--record", "scenarios/drive.ron"];
    let ended = project.randori(&run);

    assert_ne!(ended.code, Some(0));
    project.randori(&["run", "scenarios/drive.ron"]).expect_code(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_breaks_the_run_and_names_the_file() {
    let project = Project::new();
    let run = ["run", "scenarios/drive.ron", "--record", "/dev/full"];

    let ended = project.randori(&run).expect_code(6);

    assert!((ended.stdout + &ended.stderr).contains("/dev/full"));
}

#[test]
fn a_compressed_recording_is_smaller_and_says_the_same() {
    let project = recorded();
    let smaller = ["run", "scenarios/drive.ron", "--record", "small.mcap", "--record-compressed"];
    project.randori(&smaller).expect_code(0);
    let size = |name| std::fs::metadata(project.path().join(name)).expect("a recording").len();

    assert!(size("small.mcap") < size("drive.mcap"));
    project.randori(&["replay", "small.mcap", "--self-check"]).expect_code(0);
}

#[test]
fn several_runs_go_to_a_folder_and_are_verified_together() {
    let project = Project::new();
    let run = ["run", "scenarios/drive.ron", "--seeds", "0..3", "--record", "runs", "--json"];

    let ended = project.randori(&run).expect_code(0);

    let files: Vec<String> = (0..3).map(|seed| format!("runs/drive.seed{seed}.mcap")).collect();
    let told: Vec<_> = ended.json_lines().iter().map(|it| it["recording"].clone()).collect();
    assert_eq!(told, files);
    for threads in ["1", "3"] {
        let mut arguments = vec!["replay", "--json", "--threads", threads];
        arguments.extend(files.iter().map(String::as_str));
        let lines = project.randori(&arguments).expect_code(0).json_lines();
        assert_eq!(lines.iter().filter(|line| line["status"] == "equal").count(), 3);
    }
}

#[test]
fn a_recording_of_another_version_is_compared_by_motion_and_verdicts() {
    let project = recorded();
    let file = project.path().join("drive.mcap");
    let mut bytes = std::fs::read(&file).expect("a recording");
    // The header is written once whole and once flat.
    let key = br#""rapier":""#;
    let at = bytes.windows(key.len()).position(|part| part == key).expect("a version");
    bytes[at + key.len()] = b'9';
    std::fs::write(&file, bytes).expect("a file");

    let ended = project.randori(&["replay", "drive.mcap"]).expect_code(0);

    assert!(ended.stdout.contains("other version:"), "{}", ended.stdout);
    assert!(ended.stdout.contains("all verdicts are unchanged"), "{}", ended.stdout);
}

#[test]
fn a_file_that_is_no_recording_is_told_so() {
    let project = Project::new();
    project.write("text.mcap", "not a recording");

    let missing = project.randori(&["replay", "missing.mcap"]).expect_code(3);
    let other = project.randori(&["replay", "text.mcap"]).expect_code(3);

    assert!(missing.stdout.contains("`missing.mcap` cannot be read:"), "{}", missing.stdout);
    assert!(other.stdout.contains("`text.mcap` is not an MCAP file"), "{}", other.stdout);
}
