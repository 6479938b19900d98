//! Read access to a run.

use bevy::platform::cell::SyncCell;
use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::report::RunReport;
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use randori_policy::ManualCommand;
use randori_sim::batch::PreparedRun;
use randori_sim::session::Session;

use super::Problem;
use crate::driver::{Driver, Drivers};
use crate::history::History;
use crate::readings::LastReadings;

/// Read access to a [`Run`](super::Run).
pub struct RunView {
    pub(super) open: Option<OpenRun>,
    /// Number of runs opened so far, which tells the picture when to rebuild everything.
    pub(super) generation: u64,
    pub(super) branches: u64,
    /// True if policies or values were changed during the run.
    pub(super) handed_over: bool,
    /// Memory budget of saved states, bytes.
    pub(super) budget: usize,
    /// The last problem.
    pub(super) problem: Option<Problem>,
}

/// A run with the data needed to continue it.
pub(super) struct OpenRun {
    /// Its policies can be sent between threads, but not shared.
    pub(super) session: SyncCell<Session>,
    /// The scenario before the user chose other policies.
    pub(super) written: PreparedRun,
    /// The scenario in use.
    pub(super) scenario: Scenario,
    pub(super) layout: SceneLayout,
    pub(super) period: TickPeriod,
    pub(super) end: Tick,
    pub(super) drivers: Drivers,
    pub(super) shown: TickRecord,
    pub(super) readings: LastReadings,
    pub(super) newest: Tick,
    pub(super) report: RunReport,
    pub(super) saved_bytes: usize,
    /// Ticks re-simulated and verified since the last branch.
    pub(super) repeated: Repeated,
    pub(super) history: History,
    /// Ticks of branches, in order of time.
    pub(super) branched_at: Vec<Tick>,
}

/// The part of the past that was re-simulated and found bitwise equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeated {
    /// Number of ticks.
    pub ticks: u64,
    /// The newest of them.
    pub up_to: Tick,
}

impl RunView {
    /// True if a run is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Incremented with every opened scenario.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Incremented with every branch.
    pub fn branches(&self) -> u64 {
        self.branches
    }

    /// True if policies or values were changed during the run, so that the scenario
    /// alone does not reproduce it.
    pub fn was_handed_over(&self) -> bool {
        self.handed_over
    }

    /// The scenario in use, with the policies chosen here.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.open.as_ref().map(|open| &open.scenario)
    }

    /// The run as it was opened, or last [changed](super::Run::change).
    pub fn written(&self) -> Option<&PreparedRun> {
        self.open.as_ref().map(|open| &open.written)
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.written().map_or(0, |written| written.seed)
    }

    /// Names and indices of everything in the scene.
    pub fn layout(&self) -> Option<&SceneLayout> {
        self.open.as_ref().map(|open| &open.layout)
    }

    /// The shown record.
    pub fn record(&self) -> Option<&TickRecord> {
        self.open.as_ref().map(|open| &open.shown)
    }

    /// The shown tick.
    pub fn tick(&self) -> Tick {
        self.record().map_or(Tick(0), |record| record.tick)
    }

    /// The newest tick.
    pub fn newest(&self) -> Tick {
        self.open.as_ref().map_or(Tick(0), |open| open.newest)
    }

    /// The tick at which the run ends.
    pub fn end(&self) -> Tick {
        self.open.as_ref().map_or(Tick(0), |open| open.end)
    }

    /// True if the shown tick is not the newest one.
    pub fn shows_past(&self) -> bool {
        self.tick() < self.newest()
    }

    /// Length of a tick, s.
    pub fn period_s(&self) -> f64 {
        self.open.as_ref().map_or(1.0, |open| open.period.seconds())
    }

    /// Simulated time of a tick, s.
    pub fn time_s(&self, tick: Tick) -> f64 {
        self.open.as_ref().map_or(0.0, |open| open.period.time_s(tick))
    }

    /// The tick that is nearest to a simulated time.
    pub fn tick_at(&self, time_s: f64) -> Tick {
        self.open.as_ref().map_or(Tick(0), |open| Tick(open.period.ticks_nearest(time_s)))
    }

    /// True if the newest tick is the last one: at the end of its duration, or
    /// after an error.
    pub fn is_over(&self) -> bool {
        let broken = self.report().is_some_and(|report| report.error.is_some());
        self.is_open() && (broken || self.newest() >= self.end())
    }

    /// Verdicts and metrics up to the newest tick.
    pub fn report(&self) -> Option<&RunReport> {
        self.open.as_ref().map(|open| &open.report)
    }

    /// Memory of saved states, and its budget, bytes.
    pub(crate) fn saved_bytes(&self) -> (usize, usize) {
        (self.open.as_ref().map_or(0, |open| open.saved_bytes), self.budget)
    }

    /// Ticks re-simulated and found bitwise equal since the last branch.
    pub fn repeated(&self) -> Repeated {
        self.open.as_ref().map_or_else(Repeated::default, |open| open.repeated)
    }

    /// All quantities of the run over time, for plots.
    pub fn history(&self) -> Option<&History> {
        self.open.as_ref().map(|open| &open.history)
    }

    /// The ticks of branches within its past.
    pub(crate) fn branched_at(&self) -> &[Tick] {
        self.open.as_ref().map_or(&[], |open| &open.branched_at)
    }

    /// The last problem, until it is dismissed or a run is opened.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// The driver of a robot.
    pub fn driver(&self, robot: usize) -> Option<&Driver> {
        self.open.as_ref()?.drivers.chosen(robot)
    }

    /// The manual command of a robot; in force while the robot is driven [by
    /// hand](Driver::ByHand).
    pub fn hand(&self, robot: usize) -> Option<&ManualCommand> {
        self.open.as_ref()?.drivers.hand(robot)
    }

    /// True if a robot is under manual control.
    pub(crate) fn is_by_hand(&self, robot: usize) -> bool {
        let policy = self.scenario().and_then(|it| it.spec.robots.get(robot)?.policy.as_ref());
        policy.is_some_and(|policy| policy.source.is_by_hand())
    }
}
