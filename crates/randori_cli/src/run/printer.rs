//! Shows runs in the requested order, whichever ends first.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use randori_core::diagnostic::RunCode;
use randori_core::report::{RunError, RunReport};
use randori_project::context::Entry;
use randori_project::runs::Runs;
use randori_sim::batch::RunOutcome;
use randori_sim::episode::unstarted_report;

use super::plan::Plan;
use super::report::{describe, describe_speed, heading};
use super::summary::{SeedLines, summary, telling, totals};
use super::{Finished, json};
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::style::{FAINT, count, paint};
use crate::text::{Text, text};

/// Shows runs in the requested order.
pub(crate) struct Printer<'a> {
    plan: &'a Plan,
    runs: &'a Runs<'a>,
    json: bool,
    console: &'a Console,
    begun: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Runs that ended before an earlier one did.
    waiting: BTreeMap<usize, Finished>,
    /// The next run to show.
    next: usize,
    /// The scenario whose seeds are being shown, with their reports.
    open: Option<(usize, Vec<RunReport>)>,
    runs: usize,
    passed: usize,
    simulated_s: f64,
    worst: Option<Outcome>,
    failure: Option<io::Error>,
}

impl<'a> Printer<'a> {
    /// A printer of tables, or of one JSON object per line.
    pub(crate) fn new(
        plan: &'a Plan,
        runs: &'a Runs<'a>,
        json: bool,
        console: &'a Console,
    ) -> Self {
        Self { plan, runs, json, console, begun: Instant::now(), state: Mutex::default() }
    }

    /// Accepts the outcome of a run, and shows all runs that are next in order.
    pub(crate) fn accept(&self, run: usize, outcome: RunOutcome, wall_s: f64) {
        let Some(finished) = self.finished(run, outcome, wall_s) else { return };
        let mut guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *guard;
        state.waiting.insert(run, finished);
        while let Some(finished) = state.waiting.remove(&state.next) {
            self.show(state.next, finished, state);
            state.next += 1;
        }
    }

    /// Shows the remaining runs, with gaps where runs were cancelled. Returns the
    /// number of runs that have a report and the exit status of the worst one.
    ///
    /// # Errors
    /// When the output could not be written.
    pub(crate) fn end(self) -> io::Result<(usize, Outcome)> {
        let mut state =
            std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        for (run, finished) in std::mem::take(&mut state.waiting) {
            self.show(run, finished, &mut state);
        }
        self.close(&mut state);
        let (runs, passed, scenarios) = (state.runs, state.passed, self.plan.entries.len());
        if !self.json && scenarios > 1 && runs > 0 {
            let (scenarios, runs) = (count(scenarios, "scenario"), count(runs, "run"));
            let totals = text!("\n{}, {}: {} passed\n", scenarios, runs, passed);
            self.data(&totals, &mut state);
        }
        if runs > 1 {
            let wall_s = self.begun.elapsed().as_secs_f64();
            let speed = describe_speed(state.simulated_s, wall_s);
            self.console.note(&text!("{}, {}", count(runs, "run"), speed));
        }
        match state.failure {
            Some(error) => Err(error),
            // Without any run, nothing has passed.
            None => Ok((runs, state.worst.unwrap_or(Outcome::NothingSelected))),
        }
    }

    /// The report of an outcome; runs without one get one with the reason.
    fn finished(&self, run: usize, outcome: RunOutcome, wall_s: f64) -> Option<Finished> {
        let entry = self.runs.entry(run);
        let broken = |error| unstarted_report(&entry.scenario, self.runs.seed(run), error);
        Some(match outcome {
            RunOutcome::Finished(report) => Finished::new(*report, wall_s),
            RunOutcome::Cancelled => return None,
            RunOutcome::Unprepared(error) => Finished {
                outcome: Outcome::InvalidScenario,
                ..Finished::new(broken(error), wall_s)
            },
            RunOutcome::Panicked(message) => Finished {
                outcome: Outcome::Internal,
                ..Finished::new(broken(internal(&message)), wall_s)
            },
        })
    }

    fn show(&self, run: usize, finished: Finished, state: &mut State) {
        let (index, entry) = (self.runs.series_of(run), self.runs.entry(run));
        let is_first = state.runs == 0;
        state.count(&finished);
        if self.json {
            let reproduce = self.plan.context.reproduce(entry, finished.report.seed);
            let recording = self.plan.recording(entry, finished.report.seed);
            let line = json::line(&finished, &entry.file.shown, &reproduce, recording.as_deref());
            self.data(&line, state);
        } else if self.plan.seeds_per_entry() == 1 {
            let reproduce = self.plan.context.reproduce(entry, finished.report.seed);
            let text = describe(&finished.report, &entry.file.shown, &reproduce);
            let gap = if is_first { Text::new() } else { text!("\n") };
            self.data(&text!("{}{}", gap, text), state);
            self.console.note(&describe_speed(finished.report.simulated_s, finished.wall_s));
            self.tell_recording(entry, &finished.report);
        } else {
            self.show_seed(index, finished.report, is_first, state);
        }
    }

    /// Prints the path of a run's recording, unless recording is why the run
    /// broke.
    fn tell_recording(&self, entry: &Entry, report: &RunReport) {
        let failed = report.error.as_ref().is_some_and(|error| error.is(RunCode::RECORDING_FAILED));
        if let (Some(path), false) = (self.plan.recording(entry, report.seed), failed) {
            self.console.note(&text!("recorded: {}\n", path.display()));
        }
    }

    /// Shows one of several seeds of a scenario.
    fn show_seed(&self, index: usize, report: RunReport, is_first: bool, state: &mut State) {
        let entry = &self.plan.entries[index];
        let goals = entry.scenario.spec.goals.iter().map(|goal| goal.name.as_str());
        let lines = SeedLines::new(self.plan.seeds.last, goals);
        if state.open.as_ref().is_none_or(|(open, _)| *open != index) {
            self.close(state);
            let place = format!("{}, seeds {}", entry.file.shown, self.plan.seeds);
            let title = heading(&entry.scenario.spec.title, &place);
            let gap = if is_first { Text::new() } else { text!("\n") };
            self.data(&text!("{}{}{}", gap, title, lines.heading()), state);
            state.open = Some((index, Vec::new()));
        }
        self.data(&lines.line(&report), state);
        if let Some((_, reports)) = &mut state.open {
            reports.push(report);
            if reports.len() == self.plan.seeds_per_entry() {
                self.close(state);
            }
        }
    }

    /// Shows the statistics over all seeds of the current scenario.
    fn close(&self, state: &mut State) {
        let Some((index, reports)) = state.open.take() else { return };
        let reports: Vec<&RunReport> = reports.iter().collect();
        let mut text = text!("{}\n{}", summary(&reports), totals(&reports));
        if let Some(report) = telling(&reports) {
            let again = self.plan.context.reproduce(&self.plan.entries[index], report.seed);
            text += text!("{}\n", paint(FAINT, format!("reproduce: {again}")));
        }
        self.data(&text, state);
    }

    /// Writes to standard output until that fails for the first time; then
    /// nothing more is written.
    fn data(&self, text: &Text, state: &mut State) {
        if state.failure.is_none() {
            state.failure = self.console.data(text).err();
            if state.failure.is_some() {
                interrupt::stop_runs();
            }
        }
    }
}

impl State {
    fn count(&mut self, finished: &Finished) {
        self.runs += 1;
        self.passed += usize::from(finished.outcome == Outcome::Pass);
        self.simulated_s += finished.report.simulated_s;
        self.worst = self.worst.max(Some(finished.outcome));
    }
}

/// An internal error, as the reason why a run failed.
pub(crate) fn internal(message: &str) -> RunError {
    RunError::new(RunCode::INTERNAL, 0, format!("internal error: {message}"))
        .help("this is a bug in Randori: please report it with the scenario")
}
