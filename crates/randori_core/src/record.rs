//! What happened in one tick: the single stream that recording, judging and
//! drawing consume.

mod stage;

use serde::{Deserialize, Serialize};

use crate::layout::{BodyId, RobotId};
use crate::math::{Pose, Twist, Vector};
use crate::time::Tick;
pub use stage::{Digests, Stage};

/// Everything that happened in one tick.
///
/// Record `n` holds the state after `n` steps, at time `n * dt`. Its readings,
/// commands and events belong to the step that led there. Record 0 is the
/// starting state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TickRecord {
    /// Number of steps made.
    pub tick: Tick,
    /// What a person did to the world at the start of the step.
    pub interventions: Vec<Intervention>,
    /// Measurements taken at the start of the step.
    pub readings: Vec<Reading>,
    /// What policies were asked in the step.
    pub requests: Vec<Request>,
    /// Answers of policies that took effect in the step.
    pub decisions: Vec<Decision>,
    /// Command in force per robot, as the policy gave it.
    pub requested: Vec<Vec<f32>>,
    /// Torque (N m) or force (N) that each actuator really exerted, robot
    /// after robot.
    pub applied: Vec<f32>,
    /// What was done to the world in the step.
    pub events: Vec<EventRecord>,
    /// State after the step.
    pub state: WorldState,
    /// Signals that goals, metrics and event conditions read, in the order of
    /// the run's signal table, SI units.
    pub signals: Vec<f64>,
    /// Digest of the whole state: world, random streams, delays, schedules.
    pub hash: u64,
    /// The digests of which `hash` is made.
    pub digests: Digests,
}

/// What a person did to the world while a run went on. It is part of the run: a
/// replay does it again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Intervention {
    /// A blow. A pull that lasts is one in each step.
    Push {
        /// What is pushed.
        body: BodyId,
        /// Where, m in the frame of the body.
        at: Vector,
        /// How strongly, N s in the world frame.
        impulse: Vector,
    },
    /// A box that falls into the world. The n-th one of a run, counted from 0, is
    /// the body after the last of the layout and n more
    /// ([`SceneLayout::dropped`](crate::layout::SceneLayout::dropped)).
    Drop {
        /// Its edges, m.
        size: Vector,
        /// Its mass, spread evenly, kg.
        mass_kg: f32,
        /// Where its centre is, and how it lies, in the world. It is at rest there.
        pose: Pose,
    },
}

/// Boxes that can be dropped into one run.
pub const MAX_DROPPED: usize = 64;

/// A question to a policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The robot.
    pub robot: RobotId,
    /// Number of the request, counted from 0 in each run.
    pub request: u64,
    /// When it was asked: the start of the step.
    pub asked_at: Tick,
    /// The observation, laid out as the robot's
    /// [`RobotInterface`](crate::policy::RobotInterface) says.
    pub values: Vec<f32>,
    /// For each channel, the tick of its measurement; `None` until one arrives.
    pub measured_at: Vec<Option<Tick>>,
}

/// Two things that press against each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// One of them; the one that comes first in the layout.
    pub body: BodyId,
    /// The other one; `None` for the ground.
    pub other: Option<BodyId>,
    /// Force on `body`, N in the world frame, averaged over the step.
    pub force: Vector,
}

/// One measurement of one sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The robot that carries the sensor.
    pub robot: RobotId,
    /// Index of the sensor in the robot file.
    pub sensor: usize,
    /// When it was measured.
    pub measured_at: Tick,
    /// When the policy may see it.
    pub delivered_at: Tick,
    /// Whether it was lost on the way.
    pub lost: bool,
    /// Values as measured, laid out as the sensor's channels.
    pub measured: Vec<f32>,
    /// The same values without errors.
    pub truth: Vec<f32>,
}

/// An answer of a policy that took effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The robot.
    pub robot: RobotId,
    /// Number of the request.
    pub request: u64,
    /// When the observation was taken.
    pub asked_at: Tick,
    /// Commands of the answer.
    pub commands: Vec<Vec<f32>>,
}

/// Something that was done to the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Index of the event in the scenario.
    pub event: usize,
    /// What was done, in words, with numbers and units.
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
    /// Pose and velocity per dropped box. Saved states keep them apart, so that
    /// those of runs without boxes have the form that they always had.
    #[serde(skip)]
    pub dropped: Vec<BodyState>,
}

impl Clone for WorldState {
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        copy.clone_from(self);
        copy
    }

    /// Reuses the memory of the lists.
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
    /// A body of the scene, or a dropped box; `None` if there is none now.
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
