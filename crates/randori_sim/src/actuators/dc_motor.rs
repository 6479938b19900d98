//! tau = k (u - k v) / R: an armature-controlled DC motor without inductance.
//!
//! The current is (u - k v) / R, by Kirchhoff's voltage law with the back electromotive
//! force k v, and the torque k times the current (Spong, Hutchinson and Vidyasagar,
//! *Robot Modeling and Control*, 2006, section 6.1). The part that depends on the velocity
//! is damping, which the world integrates implicitly.

use super::{Command, Motor};
use crate::world::JointDrive;

pub(super) fn law([k, ohm]: [f32; 2], [volt, ..]: Command, motor: Motor) -> JointDrive {
    JointDrive::Position {
        target: 0.0,
        target_velocity: 0.0,
        kp: 0.0,
        kd: k * k / ohm,
        feedforward: k * volt / ohm,
        limit: motor.torque,
    }
}
