//! The open run: its session, and its interface for the rest of the app.
//!
//! Start reading at [`Run`], which changes the run, and [`RunView`], which reads
//! it; branches are in `run/branch.rs`.

mod branch;
mod pace;
mod plugin;
mod problem;
mod view;

use std::ops::Deref;

use bevy::platform::cell::SyncCell;
use bevy::prelude::Resource;
use randori_core::record::{Intervention, TickRecord};
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;
use randori_sim::episode::Episode;
use randori_sim::session::{Progress, Session, SessionError};

use crate::driver::{Drivers, StartPolicy};
use crate::history::History;
use crate::readings::LastReadings;

pub use branch::Past;
pub(crate) use pace::PlaybackPlugin;
pub(crate) use plugin::RunPlugin;
pub use plugin::RunSystems;
pub use problem::{OpenError, Problem};
use view::OpenRun;
pub use view::{Repeated, RunView};

/// Default memory budget of saved states, bytes; see [`Run::set_budget`].
const PAST_BUDGET: usize = 256 << 20;

/// The open run, if there is one.
#[derive(Resource)]
pub struct Run {
    view: RunView,
    touches: Vec<Touch>,
}

/// Read access goes through the view.
impl Deref for Run {
    type Target = RunView;

    fn deref(&self) -> &RunView {
        &self.view
    }
}

/// Returns the manual intervention for the start of the next step, given the
/// current state of the run.
pub type Touch = Box<dyn FnMut(&Episode) -> Option<Intervention> + Send + Sync>;

impl Default for Run {
    fn default() -> Self {
        let view = RunView {
            open: None,
            generation: 0,
            branches: 0,
            handed_over: false,
            budget: PAST_BUDGET,
            problem: None,
        };
        Self { view, touches: Vec::new() }
    }
}

impl Run {
    /// Opens a scenario at its start. The open run is closed only if the new one
    /// can start.
    ///
    /// # Errors
    /// If a policy does not start, or the run cannot start.
    pub fn open(&mut self, run: PreparedRun, start: StartPolicy) -> Result<(), OpenError> {
        let mut drivers = Drivers::new(&run.scenario, start);
        let policies = drivers.start(&run.scenario)?;
        let session = Session::new(&run.scenario, run.seed, policies, self.view.budget)?;
        self.show(session.with_varied(run.varied.clone()), run, drivers);
        Ok(())
    }

    /// Opens a recording at its start. It is replayed to its end; policies are
    /// started only for a branch.
    ///
    /// # Errors
    /// If the run cannot start, or its start differs from the recording.
    pub fn open_recording(
        &mut self,
        run: PreparedRun,
        ticks: impl IntoIterator<Item = TickRecord>,
        start: StartPolicy,
    ) -> Result<(), OpenError> {
        let session = Session::from_recording(&run.scenario, run.seed, ticks, self.view.budget)?;
        let drivers = Drivers::new(&run.scenario, start);
        self.show(session.with_varied(run.varied.clone()), run, drivers);
        Ok(())
    }

    fn show(&mut self, session: Session, written: PreparedRun, drivers: Drivers) {
        let live = session.live();
        let layout = live.simulation().layout();
        let mut history = History::new(&written.scenario, layout, live.signals(), live.period());
        history.note(live.record());
        self.view.open = Some(OpenRun {
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
        self.view.generation += 1;
        self.view.handed_over = false;
        self.view.problem = None;
    }

    /// Sets the memory budget of saved states, for runs that are opened from now on, bytes.
    pub fn set_budget(&mut self, bytes: usize) {
        self.view.budget = bytes;
    }

    /// Sets or clears the problem.
    pub fn set_problem(&mut self, problem: Option<Problem>) {
        self.view.problem = problem;
    }

    /// The session, for access to all of the past.
    pub fn session(&mut self) -> Option<&mut Session> {
        self.view.open.as_mut().map(|open| open.session.get())
    }

    /// The session, with the last measurements shown.
    pub(crate) fn measured(&mut self) -> Option<(&Session, &LastReadings)> {
        self.view.open.as_mut().map(|open| (&*open.session.get(), &open.readings))
    }

    /// The run at the shown tick, for access to its world.
    pub fn episode(&mut self) -> Option<&Episode> {
        self.session().map(|session| session.episode())
    }

    /// Calls this before every tick, of this run and of all runs opened later, for
    /// lasting interventions such as a pull. Several ticks may pass in a frame.
    pub fn touch_each_tick(&mut self, touch: Touch) {
        self.touches.push(touch);
    }

    /// Applies lasting interventions.
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
            && let Some(open) = &mut self.view.open
        {
            open.repeated.ticks += 1;
            open.repeated.up_to = open.repeated.up_to.max(open.shown.tick);
        }
        Some(progress)
    }

    /// Seeks to a tick.
    pub(crate) fn seek(&mut self, tick: Tick) {
        self.with_session(|session| session.seek(tick));
    }

    /// Runs an operation on the session, and records its outcome.
    fn with_session<T>(
        &mut self,
        ask: impl FnOnce(&mut Session) -> Result<T, SessionError>,
    ) -> Option<T> {
        let open = self.view.open.as_mut()?;
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
                self.view.problem = Some(OpenError::from(error).into());
                None
            }
        }
    }

    /// Verdicts are computed once per frame, not once per tick.
    fn refresh_report(&mut self) {
        let Some(open) = &mut self.view.open else { return };
        let live = open.session.get().live();
        if open.report.ticks != live.record().tick.0 || live.error().is_some() {
            open.report = live.report();
        }
    }
}
