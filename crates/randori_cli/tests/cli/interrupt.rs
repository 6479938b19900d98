//! Ctrl-C, as the signal that it sends.
#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::project::Project;

const DRIVE: &str = "scenarios/drive.ron";

fn start(project: &Project, arguments: &[&str]) -> Child {
    let mut command = project.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn press_ctrl_c(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(status.expect("kill exists").success());
}

fn rest_of(stream: Option<impl Read>) -> String {
    let mut text = String::new();
    stream.expect("a pipe").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn ctrl_c_ends_many_runs_with_the_results_that_are_there() {
    let project = Project::new();
    let mut child = start(&project, &["run", DRIVE, "--seeds", "0..1000000", "--threads", "2"]);
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut text = String::new();
    // A single run that has ended would be shown without figures over several.
    while text.matches(" pass ").count() < 5 {
        assert_ne!(stdout.read_line(&mut text).expect("text"), 0, "it ended too early");
    }

    press_ctrl_c(&child);

    stdout.read_to_string(&mut text).expect("text");
    let stderr = rest_of(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{stderr}");
    assert!(
        text.contains("runs passed") && text.contains("95 % interval"),
        "figures over the rest"
    );
    assert!(
        stderr.contains("interrupted:") && stderr.contains("of 1000000 runs finished"),
        "{stderr}"
    );
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_takes_hanging_policies_along() {
    let project = Project::new();
    let pipe = project.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo exists");
    assert!(made.success());
    // The pipe stays open for writing as long as the policy lives.
    let hanging = "
import sys, threading
from randori_policy import run

def act(observation):
    pipe = open('pipe', 'w')
    pipe.write('hanging\\n')
    pipe.flush()
    threading.Event().wait()

run(act)
";
    project.write("hanging.py", hanging);
    let mut child = start(&project, &["run", DRIVE, "--policy", "hanging.py"]);
    let mut life = BufReader::new(File::open(&pipe).expect("the policy opens its end"));
    let mut word = String::new();
    life.read_line(&mut word).expect("text");
    assert_eq!(word, "hanging\n");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));

    press_ctrl_c(&child);
    let mut note = String::new();
    stderr.read_line(&mut note).expect("text");
    assert!(note.contains("press Ctrl-C again"), "{note}");
    press_ctrl_c(&child);

    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(life.read(&mut [0; 8]).expect("the end of the pipe"), 0, "the policy has ended");
}
