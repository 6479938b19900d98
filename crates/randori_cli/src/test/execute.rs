//! Runs cases on several threads and judges every run; a run that is not as
//! accepted runs a second time, to tell a change from nondeterminism.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use randori_core::diagnostic::RunCode;
use randori_core::report::{RunError, RunReport};
use randori_project::runs::{Follower, Runs};
use randori_record::golden::{Finding, GoldenRun, Recorder};
use randori_sim::batch::{PreparedRun, RunOutcome};
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;

use super::result::{CaseResult, Judgement, RunResult};
use super::suite::{Case, State, Suite};
use crate::args::SuiteArgs;
use crate::console::Console;
use crate::interrupt;
use crate::run::internal;

/// Options of the execution of a suite.
pub(super) struct Options {
    /// Start no run after the first failure.
    fail_fast: bool,
    threads: usize,
    /// Wall-clock limit of each run.
    timeout: Option<Duration>,
}

impl Options {
    /// The options of the arguments.
    pub(super) fn new(args: &SuiteArgs, fail_fast: bool) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = args.threads.map_or_else(cores, usize::from);
        Self { fail_fast, threads, timeout: args.timeout.timeout }
    }
}

/// Runs all cases. `finished` is called with each case in order, as soon as it
/// and those before it have ended.
pub(super) fn execute<'a>(
    suite: &'a Suite,
    options: &Options,
    console: &'static Console,
    finished: impl FnMut(&CaseResult<'a>) + Send,
) -> Vec<CaseResult<'a>> {
    let cancel = interrupt::listen(console);
    let (mut runs, mut cases) = (Runs::new(&suite.context, options.timeout), Vec::new());
    for (case, it) in suite.cases.iter().enumerate() {
        let State::Ready { entry, .. } = &it.state else { continue };
        for &seed in &it.seeds {
            runs = runs.with(entry, seed..=seed);
            cases.push(case);
        }
    }
    let judge = Judge::new(suite, options, console, cancel, (&runs, cases), finished);
    judge.collect();
    console.start_progress(runs.len(), runs.simulated_s());
    runs.carry_out(options.threads, cancel, &judge);
    console.end_progress();
    judge.end()
}

/// The outcome of a run.
enum Ran {
    /// The full record, with the reason why it broke, if it did.
    Golden(Box<GoldenRun>, Option<RunError>),
    /// It could not start.
    Broken(RunError),
    Cancelled,
}

/// The record of a run in the form of goldens.
#[derive(Default)]
struct Kept(OnceLock<GoldenRun>);

impl Kept {
    /// Records a run that has started.
    fn observer(&self, episode: &Episode) -> Box<dyn RunObserver + '_> {
        let recorder = Recorder::new(episode.simulation().layout(), episode.end().0);
        Box::new(Keeper { recorder: Some(recorder), kept: &self.0 })
    }

    fn ran(&self, outcome: RunOutcome) -> Ran {
        let error = match outcome {
            RunOutcome::Finished(report) => report.error,
            RunOutcome::Cancelled => return Ran::Cancelled,
            RunOutcome::Unprepared(error) => return Ran::Broken(error),
            RunOutcome::Panicked(message) => return Ran::Broken(internal(&message)),
        };
        // The progress within a wall-clock limit is no result.
        let is_whole = error.as_ref().is_none_or(|it| !it.is(RunCode::TIMED_OUT));
        match self.0.get().filter(|_| is_whole) {
            Some(run) => Ran::Golden(Box::new(run.clone()), error),
            None => Ran::Broken(error.unwrap_or_else(|| internal("a run ended without a result"))),
        }
    }
}

struct Keeper<'a> {
    recorder: Option<Recorder>,
    kept: &'a OnceLock<GoldenRun>,
}

impl RunObserver for Keeper<'_> {
    fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
        if let Some(recorder) = &mut self.recorder {
            recorder.observe(episode.record());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Episode, report: &RunReport) -> Result<(), RunError> {
        if let Some(recorder) = self.recorder.take() {
            self.kept.get_or_init(|| recorder.finish(report));
        }
        Ok(())
    }
}

/// Keeps the only run of a set.
#[derive(Default)]
struct Single {
    kept: Kept,
    ran: Mutex<Option<Ran>>,
}

impl Follower for Single {
    fn observer(
        &self,
        _: usize,
        _: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        Ok(Some(self.kept.observer(episode)))
    }

    fn finished(&self, _: usize, outcome: RunOutcome, _: f64) {
        let ran = self.kept.ran(outcome);
        *self.ran.lock().unwrap_or_else(PoisonError::into_inner) = Some(ran);
    }
}

/// Judges runs as they end.
struct Judge<'a, 'r, F> {
    suite: &'a Suite,
    runs: &'r Runs<'a>,
    /// The case of each run.
    cases: Vec<usize>,
    kept: Vec<Kept>,
    options: &'r Options,
    has_failed: AtomicBool,
    cancel: &'r AtomicBool,
    console: &'r Console,
    collected: Mutex<Collected<'a, F>>,
}

/// Results in their order.
struct Collected<'a, F> {
    /// For every run that has ended.
    runs: Vec<Option<RunResult>>,
    cases: Vec<CaseResult<'a>>,
    finished: F,
}

impl<'a, 'r, F: FnMut(&CaseResult<'a>) + Send> Judge<'a, 'r, F> {
    fn new(
        suite: &'a Suite,
        options: &'r Options,
        console: &'r Console,
        cancel: &'r AtomicBool,
        (runs, cases): (&'r Runs<'a>, Vec<usize>),
        finished: F,
    ) -> Self {
        let results = cases.iter().map(|_| None).collect();
        Self {
            suite,
            runs,
            kept: cases.iter().map(|_| Kept::default()).collect(),
            cases,
            options,
            has_failed: AtomicBool::new(false),
            cancel,
            console,
            collected: Mutex::new(Collected { runs: results, cases: Vec::new(), finished }),
        }
    }

    fn judge(&self, run: usize, ran: Ran, wall_s: f64) -> RunResult {
        let seed = self.runs.seed(run);
        let (now, error) = match ran {
            Ran::Golden(now, error) => (now, error),
            Ran::Broken(error) => {
                let (error, judgement) = (Some(error), Judgement::Broken);
                return RunResult { seed, run: None, error, judgement, wall_s };
            }
            Ran::Cancelled => return not_run(seed),
        };
        let case = &self.suite.cases[self.cases[run]];
        let changed = self.changes(case, &now);
        let judgement = match changed {
            Some(changed) if changed.is_empty() => Judgement::AsAccepted,
            changed => match self.again(run) {
                Ran::Golden(again, _) => {
                    let level = self.suite.level(case);
                    let apart = now.compare(&again, level, &case.tolerances, true);
                    match (apart.is_empty(), changed) {
                        (true, None) => Judgement::New,
                        (true, Some(changed)) => Judgement::Changed(changed),
                        (false, changed) => Judgement::NotDeterministic {
                            apart,
                            changed: changed.unwrap_or_default(),
                        },
                    }
                }
                Ran::Broken(error) => {
                    let (error, judgement) = (Some(error), Judgement::Broken);
                    return RunResult { seed, run: Some(*now), error, judgement, wall_s };
                }
                Ran::Cancelled => Judgement::NotRun,
            },
        };
        RunResult { seed, run: Some(*now), error, judgement, wall_s }
    }

    /// Runs the same seed a second time.
    fn again(&self, run: usize) -> Ran {
        let (entry, seed) = (self.runs.entry(run), self.runs.seed(run));
        let runs = Runs::new(&self.suite.context, self.options.timeout).with(entry, seed..=seed);
        let single = Single::default();
        runs.carry_out(1, self.cancel, &single);
        let ran = single.ran.into_inner().unwrap_or_else(PoisonError::into_inner);
        ran.unwrap_or(Ran::Cancelled)
    }

    /// The differences from the accepted run; `None` if there is none.
    fn changes(&self, case: &Case, now: &GoldenRun) -> Option<Vec<Finding>> {
        let golden = case.golden.as_ref()?;
        let same_digests = golden.engine.digests == self.suite.engine.digests;
        Some(match golden.run(now.seed) {
            Some(before) => {
                before.compare(now, self.suite.level(case), &case.tolerances, same_digests)
            }
            None => vec![Finding::NoSuchSeed(now.seed)],
        })
    }

    /// Passes on the complete cases that are next in order.
    fn collect(&self) {
        let mut guard = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *guard;
        while let Some(case) = self.suite.cases.get(state.cases.len()) {
            let index = state.cases.len();
            let mine = (0..self.runs.len()).filter(|&run| self.cases[run] == index);
            let mine: Vec<usize> = mine.collect();
            if mine.iter().any(|&run| state.runs[run].is_none()) {
                return;
            }
            let runs = mine.into_iter().filter_map(|run| state.runs[run].take()).collect();
            let result = CaseResult::new(self.suite, case, runs);
            (state.finished)(&result);
            state.cases.push(result);
        }
    }

    /// All results, including runs that never started.
    fn end(self) -> Vec<CaseResult<'a>> {
        let mut guard = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        for (run, &case) in self.cases.iter().enumerate() {
            if case >= guard.cases.len() && guard.runs[run].is_none() {
                guard.runs[run] = Some(not_run(self.runs.seed(run)));
            }
        }
        drop(guard);
        self.collect();
        self.collected.into_inner().unwrap_or_else(PoisonError::into_inner).cases
    }
}

fn not_run(seed: u64) -> RunResult {
    RunResult { seed, run: None, error: None, judgement: Judgement::NotRun, wall_s: 0.0 }
}

impl<'a, F: FnMut(&CaseResult<'a>) + Send> Follower for Judge<'a, '_, F> {
    fn may_begin(&self, _: usize) -> bool {
        !self.has_failed.load(Ordering::Relaxed)
    }

    fn observer(
        &self,
        run: usize,
        _: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        Ok(Some(self.kept[run].observer(episode)))
    }

    fn advanced(&self, simulated_s: f64) {
        self.console.advance_progress(simulated_s);
    }

    fn finished(&self, run: usize, outcome: RunOutcome, wall_s: f64) {
        let result = self.judge(run, self.kept[run].ran(outcome), wall_s);
        if self.options.fail_fast && result.status().is_failure() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        self.console.count_finished_run();
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).runs[run] = Some(result);
        self.collect();
    }
}
