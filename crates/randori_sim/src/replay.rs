//! A run again, from what was recorded of it: the scenario, the seed, the answers
//! of its policies and what people did.
//!
//! A recording is fed tick by tick, so that one pass over it is enough. Each tick
//! is computed again and compared; the first difference names its tick and the
//! stage that caused it.
//!
//! Start reading at [`Replay::verify_tick`].

mod difference;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use randori_core::policy::{
    CommandChunk, Determinism, Observation, Policy, PolicyContract, PolicyError, RobotInterface,
};
use randori_core::record::TickRecord;
use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use crate::episode::{Episode, EpisodeError, interfaces};
use crate::intervention::InterventionError;
use crate::monitors::GoalDecision;
use crate::snapshot::RestoreError;
pub use difference::{Difference, Mismatch, compare};

/// The recorded answers of one robot's policy, by number of the request. Clones
/// share them, so that answers can be added while a run goes on.
#[derive(Debug, Clone, Default)]
pub struct RecordedAnswers(Arc<Mutex<BTreeMap<u64, CommandChunk>>>);

impl RecordedAnswers {
    /// These answers.
    pub fn new(answers: BTreeMap<u64, CommandChunk>) -> Self {
        Self(Arc::new(Mutex::new(answers)))
    }

    /// Adds the answer to a request.
    pub fn insert(&self, request: u64, answer: CommandChunk) {
        self.lock().insert(request, answer);
    }

    fn answer(&self, request: u64) -> Option<CommandChunk> {
        self.lock().get(&request).cloned()
    }

    /// Nothing panics while it holds this lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, CommandChunk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A policy that says again what was recorded, whatever it is asked.
#[derive(Debug, Clone)]
pub struct RecordedPolicy {
    contract: PolicyContract,
    answers: RecordedAnswers,
}

impl RecordedPolicy {
    /// Answers a robot whose commands have `command_len` values.
    pub fn new(command_len: usize, answers: RecordedAnswers) -> Self {
        let contract = PolicyContract {
            name: "recorded answers".to_owned(),
            needs: Vec::new(),
            command_len,
            max_chunk: usize::MAX,
            determinism: Determinism::BitExact,
        };
        Self { contract, answers }
    }
}

impl Policy for RecordedPolicy {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) -> Result<(), PolicyError> {
        Ok(())
    }

    fn submit(&mut self, _observation: &Observation<'_>) -> Result<(), PolicyError> {
        Ok(())
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        self.answers.answer(request).ok_or_else(|| {
            PolicyError::new(format!("the recording holds no response to request {request}"))
        })
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        Some(Vec::new())
    }

    fn restore(&mut self, _snapshot: &[u8]) -> Result<(), PolicyError> {
        Ok(())
    }
}

/// Why a tick is not the recorded one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// It came out differently. The replay can go on.
    #[error("tick {} differs from the recording; the cause is the {} stage", .0.tick.0, .0.stage)]
    Mismatch(Box<Mismatch>),
    /// The run broke where the recorded one went on.
    #[error("the replay failed: {}", .0.message)]
    Broken(Box<RunError>),
    /// The recording goes on after the end of the run.
    #[error("the run is over at tick {}, but the recording goes on", .0.0)]
    Over(Tick),
    /// Ticks must come one after the other.
    #[error("the recording goes on with tick {}, not with tick {}", .found.0, .expected.0)]
    OutOfOrder {
        /// The tick that comes next.
        expected: Tick,
        /// The tick that came.
        found: Tick,
    },
    /// The hash of the tick is not that of its digests.
    #[error("the hash of tick {} contradicts its digests: the recording is damaged", .0.0)]
    Contradiction(Tick),
    /// What was done to the world cannot be done to this one.
    #[error("an intervention cannot be replayed: {0}")]
    Intervention(#[from] InterventionError),
}

/// A run that is held against its recording.
pub struct Replay {
    episode: Episode,
    /// By robot; empty where policies decide anew.
    answers: Vec<Option<RecordedAnswers>>,
}

impl Replay {
    /// A run in which recorded answers decide. `answers` has one entry per
    /// robot: `None` for a robot without policy, else the answers that are known
    /// already, by request; [`Self::verify_tick`] adds those of each tick.
    ///
    /// # Errors
    /// When the run cannot start.
    ///
    /// # Panics
    /// When `answers` does not have one entry per robot.
    pub fn new(
        scenario: &Scenario,
        seed: u64,
        answers: Vec<Option<BTreeMap<u64, CommandChunk>>>,
    ) -> Result<Self, EpisodeError> {
        let answers: Vec<_> =
            answers.into_iter().map(|answers| answers.map(RecordedAnswers::new)).collect();
        let policies = recorded_policies(scenario, &answers);
        Ok(Self { episode: Episode::new(scenario, seed, policies)?, answers })
    }

    /// A run in which policies decide anew; their answers are compared with the
    /// recorded ones.
    ///
    /// # Errors
    /// When the run cannot start.
    pub fn with_policies(
        scenario: &Scenario,
        seed: u64,
        policies: Vec<Option<Box<dyn Policy>>>,
    ) -> Result<Self, EpisodeError> {
        let episode = Episode::new(scenario, seed, policies)?;
        Ok(Self { episode, answers: Vec::new() })
    }

    /// The run, for its records and its report.
    pub fn episode(&self) -> &Episode {
        &self.episode
    }

    /// The run, to plant faults or to jump.
    pub fn episode_mut(&mut self) -> &mut Episode {
        &mut self.episode
    }

    /// Jumps to a keyframe of the recording; the tick after it is verified next.
    /// Only recorded answers can go on from there. See
    /// [`Episode::restore_keyframe`].
    ///
    /// # Errors
    /// When the keyframe is damaged or of another scenario.
    pub fn restore_keyframe(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        self.episode.restore_keyframe(bytes)
    }

    /// Makes the step to a recorded tick, with what people did and the answers
    /// that took effect in it, and compares the result. Tick 0 is compared with
    /// the starting state.
    ///
    /// Of the record, hash, digests, interventions, requests and decisions are
    /// looked at, so the state may be missing.
    ///
    /// # Errors
    /// When anything differs. After a [`ReplayError::Mismatch`], later ticks can
    /// still be compared.
    pub fn verify_tick(&mut self, recorded: &TickRecord) -> Result<(), ReplayError> {
        self.verify_judged(recorded).map(drop)
    }

    /// The same; gives the goals whose verdict became certain in the tick.
    pub(crate) fn verify_judged(
        &mut self,
        recorded: &TickRecord,
    ) -> Result<Vec<GoalDecision>, ReplayError> {
        let decided = self.make_step(recorded)?;
        compare(recorded, self.episode.record())?;
        Ok(decided)
    }

    fn make_step(&mut self, recorded: &TickRecord) -> Result<Vec<GoalDecision>, ReplayError> {
        let now = self.episode.record().tick;
        if recorded.tick == Tick(0) && now == Tick(0) {
            return Ok(self.episode.decided_at_start().to_vec());
        }
        let expected = Tick(now.0 + 1);
        if recorded.tick != expected {
            return Err(ReplayError::OutOfOrder { expected, found: recorded.tick });
        }
        for intervention in &recorded.interventions {
            self.episode.intervene(*intervention)?;
        }
        for decision in &recorded.decisions {
            if let Some(Some(answers)) = self.answers.get(decision.robot.0) {
                let commands = decision.commands.clone();
                answers.insert(decision.request, CommandChunk { commands });
            }
        }
        let decided = self.episode.advance().decided;
        check_reached(&self.episode, expected)?;
        Ok(decided)
    }
}

/// Whether a run has come as far as its recording.
pub(crate) fn check_reached(episode: &Episode, expected: Tick) -> Result<(), ReplayError> {
    let now = episode.record().tick;
    if now == expected {
        return Ok(());
    }
    Err(match episode.error() {
        Some(error) => ReplayError::Broken(Box::new(error.clone())),
        None => ReplayError::Over(now),
    })
}

/// A policy for each robot that has recorded answers.
///
/// # Panics
/// When `answers` does not have one entry per robot.
pub(crate) fn recorded_policies(
    scenario: &Scenario,
    answers: &[Option<RecordedAnswers>],
) -> Vec<Option<Box<dyn Policy>>> {
    let robots = interfaces(scenario);
    assert_eq!(answers.len(), robots.len(), "every robot has an entry");
    let policy = |(robot, answers): (&RobotInterface, &Option<RecordedAnswers>)| {
        let policy = RecordedPolicy::new(robot.command_len(), answers.clone()?);
        Some(Box::new(policy) as Box<dyn Policy>)
    };
    robots.iter().zip(answers).map(policy).collect()
}
