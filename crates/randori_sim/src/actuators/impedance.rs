//! tau = kp (q* - q) + kd (v* - v) + tau*: an impedance controller with feedforward.

use super::{Command, Motor, within};
use crate::world::JointDrive;

pub(super) fn law([kp, kd]: [f32; 2], command: Command, motor: Motor) -> JointDrive {
    let [target, velocity, feedforward] = command;
    JointDrive::Position {
        target,
        target_velocity: within(velocity, motor.speed),
        kp,
        kd,
        feedforward,
        limit: motor.torque,
    }
}
