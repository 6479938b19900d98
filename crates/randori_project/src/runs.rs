//! The runs of a command and their execution: entries and their seeds.
//!
//! An [`Entry`] holds its overrides, so runs with other overrides are runs of another entry.
//!
//! Start reading at [`Runs::carry_out`].

use std::ops::RangeInclusive;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use randori_core::diagnostic::RunCode;
use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::RunError;
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, RunOutcome, run_batch, start_run};
use randori_sim::episode::{Episode, unstarted_report};
use randori_sim::observer::{ObservedRun, RunObserver};

use crate::context::{Entry, RunContext};
use crate::start_policy::start_policy;
use crate::timeout::{Timed, Timeout, within};

/// Runs in this order: all seeds of the first entry, then all of the second, and so on.
pub struct Runs<'a> {
    context: &'a RunContext,
    series: Vec<Series<'a>>,
    /// Wall-clock limit of each run.
    timeout: Option<Duration>,
}

/// Runs of one entry.
struct Series<'a> {
    entry: &'a Entry,
    first_seed: u64,
    /// Index one past its last run.
    end: usize,
}

/// The callbacks of a command for its runs. They are called from all threads.
pub trait Follower: Sync {
    /// True if this run may begin. Other runs are reported as cancelled.
    fn may_begin(&self, _run: usize) -> bool {
        true
    }

    /// Creates the observer of a run, such as a recorder; called once the run has started.
    ///
    /// # Errors
    /// The reason why it cannot be observed. The run ends as `Error`.
    fn observer(
        &self,
        run: usize,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError>;

    /// Called periodically with the simulated seconds since the last call for a run.
    fn advanced(&self, _simulated_s: f64) {}

    /// Called when a run has ended, after `wall_s` seconds of wall-clock time. A policy that was
    /// waited for at the timeout of the run is not blamed in the outcome.
    fn finished(&self, run: usize, outcome: RunOutcome, wall_s: f64);
}

impl<'a> Runs<'a> {
    /// An empty list of runs; each has this wall-clock limit.
    pub fn new(context: &'a RunContext, timeout: Option<Duration>) -> Self {
        Self { context, series: Vec::new(), timeout }
    }

    /// Adds the runs of an entry with these seeds. Programs that it starts must be trusted.
    #[must_use]
    pub fn with(mut self, entry: &'a Entry, seeds: RangeInclusive<u64>) -> Self {
        let count =
            seeds.end().checked_sub(*seeds.start()).map_or(0, |more| more.saturating_add(1));
        let end = self.len() + count as usize;
        self.series.push(Series { entry, first_seed: *seeds.start(), end });
        self
    }

    /// Number of runs.
    pub fn len(&self) -> usize {
        self.series.last().map_or(0, |series| series.end)
    }

    /// True if there are no runs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Simulated seconds of all runs, if none ends early.
    pub fn simulated_s(&self) -> f64 {
        let mut begin = 0;
        let seconds = self.series.iter().map(|series| {
            let count = series.end - std::mem::replace(&mut begin, series.end);
            series.entry.scenario.spec.duration * count as f64
        });
        seconds.sum()
    }

    /// Index of the added series that contains a run.
    pub fn series_of(&self, run: usize) -> usize {
        self.series.partition_point(|series| series.end <= run)
    }

    /// The entry of a run.
    pub fn entry(&self, run: usize) -> &'a Entry {
        self.series[self.series_of(run)].entry
    }

    /// The seed of a run.
    pub fn seed(&self, run: usize) -> u64 {
        let index = self.series_of(run);
        let begin = index.checked_sub(1).map_or(0, |before| self.series[before].end);
        self.series[index].first_seed + (run - begin) as u64
    }

    /// Executes all runs on several threads, until done or cancelled.
    pub fn carry_out(&self, threads: usize, cancel: &AtomicBool, follower: &impl Follower) {
        let options = BatchOptions { threads, stop_when_decided: false, cancel };
        run_batch(self.len(), &options, &Host::new(self, follower));
    }

    /// Executes the first run in real time.
    pub fn in_real_time(&self, cancel: &AtomicBool, follower: &impl Follower) {
        let host = Host::new(self, follower);
        host.finished(0, &paced(&host, cancel));
    }
}

/// Limits the first run of a host to real time.
fn paced(host: &impl BatchHost, cancel: &AtomicBool) -> RunOutcome {
    let prepared = match host.prepare(0) {
        Ok(prepared) => prepared,
        Err(error) => return RunOutcome::Unprepared(error),
    };
    let episode = match start_run(&prepared, host) {
        Ok(episode) => episode,
        Err(error) => {
            let mut report = unstarted_report(&prepared.scenario, prepared.seed, error);
            report.varied = prepared.varied;
            return RunOutcome::Finished(Box::new(report));
        }
    };
    // Policies have started by now; only the run itself is paced.
    let (begun, period) = (Instant::now(), episode.period());
    let mut observed = ObservedRun::start(episode, |episode| host.observer(0, &prepared, episode));
    while !observed.episode().is_over() {
        if cancel.load(Ordering::Relaxed) {
            return RunOutcome::Cancelled;
        }
        let tick = observed.advance().record.tick.0;
        let due = Duration::from_nanos(tick * period.nanos());
        thread::sleep(due.saturating_sub(begun.elapsed()));
    }
    RunOutcome::Finished(Box::new(observed.finish()))
}

/// The inputs of runs from outside of the simulation.
struct Host<'a, F> {
    runs: &'a Runs<'a>,
    follower: &'a F,
    /// Start time of each run.
    begun: Vec<OnceLock<Instant>>,
}

impl<'a, F: Follower> Host<'a, F> {
    fn new(runs: &'a Runs<'a>, follower: &'a F) -> Self {
        let begun = (0..runs.len()).map(|_| OnceLock::new()).collect();
        Self { runs, follower, begun }
    }

    fn timeout(&self, run: usize) -> Option<Timeout> {
        Some(Timeout::new(*self.begun[run].get()?, self.runs.timeout?))
    }
}

impl<F: Follower> BatchHost for Host<'_, F> {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        if !self.follower.may_begin(run) {
            // Not displayed: runs that never began are reported as cancelled.
            return Err(RunError::new(RunCode::INTERNAL, 0, "the run was not begun"));
        }
        self.begun[run].get_or_init(Instant::now);
        self.runs.context.prepare(self.runs.entry(run), self.runs.seed(run))
    }

    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        // All files of a command belong to one project.
        let (networks, project) = (&self.runs.context.networks, &self.runs.entry(0).file.project);
        match self.runs.timeout {
            None => start_policy(&run.scenario, robot, interface, networks, project),
            Some(limit) => {
                start_policy(&within(&run.scenario, limit), robot, interface, networks, project)
            }
        }
    }

    fn observer(
        &self,
        run: usize,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver + '_>>, RunError> {
        let observer = self.follower.observer(run, prepared, episode)?;
        Ok(match self.timeout(run) {
            None => observer,
            Some(timeout) => Some(Box::new(Timed::new(timeout, observer))),
        })
    }

    fn advanced(&self, run: usize, ticks: u64) {
        let rate_hz = self.runs.entry(run).scenario.physics().rate_hz;
        self.follower.advanced(ticks as f64 / f64::from(rate_hz));
    }

    fn finished(&self, run: usize, outcome: &RunOutcome) {
        let Some(begun) = self.begun[run].get() else {
            return self.follower.finished(run, RunOutcome::Cancelled, 0.0);
        };
        let wall_s = begun.elapsed().as_secs_f64();
        let outcome = match (outcome.clone(), self.timeout(run)) {
            (RunOutcome::Finished(report), Some(timeout)) => {
                RunOutcome::Finished(Box::new(timeout.judged(*report)))
            }
            (outcome, _) => outcome,
        };
        self.follower.finished(run, outcome, wall_s);
    }
}
