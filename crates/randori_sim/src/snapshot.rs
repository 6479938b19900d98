//! Saving a simulation in the middle of a run, and going on from there.

use randori_core::policy::PolicyError;
use randori_core::record::{Intervention, TickRecord};
use serde::{Deserialize, Serialize};

use crate::actuators::BankState;
use crate::events::EventState;
use crate::hash::StateHasher;
use crate::scheduler::DeciderState;
use crate::sensors::SuiteState;
use crate::simulation::Simulation;
use crate::world::SnapshotError;

/// Everything that changes during a run.
#[derive(Serialize, Deserialize)]
struct State {
    world: Vec<u8>,
    events: Vec<EventState>,
    sensors: SuiteState,
    deciders: Vec<DeciderState>,
    actuators: BankState,
    probe: Vec<u8>,
    record: TickRecord,
    /// Interventions that wait for the next step.
    pending: Vec<Intervention>,
}

/// Why a simulation cannot go on from a snapshot.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes cannot be read.
    #[error("these bytes are not a snapshot of a simulation: {0}")]
    Malformed(String),
    /// The snapshot does not fit this simulation.
    #[error("the snapshot was taken of another scenario: its {part} differ")]
    OtherScenario {
        /// What does not fit.
        part: &'static str,
    },
    /// The world refuses its part.
    #[error(transparent)]
    World(#[from] SnapshotError),
    /// A policy refuses its part.
    #[error("policy of robot `{robot}` cannot be restored: {error}")]
    Policy {
        /// Name of the robot.
        robot: String,
        /// What the policy says.
        error: PolicyError,
    },
    /// The signals cannot be restored.
    #[error("signals cannot be restored: {0}")]
    Signals(String),
}

impl Simulation {
    /// Everything that later steps depend on, or `None` when the run has broken
    /// or when a policy or the signals cannot give their state.
    ///
    /// Answers that policies still owe are waited for, and kept until they are
    /// due; that changes no result.
    pub fn snapshot(&mut self) -> Option<Vec<u8>> {
        if self.fault.is_some() {
            return None;
        }
        let deciders = self.scheduler.state()?;
        postcard::to_allocvec(&self.state_with(deciders)?).ok()
    }

    /// Everything that later steps depend on except the policies' own state, or
    /// `None` when the run has broken or the signals cannot give theirs. Nothing
    /// is waited for. Interventions that wait belong to the next step and are left
    /// out too.
    ///
    /// Only policies that can answer the requests under way by their number can
    /// go on from here, such as [`RecordedPolicy`](crate::replay::RecordedPolicy).
    pub fn keyframe(&self) -> Option<Vec<u8>> {
        if self.fault.is_some() {
            return None;
        }
        let mut state = self.state_with(self.scheduler.timetables())?;
        state.pending.clear();
        let mut bytes = postcard::to_allocvec(&state).ok()?;
        bytes.extend(checksum(&bytes));
        Some(bytes)
    }

    /// Goes on from a keyframe of the same scenario. The policies keep their
    /// state, whatever it is.
    ///
    /// # Errors
    /// When the bytes are damaged or do not fit. In the second case the
    /// simulation must not be stepped.
    pub fn restore_keyframe(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        let malformed = |why: &str| RestoreError::Malformed(why.to_owned());
        let (state, sum) =
            bytes.split_last_chunk::<8>().ok_or_else(|| malformed("they are too few"))?;
        if *sum != checksum(state) {
            return Err(malformed("their checksum is wrong"));
        }
        self.restore(state)
    }

    fn state_with(&self, deciders: Vec<DeciderState>) -> Option<State> {
        Some(State {
            deciders,
            probe: self.probe.snapshot()?,
            world: self.world.snapshot(),
            events: self.disturbances.state(),
            sensors: self.sensors.state(),
            actuators: self.actuators.state(),
            record: self.record.clone(),
            pending: self.pending.clone(),
        })
    }

    /// Goes on from a snapshot that was taken of the same scenario, in this or in
    /// another process; all later records are equal to the last bit. The seed
    /// and the state of this simulation do not matter.
    ///
    /// # Errors
    /// When the snapshot does not fit. The simulation must not be stepped then.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        let state: State = postcard::from_bytes(bytes)
            .map_err(|error| RestoreError::Malformed(error.to_string()))?;
        let fits = |fits: bool, part| {
            if fits { Ok(()) } else { Err(RestoreError::OtherScenario { part }) }
        };
        fits(state.record.state.bodies.len() == self.layout.bodies.len(), "bodies")?;
        fits(state.record.state.positions.len() == self.layout.dofs.len(), "joints")?;
        fits(self.disturbances.set_state(state.events), "events")?;
        fits(self.sensors.set_state(state.sensors), "sensors")?;
        fits(self.actuators.set_state(state.actuators), "actuators")?;
        let policies = self
            .scheduler
            .set_state(state.deciders)
            .map_err(|(robot, error)| RestoreError::Policy { robot, error })?;
        fits(policies, "policies")?;
        self.probe.restore(&state.probe).map_err(RestoreError::Signals)?;
        self.world.restore(&state.world)?;
        self.record = state.record;
        self.world.write_dropped(&mut self.record.state);
        self.pending = state.pending;
        self.fault = None;
        Ok(())
    }
}

/// Guards against accidents: the engine trusts its own bytes.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hasher = StateHasher::new();
    hasher.write_bytes(bytes);
    hasher.finish().to_le_bytes()
}
