//! How many runs per second do one and two threads finish?
//!
//! A run is the whole of it: values drawn for its seed, the scenario checked,
//! the world built, 10 s of the courier simulated and judged.

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
    let mut one = Blocks::default();
    let mut two = Blocks::default();
    for _ in 0..REPEATS {
        let single = one.time(|| batch(&host, 1));
        let double = two.time(|| batch(&host, 2));
        assert_eq!(single, double, "threads must not change results");
    }
    println!("| threads | runs/s | times one thread |\n|---|---|---|");
    println!("| 1 | {:.1} | 1 |", RUNS as f64 / one.least());
    println!(
        "| 2 | {:.1} | {:.2} (median {:.2}) |",
        RUNS as f64 / two.least(),
        one.least() / two.least(),
        one.median_ratio(&two)
    );
}

fn batch(host: &Host, threads: usize) -> Vec<u64> {
    let cancel = AtomicBool::new(false);
    let options = BatchOptions { threads, stop_when_decided: false, cancel: &cancel };
    run_batch(RUNS, &options, host)
        .iter()
        .map(|outcome| outcome.report().map_or(0, |report| report.final_hash))
        .collect()
}
