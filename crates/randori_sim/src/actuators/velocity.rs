//! tau = gain (v* - v): a speed controller.

use super::{Command, Motor, within};
use crate::world::JointDrive;

pub(super) fn law(gain: f32, [velocity, ..]: Command, motor: Motor) -> JointDrive {
    JointDrive::Velocity { target: within(velocity, motor.speed), gain, limit: motor.torque }
}
