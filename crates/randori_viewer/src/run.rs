//! The run that is open: its session, and what the rest of the app reads of it.

use bevy::platform::cell::SyncCell;
use bevy::prelude::{
    App, IntoScheduleConfigs, MessageReader, Plugin, ResMut, Resource, SystemSet, Update,
};
use randori_core::layout::SceneLayout;
use randori_core::policy::{Policy, PolicyError};
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::RunReport;
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use randori_sim::episode::EpisodeError;
use randori_sim::session::{Progress, Session, SessionError};

use crate::action::Action;
use crate::playback::Playback;

/// Bytes that saved states of the past may take.
const PAST_BUDGET: usize = 256 << 20;

/// Starts the policies of a scenario, one entry per robot, for a new run or a
/// branch.
pub type StartPolicies =
    Box<dyn FnMut(&Scenario) -> Result<Vec<Option<Box<dyn Policy>>>, PolicyError> + Send + Sync>;

/// When what happens within a frame, in [`Update`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunSystems {
    /// [`Action`]s are carried out.
    Act,
    /// Ticks are made.
    Advance,
    /// The picture follows.
    Draw,
}

/// The open run, if there is one.
#[derive(Resource, Default)]
pub struct Run {
    open: Option<OpenRun>,
    /// Counts what was opened, so that the picture knows when all is new.
    generation: u64,
    /// What went wrong last.
    problem: Option<Problem>,
}

/// Something that a person should know, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one line.
    pub message: String,
    /// Places and last words.
    pub details: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// A run with everything that is needed to go on with it.
struct OpenRun {
    /// Its policies may not be shared between threads, but given from one to the
    /// other.
    session: SyncCell<Session>,
    scenario: Scenario,
    seed: u64,
    layout: SceneLayout,
    period: TickPeriod,
    end: Tick,
    start_policies: StartPolicies,
    shown: TickRecord,
    newest: Tick,
    report: RunReport,
    saved_bytes: usize,
    /// Ticks of the past that were made again and found equal.
    repeated: u64,
}

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A policy does not start.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The run cannot begin.
    #[error(transparent)]
    Episode(#[from] EpisodeError),
}

impl Run {
    /// Opens a scenario with a seed, at its start. The run that was open is
    /// closed only if this one can begin.
    ///
    /// # Errors
    /// When a policy does not start, or the run cannot begin.
    pub fn open(
        &mut self,
        scenario: Scenario,
        seed: u64,
        mut start_policies: StartPolicies,
    ) -> Result<(), OpenError> {
        let policies = start_policies(&scenario)?;
        let session = Session::new(&scenario, seed, policies, PAST_BUDGET)?;
        let live = session.live();
        self.open = Some(OpenRun {
            layout: live.simulation().layout().clone(),
            period: live.period(),
            end: live.end(),
            shown: live.record().clone(),
            newest: session.newest(),
            report: live.report(),
            saved_bytes: session.saved_bytes(),
            session: SyncCell::new(session),
            scenario,
            seed,
            start_policies,
            repeated: 0,
        });
        self.generation += 1;
        self.problem = None;
        Ok(())
    }

    /// Whether a run is open.
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Grows with every scenario that is opened.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The scenario that is run.
    pub fn scenario(&self) -> Option<&Scenario> {
        self.open.as_ref().map(|open| &open.scenario)
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.seed)
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

    /// Verdicts and metrics up to the newest tick.
    pub fn report(&self) -> Option<&RunReport> {
        self.open.as_ref().map(|open| &open.report)
    }

    /// Bytes of saved states, and how many there may be.
    pub fn saved_bytes(&self) -> (usize, usize) {
        (self.open.as_ref().map_or(0, |open| open.saved_bytes), PAST_BUDGET)
    }

    /// Ticks of the past that were made again and found equal to the last bit.
    pub fn repeated(&self) -> u64 {
        self.open.as_ref().map_or(0, |open| open.repeated)
    }

    /// What went wrong last, until it is dismissed or something is opened.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Shows a problem, or none.
    pub fn set_problem(&mut self, problem: Option<Problem>) {
        self.problem = problem;
    }

    /// The session, for what needs the world itself.
    pub fn session(&mut self) -> Option<&mut Session> {
        self.open.as_mut().map(|open| open.session.get())
    }

    /// Shows the next tick; `None` without an open run or after a problem.
    pub fn advance(&mut self) -> Option<Progress> {
        let progress = self.with_session(Session::advance)?;
        if progress == Progress::Again
            && let Some(open) = &mut self.open
        {
            open.repeated += 1;
        }
        Some(progress)
    }

    /// Shows a tick.
    pub fn seek(&mut self, tick: Tick) {
        self.with_session(|session| session.seek(tick));
    }

    /// Forgets what comes after the tick that is shown, and starts the policies
    /// anew for what comes now.
    pub fn branch(&mut self) {
        let Some(open) = &mut self.open else { return };
        match (open.start_policies)(&open.scenario) {
            Ok(policies) => {
                self.with_session(|session| session.branch(policies));
            }
            Err(error) => {
                let PolicyError { message, details, help } = error;
                self.problem = Some(Problem { message, details, help });
            }
        }
    }

    /// Does something to the world, after a branch where the past is shown.
    pub fn intervene(&mut self, intervention: Intervention) {
        if self.shows_past() {
            self.branch();
        }
        self.with_session(|session| session.intervene(intervention));
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
        open.newest = session.newest();
        open.saved_bytes = session.saved_bytes();
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                let message = error.to_string();
                self.problem = Some(Problem { message, details: Vec::new(), help: None });
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

/// Carries [`Action`]s out on the open [`Run`].
pub struct RunPlugin;

impl Plugin for RunPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Run>()
            .add_message::<Action>()
            .configure_sets(
                Update,
                (RunSystems::Act, RunSystems::Advance, RunSystems::Draw).chain(),
            )
            .add_systems(
                Update,
                (
                    act.in_set(RunSystems::Act),
                    (|mut run: ResMut<Run>| run.refresh_report())
                        .after(RunSystems::Advance)
                        .before(RunSystems::Draw),
                ),
            );
    }
}

fn act(mut actions: MessageReader<Action>, mut run: ResMut<Run>, mut playback: ResMut<Playback>) {
    for action in actions.read() {
        match action {
            Action::Play => playback.playing = true,
            Action::Pause => playback.playing = false,
            Action::StepForward => {
                playback.playing = false;
                run.advance();
            }
            Action::StepBack => {
                playback.playing = false;
                let before = Tick(run.tick().0.saturating_sub(1));
                run.seek(before);
            }
            Action::Seek(tick) => run.seek(*tick),
            Action::Restart => run.seek(Tick(0)),
            Action::SetSpeed(speed) => playback.speed = *speed,
            Action::Branch => run.branch(),
            Action::Intervene(intervention) => run.intervene(*intervention),
        }
    }
}
