//! What happened in one tick: the single stream that recording, judging and
//! drawing consume.

use serde::{Deserialize, Serialize};

use crate::layout::RobotId;
use crate::math::{Pose, Twist};
use crate::time::Tick;

/// Everything that happened in one tick.
///
/// Record `n` holds the state after `n` steps, at time `n * dt`. Its readings,
/// commands and events belong to the step that led there. Record 0 is the
/// starting state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TickRecord {
    /// Number of steps made.
    pub tick: Tick,
    /// Measurements taken at the start of the step.
    pub readings: Vec<Reading>,
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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WorldState {
    /// Pose and velocity per body, by `BodyId`.
    pub bodies: Vec<BodyState>,
    /// Coordinate per degree of freedom, rad or m.
    pub positions: Vec<f32>,
    /// Its rate, rad/s or m/s.
    pub velocities: Vec<f32>,
    /// Torque (N m) or force (N) exerted by the drive.
    pub torques: Vec<f32>,
}

/// Pose and velocity of a body.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BodyState {
    /// Pose of the body frame in the world.
    pub pose: Pose,
    /// Velocity of the body frame in the world.
    pub twist: Twist,
}
