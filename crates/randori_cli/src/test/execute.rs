//! Runs cases on several threads and judges every run; whatever is not as
//! accepted runs a second time, to tell a change from chance.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use randori_core::diagnostic::RunCode;
use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::{RunError, RunReport};
use randori_project::context::{Entry, RunContext};
use randori_project::start_policy::start_policy;
use randori_project::timeout::{Timed, Timeout, within};
use randori_record::golden::{Finding, GoldenRun, Recorder};
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, RunOutcome, run_batch};
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;

use super::result::{CaseResult, Judgement, RunResult};
use super::suite::{Case, State, Suite};
use crate::args::SuiteArgs;
use crate::console::Console;
use crate::interrupt;
use crate::run::internal;

/// How a suite is carried out.
pub(super) struct Options {
    /// Begin nothing after the first failure.
    fail_fast: bool,
    threads: usize,
    /// Real time that each run may take.
    timeout: Option<Duration>,
}

impl Options {
    /// What the arguments say.
    pub(super) fn new(args: &SuiteArgs, fail_fast: bool) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = args.threads.map_or_else(cores, usize::from);
        Self { fail_fast, threads, timeout: args.timeout.timeout }
    }
}

/// Runs everything. `finished` is called with each case in its order, as soon as
/// it and those before it have ended.
pub(super) fn execute<'a>(
    suite: &'a Suite,
    options: &Options,
    console: &'static Console,
    finished: impl FnMut(&CaseResult<'a>) + Send,
) -> Vec<CaseResult<'a>> {
    let cancel = interrupt::listen(console);
    let host = Host::new(suite, options, console, cancel, finished);
    host.collect();
    let runs = host.runs.jobs.len();
    console.start_progress(runs, suite.cases.iter().map(Case::simulated_s).sum());
    let batch = BatchOptions { threads: options.threads, stop_when_decided: false, cancel };
    run_batch(runs, &batch, &host);
    console.end_progress();
    host.end()
}

/// One run of one case.
#[derive(Clone, Copy)]
struct Job<'a> {
    case: usize,
    entry: &'a Entry,
    seed: u64,
}

/// Runs that are kept as goldens keep them.
struct Runs<'a> {
    context: &'a RunContext,
    jobs: Vec<Job<'a>>,
    /// When each run began.
    begun: Vec<OnceLock<Instant>>,
    done: Vec<OnceLock<GoldenRun>>,
    timeout: Option<Duration>,
}

/// What a run did.
enum Ran {
    /// All of it, with the reason why it broke, if it did.
    Golden(Box<GoldenRun>, Option<RunError>),
    /// It could not begin.
    Broken(RunError),
    Cancelled,
}

impl<'a> Runs<'a> {
    fn new(context: &'a RunContext, jobs: Vec<Job<'a>>, timeout: Option<Duration>) -> Self {
        let begun = jobs.iter().map(|_| OnceLock::new()).collect();
        let done = jobs.iter().map(|_| OnceLock::new()).collect();
        Self { context, jobs, begun, done, timeout }
    }

    fn timeout(&self, run: usize) -> Option<Timeout> {
        Some(Timeout::new(*self.begun[run].get()?, self.timeout?))
    }

    fn result(&self, run: usize, outcome: &RunOutcome) -> Ran {
        let kept = self.done[run].get().cloned();
        match (outcome, kept) {
            (RunOutcome::Finished(report), kept) => {
                let report = (**report).clone();
                let error = match self.timeout(run) {
                    Some(timeout) => timeout.judged(report).error,
                    None => report.error,
                };
                // How far a run gets in real time is no result.
                match kept.filter(|_| error.as_ref().is_none_or(|it| !it.is(RunCode::TIMED_OUT))) {
                    Some(run) => Ran::Golden(Box::new(run), error),
                    None => Ran::Broken(
                        error.unwrap_or_else(|| internal("a run ended without a result")),
                    ),
                }
            }
            (RunOutcome::Cancelled, _) => Ran::Cancelled,
            (RunOutcome::Unprepared(error), _) => Ran::Broken(error.clone()),
            (RunOutcome::Panicked(message), _) => Ran::Broken(internal(message)),
        }
    }

    /// The same run once more.
    fn again(&self, run: usize, cancel: &AtomicBool) -> Ran {
        let runs = Runs::new(self.context, vec![self.jobs[run]], self.timeout);
        let options = BatchOptions { threads: 1, stop_when_decided: false, cancel };
        let outcomes = run_batch(1, &options, &runs);
        outcomes.first().map_or(Ran::Cancelled, |outcome| runs.result(0, outcome))
    }
}

impl BatchHost for Runs<'_> {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        self.begun[run].get_or_init(Instant::now);
        self.context.prepare(self.jobs[run].entry, self.jobs[run].seed)
    }

    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        // The suite has refused programs that nobody allowed.
        let (networks, project) = (&self.context.networks, &self.jobs[0].entry.file.project);
        match self.timeout {
            None => start_policy(&run.scenario, robot, interface, networks, project),
            Some(limit) => {
                start_policy(&within(&run.scenario, limit), robot, interface, networks, project)
            }
        }
    }

    fn observer(
        &self,
        run: usize,
        _: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        let recorder = Recorder::new(episode.simulation().layout(), episode.end().0);
        let follower = Box::new(Follower { recorder: Some(recorder), done: &self.done[run] });
        Ok(Some(match self.timeout(run) {
            None => follower,
            Some(timeout) => Box::new(Timed::new(timeout, Some(follower))),
        }))
    }
}

/// Keeps a run as a golden keeps it.
struct Follower<'a> {
    recorder: Option<Recorder>,
    done: &'a OnceLock<GoldenRun>,
}

impl RunObserver for Follower<'_> {
    fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
        if let Some(recorder) = &mut self.recorder {
            recorder.observe(episode.record());
        }
        Ok(())
    }

    fn finish(&mut self, _: &Episode, report: &RunReport) -> Result<(), RunError> {
        if let Some(recorder) = self.recorder.take() {
            self.done.get_or_init(|| recorder.finish(report));
        }
        Ok(())
    }
}

/// Judges runs as they end.
struct Host<'a, F> {
    suite: &'a Suite,
    runs: Runs<'a>,
    fail_fast: bool,
    has_failed: AtomicBool,
    cancel: &'a AtomicBool,
    console: &'a Console,
    collected: Mutex<Collected<'a, F>>,
}

/// Results in their order.
struct Collected<'a, F> {
    /// Of every run that has ended.
    runs: Vec<Option<RunResult>>,
    cases: Vec<CaseResult<'a>>,
    finished: F,
}

impl<'a, F: FnMut(&CaseResult<'a>) + Send> Host<'a, F> {
    fn new(
        suite: &'a Suite,
        options: &Options,
        console: &'a Console,
        cancel: &'a AtomicBool,
        finished: F,
    ) -> Self {
        let mut jobs = Vec::new();
        for (case, it) in suite.cases.iter().enumerate() {
            if let State::Ready { entry, .. } = &it.state {
                jobs.extend(it.seeds.iter().map(|&seed| Job { case, entry, seed }));
            }
        }
        let runs = jobs.iter().map(|_| None).collect();
        Self {
            suite,
            runs: Runs::new(&suite.context, jobs, options.timeout),
            fail_fast: options.fail_fast,
            has_failed: AtomicBool::new(false),
            cancel,
            console,
            collected: Mutex::new(Collected { runs, cases: Vec::new(), finished }),
        }
    }

    fn judge(&self, run: usize, ran: Ran, wall_s: f64) -> RunResult {
        let job = self.runs.jobs[run];
        let (now, error) = match ran {
            Ran::Golden(now, error) => (now, error),
            Ran::Broken(error) => {
                let (error, judgement) = (Some(error), Judgement::Broken);
                return RunResult { seed: job.seed, run: None, error, judgement, wall_s };
            }
            Ran::Cancelled => return not_run(job.seed),
        };
        let case = &self.suite.cases[job.case];
        let changed = self.changes(case, &now);
        let judgement = match changed {
            Some(changed) if changed.is_empty() => Judgement::AsAccepted,
            changed => match self.runs.again(run, self.cancel) {
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
                    return RunResult { seed: job.seed, run: Some(*now), error, judgement, wall_s };
                }
                Ran::Cancelled => Judgement::NotRun,
            },
        };
        RunResult { seed: job.seed, run: Some(*now), error, judgement, wall_s }
    }

    /// What is not as accepted; `None` if nothing was accepted so far.
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

    /// Passes on the cases that are complete and come next.
    fn collect(&self) {
        let mut guard = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *guard;
        while let Some(case) = self.suite.cases.get(state.cases.len()) {
            let index = state.cases.len();
            let mine = self.runs.jobs.iter().enumerate().filter(|(_, job)| job.case == index);
            let mine: Vec<usize> = mine.map(|(run, _)| run).collect();
            if mine.iter().any(|&run| state.runs[run].is_none()) {
                return;
            }
            let runs = mine.into_iter().filter_map(|run| state.runs[run].take()).collect();
            let result = CaseResult::new(self.suite, case, runs);
            (state.finished)(&result);
            state.cases.push(result);
        }
    }

    /// All results; runs that never began are there as such.
    fn end(self) -> Vec<CaseResult<'a>> {
        let mut guard = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        for (run, job) in self.runs.jobs.iter().enumerate() {
            if job.case >= guard.cases.len() && guard.runs[run].is_none() {
                guard.runs[run] = Some(not_run(job.seed));
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

impl<'a, F: FnMut(&CaseResult<'a>) + Send> BatchHost for Host<'a, F> {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        if self.has_failed.load(Ordering::Relaxed) {
            return Err(internal("skipped after the first failure"));
        }
        self.runs.prepare(run)
    }

    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        self.runs.policy(run, robot, interface)
    }

    fn observer(
        &self,
        run: usize,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        self.runs.observer(run, prepared, episode)
    }

    fn advanced(&self, run: usize, ticks: u64) {
        let rate_hz = self.runs.jobs[run].entry.scenario.physics().rate_hz;
        self.console.advance_progress(ticks as f64 / f64::from(rate_hz));
    }

    fn finished(&self, run: usize, outcome: &RunOutcome) {
        let begun = self.runs.begun[run].get();
        let wall_s = begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        // What never began has no result of its own.
        let ran = begun.map_or(Ran::Cancelled, |_| self.runs.result(run, outcome));
        let result = self.judge(run, ran, wall_s);
        if self.fail_fast && result.status().is_failure() {
            self.has_failed.store(true, Ordering::Relaxed);
        }
        self.console.count_finished_run();
        self.collected.lock().unwrap_or_else(PoisonError::into_inner).runs[run] = Some(result);
        self.collect();
    }
}
