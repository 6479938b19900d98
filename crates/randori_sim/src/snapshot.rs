//! Snapshots of a simulation, to continue a run later.

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

/// The state of a simulation.
#[derive(Serialize, Deserialize)]
struct State {
    world: Vec<u8>,
    events: Vec<EventState>,
    sensors: SuiteState,
    deciders: Vec<DeciderState>,
    actuators: BankState,
    probe: Vec<u8>,
    record: TickRecord,
    /// Pending interventions.
    pending: Vec<Intervention>,
}

/// Reasons for which a snapshot cannot be restored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// The bytes cannot be read.
    #[error("these bytes are not a snapshot of a simulation: {0}")]
    Malformed(String),
    /// The snapshot does not fit this simulation.
    #[error("the snapshot was taken of another scenario: its {part} differ")]
    OtherScenario {
        /// The part that does not fit.
        part: &'static str,
    },
    /// The world's part is invalid.
    #[error(transparent)]
    World(#[from] SnapshotError),
    /// A policy cannot restore its part.
    #[error("policy of robot `{robot}` cannot be restored: {error}")]
    Policy {
        /// Name of the robot.
        robot: String,
        /// The error of the policy.
        error: PolicyError,
    },
    /// The signals cannot be restored.
    #[error("signals cannot be restored: {0}")]
    Signals(String),
}

impl Simulation {
    /// The state that later steps depend on, or `None` if the run has broken or if a
    /// policy or the signals cannot save their state.
    ///
    /// Pending responses of policies are awaited, and kept until they are due; that
    /// changes no result.
    pub fn snapshot(&mut self) -> Option<Vec<u8>> {
        if self.fault.is_some() {
            return None;
        }
        let deciders = self.scheduler.state()?;
        postcard::to_allocvec(&self.state_with(deciders)?).ok()
    }

    /// The state that later steps depend on except the policies' own state, or `None`
    /// if the run has broken or the signals cannot save theirs. This does not wait.
    /// Pending interventions belong to the next step and are omitted too.
    ///
    /// Only policies that can respond to pending requests by their number can continue
    /// from here, such as [`RecordedPolicy`](crate::replay::RecordedPolicy).
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

    /// Restores a keyframe of the same scenario. The policies keep their current state.
    ///
    /// # Errors
    /// If the bytes are damaged or do not fit. In the second case the simulation must
    /// not be stepped.
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

    /// Restores a snapshot of the same scenario, from this or another process; all
    /// later records are identical to the last bit. The seed and the state of this
    /// simulation do not matter.
    ///
    /// # Errors
    /// If the snapshot does not fit. The simulation must not be stepped then.
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

/// Checksum against accidents: the engine does not validate its own bytes.
fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut hasher = StateHasher::new();
    hasher.write_bytes(bytes);
    hasher.finish().to_le_bytes()
}
