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
