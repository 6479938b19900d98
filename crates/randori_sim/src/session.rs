//! A run that can be taken back: any tick of it can be shown again, and from any
//! tick it can go another way.
//!
//! The newest tick belongs to the live run. Older ones are made again from the
//! nearest saved state, with the answers and interventions of then, and every
//! tick is held against what it was: what is shown is what happened, to the last
//! bit, or an error.
//!
//! A session also opens what was recorded ([`Session::from_recording`]), and
//! writes down what was played ([`Session::record_into`]).
//!
//! Start reading at [`Session::advance`], [`Session::seek`] and
//! [`Session::branch`].

mod branch;
mod hand_over;
mod keyframes;
mod script;
mod write;

use std::collections::BTreeMap;

use randori_core::policy::Policy;
use randori_core::record::{Intervention, TickRecord, WorldState};
use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use crate::episode::{Episode, EpisodeError};
use crate::intervention::InterventionError;
use crate::replay::{Replay, ReplayError};
use crate::snapshot::RestoreError;
use keyframes::Keyframes;
use script::Script;

/// A run with its past.
///
/// ```
/// use randori_core::time::Tick;
/// use randori_sim::session::{Progress, Session};
///
/// # use randori_core::text::{Limits, MemoryFiles, ScenarioText};
/// # let files = MemoryFiles::new([
/// #     ("room.ron", r#"Environment(format: 1, name: "room", ground: (), objects: [(name: "ball",
/// #         mobility: Movable(mass_kg: 1.0), shapes: [(shape: Sphere(radius: 0.1))],
/// #         pose: (xyz: (0.0, 0.0, 1.0)))])"#),
/// #     ("drop.ron", r#"Scenario(format: 1, title: "drop", duration: 1.0, environment: "room.ron",
/// #         goals: [(name: "lands", require: "eventually (z(ball) < 0.11 m)")])"#),
/// # ]);
/// # let text = ScenarioText::load(&files, "drop.ron", &Limits::default())?;
/// # let scenario = text.resolve(&[])?.scenario;
/// let mut session = Session::new(&scenario, 0, Vec::new(), 16 << 20)?;
/// for _ in 0..200 {
///     session.advance()?;
/// }
/// let hash = session.record().hash;
///
/// session.seek(Tick(100))?;
/// while session.record().tick < Tick(200) {
///     assert_eq!(session.advance()?, Progress::Again);
/// }
///
/// assert_eq!(session.record().hash, hash);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Session {
    scenario: Scenario,
    seed: u64,
    /// Values drawn for the seed, for the report.
    varied: Vec<(String, f64)>,
    live: Episode,
    /// Records from 0 to the newest one, without what is large and can be made
    /// again.
    past: Vec<TickRecord>,
    keyframes: Keyframes,
    /// The run at the tick that is shown; `None` if that is the newest one.
    shown: Option<Replay>,
    /// What the live run follows, if it is a recorded one.
    script: Option<Script>,
}

/// What one call of [`Session::advance`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The live run made a tick.
    New,
    /// A tick of the past was made again, equal to the last bit.
    Again,
    /// Nothing: the run is over, or no more of it is recorded.
    Over,
}

/// Why a session cannot do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Ticks of the past cannot be changed.
    #[error("tick {} is in the past: branch there first", .0.0)]
    InThePast(Tick),
    /// What was recorded cannot be changed.
    #[error("tick {} is recorded: branch there first", .0.0)]
    Recorded(Tick),
    /// Another scene does not have the past of this one.
    #[error("the changed scenario has other {what}: start a new run with it")]
    OtherScene {
        /// What differs.
        what: &'static str,
    },
    /// Who follows the run cannot go on, for instance because the disk is full.
    #[error("{}", .0.message)]
    Observer(Box<RunError>),
    /// A tick that was made again is not what it was.
    #[error(transparent)]
    Repeat(#[from] ReplayError),
    /// A saved state cannot be used.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The run cannot begin.
    #[error(transparent)]
    Start(#[from] EpisodeError),
    /// The world refuses.
    #[error(transparent)]
    Intervention(#[from] InterventionError),
}

impl Session {
    /// Starts a run. `policies` holds one entry per robot, as for
    /// [`Episode::new`]. Saved states take at most `budget` bytes, apart from the
    /// starting one: where they would take more, there are fewer, and going back
    /// takes longer.
    ///
    /// # Errors
    /// When the run cannot begin.
    pub fn new(
        scenario: &Scenario,
        seed: u64,
        policies: Vec<Option<Box<dyn Policy>>>,
        budget: usize,
    ) -> Result<Self, EpisodeError> {
        let live = Episode::new(scenario, seed, policies)?;
        Ok(Self::of(live, scenario, seed, budget))
    }

    /// A session whose live run stands at its start.
    fn of(live: Episode, scenario: &Scenario, seed: u64, budget: usize) -> Self {
        let mut session = Self {
            scenario: scenario.clone(),
            seed,
            varied: Vec::new(),
            past: Vec::new(),
            keyframes: Keyframes::new(budget),
            shown: None,
            script: None,
            live,
        };
        session.keep();
        session
    }

    /// Notes which values were sampled for this seed, for the report.
    #[must_use]
    pub fn with_varied(mut self, varied: Vec<(String, f64)>) -> Self {
        self.live.note_varied(varied.clone());
        self.varied = varied;
        self
    }

    /// The scenario of the run.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The seed of the run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The record that is shown.
    pub fn record(&self) -> &TickRecord {
        self.episode().record()
    }

    /// The run at the tick that is shown, to look at its world.
    pub fn episode(&self) -> &Episode {
        self.shown.as_ref().map_or(&self.live, Replay::episode)
    }

    /// The newest tick.
    pub fn newest(&self) -> Tick {
        self.live.record().tick
    }

    /// The run at its newest tick, for verdicts and the report.
    pub fn live(&self) -> &Episode {
        &self.live
    }

    /// All ticks so far, without measurements, states and signals.
    pub fn past(&self) -> &[TickRecord] {
        &self.past
    }

    /// Bytes of saved states.
    pub fn saved_bytes(&self) -> usize {
        self.keyframes.bytes()
    }

    /// Shows the next tick: one of the past, made again, or a new one.
    ///
    /// # Errors
    /// When a tick of the past is not what it was, which is a fault of the engine,
    /// or one of a recording, which then is not followed any further.
    pub fn advance(&mut self) -> Result<Progress, SessionError> {
        if let Some(shown) = &mut self.shown {
            let next = shown.episode().record().tick.0 as usize + 1;
            shown.verify_tick(&self.past[next])?;
            if next + 1 == self.past.len() {
                self.shown = None;
            }
            return Ok(Progress::Again);
        }
        if self.script.is_some() {
            return self.follow_script();
        }
        let before = self.newest();
        self.live.advance();
        if self.newest() == before {
            return Ok(Progress::Over);
        }
        self.keep();
        Ok(Progress::New)
    }

    /// Shows a tick; the newest one if it was not reached yet.
    ///
    /// # Errors
    /// When the tick, or one on the way to it, is not what it was.
    pub fn seek(&mut self, tick: Tick) -> Result<(), SessionError> {
        if tick >= self.newest() {
            self.shown = None;
            return Ok(());
        }
        let saved = self.keyframes.before(tick);
        let here = self.shown.as_ref().map(|shown| shown.episode().record().tick);
        let is_nearer = here.is_some_and(|here| here <= tick && Some(here) >= saved.map(|it| it.0));
        let mut shown = match (self.shown.take(), saved) {
            (Some(shown), _) if is_nearer => shown,
            // Its world need not be built again.
            (Some(mut shown), Some((_, bytes))) => {
                shown.restore_keyframe(bytes)?;
                shown
            }
            (_, saved) => self.replay_from(saved.map(|(_, bytes)| bytes))?,
        };
        let first = shown.episode().record().tick.0 as usize + 1;
        for record in self.past.get(first..=tick.0 as usize).unwrap_or_default() {
            shown.verify_tick(record)?;
        }
        self.shown = Some(shown);
        Ok(())
    }

    /// Does something to the world at the start of the next step.
    ///
    /// # Errors
    /// When the past or a recording is shown, or this cannot be done to the world.
    pub fn intervene(&mut self, intervention: Intervention) -> Result<(), SessionError> {
        match &self.shown {
            Some(shown) => Err(SessionError::InThePast(shown.episode().record().tick)),
            None if self.script.is_some() => Err(SessionError::Recorded(self.newest())),
            None => Ok(self.live.intervene(intervention)?),
        }
    }

    /// Takes note of the newest tick.
    fn keep(&mut self) {
        let record = self.live.record();
        self.past.push(without_bulk_data(record.clone()));
        self.keyframes.offer(record.tick, || self.live.simulation().keyframe());
    }

    /// The run with the answers of then, at a saved state.
    fn replay_from(&self, keyframe: Option<&[u8]>) -> Result<Replay, SessionError> {
        let robots = self.scenario.spec.robots.iter();
        let answers = robots.map(|robot| robot.policy.as_ref().map(|_| BTreeMap::new()));
        let mut replay = Replay::new(&self.scenario, self.seed, answers.collect())?;
        if let Some(bytes) = keyframe {
            replay.restore_keyframe(bytes)?;
        }
        Ok(replay)
    }
}

/// A record without what is large and can be made again.
fn without_bulk_data(record: TickRecord) -> TickRecord {
    TickRecord {
        readings: Vec::new(),
        applied: Vec::new(),
        state: WorldState::default(),
        signals: Vec::new(),
        ..record
    }
}
