//! Projects that somebody else has made: nothing is written or read outside of
//! them, and nothing in them steers the terminal or the system that runs CI.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::project::Project;

const DRIVE: &str = "scenarios/drive.ron";

/// A file that must stay as it is, and a link to it in the project.
fn planted(project: &Project, link: &str) -> tempfile::TempDir {
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::write(outside.path().join("file"), "PRECIOUS").expect("a file");
    symlink(outside.path().join("file"), project.path().join(link)).expect("a link");
    outside
}

fn assert_untouched(outside: &Path) {
    assert_eq!(fs::read_to_string(outside.join("file")).expect("still there"), "PRECIOUS");
    assert_eq!(fs::read_dir(outside).expect("a folder").count(), 1);
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo exists").success());
}

#[test]
fn goldens_are_not_written_through_links() {
    for link in ["drive.golden.ron.new", "drive.golden.ron", "drive.golden.ron.part"] {
        let project = Project::new();
        let outside = planted(&project, &format!("scenarios/{link}"));

        let ended = project.randori(&["test", "--accept"]);

        assert_untouched(outside.path());
        let is_refused = link == "drive.golden.ron";
        assert_eq!(ended.code, Some(if is_refused { 3 } else { 0 }), "{link}: {}", ended.stdout);
    }
}

#[test]
fn a_link_that_leads_nowhere_is_not_written_through_either() {
    let project = Project::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let link = project.path().join("scenarios/drive.golden.ron");
    symlink(outside.path().join("new"), link).expect("a link");

    let ended = project.randori(&["test", "--accept"]);

    assert_ne!(ended.code, Some(0));
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
}

#[test]
fn results_that_a_person_names_are_not_written_through_links() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    let outside = planted(&project, "link");
    let commands: [&[&str]; 6] = [
        &["run", DRIVE, "--record", "link"],
        &["export", "run.mcap", "--csv", "-o", "link"],
        &["export", "run.mcap", "--parquet", "-o", "link"],
        &["report", "run.mcap", "-o", "link"],
        &["test", "--accept", "--junit", "link"],
        &["import", "robot.urdf", "-o", "out", "--force"],
    ];
    let urdf = "<robot name=\"arm\"><link name=\"base\"/></robot>";
    project.write("robot.urdf", urdf);
    fs::create_dir_all(project.path().join("out/scenarios")).expect("a folder");
    symlink(outside.path().join("file"), project.path().join("out/scenarios/arm.ron"))
        .expect("a link");

    for command in commands {
        let ended = project.randori(command);

        assert_ne!(ended.code, Some(0), "{command:?}");
        let said = ended.stdout + &ended.stderr;
        assert!(said.contains("a symbolic link"), "{command:?}: {said}");
        assert_untouched(outside.path());
    }
}

#[test]
fn folders_are_not_made_through_links() {
    let project = Project::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(project.path().join("scenarios/a")).expect("a folder");
    fs::rename(project.path().join(DRIVE), project.path().join("scenarios/a/drive.ron"))
        .expect("moved");
    for folder in ["runs", "out"] {
        fs::create_dir(project.path().join(folder)).expect("a folder");
    }
    symlink(outside.path(), project.path().join("runs/a")).expect("a link");
    symlink(outside.path(), project.path().join("out/assets")).expect("a link");
    project.write("robot.urdf", "<robot name=\"arm\"><link name=\"base\"/></robot>");

    let run = ["run", "scenarios/a/drive.ron", "--seeds", "0..2", "--record", "runs"];
    project.randori(&run).expect_code(6);
    project.randori(&["import", "robot.urdf", "-o", "out"]).expect_code(2);

    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);
}

#[test]
fn goldens_that_lead_out_of_the_project_are_not_read() {
    let project = Project::new();
    let _outside = planted(&project, "scenarios/drive.golden.ron");

    let ended = project.randori(&["test"]).expect_code(3);

    assert!(ended.stdout.contains("a link that leaves the project"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("PRECIOUS"));
}

#[test]
fn named_pipes_devices_and_folders_are_no_results() {
    let project = Project::new();
    project.randori(&["run", DRIVE, "--record", "run.mcap"]).expect_code(0);
    fifo(&project.path().join("pipe"));
    for (target, kind) in
        [("pipe", "a named pipe"), ("/dev/null", "a device"), ("assets", "a folder")]
    {
        let commands: [&[&str]; 4] = [
            &["run", DRIVE, "--record", target],
            &["export", "run.mcap", "--csv", "-o", target],
            &["report", "run.mcap", "-o", target],
            &["test", "--accept", "--junit", target],
        ];
        for command in commands {
            // A folder is a place for recordings.
            if command[0] == "run" && target == "assets" {
                continue;
            }
            let ended = project.randori(command);

            assert_eq!(ended.code, Some(if command[0] == "run" { 6 } else { 2 }), "{command:?}");
            let said = ended.stdout + &ended.stderr;
            assert!(said.contains(kind), "{command:?}: {said}");
        }
    }
}

#[test]
fn named_pipes_and_devices_are_no_input() {
    let project = Project::new();
    for pipe in ["pipe", "pipe.ron", "pipe.mcap", "scenarios/drive.golden.ron", "assets/cart.ron"] {
        let _ = fs::remove_file(project.path().join(pipe));
        fifo(&project.path().join(pipe));
    }
    let commands: [&[&str]; 13] = [
        &["run", "pipe.ron"],
        &["run", DRIVE],
        &["check", "pipe.ron"],
        &["check", "assets"],
        &["test"],
        &["replay", "pipe.mcap"],
        &["replay", "/dev/zero"],
        &["report", "pipe.mcap"],
        &["export", "/dev/zero", "--csv"],
        &["diff", "pipe.ron", "pipe.mcap"],
        &["import", "pipe"],
        &["import", "/dev/zero"],
        &["policy", "inspect", "/dev/zero"],
    ];

    for command in commands {
        let ended = project.randori(command);

        assert!(matches!(ended.code, Some(2 | 3)), "{command:?}: {:?}", ended.code);
    }
}

#[test]
fn titles_are_no_commands_to_a_ci_system() {
    let project = Project::new();
    project.edit(DRIVE, "Drive a cart", "::error file=x::y ##[error]z");
    project.edit(DRIVE, "\"arrives\"", "\" ::warning::w\"");

    let commands: [&[&str]; 4] = [
        &["run", DRIVE, "--record", "run.mcap"],
        &["run", DRIVE, "--seeds", "0..2"],
        &["replay", "run.mcap"],
        &["list"],
    ];
    for command in commands {
        let ended = project.randori(command).expect_code(0);

        let said = ended.stdout + &ended.stderr;
        let obeyed = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
        assert_eq!(said.lines().find(obeyed), None, "{command:?}");
    }
}

#[test]
fn no_output_has_characters_that_steer_a_terminal() {
    let project = Project::new();
    let title = "Drive \\u{1b}]0;x\\u{7}\\u{9b}2J\\u{202e}\\u{200b}\\u{2028}\\r a cart";
    project.edit(DRIVE, "Drive a cart", title);
    project.edit(DRIVE, "\"arrives\"", "\"arr\\u{1b}[2J\\u{9b}1m\\u{fffe}ives\"");
    let steers = |it: char| {
        it != '\n' && (it.is_control() || matches!(it, '\u{202e}' | '\u{200b}' | '\u{2028}'))
    };

    let commands: [&[&str]; 9] = [
        &["run", DRIVE, "--record", "run.mcap"],
        &["run", DRIVE, "--json"],
        &["run", DRIVE, "--seeds", "0..2"],
        &["replay", "run.mcap", "--json"],
        &["list", "--json"],
        &["test", "--accept"],
        &["test", "--format", "junit"],
        &["test", "--format", "json"],
        &["diff", "run.mcap", "run.mcap", "--json"],
    ];
    for command in commands {
        let ended = project.randori(command).expect_code(0);

        assert!(!ended.stdout.contains(steers), "{command:?}: {:?}", ended.stdout);
        assert!(!ended.stderr.contains(steers), "{command:?}: {:?}", ended.stderr);
    }
    let mistake = project.randori(&["run", "no\u{1b}[2Jsuch.ron", "--\u{1b}[2J"]).expect_code(2);
    assert!(!mistake.stderr.contains(steers), "{:?}", mistake.stderr);
}

#[test]
fn junit_is_xml_whatever_a_goal_is_called() {
    let project = Project::new();
    project.edit(DRIVE, "\"arrives\"", "\"a \\u{fffe}\\u{ffff}\\u{1}\\u{7f} <b> ]]> & \\\"\"");
    project.randori(&["test", "--accept"]).expect_code(0);

    let printed =
        project.randori(&["test", "--format", "junit", "--junit", "j.xml"]).expect_code(0);

    assert_eq!(fs::read_to_string(project.path().join("j.xml")).expect("a file"), printed.stdout);
    let script = "import sys, xml.etree.ElementTree as tree
names = [case.get('name') for case in tree.fromstring(sys.stdin.read()).iter('testcase')]
sys.exit(sum('<b> ]]> & \"' in name for name in names) - 1)";
    let mut python = Command::new("python3");
    let mut python = python.args(["-c", script]).stdin(Stdio::piped()).spawn().expect("python3");
    let mut pipe = python.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut pipe, printed.stdout.as_bytes()).expect("it reads");
    drop(pipe);
    assert!(python.wait().expect("it ends").success());
}
