//! Many runs on several threads, with the same results on any number of them.
//!
//! Each run is independent: its own world, policies and random streams. Threads take
//! runs from one shared counter, and results are returned in the order of the runs, so
//! results depend neither on the number of threads nor on their speed.
//!
//! Start reading at [`run_batch`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use randori_core::diagnostic::Diagnostics;
use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::{RunError, RunReport};
use randori_core::spec::Scenario;
use randori_core::text::{Override, ScenarioText};

use crate::episode::{Episode, interfaces, unstarted_report};
use crate::fault::SimulationError;
use crate::observer::{ObservedRun, RunObserver};

/// Ticks between two reports of progress of one run.
const TICKS_PER_PROGRESS: u64 = 100;

/// A scenario with the values of one seed, ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedRun {
    /// The scenario.
    pub scenario: Scenario,
    /// The seed of its random streams.
    pub seed: u64,
    /// Values that were sampled for this seed, by path.
    pub varied: Vec<(String, f64)>,
}

impl PreparedRun {
    /// The run of a scenario with one seed: overrides, then the sampled values of its
    /// variations.
    ///
    /// # Errors
    /// With all findings, if a sampled value makes the scenario invalid.
    pub fn draw(
        text: &ScenarioText,
        overrides: &[Override],
        seed: u64,
    ) -> Result<Self, Diagnostics> {
        let loaded = text.resolve_seed(overrides, seed)?;
        Ok(Self { scenario: loaded.scenario, seed, varied: loaded.drawn })
    }
}

/// Outcome of a run of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum RunOutcome {
    /// The run has a report (with verdict `Error` if the run broke).
    Finished(Box<RunReport>),
    /// The run was cancelled before its end or before its start.
    Cancelled,
    /// The run could not be prepared; no data for a report exist.
    Unprepared(RunError),
    /// An internal error with this message. The remaining runs continue.
    Panicked(String),
}

impl RunOutcome {
    /// The report, if there is one.
    pub fn report(&self) -> Option<&RunReport> {
        match self {
            Self::Finished(report) => Some(report),
            _ => None,
        }
    }
}

/// Callbacks of a batch: scenarios, policies, observers, progress. Called from all threads.
pub trait BatchHost: Sync {
    /// The run with this index.
    ///
    /// # Errors
    /// If the run cannot be prepared, for example because a sampled value makes the
    /// scenario invalid.
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError>;

    /// The policy of a robot of a run; with `None` the robot keeps its initial command.
    ///
    /// # Errors
    /// If the policy cannot be created. The run ends as `Error`.
    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError>;

    /// The observer of a run, such as a recorder; called once the run has started.
    ///
    /// # Errors
    /// If the observer cannot be created. The run ends as `Error`.
    fn observer(
        &self,
        run: usize,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        let _ = (run, prepared, episode);
        Ok(None)
    }

    /// Called periodically with the number of ticks since the last call for this run.
    fn advanced(&self, run: usize, ticks: u64) {
        let _ = (run, ticks);
    }

    /// Called when a run has ended.
    fn finished(&self, run: usize, outcome: &RunOutcome) {
        let _ = (run, outcome);
    }
}

/// Options of a batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchOptions<'a> {
    /// Number of threads; at least one is used.
    pub threads: usize,
    /// True if a run ends once the verdicts of its goals are certain.
    pub stop_when_decided: bool,
    /// Cancellation flag, polled between ticks. Once set, running runs are dropped and
    /// no more start; finished runs are kept.
    pub cancel: &'a AtomicBool,
}

/// Carries out runs `0..runs` and returns their outcomes in that order.
pub fn run_batch(
    runs: usize,
    options: &BatchOptions<'_>,
    host: &(impl BatchHost + ?Sized),
) -> Vec<RunOutcome> {
    let next = AtomicUsize::new(0);
    let outcomes: Vec<Mutex<RunOutcome>> =
        (0..runs).map(|_| Mutex::new(RunOutcome::Cancelled)).collect();
    let work = || {
        while !options.cancel.load(Ordering::Relaxed) {
            let run = next.fetch_add(1, Ordering::Relaxed);
            let Some(place) = outcomes.get(run) else { break };
            let outcome = guarded_run(run, options, host);
            host.finished(run, &outcome);
            // No code panics while it holds this lock, so it is never poisoned.
            *place.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = outcome;
        }
    };
    thread::scope(|scope| {
        // The calling thread works too, so a single thread needs no spawn.
        for _ in 1..options.threads.clamp(1, runs.max(1)) {
            scope.spawn(work);
        }
        work();
    });
    outcomes
        .into_iter()
        .map(|outcome| outcome.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
        .collect()
}

/// One run; a panic inside it does not affect the rest of the batch.
fn guarded_run(
    run: usize,
    options: &BatchOptions<'_>,
    host: &(impl BatchHost + ?Sized),
) -> RunOutcome {
    let result = catch_unwind(AssertUnwindSafe(|| one_run(run, options, host)));
    result.unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned());
        RunOutcome::Panicked(message.unwrap_or_else(|| "a panic without a message".to_owned()))
    })
}

fn one_run(run: usize, options: &BatchOptions<'_>, host: &(impl BatchHost + ?Sized)) -> RunOutcome {
    let prepared = match host.prepare(run) {
        Ok(prepared) => prepared,
        Err(error) => return RunOutcome::Unprepared(error),
    };
    let episode = match start_run(&prepared, host) {
        Ok(episode) => episode.stop_when_decided(options.stop_when_decided),
        Err(error) => {
            let mut report = unstarted_report(&prepared.scenario, prepared.seed, error);
            report.varied = prepared.varied;
            return RunOutcome::Finished(Box::new(report));
        }
    };
    let mut observed =
        ObservedRun::start(episode, |episode| host.observer(run, &prepared, episode));
    let mut unreported = 0;
    while !observed.episode().is_over() {
        if options.cancel.load(Ordering::Relaxed) {
            return RunOutcome::Cancelled;
        }
        observed.advance();
        unreported += 1;
        if unreported == TICKS_PER_PROGRESS {
            host.advanced(run, unreported);
            unreported = 0;
        }
    }
    host.advanced(run, unreported);
    RunOutcome::Finished(Box::new(observed.finish()))
}

/// The run at its start, with the policies of the host.
///
/// # Errors
/// If the run cannot start; see [`unstarted_report`].
pub fn start_run(
    prepared: &PreparedRun,
    host: &(impl BatchHost + ?Sized),
) -> Result<Episode, RunError> {
    let interfaces = interfaces(&prepared.scenario);
    let mut policies = Vec::with_capacity(interfaces.len());
    for (robot, interface) in interfaces.iter().enumerate() {
        let policy = host.policy(prepared, robot, interface).map_err(|error| {
            let robot = interface.robot.clone();
            RunError::from(&SimulationError::PolicyStart { robot, error })
        })?;
        policies.push(policy);
    }
    Episode::new(&prepared.scenario, prepared.seed, policies)
        .map(|episode| episode.with_varied(prepared.varied.clone()))
        .map_err(|error| RunError::from(&error))
}
