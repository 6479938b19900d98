//! Processes of this machine, for tests that look for what is left of them.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Processes that still run and have `mark` in their command line. Zombies
/// have none.
pub(crate) fn running(mark: &str) -> BTreeSet<u32> {
    let own = std::process::id();
    let processes = std::fs::read_dir("/proc").expect("Linux has /proc");
    processes
        .filter_map(|process| process.ok()?.file_name().to_str()?.parse().ok())
        .filter(|process| *process != own)
        .filter(|process| {
            std::fs::read_to_string(format!("/proc/{process}/cmdline"))
                .is_ok_and(|line| line.contains(mark))
        })
        .collect()
}

/// Waits until `settled` holds: starting and dying take a moment each.
pub(crate) fn eventually(what: &str, settled: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(100);
    while !settled() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::yield_now();
    }
}
