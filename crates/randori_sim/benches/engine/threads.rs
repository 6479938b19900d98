//! Runs per second on one and on two threads.
//!
//! A run includes sampled values for its seed, the check of the scenario, construction
//! of the world, and 10 s of the courier, simulated and judged.

use std::sync::atomic::AtomicBool;

use crate::scene::{policy, shipped_text};
use crate::timing::Blocks;
use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::RunError;
use randori_core::text::ScenarioText;
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, run_batch};

const RUNS: usize = 16;
const REPEATS: usize = 5;

struct Host(ScenarioText);

impl BatchHost for Host {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        let prepared = PreparedRun::draw(&self.0, &[], run as u64);
        Ok(prepared.unwrap_or_else(|error| panic!("{error}")))
    }

    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        policy(run.scenario.spec.robots[robot].policy.as_ref(), interface)
    }
}

pub(crate) fn run() {
    let host = Host(shipped_text("courier/flat"));
    let [mut one, mut two] = std::array::from_fn(|_| Blocks::default());
    let (mut cpu_one, mut cpu_two) = (0.0, 0.0);
    for _ in 0..REPEATS {
        let before = cpu_seconds();
        let single = one.time(|| batch(&host, 1));
        let between = cpu_seconds();
        let double = two.time(|| batch(&host, 2));
        assert_eq!(single, double, "threads must not change results");
        cpu_one += between - before;
        cpu_two += cpu_seconds() - between;
    }
    let (runs, repeats) = (RUNS as f64, REPEATS as f64);
    println!("| threads | runs/s | times one thread | processor ms/run |\n|---|---|---|---|");
    println!("| 1 | {:.1} | 1 | {:.1} |", runs / one.least(), cpu_one / runs / repeats * 1e3);
    println!(
        "| 2 | {:.1} | {:.2} (median {:.2}) | {:.1} |",
        runs / two.least(),
        one.least() / two.least(),
        one.median_ratio(&two),
        cpu_two / runs / repeats * 1e3
    );
}

/// Processor time of this process so far, which is independent of other load on the
/// machine: if two threads need no more of it than one, they do not wait for each
/// other. NaN if the system does not report it.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may contain spaces; user and
    // system time are fields 14 and 15 of the line, in hundredths of a second.
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| fields.get(field).and_then(|text| text.parse::<f64>().ok());
    match (ticks(11), ticks(12)) {
        (Some(user), Some(system)) => (user + system) / 100.0,
        _ => f64::NAN,
    }
}

fn batch(host: &Host, threads: usize) -> Vec<u64> {
    let cancel = AtomicBool::new(false);
    let options = BatchOptions { threads, stop_when_decided: false, cancel: &cancel };
    run_batch(RUNS, &options, host)
        .iter()
        .map(|outcome| outcome.report().map_or(0, |report| report.final_hash))
        .collect()
}
