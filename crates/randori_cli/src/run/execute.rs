//! Carries runs out: many at a time, or one at the pace of the clock.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::report::RunError;
use randori_core::time::TickPeriod;
use randori_project::context::Entry;
use randori_project::start_policy::start_policy;
use randori_project::timeout::{Timed, Timeout, within};
use randori_sim::batch::{BatchHost, BatchOptions, PreparedRun, RunOutcome, run_batch, start_run};
use randori_sim::episode::{Episode, unstarted_report};
use randori_sim::observer::{ObservedRun, RunObserver};

use super::plan::Plan;
use super::printer::Printer;
use crate::console::Console;

/// Runs everything on several threads until done or cancelled.
pub(crate) fn in_parallel(
    plan: &Plan,
    printer: &Printer<'_>,
    threads: usize,
    cancel: &AtomicBool,
    console: &Console,
) {
    let host = Host::new(plan, printer, console);
    let per_entry = |entry: &Entry| entry.scenario.spec.duration;
    let simulated_s: f64 = plan.entries.iter().map(per_entry).sum();
    console.start_progress(plan.runs(), simulated_s * plan.seeds_per_entry() as f64);
    let options = BatchOptions { threads, stop_when_decided: false, cancel };
    run_batch(plan.runs(), &options, &host);
    console.end_progress();
}

/// Runs the only run at the pace of the clock.
pub(crate) fn in_real_time(
    plan: &Plan,
    printer: &Printer<'_>,
    cancel: &AtomicBool,
    console: &Console,
) {
    let host = Host::new(plan, printer, console);
    let prepared = match host.prepare(0) {
        Ok(prepared) => prepared,
        Err(error) => return host.finished(0, &RunOutcome::Unprepared(error)),
    };
    let episode = match start_run(&prepared, &host) {
        Ok(episode) => episode,
        Err(error) => {
            let mut report = unstarted_report(&prepared.scenario, prepared.seed, error);
            report.varied = prepared.varied;
            return host.finished(0, &RunOutcome::Finished(Box::new(report)));
        }
    };
    // Policies have started by now; only the run itself is paced.
    let pace = Pace { period: episode.period(), start: Instant::now() };
    let mut observed = ObservedRun::start(episode, |episode| host.observer(0, &prepared, episode));
    while !observed.episode().is_over() {
        if cancel.load(Ordering::Relaxed) {
            return host.finished(0, &RunOutcome::Cancelled);
        }
        let tick = observed.advance().record.tick.0;
        thread::sleep(pace.ahead_by(tick));
    }
    host.finished(0, &RunOutcome::Finished(Box::new(observed.finish())));
}

/// The clock that a run is held against.
struct Pace {
    period: TickPeriod,
    start: Instant,
}

impl Pace {
    /// How long the simulation has to wait for the clock; zero if it is late.
    fn ahead_by(&self, tick: u64) -> Duration {
        Duration::from_nanos(tick * self.period.nanos()).saturating_sub(self.start.elapsed())
    }
}

/// What runs need from the command line.
struct Host<'a> {
    plan: &'a Plan,
    printer: &'a Printer<'a>,
    console: &'a Console,
    /// When each run began.
    begun: Vec<OnceLock<Instant>>,
}

impl<'a> Host<'a> {
    fn new(plan: &'a Plan, printer: &'a Printer<'a>, console: &'a Console) -> Self {
        let begun = (0..plan.runs()).map(|_| OnceLock::new()).collect();
        Self { plan, printer, console, begun }
    }

    fn timeout(&self, run: usize) -> Option<Timeout> {
        self.plan.ends(*self.begun[run].get()?)
    }
}

impl BatchHost for Host<'_> {
    fn prepare(&self, run: usize) -> Result<PreparedRun, RunError> {
        self.begun[run].get_or_init(Instant::now);
        self.plan.prepare(run)
    }

    fn policy(
        &self,
        run: &PreparedRun,
        robot: usize,
        interface: &RobotInterface,
    ) -> Result<Option<Box<dyn Policy>>, PolicyError> {
        // The plan has refused programs that nobody allowed.
        let (networks, project) = (&self.plan.context.networks, self.plan.project());
        match self.plan.timeout {
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
        let recorder = self.plan.recorder(run, prepared, episode)?;
        Ok(match self.timeout(run) {
            None => recorder,
            Some(timeout) => Some(Box::new(Timed::new(timeout, recorder))),
        })
    }

    fn advanced(&self, run: usize, ticks: u64) {
        let rate_hz = self.plan.entry_of(run).scenario.physics().rate_hz;
        self.console.advance_progress(ticks as f64 / f64::from(rate_hz));
    }

    fn finished(&self, run: usize, outcome: &RunOutcome) {
        let wall_s = self.begun[run].get().map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        self.console.count_finished_run();
        match (outcome, self.timeout(run)) {
            (RunOutcome::Finished(report), Some(timeout)) => {
                let report = timeout.judged((**report).clone());
                self.printer.accept(run, &RunOutcome::Finished(Box::new(report)), wall_s);
            }
            _ => self.printer.accept(run, outcome, wall_s),
        }
    }
}
