//! tau = tau*: the commanded torque or force.

use super::{Command, Motor, within};
use crate::world::JointDrive;

pub(super) fn law([torque, ..]: Command, motor: Motor) -> JointDrive {
    JointDrive::Torque { torque: within(torque, motor.torque) }
}
