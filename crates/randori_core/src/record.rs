//! The record of one tick: the single stream that recording, monitoring and drawing consume.

mod stage;

use serde::{Deserialize, Serialize};

use crate::layout::{BodyId, RobotId};
use crate::math::{Pose, Twist, Vector};
use crate::time::Tick;
pub use stage::{Digests, Stage};

/// All data of one tick.
///
/// Record `n` holds the state after `n` steps, at time `n * dt`. Its readings, commands and
/// events belong to the step that ends in this state. Record 0 is the initial state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TickRecord {
    /// Number of completed steps.
    pub tick: Tick,
    /// Manual interventions at the start of the step.
    pub interventions: Vec<Intervention>,
    /// Measurements taken at the start of the step.
    pub readings: Vec<Reading>,
    /// Inference requests of the step.
    pub requests: Vec<Request>,
    /// Responses of policies that took effect in the step.
    pub decisions: Vec<Decision>,
    /// Command in force per robot, as returned by the policy.
    pub requested: Vec<Vec<f32>>,
    /// Torque (N m) or force (N) exerted by each actuator, robot by robot.
    pub applied: Vec<f32>,
    /// Effects of events in the step.
    pub events: Vec<EventRecord>,
    /// State after the step.
    pub state: WorldState,
    /// Signals that goals, metrics and event conditions read, in the order of
    /// the run's signal table, SI units.
    pub signals: Vec<f64>,
    /// Digest of the whole state: world, random streams, delays, schedules.
    pub hash: u64,
    /// The digests from which `hash` is computed.
    pub digests: Digests,
}

/// A manual intervention in a run. It is part of the run: a replay repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Intervention {
    /// A push. A continuous pull consists of one push in each step.
    Push {
        /// The pushed body.
        body: BodyId,
        /// Point of application, m in the frame of the body.
        at: Vector,
        /// Impulse, N s in the world frame.
        impulse: Vector,
    },
    /// A box dropped into the world. Dropped boxes are numbered from 0 and follow all bodies of
    /// the layout ([`SceneLayout::dropped`](crate::layout::SceneLayout::dropped)).
    Drop {
        /// Full edge lengths, m.
        size: Vector,
        /// Mass, uniformly distributed, kg.
        mass_kg: f32,
        /// Initial pose of its centre in the world. It starts at rest.
        pose: Pose,
    },
}

/// Maximum number of boxes dropped in one run.
pub const MAX_DROPPED: usize = 64;

/// An inference request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The robot.
    pub robot: RobotId,
    /// Number of the request, counted from 0 in each run.
    pub request: u64,
    /// Time of the request: the start of the step.
    pub asked_at: Tick,
    /// The observation, in the layout of the robot's
    /// [`RobotInterface`](crate::policy::RobotInterface).
    pub values: Vec<f32>,
    /// For each channel, the tick of its measurement; `None` until one arrives.
    pub measured_at: Vec<Option<Tick>>,
}

/// A contact between two bodies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The first body, by the order of the layout.
    pub body: BodyId,
    /// The second body; `None` for the ground.
    pub other: Option<BodyId>,
    /// Force on `body`, N in the world frame, averaged over the step.
    pub force: Vector,
}

/// One measurement of one sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The robot with the sensor.
    pub robot: RobotId,
    /// Index of the sensor in the robot file.
    pub sensor: usize,
    /// Time of measurement.
    pub measured_at: Tick,
    /// Time of delivery to the policy.
    pub delivered_at: Tick,
    /// True if it was lost in transmission.
    pub lost: bool,
    /// Values as measured, in the layout of the sensor's channels.
    pub measured: Vec<f32>,
    /// The same values without errors.
    pub truth: Vec<f32>,
}

/// A response of a policy that took effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The robot.
    pub robot: RobotId,
    /// Number of the request.
    pub request: u64,
    /// Time of the observation.
    pub asked_at: Tick,
    /// Commands of the response.
    pub commands: Vec<Vec<f32>>,
}

/// An effect of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Index of the event in the scenario.
    pub event: usize,
    /// Description of the effect, with numbers and units.
    pub what: String,
}

/// State of the whole scene.
#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
pub struct WorldState {
    /// Pose and velocity per body, by `BodyId`.
    pub bodies: Vec<BodyState>,
    /// Coordinate per degree of freedom, rad or m.
    pub positions: Vec<f32>,
    /// Its rate, rad/s or m/s.
    pub velocities: Vec<f32>,
    /// Torque (N m) or force (N) exerted by the drive.
    pub torques: Vec<f32>,
    /// Pose and velocity per dropped box. Saved states store them separately, so that states
    /// of runs without boxes keep their format.
    #[serde(skip)]
    pub dropped: Vec<BodyState>,
}

impl Clone for WorldState {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    /// Reuses the allocations of the lists.
    fn clone_from(&mut self, source: &Self) {
        let Self { bodies, positions, velocities, torques, dropped } = self;
        bodies.clone_from(&source.bodies);
        positions.clone_from(&source.positions);
        velocities.clone_from(&source.velocities);
        torques.clone_from(&source.torques);
        dropped.clone_from(&source.dropped);
    }
}

impl WorldState {
    /// A body of the scene, or a dropped box; `None` if it does not exist at present.
    pub fn body(&self, BodyId(index): BodyId) -> Option<&BodyState> {
        let dropped = |index: usize| self.dropped.get(index);
        self.bodies.get(index).or_else(|| dropped(index.checked_sub(self.bodies.len())?))
    }
}

/// Pose and velocity of a body.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BodyState {
    /// Pose of the body frame in the world.
    pub pose: Pose,
    /// Velocity of the body frame in the world.
    pub twist: Twist,
}
