//! Sessions: runs that can be rewound to any tick and branched there.
//!
//! The newest tick belongs to the live run. Older ticks are re-simulated from the
//! nearest keyframe, with the recorded responses and interventions, and every tick is
//! verified: the result is identical to the last bit, or an error.
//!
//! A session also opens recordings ([`Session::from_recording`]) and writes them
//! ([`Session::record_into`]).
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
    /// Sampled values of the seed, for the report.
    varied: Vec<(String, f64)>,
    live: Episode,
    /// Records from 0 to the newest one, without bulk data that can be re-simulated.
    past: Vec<TickRecord>,
    keyframes: Keyframes,
    /// The run at the current tick; `None` if that is the newest one.
    shown: Option<Replay>,
    /// The recording that the live run follows, if any.
    script: Option<Script>,
}

/// Result of one call of [`Session::advance`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The live run advanced by a tick.
    New,
    /// A tick of the past was re-simulated and is identical to the last bit.
    Again,
    /// No tick: the run is over, or the recording ends here.
    Over,
}

/// Reasons for which a session cannot perform an operation.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Past ticks cannot be changed.
    #[error("tick {} is in the past: branch there first", .0.0)]
    InThePast(Tick),
    /// Recorded ticks cannot be changed.
    #[error("tick {} is recorded: branch there first", .0.0)]
    Recorded(Tick),
    /// The changed scenario does not fit the past of this run.
    #[error("the changed scenario has other {what}: start a new run with it")]
    OtherScene {
        /// The difference.
        what: &'static str,
    },
    /// The observer of the run failed, for instance because the disk is full.
    #[error("{}", .0.message)]
    Observer(Box<RunError>),
    /// A re-simulated tick differs from its record.
    #[error(transparent)]
    Repeat(#[from] ReplayError),
    /// A keyframe cannot be restored.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The run cannot start.
    #[error(transparent)]
    Start(#[from] EpisodeError),
    /// The world refuses an intervention.
    #[error(transparent)]
    Intervention(#[from] InterventionError),
}

impl Session {
    /// Starts a run. `policies` holds one entry per robot, as for [`Episode::new`].
    /// Keyframes take at most `budget` bytes, apart from the initial one: with a
    /// smaller budget there are fewer, and rewinding takes longer.
    ///
    /// # Errors
    /// If the run cannot start.
    pub fn new(
        scenario: &Scenario,
        seed: u64,
        policies: Vec<Option<Box<dyn Policy>>>,
        budget: usize,
    ) -> Result<Self, EpisodeError> {
        let live = Episode::new(scenario, seed, policies)?;
        Ok(Self::of(live, scenario, seed, budget))
    }

    /// A session whose live run is at its start.
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

    /// Sets the sampled values of this seed, for the report.
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

    /// The record of the current tick.
    pub fn record(&self) -> &TickRecord {
        self.episode().record()
    }

    /// The run at the current tick, to inspect its world.
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

    /// Size of the keyframes, bytes.
    pub fn saved_bytes(&self) -> usize {
        self.keyframes.bytes()
    }

    /// Moves to the next tick: re-simulates a past one, or simulates a new one.
    ///
    /// # Errors
    /// If a re-simulated tick differs, which is an error of the engine, or of a
    /// recording; in the latter case the recording is not followed further.
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

    /// Moves to a tick; to the newest one if it is not reached yet.
    ///
    /// # Errors
    /// If the tick, or one on the way to it, differs from its record.
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
            // Its world can be reused.
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

    /// Applies an intervention at the start of the next step.
    ///
    /// # Errors
    /// If the current tick is in the past or recorded, or the intervention is invalid.
    pub fn intervene(&mut self, intervention: Intervention) -> Result<(), SessionError> {
        match &self.shown {
            Some(shown) => Err(SessionError::InThePast(shown.episode().record().tick)),
            None if self.script.is_some() => Err(SessionError::Recorded(self.newest())),
            None => Ok(self.live.intervene(intervention)?),
        }
    }

    /// Stores the record of the newest tick.
    fn keep(&mut self) {
        let record = self.live.record();
        self.past.push(without_bulk_data(record.clone()));
        self.keyframes.offer(record.tick, || self.live.simulation().keyframe());
    }

    /// The run with the recorded responses, at a keyframe.
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

/// A record without bulk data that can be re-simulated.
fn without_bulk_data(record: TickRecord) -> TickRecord {
    TickRecord {
        readings: Vec::new(),
        applied: Vec::new(),
        state: WorldState::default(),
        signals: Vec::new(),
        ..record
    }
}
