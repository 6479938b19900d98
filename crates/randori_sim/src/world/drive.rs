//! What joints are driven by.
//!
//! Every drive is one force-limited motor row of the engine, solved together
//! with contacts and joint limits. Such a row knows two laws,
//! `tau = k (target - q) + d (rate - v)` with implicit `q` and `v`, and the
//! clamp of `tau`; all drives are expressed by them exactly.
//!
//! Start reading at [`JointDrive`].

use randori_core::layout::DofId;
use rapier3d::prelude::{JointAxesMask, JointMotor, MotorModel};
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::joint::engine_axis;
use super::scene::DofEntry;
use crate::hash::StateHasher;

/// What drives a degree of freedom, until it is changed.
///
/// `q` is the coordinate (rad or m), `v` its rate, `tau` the torque (N m) or
/// force (N); feedback is implicit: `q` and `v` are those at the end of the
/// step. Limits are infinite where there are none.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum JointDrive {
    /// Nothing.
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

/// The motor row that makes a drive.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Row {
    Off,
    /// A constant force: a spring whose end is out of reach, at its limit.
    Constant {
        force: f32,
    },
    /// `gain (rate - v)`.
    Damper {
        rate: f32,
        gain: f32,
        limit: f32,
    },
    /// `stiffness (target - q) - damping v`.
    Spring {
        target: f32,
        stiffness: f32,
        damping: f32,
        limit: f32,
    },
}

/// Far enough and stiff enough to saturate against any inertia, and small
/// enough for the solver's products to stay finite in f32.
const OUT_OF_REACH: f32 = 1e12;

/// Share of a damper's gain that a limited joint turns into a spring; see
/// [`SimWorld::set_motor`].
const SPRING_SHARE: f32 = 1e-5;

impl JointDrive {
    /// The law at a coordinate and a rate: torque (N m) or force (N).
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

    fn row(&self) -> Row {
        match *self {
            Self::Free => Row::Off,
            Self::Torque { torque } => Row::Constant { force: torque },
            Self::Velocity { target, gain, limit } => Row::Damper { rate: target, gain, limit },
            Self::Position { target, target_velocity, kp, kd, feedforward, limit } => {
                let constant = kd * target_velocity + feedforward;
                if kp > 0.0 {
                    let target = target + constant / kp;
                    Row::Spring { target, stiffness: kp, damping: kd, limit }
                } else if kd > 0.0 {
                    Row::Damper { rate: constant / kd, gain: kd, limit }
                } else {
                    Row::Constant { force: feedforward.min(limit).max(-limit) }
                }
            }
        }
        .simplified()
    }
}

impl Row {
    /// Rows that do nothing cost nothing.
    fn simplified(self) -> Self {
        let idle = match self {
            Self::Off => true,
            Self::Constant { force } => force == 0.0,
            Self::Damper { gain, limit, .. } => gain <= 0.0 || limit <= 0.0,
            Self::Spring { limit, .. } => limit <= 0.0,
        };
        if idle { Self::Off } else { self }
    }
}

impl SimWorld {
    /// Sets what drives a degree of freedom, from the next step on.
    pub fn set_drive(&mut self, dof: DofId, drive: JointDrive) {
        if self.actions.drives[dof.0] != drive {
            self.actions.drives[dof.0] = drive;
            if self.trees.is_none() {
                self.set_motor(dof.0);
            }
        }
    }

    /// What drives a degree of freedom.
    pub fn drive(&self, dof: DofId) -> JointDrive {
        self.actions.drives[dof.0]
    }

    /// Sets the engine's motor.
    ///
    /// The engine cuts a target velocity where it would run into the joint's
    /// limit within a step, which is not the law of the drive: a gripper would
    /// not press against its stop. So a damper on such a joint is written as a
    /// weak spring whose end runs ahead of the joint, which the engine does not
    /// cut, and is renewed at every tick. The spring's share of the gain makes
    /// an error of that share with several substeps, and none with one.
    pub(super) fn set_motor(&mut self, dof: usize) {
        let entry = self.scene.dofs[dof];
        let row = self.actions.drives[dof].row();
        let runs_ahead = entry.limited && matches!(row, Row::Damper { .. });
        self.actions.set_running_ahead(dof, runs_ahead);
        let axis = engine_axis(entry.axis);
        let (position, substep) = (self.state.positions[dof], self.scene.substep_s);
        let joint = self.joint_mut(&entry);
        if row == Row::Off {
            joint.motor_axes.remove(JointAxesMask::from(axis));
        } else {
            joint.motor_axes.insert(JointAxesMask::from(axis));
            joint.motors[entry.axis] = motor(row, runs_ahead.then_some((position, substep)));
        }
    }

    fn joint_mut(&mut self, entry: &DofEntry) -> &mut rapier3d::prelude::GenericJoint {
        let index = self.scene.articulations[entry.articulation].index;
        let body = self.physics.multibody_joints.get_multibody_mut(index);
        let link = body.and_then(|body| body.link_mut(entry.link));
        &mut link.expect("articulations keep their links").joint.data
    }
}

/// `ahead` holds the coordinate and the length of a substep for a damper that
/// is written as a spring.
fn motor(row: Row, ahead: Option<(f32, f32)>) -> JointMotor {
    let (target_pos, target_vel, stiffness, damping, limit) = match (row, ahead) {
        (Row::Off, _) => (0.0, 0.0, 0.0, 0.0, 0.0),
        (Row::Constant { force }, _) => {
            (OUT_OF_REACH.copysign(force), 0.0, OUT_OF_REACH, 0.0, force.abs())
        }
        (Row::Damper { rate, gain, limit }, None) => (0.0, rate, 0.0, gain, limit),
        (Row::Damper { rate, gain, limit }, Some((position, substep))) => (
            position + rate * substep / SPRING_SHARE,
            0.0,
            gain * SPRING_SHARE / substep,
            gain * (1.0 - SPRING_SHARE),
            limit,
        ),
        (Row::Spring { target, stiffness, damping, limit }, _) => {
            (target, 0.0, stiffness, damping, limit)
        }
    };
    JointMotor {
        target_pos,
        target_vel,
        stiffness,
        damping,
        max_force: limit.min(f32::MAX),
        model: MotorModel::ForceBased,
        ..JointMotor::default()
    }
}
