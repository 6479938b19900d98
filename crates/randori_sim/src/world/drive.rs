//! Joint drives.
//!
//! Drives are solved implicitly with contacts, friction and joint limits, with the
//! coordinate and the velocity at the end of the step; see `trees`.

use randori_core::layout::DofId;
use serde::{Deserialize, Serialize};

use super::SimWorld;
use crate::hash::StateHasher;

/// The drive of a degree of freedom; stays in effect until it changes.
///
/// `q` is the coordinate (rad or m), `v` its velocity, `tau` the torque (N m) or force
/// (N); feedback is implicit: `q` and `v` are those at the end of the step. Missing
/// limits are infinite.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum JointDrive {
    /// No drive.
    #[default]
    Free,
    /// `tau = torque`.
    Torque {
        /// N m or N.
        torque: f32,
    },
    /// `tau = gain (target - v)`, at most `limit` in either direction.
    Velocity {
        /// rad/s or m/s.
        target: f32,
        /// N m s/rad or N s/m.
        gain: f32,
        /// N m or N.
        limit: f32,
    },
    /// `tau = kp (target - q) + kd (target_velocity - v) + feedforward`, at
    /// most `limit` in either direction.
    Position {
        /// rad or m.
        target: f32,
        /// rad/s or m/s.
        target_velocity: f32,
        /// N m/rad or N/m.
        kp: f32,
        /// N m s/rad or N s/m.
        kd: f32,
        /// N m or N.
        feedforward: f32,
        /// N m or N.
        limit: f32,
    },
}

impl JointDrive {
    /// Torque (N m) or force (N) at a coordinate and a velocity.
    pub fn torque_at(&self, position: f32, velocity: f32) -> f32 {
        let (torque, limit) = match *self {
            Self::Free => (0.0, 0.0),
            Self::Torque { torque } => return torque,
            Self::Velocity { target, gain, limit } => (gain * (target - velocity), limit),
            Self::Position { target, target_velocity, kp, kd, feedforward, limit } => {
                let feedback = kp * (target - position) + kd * (target_velocity - velocity);
                (feedback + feedforward, limit)
            }
        };
        torque.min(limit).max(-limit)
    }

    pub(super) fn digest(&self, hasher: &mut StateHasher) {
        match *self {
            Self::Free => hasher.write_u64(0),
            Self::Torque { torque } => {
                hasher.write_u64(1);
                hasher.write_f32s(&[torque]);
            }
            Self::Velocity { target, gain, limit } => {
                hasher.write_u64(2);
                hasher.write_f32s(&[target, gain, limit]);
            }
            Self::Position { target, target_velocity, kp, kd, feedforward, limit } => {
                hasher.write_u64(3);
                hasher.write_f32s(&[target, target_velocity, kp, kd, feedforward, limit]);
            }
        }
    }
}

impl SimWorld {
    /// Sets the drive of a degree of freedom, from the next step on.
    pub fn set_drive(&mut self, dof: DofId, drive: JointDrive) {
        self.actions.drives[dof.0] = drive;
    }

    /// The drive of a degree of freedom.
    pub fn drive(&self, dof: DofId) -> JointDrive {
        self.actions.drives[dof.0]
    }
}
