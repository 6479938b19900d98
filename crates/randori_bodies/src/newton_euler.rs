//! Inverse dynamics: the recursive Newton-Euler algorithm.
//!
//! The outward pass computes the velocity and acceleration of each link, the inward
//! pass the force on each joint for its subtree (Featherstone 2008, table 5.1, here
//! in world axes about O of the branch, as a point at rest):
//!
//! ```text
//! v_i = v_p + S_i v                      a_i = a_p + S_i a + S'_i v
//! f_i = I_i a_i + v_i x* I_i v_i - f_ext + sum of f over children
//! tau_i = S_i . f_i + armature_i a
//! ```
//!
//! `S'_i v` is the change of the motion vectors: the axes of a joint move with its
//! parent, so it is `v_p x S_i v`, with two exceptions. The rotation axis of a planar
//! joint also moves with the two translations. The velocity of a floating base is that
//! of a point that moves past O, so its acceleration relative to O is
//! `(w', v' - w x v)`. Gravity g is an acceleration -g of the world.

use nalgebra::Vector3;

use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::passes::{generalized_forces, joint_velocity};
use crate::spatial::{ForceVector, MotionVector};
use crate::tree::{Link, Tree};

/// Motion of a tree, for [`NewtonEuler::inverse_dynamics`].
#[derive(Debug, Clone, Copy)]
pub struct Motion<'a> {
    /// Generalized velocity.
    pub velocity: &'a [f64],
    /// Its rate of change; empty for none.
    pub acceleration: &'a [f64],
    /// Acceleration of free fall in the world, m/s^2.
    pub gravity: Vector3<f64>,
}

/// Memory and results of the passes over the links.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewtonEuler {
    velocities: Vec<MotionVector>,
    accelerations: Vec<MotionVector>,
    forces: Vec<ForceVector>,
}

impl NewtonEuler {
    /// Memory for a tree.
    pub fn new(tree: &Tree) -> Self {
        let mut passes = Self::default();
        passes.resize(tree);
        passes
    }

    /// Resizes for another tree.
    pub fn resize(&mut self, tree: &Tree) {
        let links = tree.links().len();
        self.velocities.resize(links, MotionVector::ZERO);
        self.accelerations.resize(links, MotionVector::ZERO);
        self.forces.resize(links, ForceVector::ZERO);
    }

    /// The generalized force of a motion: `tau = (M +
    /// armature) a + bias - sum of J' f_ext`.
    ///
    /// `external` has the force on each link besides gravity and its joints, world
    /// axes about O of the branch; empty for none. The result excludes damping,
    /// friction and limits.
    pub fn inverse_dynamics(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        motion: &Motion,
        external: &[ForceVector],
        tau: &mut [f64],
    ) {
        self.outwards(tree, kinematics, motion);
        for (force, outside) in self.forces.iter_mut().zip(external) {
            *force -= *outside;
        }
        generalized_forces(tree, kinematics, &mut self.forces, tau);
        for ((tau, armature), a) in tau.iter_mut().zip(tree.armature()).zip(motion.acceleration) {
            *tau += armature * a;
        }
    }

    /// The generalized force that keeps the velocity constant: Coriolis,
    /// centrifugal and gyroscopic terms and gravity.
    pub fn bias(
        &mut self,
        tree: &Tree,
        kinematics: &Kinematics,
        (velocity, gravity): (&[f64], &Vector3<f64>),
        tau: &mut [f64],
    ) {
        let motion = Motion { velocity, acceleration: &[], gravity: *gravity };
        self.inverse_dynamics(tree, kinematics, &motion, &[], tau);
    }

    /// The outward pass: velocity, acceleration and inertial force of each link.
    fn outwards(&mut self, tree: &Tree, kinematics: &Kinematics, motion: &Motion) {
        let world = MotionVector { linear: -motion.gravity, angular: Vector3::zeros() };
        let subspace = kinematics.subspace();
        for (index, link) in tree.links().iter().enumerate() {
            let (carried, pull) = match link.parent() {
                Some(parent) => (self.velocities[parent], self.accelerations[parent]),
                None => (MotionVector::ZERO, world),
            };
            let rate = joint_velocity(link, subspace, motion.velocity);
            let mut acceleration = pull + drift(link, (&carried, &rate), motion.velocity, subspace);
            if !motion.acceleration.is_empty() {
                acceleration += joint_velocity(link, subspace, motion.acceleration);
            }
            let (velocity, inertia) = (carried + rate, &kinematics.inertias()[index]);
            let momentum = inertia.times(&velocity);
            self.forces[index] = inertia.times(&acceleration) + velocity.cross_force(&momentum);
            self.velocities[index] = velocity;
            self.accelerations[index] = acceleration;
        }
    }

    /// Velocity of each link of the last call, world axes about O.
    pub fn velocities(&self) -> &[MotionVector] {
        &self.velocities
    }

    /// Force on each link through its joint in the last call, world axes about O: the
    /// reaction of the joint plus its driving force, minus the force that accelerates
    /// the armature.
    pub fn transmitted(&self) -> &[ForceVector] {
        &self.forces
    }

    /// Force (N) and moment (N m) of a joint from the parent on the link in the last
    /// call, about the origin of the joint frame, world axes.
    pub fn reaction(&self, tree: &Tree, kinematics: &Kinematics, link: usize) -> ForceVector {
        let (force, offset) = (&self.forces[link], kinematics.joint_offset(tree, link));
        ForceVector { torque: force.torque_about(&offset), force: force.force }
    }

    /// Acceleration minus gravity of the point of a link at `offset` (m) from O in the
    /// last call, the reading of an accelerometer there, m/s^2, world axes.
    pub fn proper_acceleration(&self, link: usize, offset: &Vector3<f64>) -> Vector3<f64> {
        let (velocity, acceleration) = (&self.velocities[link], &self.accelerations[link]);
        // The point passes O with its velocity, see the header.
        acceleration.at(offset) + velocity.angular.cross(&velocity.at(offset))
    }

    /// Angular acceleration of a link in the last call, rad/s^2, world axes.
    pub fn angular_acceleration(&self, link: usize) -> Vector3<f64> {
        self.accelerations[link].angular
    }
}

/// `S' v` of a joint: acceleration of the link relative to its parent at constant
/// rates.
fn drift(
    link: &Link,
    (carried, rate): (&MotionVector, &MotionVector),
    v: &[f64],
    subspace: &[MotionVector],
) -> MotionVector {
    match link.joint() {
        JointKind::Fixed | JointKind::FixedBase => MotionVector::ZERO,
        JointKind::FloatingBase => {
            MotionVector { linear: rate.linear.cross(&rate.angular), angular: Vector3::zeros() }
        }
        JointKind::Planar => {
            let first = link.first_dof;
            let slide = subspace[first] * v[first] + subspace[first + 1] * v[first + 1];
            carried.cross(rate) + slide.cross(&(subspace[first + 2] * v[first + 2]))
        }
        _ => carried.cross(rate),
    }
}
