//! Shows runs while they are carried out.

use std::sync::atomic::AtomicBool;

use randori_core::report::RunError;
use randori_project::runs::{Follower, Runs};
use randori_sim::batch::{PreparedRun, RunOutcome};
use randori_sim::episode::Episode;
use randori_sim::observer::RunObserver;

use super::plan::Plan;
use super::printer::Printer;
use crate::console::Console;

/// Carries out all runs on several threads until done or cancelled.
pub(crate) fn in_parallel(runs: &Runs<'_>, watch: &Watch<'_>, threads: usize, cancel: &AtomicBool) {
    watch.console.start_progress(runs.len(), runs.simulated_s());
    runs.carry_out(threads, cancel, watch);
    watch.console.end_progress();
}

/// Records and prints runs.
pub(crate) struct Watch<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) runs: &'a Runs<'a>,
    pub(crate) printer: &'a Printer<'a>,
    pub(crate) console: &'a Console,
}

impl Follower for Watch<'_> {
    fn observer(
        &self,
        run: usize,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        let recorder = self.plan.recorder(self.runs.entry(run), prepared, episode)?;
        Ok(recorder.map(|recorder| recorder as Box<dyn RunObserver>))
    }

    fn advanced(&self, simulated_s: f64) {
        self.console.advance_progress(simulated_s);
    }

    fn finished(&self, run: usize, outcome: RunOutcome, wall_s: f64) {
        self.console.count_finished_run();
        self.printer.accept(run, outcome, wall_s);
    }
}
