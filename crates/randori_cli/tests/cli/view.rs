//! `randori view`, with a stand-in for the viewer.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::project::{Ended, Project};

/// Tells where it lies and its words, one a line, and ends with 42.
const STAND_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/viewer_stand_in.sh");

/// A viewer in this folder of the project.
fn viewer_in(project: &Project, folder: &str) {
    let folder = project.path().join(folder);
    fs::create_dir_all(&folder).expect("a folder");
    // A program that a test has just written may still be open in a child of
    // another test, and then it does not start.
    symlink(STAND_IN, folder.join("randori-viewer")).expect("a link");
}

/// The program in the folder `own` of the project, with this search path: beside
/// the original there may be a real viewer.
fn in_project(project: &Project, path: &str, arguments: &[&str]) -> Command {
    let program = project.path().join("own/randori");
    if !program.exists() {
        fs::create_dir_all(project.path().join("own")).expect("a folder");
        let original = env!("CARGO_BIN_EXE_randori");
        fs::hard_link(original, &program)
            .or_else(|_| fs::copy(original, &program).map(drop))
            .expect("a link or a copy");
    }
    let mut command = Command::new(program);
    command.args(arguments).current_dir(project.path());
    command.env_remove("RANDORI_ASSETS").env("PATH", path);
    command
}

fn run(mut command: Command) -> Ended {
    Ended::from(command.output().expect("the program starts"))
}

fn lines(ended: &Ended) -> Vec<&str> {
    ended.stdout.lines().map(|line| line.strip_suffix('|').expect("a word")).collect()
}

#[test]
fn the_viewer_gets_every_word_as_it_is_and_its_exit_code_counts() {
    let project = Project::new();
    viewer_in(&project, "own");
    let told = ["a file.ron", "--help", "-h", "--seed", "3", "", "$HOME; ls", "--", "--root", "x"];

    let words: Vec<&str> = ["view"].into_iter().chain(told).collect();
    let ended = run(in_project(&project, "", &words)).expect_code(42);

    let lines = lines(&ended);
    assert_eq!(lines[1..], told);
    assert!(lines[0].ends_with("own/randori-viewer"), "{}", lines[0]);
}

#[test]
fn help_and_options_may_come_first() {
    let project = Project::new();
    viewer_in(&project, "own");

    for told in [&["--help"][..], &["-h"], &["--version"], &["--headless", "a.ron"], &["--", "-a"]]
    {
        let words: Vec<&str> = ["view"].iter().chain(told).copied().collect();
        let ended = run(in_project(&project, "", &words)).expect_code(42);

        assert_eq!(lines(&ended)[1..], *told);
    }
}

#[test]
fn a_root_and_assets_named_before_are_handed_on() {
    let project = Project::new();
    viewer_in(&project, "own");

    let words = ["--root", "a b", "--assets", "c", "--assets", "d", "view", "drive.ron"];
    let ended = run(in_project(&project, "", &words)).expect_code(42);

    let told = ["--root", "a b", "--assets", "c", "--assets", "d", "drive.ron"];
    assert_eq!(lines(&ended)[1..], told);
}

#[test]
fn a_diff_ends_in_the_viewer_with_both_recordings_if_it_is_asked_to() {
    let project = Project::new();
    viewer_in(&project, "own");
    for file in ["a.mcap", "b.mcap"] {
        project.randori(&["run", "scenarios/drive.ron", "--record", file]).expect_code(0);
    }

    let ended = run(in_project(&project, "", &["diff", "a.mcap", "b.mcap", "--view"]));

    let ended = ended.expect_code(42);
    let (told, words) = ended.stdout.split_once("randori-viewer|\n").expect("it was started");
    assert!(told.contains("equal"), "{told}");
    assert_eq!(words, "--compare|\nb.mcap|\n--|\na.mcap|\n");
    run(in_project(&project, "", &["diff", "a.mcap", "none.mcap", "--view"])).expect_code(3);
}

#[test]
fn the_viewer_beside_the_program_comes_before_those_on_the_search_path() {
    let project = Project::new();
    viewer_in(&project, "elsewhere");
    let elsewhere = project.path().join("elsewhere").display().to_string();
    let which = || run(in_project(&project, &elsewhere, &["view"])).expect_code(42).stdout;

    assert!(which().contains("elsewhere/randori-viewer"));
    viewer_in(&project, "own");
    assert!(which().contains("own/randori-viewer"));
}

#[test]
fn without_a_viewer_one_learns_where_it_was_looked_for_and_how_to_build_it() {
    let project = Project::new();
    project.write("elsewhere/randori-viewer", "a text that may not be run");
    let elsewhere = project.path().join("elsewhere").display().to_string();

    let ended = run(in_project(&project, &elsewhere, &["view", "drive.ron"])).expect_code(2);

    let own = Path::new(&project.path().canonicalize().expect("it exists")).join("own");
    for part in [&elsewhere, &own.display().to_string()] {
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    }
    assert!(ended.stderr.contains("randori_viewer --bin randori-viewer`"), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}
