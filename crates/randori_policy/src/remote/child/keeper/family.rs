//! Termination of all descendants of this process.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Pid, Signal, WaitOptions, getpgid, getpgrp, getpid, kill_process, kill_process_group, wait,
};

/// Minimum and maximum pause between searches for descendants.
const PAUSES: [Duration; 2] = [Duration::from_micros(100), Duration::from_millis(20)];

/// Kills descendants of this process until it has none. It must be a subreaper: then a descendant
/// whose parent ended becomes its child, and a process without children has no descendants.
///
/// Blocks as long as a process cannot be killed.
pub(super) fn end_family() {
    let [mut pause, longest] = PAUSES;
    loop {
        for process in descendants() {
            kill(process);
        }
        match wait(WaitOptions::NOHANG) {
            // A process ended. Processes that it started in the meantime are now children of this
            // process.
            Ok(Some(_)) => {}
            Ok(None) | Err(Errno::INTR) => {
                std::thread::sleep(pause);
                pause = longest.min(2 * pause);
            }
            Err(_) => return,
        }
    }
}

/// Reaps children that have ended.
pub(super) fn reap() -> Vec<(Pid, rustix::process::WaitStatus)> {
    let mut ended = Vec::new();
    while let Ok(Some(child)) = wait(WaitOptions::NOHANG) {
        ended.push(child);
    }
    ended
}

/// Kills a process with its process group. Signals to a group reach all its members at once, so
/// that none of them can fork meanwhile.
fn kill(process: Pid) {
    // The keepers have a session of their own, and a process can only join groups of its session:
    // no unrelated process is in there.
    if let Ok(group) = getpgid(Some(process))
        && group != getpgrp()
    {
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = kill_process(process, Signal::KILL);
}

/// All current descendants of this process; more may be starting.
fn descendants() -> Vec<Pid> {
    let own = getpid();
    let mut found = Vec::new();
    if let Some(children) = children(own) {
        let mut open = children;
        while let Some(process) = open.pop() {
            open.extend(self::children(process).unwrap_or_default());
            found.push(process);
        }
        return found;
    }
    let families = families();
    let mut open = vec![own];
    while let Some(process) = open.pop() {
        let children = families.get(&Pid::as_raw(Some(process))).into_iter().flatten().copied();
        open.extend(children.clone());
        found.extend(children);
    }
    found
}

/// The children of a process: the kernel lists them for each of its threads. `None` if the kernel
/// does not, or if the process has ended.
fn children(process: Pid) -> Option<Vec<Pid>> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", process.as_raw_nonzero())).ok()?;
    let mut found = None;
    for thread in threads {
        let Ok(thread) = thread else { continue };
        let Ok(list) = std::fs::read_to_string(thread.path().join("children")) else { continue };
        let numbers = list.split_whitespace().filter_map(|it| Pid::from_raw(it.parse().ok()?));
        found.get_or_insert_with(Vec::new).extend(numbers);
    }
    found
}

/// The children of every process, for kernels that do not list them.
fn families() -> BTreeMap<i32, Vec<Pid>> {
    let mut families: BTreeMap<i32, Vec<Pid>> = BTreeMap::new();
    let Ok(processes) = std::fs::read_dir("/proc") else { return families };
    for process in processes.flatten() {
        let number = process.file_name().to_str().and_then(|it| Pid::from_raw(it.parse().ok()?));
        let Some(number) = number else { continue };
        let Ok(stat) = std::fs::read(process.path().join("stat")) else { continue };
        if let Some(parent) = parent(&String::from_utf8_lossy(&stat)) {
            families.entry(Pid::as_raw(Some(parent))).or_default().push(number);
        }
    }
    families
}

/// The parent in the text of `/proc/N/stat`: the second field after the name, which is in
/// parentheses and may contain any characters.
fn parent(stat: &str) -> Option<Pid> {
    let (_, fields) = stat.rsplit_once(')')?;
    Pid::from_raw(fields.split_whitespace().nth(1)?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_find_children_agree() {
        let mut child = std::process::Command::new("sleep").arg("100").spawn().expect("it starts");
        let number = Pid::from_child(&child);

        let listed = children(getpid()).is_none_or(|children| children.contains(&number));
        let scanned =
            families().get(&Pid::as_raw(Some(getpid()))).is_some_and(|them| them.contains(&number));
        child.kill().expect("it runs");
        child.wait().expect("it is a child");

        assert!(listed && scanned, "listed: {listed}, scanned: {scanned}");
    }

    #[test]
    fn a_name_with_parentheses_does_not_hide_the_parent() {
        assert_eq!(parent("7 (a) R 1 (b) S 42 7 7 0"), Pid::from_raw(42));
    }
}
