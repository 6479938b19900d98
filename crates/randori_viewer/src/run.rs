//! The run that is open: its session, and what the rest of the app reads of it.
//!
//! Start reading at [`Run`]; how it is led another way is in `run/branch.rs`.

mod branch;
mod pace;
mod plugin;
mod problem;

use bevy::platform::cell::SyncCell;
use bevy::prelude::Resource;
use randori_core::layout::SceneLayout;
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::RunReport;
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use randori_policy::ManualCommand;
use randori_sim::batch::PreparedRun;
use randori_sim::episode::Episode;
use randori_sim::session::{Progress, Session, SessionError};

use crate::driver::{Driver, Drivers, StartPolicy};
use crate::history::History;
use crate::readings::LastReadings;

pub use branch::Past;
pub use pace::PlaybackPlugin;
pub use plugin::{RunPlugin, RunSystems};
pub use problem::{OpenError, Problem};

/// Bytes that saved states of the past may take, unless a person sets another
/// [budget](Run::set_budget).
const PAST_BUDGET: usize = 256 << 20;

/// The open run, if there is one.
#[derive(Resource)]
pub struct Run {
    open: Option<OpenRun>,
    /// Counts what was opened, so that the picture knows when all is new.
    generation: u64,
    branches: u64,
    /// Whether other policies or numbers took over in the middle of the run.
    handed_over: bool,
    budget: usize,
    /// What went wrong last.
    problem: Option<Problem>,
    touches: Vec<Touch>,
}

/// Says what a person does to the world at the start of the step that comes
/// next, given the run as it stands.
pub type Touch = Box<dyn FnMut(&Episode) -> Option<Intervention> + Send + Sync>;

impl Default for Run {
    fn default() -> Self {
        Self {
            open: None,
            generation: 0,
            branches: 0,
            handed_over: false,
            budget: PAST_BUDGET,
            problem: None,
            touches: Vec::new(),
        }
    }
}

/// A run with everything that is needed to go on with it.
struct OpenRun {
    /// Its policies may not be shared between threads, but given from one to the
    /// other.
    session: SyncCell<Session>,
    /// The scenario before anybody chose other policies.
    written: PreparedRun,
    /// The scenario that is run.
    scenario: Scenario,
    layout: SceneLayout,
    period: TickPeriod,
    end: Tick,
    drivers: Drivers,
    shown: TickRecord,
    readings: LastReadings,
    newest: Tick,
    report: RunReport,
    saved_bytes: usize,
    /// What was made again and found equal since the last branch.
    repeated: Repeated,
    history: History,
    /// Where the run was branched, in order of time.
    branched_at: Vec<Tick>,
}

/// How much of the past was made again and found equal to the last bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repeated {
    /// Ticks.
    pub ticks: u64,
    /// The newest of them.
    pub up_to: Tick,
}

impl Run {
    /// Opens a scenario at its start. The run that was open is closed only if
    /// this one can begin.
    ///
    /// # Errors
    /// When a policy does not start, or the run cannot begin.
    pub fn open(&mut self, run: PreparedRun, start: StartPolicy) -> Result<(), OpenError> {
        let mut drivers = Drivers::new(&run.scenario, start);
        let policies = drivers.start(&run.scenario)?;
        let session = Session::new(&run.scenario, run.seed, policies, self.budget)?;
        self.show(session.with_varied(run.varied.clone()), run, drivers);
        Ok(())
    }

    /// Opens a recording at its start. It is followed to its end; policies are
    /// started only for what a branch brings.
    ///
    /// # Errors
    /// When the run cannot begin, or does not begin as recorded.
    pub fn open_recording(
        &mut self,
        run: PreparedRun,
        ticks: impl IntoIterator<Item = TickRecord>,
        start: StartPolicy,
    ) -> Result<(), OpenError> {
        let session = Session::from_recording(&run.scenario, run.seed, ticks, self.budget)?;
        let drivers = Drivers::new(&run.scenario, start);
        self.show(session.with_varied(run.varied.clone()), run, drivers);
        Ok(())
    }

    fn show(&mut self, session: Session, written: PreparedRun, drivers: Drivers) {
        let live = session.live();
        let layout = live.simulation().layout();
        let mut history = History::new(&written.scenario, layout, live.signals(), live.period());
        history.note(live.record());
        self.open = Some(OpenRun {
            layout: layout.clone(),
            history,
            branched_at: Vec::new(),
            period: live.period(),
            end: session.end(),
            shown: live.record().clone(),
            readings: LastReadings::default(),
            newest: session.newest(),
            report: live.report(),
            saved_bytes: session.saved_bytes(),
            session: SyncCell::new(session),
            scenario: written.scenario.clone(),
            written,
            drivers,
            repeated: Repeated::default(),
        });
        self.generation += 1;
        self.handed_over = false;
        self.problem = None;
    }

    /// Bytes that saved states of runs which are opened from now on may take.
    pub fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
    }

    /// Whether a run is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Grows with every scenario that is opened.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Grows with every branch.
    pub fn branches(&self) -> u64 {
        self.branches
    }

    /// Whether other policies or numbers took over in the middle of the run, so that
    /// the scenario alone does not give it again.
    pub fn was_handed_over(&self) -> bool {
        self.handed_over
    }

    /// The scenario that is run, with the policies that were chosen here.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.open.as_ref().map(|open| &open.scenario)
    }

    /// The run as it was opened, or last [changed](Self::change).
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

    /// The record that is shown.
    pub fn record(&self) -> Option<&TickRecord> {
        self.open.as_ref().map(|open| &open.shown)
    }

    /// The tick that is shown.
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

    /// Whether a tick is shown that is not the newest one.
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

    /// Whether the newest tick is the last one: the time is up, or the run broke.
    pub fn is_over(&self) -> bool {
        let broken = self.report().is_some_and(|report| report.error.is_some());
        self.is_open() && (broken || self.newest() >= self.end())
    }

    /// Verdicts and metrics up to the newest tick.
    pub fn report(&self) -> Option<&RunReport> {
        self.open.as_ref().map(|open| &open.report)
    }

    /// Bytes of saved states, and how many there may be.
    pub fn saved_bytes(&self) -> (usize, usize) {
        (self.open.as_ref().map_or(0, |open| open.saved_bytes), self.budget)
    }

    /// What was made again and found equal to the last bit since the last branch.
    pub fn repeated(&self) -> Repeated {
        self.open.as_ref().map_or_else(Repeated::default, |open| open.repeated)
    }

    /// What all numbers of the run were over time, for plots.
    pub fn history(&self) -> Option<&History> {
        self.open.as_ref().map(|open| &open.history)
    }

    /// The ticks at which the run was branched, as far as they are in its past.
    pub fn branched_at(&self) -> &[Tick] {
        self.open.as_ref().map_or(&[], |open| &open.branched_at)
    }

    /// What went wrong last, until it is dismissed or something is opened.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Shows a problem, or none.
    pub fn set_problem(&mut self, problem: Option<Problem>) {
        self.problem = problem;
    }

    /// Who drives a robot.
    pub fn driver(&self, robot: usize) -> Option<&Driver> {
        self.open.as_ref()?.drivers.chosen(robot)
    }

    /// The command that a person gives to a robot; in force while the robot is
    /// driven [by hand](Driver::ByHand).
    pub fn hand(&self, robot: usize) -> Option<&ManualCommand> {
        self.open.as_ref()?.drivers.hand(robot)
    }

    /// Whether a robot follows the hand.
    pub fn is_by_hand(&self, robot: usize) -> bool {
        let policy = self.scenario().and_then(|it| it.spec.robots.get(robot)?.policy.as_ref());
        policy.is_some_and(|policy| policy.source.is_by_hand())
    }

    /// The session, for what needs all of the past.
    pub fn session(&mut self) -> Option<&mut Session> {
        self.open.as_mut().map(|open| open.session.get())
    }

    /// The session, with the measurements that were seen last.
    pub fn measured(&mut self) -> Option<(&Session, &LastReadings)> {
        self.open.as_mut().map(|open| (&*open.session.get(), &open.readings))
    }

    /// The run at the tick that is shown, to look at its world.
    pub fn episode(&mut self) -> Option<&Episode> {
        self.session().map(|session| session.episode())
    }

    /// Has this asked before every tick, of this run and of all that are opened
    /// later: for what lasts, such as a pull. Several ticks may pass in a frame.
    pub fn touch_each_tick(&mut self, touch: Touch) {
        self.touches.push(touch);
    }

    /// Does what lasts.
    fn touch(&mut self) {
        let mut touches = std::mem::take(&mut self.touches);
        for touch in &mut touches {
            let running = self.episode().filter(|episode| !episode.is_over());
            if let Some(intervention) = running.and_then(touch) {
                self.intervene(intervention);
            }
        }
        self.touches = touches;
    }

    /// Shows the next tick; `None` without an open run or after a problem.
    pub fn advance(&mut self) -> Option<Progress> {
        self.touch();
        let progress = self.with_session(Session::advance)?;
        if progress == Progress::Again
            && let Some(open) = &mut self.open
        {
            open.repeated.ticks += 1;
            open.repeated.up_to = open.repeated.up_to.max(open.shown.tick);
        }
        Some(progress)
    }

    /// Shows a tick.
    pub fn seek(&mut self, tick: Tick) {
        self.with_session(|session| session.seek(tick));
    }

    /// Asks something of the session, and notes what came of it.
    fn with_session<T>(
        &mut self,
        ask: impl FnOnce(&mut Session) -> Result<T, SessionError>,
    ) -> Option<T> {
        let open = self.open.as_mut()?;
        let session = open.session.get();
        let answer = ask(session);
        open.shown.clone_from(session.record());
        open.readings.note(&open.shown);
        open.newest = session.newest();
        open.saved_bytes = session.saved_bytes();
        open.history.note(&open.shown);
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.problem = Some(OpenError::from(error).into());
                None
            }
        }
    }

    /// Verdicts are made once per frame, not once per tick.
    fn refresh_report(&mut self) {
        let Some(open) = &mut self.open else { return };
        let live = open.session.get().live();
        if open.report.ticks != live.record().tick.0 || live.error().is_some() {
            open.report = live.report();
        }
    }
}
