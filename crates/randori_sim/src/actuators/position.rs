//! tau = kp (q* - q) - kd v: a position controller.

use super::{Command, Motor};
use crate::world::JointDrive;

pub(super) fn law([kp, kd]: [f32; 2], [target, ..]: Command, motor: Motor) -> JointDrive {
    JointDrive::Position {
        target,
        target_velocity: 0.0,
        kp,
        kd,
        feedforward: 0.0,
        limit: motor.torque,
    }
}
