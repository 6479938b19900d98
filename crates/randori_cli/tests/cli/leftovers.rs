//! Whatever happens, no process and no file of a policy stays behind.
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::processes::{eventually, running};
use crate::project::{Project, scenario};

const DRIVE: &str = "scenarios/drive.ron";

/// Starts children that try to get away, each with the mark in its arguments:
/// in sessions of their own and without an environment; through a parent that
/// ends; one that ignores what can be ignored; and a chain of processes that each
/// start the next one in a new session and end.
const ESCAPES: &str = "
import os, signal, subprocess, sys, tempfile, time
from randori_policy import run

mark = sys.argv[1]
sleep = [sys.executable, '-c', 'import time; time.sleep(600)', mark]
null = dict(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
subprocess.Popen(sleep, start_new_session=True, env={}, **null)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir('/')
        os.execve(sys.executable, sleep, {})
    os._exit(0)
deaf = 'import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (1, 2, 15)]; time.sleep(600)'
subprocess.Popen([sys.executable, '-c', deaf, mark], env={}, preexec_fn=os.setpgrp, **null)
runner = '''
import os, sys, time
end = time.monotonic() + 20
while time.monotonic() < end:
    if os.fork():
        os._exit(0)
    os.setsid()
'''
subprocess.Popen([sys.executable, '-c', runner, mark], env={}, **null)
print('home', os.environ['RANDORI_POLICY_HOME'], file=sys.stderr, flush=True)

def act(observation):
    if len(sys.argv) > 2:
        open(sys.argv[2], 'w').write(os.environ['RANDORI_POLICY_HOME'])
        time.sleep(600)
    return [0.0]

run(act)
";

/// A number that no other process on this machine has in its command line.
fn mark(line: u32) -> String {
    format!("mark-{}-{line}", std::process::id())
}

fn with_policy(script: &str, arguments: &[&str]) -> Project {
    let project = Project::new();
    project.write("policies/mine.py", script);
    let words: Vec<String> = arguments.iter().map(|word| format!(", \"{word}\"")).collect();
    let policy = format!(
        r#"(use: Process(command: ["python3", "policies/mine.py"{}], timeout_s: 100.0), rate_hz: 50)"#,
        words.concat()
    );
    project.write(DRIVE, &scenario(&policy));
    project
}

#[test]
fn processes_that_leave_their_session_end_with_the_run() {
    let mark = mark(line!());
    let project = with_policy(ESCAPES, &[&mark]);

    project.randori(&["run", DRIVE, "--trust-programs"]);

    assert_eq!(running(&mark), BTreeSet::new());
}

#[test]
fn killing_randori_ends_what_left_its_session_and_removes_the_folder() {
    let mark = mark(line!());
    let home = tempfile::tempdir().expect("a temporary folder");
    let file = home.path().join("home");
    let project = with_policy(ESCAPES, &[&mark, &file.display().to_string()]);
    let mut randori = start(&project, home.path());
    eventually("the policy is asked", || {
        std::fs::read_to_string(&file).is_ok_and(|text| !text.is_empty())
    });
    let folder = std::fs::read_to_string(&file).expect("it has just been read");
    assert!(Path::new(&folder).is_dir(), "{folder}");

    randori.kill().expect("it runs");
    randori.wait().expect("it is a child of this test");

    eventually("all processes end", || running(&mark).is_empty());
    eventually("the folder disappears", || !Path::new(&folder).exists());
}

#[test]
fn a_policy_that_kills_its_keeper_ends_with_all_its_children() {
    let mark = mark(line!());
    let script =
        ESCAPES.replace("return [0.0]", "os.kill(os.getppid(), signal.SIGKILL); time.sleep(600)");
    let project = with_policy(&script, &[&mark]);

    let ended = project.randori(&["run", DRIVE, "--trust-programs"]).expect_code(6);

    eventually("all processes end", || running(&mark).is_empty());
    assert!(ended.stdout.contains("its keeper process had been killed"), "{}", ended.stdout);
}

/// Whatever moment it is killed in. The folder for temporary files holds nothing
/// but those of these runs.
#[test]
fn killing_randori_while_a_policy_starts_leaves_nothing() {
    let mark = mark(line!());
    let script = "import sys; from randori_policy import run; run(lambda observation: [0.0])";
    let project = with_policy(script, &[&mark]);
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let is_empty = || std::fs::read_dir(temporary.path()).expect("it exists").next().is_none();
    let mut whole = start(&project, temporary.path());
    let begun = Instant::now();
    eventually("the policy starts", || !running(&mark).is_empty());
    let starts_after = begun.elapsed();
    whole.kill().expect("it runs");
    whole.wait().expect("it is a child of this test");

    for step in 0..8 {
        let mut randori = start(&project, temporary.path());
        let moment = Instant::now() + starts_after * step / 6;
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        let _ = randori.kill();
        let _ = randori.wait();
    }

    eventually("all processes end", || running(&mark).is_empty());
    eventually("all folders disappear", is_empty);
}

fn start(project: &Project, temporary: &Path) -> Child {
    let mut command = project.command(&["run", DRIVE, "--trust-programs"]);
    command.env("TMPDIR", temporary).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the program starts")
}

#[test]
fn policies_inherit_neither_files_nor_secrets() {
    let script = "
import os, sys
names = sorted(name for name in os.environ if 'KEY' in name or 'TOKEN' in name)
files = sorted(os.listdir('/proc/self/fd'), key=int)[:-1]
print('seen', names, os.environ.get('MODE'), files, file=sys.stderr, flush=True)
sys.exit(1)
";
    let project = with_policy(script, &[]);
    let variables = ["--policy-env", "MY_TOKEN", "--policy-env", "MODE=fast"];
    let randori = project.command(&[&["run", DRIVE, "--trust-programs"][..], &variables].concat());
    // Leaves a file open, as careless programs do.
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 7</dev/null; exec \"$0\" \"$@\""]);
    shell.arg(randori.get_program()).args(randori.get_args()).current_dir(project.path());
    shell.env("MY_TOKEN", "1").env("SECRET_KEY", "2").stdin(Stdio::null());
    let output = shell.output().expect("the program starts");

    let seen = String::from_utf8_lossy(&output.stdout);
    assert!(seen.contains("seen ['MY_TOKEN'] fast ['0', '1', '2']"), "{seen}");
}
