//! Whatever happens, no process and no file of a policy stays behind.
#![cfg(target_os = "linux")]

#[path = "../src/fixture.rs"]
#[expect(dead_code, reason = "shared with unit tests, which use the rest")]
mod fixture;
#[path = "support/processes.rs"]
mod processes;
#[expect(dead_code, reason = "shared with the other tests of processes")]
mod support;

use std::cell::OnceCell;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use randori_core::policy::Policy;
use randori_policy::ProcessPolicy;

use fixture::{COURIER, interface};
use processes::{eventually, running};
use support::{seen, shell};

/// Starts a grandchild in the child's group and one in a session of its own;
/// both announce themselves by an argument that only this test uses.
fn family(mark: &str, then: &str) -> ProcessPolicy {
    let grandchild = format!("sh -c 'echo here >&2; exec sleep 100{mark}'");
    shell(&format!("{grandchild} & setsid {grandchild} & {then}"))
}

/// A number that no other process on this machine has in its command line.
fn unique() -> String {
    format!("{:07}.{}", std::process::id(), line!())
}

fn sleeps(mark: &str) -> usize {
    running(&format!("100{mark}")).len()
}

#[test]
fn dropping_a_policy_ends_its_children_and_removes_its_folder() {
    let mark = unique() + "1";
    let policy = family(&mark, "exec cat >&2");
    eventually("two grandchildren have to start", || sleeps(&mark) >= 2);
    let folder = policy_folder(policy.process_id());
    assert!(folder.join("randori_policy.py").exists());

    drop(policy);

    eventually("the grandchildren have to end", || sleeps(&mark) == 0);
    assert!(!folder.exists());
}

#[test]
fn a_failure_ends_its_children_at_once() {
    let mark = unique() + "2";
    let mut policy = family(&mark, "read -r observation; echo garbage; exec sleep 1000");
    eventually("two grandchildren have to start", || sleeps(&mark) >= 2);

    policy.submit(&seen(&interface(COURIER)).observation(0)).expect("it is alive");
    policy.collect(0).expect_err("garbage is no answer");

    eventually("the grandchildren have to end", || sleeps(&mark) == 0);
    assert!(policy.reset(0).is_err(), "the policy itself still exists");
}

#[test]
fn a_panic_ends_its_children() {
    let mark = unique() + "3";
    let owner = std::thread::spawn({
        let mark = mark.clone();
        move || {
            let _policy = family(&mark, "exec cat >&2");
            eventually("two grandchildren have to start", || sleeps(&mark) >= 2);
            std::panic::panic_any("the owner of a policy panics");
        }
    });

    assert!(owner.join().is_err());

    eventually("the grandchildren have to end", || sleeps(&mark) == 0);
}

const VICTIM: &str = "RANDORI_TEST_VICTIM";

/// This test starts itself a second time, as the process that gets killed.
#[test]
fn killing_the_owner_ends_the_children_and_removes_the_folder() {
    if let Ok(mark) = std::env::var(VICTIM) {
        let policy = shell(&format!("sh -c 'exec sleep 100{mark}' & exec sleep 200{mark}"));
        print_line(&format!("child {}", policy.process_id()));
        eventually("somebody has to kill this process", || false);
    }
    let mark = unique() + "4";
    let mut victim = Command::new(std::env::current_exe().expect("a test has a program"))
        .args(["--exact", "killing_the_owner_ends_the_children_and_removes_the_folder"])
        .arg("--nocapture")
        .env(VICTIM, &mark)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test can start itself");
    let output = BufReader::new(victim.stdout.take().expect("it is piped"));
    let child = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("child ")?.1.trim().to_owned()))
        .expect("the victim says which child it has");
    eventually("the grandchild has to start", || sleeps(&mark) == 1);
    let folder = policy_folder(child.parse().expect("a process number"));
    assert!(folder.exists());

    victim.kill().expect("it can be killed");
    victim.wait().expect("it is a child of this test");

    eventually("the family has to end", || running(&mark).is_empty());
    eventually("the folder has to disappear", || !folder.exists());
}

#[expect(clippy::print_stdout, reason = "the process that started this one reads it")]
fn print_line(line: &str) {
    println!("{line}");
}

/// The folder that a policy's process finds in its environment, which cannot be
/// seen for a moment while the process replaces its program by another one.
fn policy_folder(process: u32) -> PathBuf {
    let folder = OnceCell::new();
    eventually("every policy has a folder", || {
        let environment = std::fs::read(format!("/proc/{process}/environ")).expect("it runs");
        let text = String::from_utf8_lossy(&environment).into_owned();
        let home = text.split('\0').find_map(|entry| entry.strip_prefix("RANDORI_POLICY_HOME="));
        home.is_some_and(|home| folder.set(PathBuf::from(home)).is_ok())
    });
    folder.into_inner().expect("it has just been seen")
}
