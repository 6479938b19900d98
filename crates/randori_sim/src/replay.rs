//! Replay: re-simulates a run from its recording, that is scenario, seed, responses of
//! policies and interventions.
//!
//! A recording is read tick by tick in one pass. Each tick is re-simulated and
//! compared; the first difference names its tick and the stage that caused it.
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

/// The recorded responses of one robot's policy, by request number. Clones share them,
/// so responses can be added during a run.
#[derive(Debug, Clone, Default)]
pub struct RecordedAnswers(Arc<Mutex<BTreeMap<u64, CommandChunk>>>);

impl RecordedAnswers {
    /// These responses.
    pub fn new(answers: BTreeMap<u64, CommandChunk>) -> Self {
        Self(Arc::new(Mutex::new(answers)))
    }

    /// Adds the response to a request.
    pub fn insert(&self, request: u64, answer: CommandChunk) {
        self.lock().insert(request, answer);
    }

    fn answer(&self, request: u64) -> Option<CommandChunk> {
        self.lock().get(&request).cloned()
    }

    /// No code panics while it holds this lock.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, CommandChunk>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A policy that replays recorded responses.
#[derive(Debug, Clone)]
pub struct RecordedPolicy {
    contract: PolicyContract,
    answers: RecordedAnswers,
}

impl RecordedPolicy {
    /// A policy for a robot whose commands have `command_len` values.
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

/// Reasons for which a tick does not match the recording.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The result differs. The replay can continue.
    #[error("tick {} differs from the recording; the cause is the {} stage", .0.tick.0, .0.stage)]
    Mismatch(Box<Mismatch>),
    /// The run broke at a tick at which the recorded one continued.
    #[error("the replay failed: {}", .0.message)]
    Broken(Box<RunError>),
    /// The recording continues after the end of the run.
    #[error("the run is over at tick {}, but the recording goes on", .0.0)]
    Over(Tick),
    /// Ticks must be consecutive.
    #[error("the recording goes on with tick {}, not with tick {}", .found.0, .expected.0)]
    OutOfOrder {
        /// The expected tick.
        expected: Tick,
        /// The tick of the record.
        found: Tick,
    },
    /// The hash of the tick does not match its digests.
    #[error("the hash of tick {} contradicts its digests: the recording is damaged", .0.0)]
    Contradiction(Tick),
    /// A recorded intervention is invalid in this world.
    #[error("an intervention cannot be replayed: {0}")]
    Intervention(#[from] InterventionError),
}

/// A run that is compared with its recording.
pub struct Replay {
    episode: Episode,
    /// By robot; empty if policies are run again.
    answers: Vec<Option<RecordedAnswers>>,
}

impl Replay {
    /// A run with recorded responses. `answers` has one entry per robot: `None` for a
    /// robot without policy, else the known responses by request; [`Self::verify_tick`]
    /// adds those of each tick.
    ///
    /// # Errors
    /// If the run cannot start.
    ///
    /// # Panics
    /// If `answers` does not have one entry per robot.
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

    /// A run in which policies are run again; their responses are compared with the
    /// recorded ones.
    ///
    /// # Errors
    /// If the run cannot start.
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

    /// The run, to inject faults or to jump.
    pub fn episode_mut(&mut self) -> &mut Episode {
        &mut self.episode
    }

    /// Jumps to a keyframe of the recording; the following tick is verified next. Only
    /// recorded responses can continue from there. See [`Episode::restore_keyframe`].
    ///
    /// # Errors
    /// If the keyframe is damaged or belongs to another scenario.
    pub fn restore_keyframe(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        self.episode.restore_keyframe(bytes)
    }

    /// Steps to a recorded tick, with the interventions and the responses that took
    /// effect in it, and compares the result. Tick 0 is compared with the initial state.
    ///
    /// Hash, digests, interventions, requests and decisions of the record are compared;
    /// its state may be missing.
    ///
    /// # Errors
    /// If anything differs. After a [`ReplayError::Mismatch`], later ticks can still be compared.
    pub fn verify_tick(&mut self, recorded: &TickRecord) -> Result<(), ReplayError> {
        self.verify_judged(recorded).map(drop)
    }

    /// Like [`Self::verify_tick`]; returns the goals whose verdict became certain in
    /// the tick.
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

/// Checks that a run has reached the last tick of its recording.
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

/// A policy for each robot with recorded responses.
///
/// # Panics
/// If `answers` does not have one entry per robot.
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
