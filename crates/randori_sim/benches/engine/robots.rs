//! Ticks per second of each shipped scenario.

use crate::scene::{episode, shipped};
use crate::timing::Blocks;

const REPEATS: usize = 5;

pub(crate) fn run() {
    println!("| scenario | ticks/s | times real time | us/tick |\n|---|---|---|---|");
    for name in ["cartpole/balance", "courier/flat", "courier/corridor", "pup/stand"] {
        let scenario = shipped(name, &[]);
        let mut blocks = Blocks::default();
        let mut report = None;
        for _ in 0..REPEATS {
            let run = episode(&scenario);
            report = Some(blocks.time(|| run.run_to_end()));
        }
        let Some(report) = report else { continue };
        let (ticks, seconds) = (report.ticks as f64, blocks.median());
        println!(
            "| {name} | {:.0} | {:.0} | {:.2} |",
            ticks / seconds,
            report.simulated_s / seconds,
            seconds / ticks * 1e6
        );
    }
}
