//! `randori run`: runs scenarios and prints their verdicts.
//!
//! [`Plan`] reads and checks all inputs first; nothing runs until all are valid.
//! `execute` carries the runs out, `printer` shows them in the requested order.

mod execute;
#[cfg(test)]
mod fixture;
mod json;
mod plan;
mod printer;
mod report;
mod stats;
mod summary;

use std::io;

use randori_core::report::{RunReport, Verdict};
use randori_project::project::Places;

use crate::args::RunArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::style::count;
use crate::text::text;
use execute::Watch;
pub(crate) use json::Real;
use plan::Plan;
use printer::Printer;
pub(crate) use printer::internal;
pub(crate) use report::describe_error;

/// A run that has a report.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    /// The report of the run.
    pub(crate) report: RunReport,
    /// Wall time, s.
    pub(crate) wall_s: f64,
    /// The exit status for it.
    pub(crate) outcome: Outcome,
}

impl Finished {
    fn new(report: RunReport, wall_s: f64) -> Self {
        let outcome = match report.verdict {
            Verdict::Pass => Outcome::Pass,
            Verdict::Fail => Outcome::GoalFailed,
            Verdict::Error => Outcome::RunError,
        };
        Self { report, wall_s, outcome }
    }
}

/// Runs the selected scenarios, and prints the results.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn run(
    args: &RunArgs,
    places: &Places,
    console: &'static Console,
) -> io::Result<Outcome> {
    let plan = match Plan::new(args, places, console) {
        Ok(plan) => plan,
        Err(outcome) => return Ok(outcome),
    };
    let runs = plan.runs();
    if args.realtime && runs.len() > 1 {
        console.error(&format!("`--realtime` is for a single run, but these are {}", runs.len()));
        console.help("name one scenario and one `--seed`");
        return Ok(Outcome::Usage);
    }
    let cancel = interrupt::listen(console);
    let printer = Printer::new(&plan, &runs, args.json, console);
    let watch = Watch { plan: &plan, runs: &runs, printer: &printer, console };
    if args.realtime {
        runs.in_real_time(cancel, &watch);
    } else {
        let threads = args.threads.map_or_else(all_cores, usize::from);
        execute::in_parallel(&runs, &watch, threads, cancel);
    }
    let (finished, worst) = printer.end()?;
    if interrupt::interrupted() && finished < runs.len() {
        let runs = count(runs.len(), "run");
        console.note(&text!("interrupted: {} of {} finished\n", finished, runs));
        return Ok(worst.max(Outcome::Interrupted));
    }
    Ok(worst)
}

fn all_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
