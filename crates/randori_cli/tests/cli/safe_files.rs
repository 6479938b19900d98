//! Results are whole or not there, and standard output may fail.
#![cfg(unix)]

use std::fs::{self, File};
use std::process::{Child, Stdio};

use crate::project::{Ended, Project, scenario};

const DRIVE: &str = "scenarios/drive.ron";

/// A policy that answers for ten seconds of the run, makes a file, and answers no
/// more.
const WAITING: &str = "
import sys, time
from randori_policy import run

asked = 0

def act(observation):
    global asked
    asked += 1
    if asked > 500:
        open('waits', 'w').close()
        time.sleep(60)
    return [0.5]

run(act)
";

/// A run that has been recording for some time and then waits.
fn waiting(project: &Project, file: &str) -> Child {
    let _ = fs::remove_file(project.path().join("waits"));
    project.write("waiting.py", WAITING);
    let arguments =
        ["run", DRIVE, "--set", "duration=60", "--policy", "waiting.py", "--record", file];
    let mut command = project.command(&arguments);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    while !project.path().join("waits").exists() {
        assert!(child.try_wait().expect("a process").is_none(), "it ended too early");
        std::thread::yield_now();
    }
    child
}

fn end(mut child: Child) {
    child.kill().expect("it lives");
    child.wait().expect("it ends");
}

#[test]
fn a_second_run_cannot_record_into_the_same_file() {
    let project = Project::new();
    let first = waiting(&project, "run.mcap");

    let second = project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(6);

    assert!(second.stdout.contains("RR0301"), "{}", second.stdout);
    assert!(
        second.stdout.contains("another run is recording into `run.mcap`"),
        "{}",
        second.stdout
    );
    end(first);
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    project.randori(&["replay", "run.mcap"]).expect_code(0);
}

#[test]
fn a_killed_run_leaves_what_it_recorded_and_spares_an_older_recording() {
    let project = Project::new();
    let run = ["run", DRIVE, "--record", "run.mcap"];

    end(waiting(&project, "run.mcap"));
    let replayed = project.randori(&["replay", "run.mcap"]).expect_code(3);
    assert!(replayed.stdout.contains("ticks to "), "up to where it ends: {}", replayed.stdout);

    project.randori(&run).expect_code(0);
    let finished = fs::read(project.path().join("run.mcap")).expect("a recording");
    end(waiting(&project, "run.mcap"));
    assert_eq!(fs::read(project.path().join("run.mcap")).expect("still there"), finished);
    let names = fs::read_dir(project.path()).expect("a folder");
    let names = names.map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned());
    let partial: Vec<String> = names.filter(|name| name.contains(".partial-")).collect();
    assert_eq!(partial.len(), 1, "{partial:?}");
    project.randori(&["replay", &partial[0]]).expect_code(3);
}

#[test]
fn a_table_that_cannot_be_written_leaves_the_older_one() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    project.randori(&["export", "run.mcap", "--csv"]).expect_code(0);
    let table = || fs::read(project.path().join("run.csv")).expect("a table");
    let before = table();
    // No file may get larger than 512 bytes.
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let inner = project.command(&["export", "run.mcap", "--csv"]);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", limited, "sh"]).arg(inner.get_program()).args(inner.get_args());

    let ended = Ended::from(command.current_dir(project.path()).output().expect("sh exists"));

    assert!(ended.expect_code(2).stderr.contains("`run.csv` cannot be written"));
    assert_eq!(table(), before);
    let drafts = fs::read_dir(project.path()).expect("a folder").filter(|entry| {
        let name = entry.as_ref().expect("an entry").file_name();
        name.to_string_lossy().contains(".part")
    });
    assert_eq!(drafts.count(), 0);
}

#[test]
fn a_full_disk_ends_a_recording_and_names_the_file() {
    let project = Project::new();
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let inner = project.command(&["run", DRIVE, "--record", "run.mcap"]);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", limited, "sh"]).arg(inner.get_program()).args(inner.get_args());

    let ended = Ended::from(command.current_dir(project.path()).output().expect("sh exists"));

    let said = ended.expect_code(6).stdout;
    assert!(said.contains("recording into `run.mcap` failed"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_code_2_for_every_command() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    project.randori(&["test", "--accept"]).expect_code(0);
    let commands: [&[&str]; 18] = [
        &["--help"],
        &["run", "--help"],
        &["--version"],
        &["run", DRIVE],
        &["run", DRIVE, "--json"],
        &["run", DRIVE, "--seeds", "0..3"],
        &["run", DRIVE, "--realtime"],
        &["replay", "run.mcap"],
        &["report", "run.mcap", "-o", "-"],
        &["export", "run.mcap", "--csv", "-o", "-"],
        &["export", "run.mcap", "--parquet", "-o", "-"],
        &["diff", "run.mcap", "run.mcap"],
        &["test"],
        &["test", "--format", "junit"],
        &["test", "--junit", "/dev/stdout", "--format", "json"],
        &["list"],
        &["policies", "--json"],
        &["explain", "RS0203"],
    ];
    for arguments in commands {
        let full = File::options().write(true).open("/dev/full").expect("a full device");
        let mut command = project.command(arguments);

        let ended = Ended::from(command.stdout(full).output().expect("it starts"));

        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("standard output cannot be written"), "{arguments:?}");
    }
}

#[test]
fn a_reader_who_leaves_is_no_fault_of_help_and_tables() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    let commands: [&[&str]; 4] = [
        &["--help"],
        &["--version"],
        &["export", "run.mcap", "--csv", "-o", "-"],
        &["export", "run.mcap", "--parquet", "-o", "-"],
    ];
    for arguments in commands {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = project.command(arguments);

        let ended = Ended::from(command.stdout(writer).output().expect("it starts"));

        assert_eq!(ended.code, Some(141), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains("error"), "{arguments:?}: {}", ended.stderr);
    }
}

/// A policy that takes so many seconds for each answer, and has an hour for it.
fn slow(project: &Project, seconds: &str) {
    let script = "import time\nfrom randori_policy import run\n\ndef act(observation):\n    \
                  time.sleep(SECONDS)\n    return [0.5]\n\nrun(act)\n";
    project.write("slow.py", &script.replace("SECONDS", seconds));
    let policy =
        r#"(use: Process(command: ["python3", "slow.py"], timeout_s: 3600.0), rate_hz: 50)"#;
    project.write(DRIVE, &scenario(policy));
}

#[test]
fn a_run_ends_when_its_time_is_up_also_if_a_policy_hangs() {
    let project = Project::new();
    for seconds in ["0.5", "3600"] {
        slow(&project, seconds);
        let run = ["run", DRIVE, "--trust-programs", "--timeout", "2", "--record", "r.mcap"];

        let ended = project.randori(&run).expect_code(6);

        let reason = "error[RR0105]: the run took longer than 2 s";
        assert!(ended.stdout.contains(reason), "{}", ended.stdout);
        let replayed = project.randori(&["replay", "r.mcap"]).expect_code(0);
        assert!(replayed.stdout.contains("ERROR"), "it is whole: {}", replayed.stdout);
    }
}

#[test]
fn a_replay_and_a_test_end_when_their_time_is_up() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    project.randori(&["test", "--accept"]).expect_code(0);

    let replayed = project.randori(&["replay", "run.mcap", "--timeout", "1e-9"]).expect_code(6);
    let tested = project.randori(&["test", "--timeout", "1e-9"]).expect_code(6);

    assert!(replayed.stdout.contains("RR0105"), "{}", replayed.stdout);
    assert!(tested.stdout.contains("RR0105"), "{}", tested.stdout);
    assert!(project.randori(&["run", DRIVE, "--timeout", "0"]).code == Some(2));
}
