//! Configuration and velocity of a tree, and motion on its configuration space.
//!
//! Coordinates and velocities of each joint are listed at
//! [`JointKind`]. Rotations are unit quaternions: an angular
//! velocity w over a time t turns Q into `exp(w t) Q`, where `exp` is the
//! rotation by the rotation vector w t in the axes in which w is given (those of
//! the world, or of the joint frame).

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};

use crate::joint::JointKind;
use crate::tree::{Link, Tree};

/// Configuration q and velocity v of a tree.
#[derive(Debug, PartialEq, Default)]
pub struct State {
    /// Coordinates of all joints, in the order of the links.
    pub q: Vec<f64>,
    /// Generalized velocity, one entry per dof.
    pub v: Vec<f64>,
    /// Generalized velocity before the last step, from which the second-order rule
    /// extrapolates; equal to `v` after a restart.
    pub previous_v: Vec<f64>,
}

impl Clone for State {
    fn clone(&self) -> Self {
        Self { q: self.q.clone(), v: self.v.clone(), previous_v: self.previous_v.clone() }
    }

    /// Reuses the memory of the lists.
    fn clone_from(&mut self, source: &Self) {
        self.q.clone_from(&source.q);
        self.v.clone_from(&source.v);
        self.previous_v.clone_from(&source.previous_v);
    }
}

impl State {
    /// At rest, with bases at their initial poses and all joints at zero.
    pub fn new(tree: &Tree) -> Self {
        let mut state = Self {
            q: vec![0.0; tree.coordinates()],
            v: vec![0.0; tree.dofs()],
            previous_v: vec![0.0; tree.dofs()],
        };
        for link in tree.links() {
            let q = &mut state.q[link.coordinates()];
            match link.joint() {
                JointKind::FixedBase | JointKind::FloatingBase => {
                    write_pose(q, link.parent_from_joint());
                }
                JointKind::Spherical => q[3] = 1.0,
                _ => {}
            }
        }
        state
    }

    /// Discards the velocity before the last step, for example after the state
    /// was set: the next step is then of first order.
    pub fn restart(&mut self) {
        self.previous_v.clone_from(&self.v);
    }

    /// Pose of a base in the world.
    ///
    /// # Panics
    ///
    /// If the link is not a base.
    pub fn base_pose(&self, base: &Link) -> Isometry3<f64> {
        assert!(base.joint().is_base(), "only bases have poses among the coordinates");
        read_pose(&self.q[base.coordinates()])
    }

    /// Sets the pose of a base in the world.
    ///
    /// # Panics
    ///
    /// If the link is not a base.
    pub fn set_base_pose(&mut self, base: &Link, pose: &Isometry3<f64>) {
        assert!(base.joint().is_base(), "only bases have poses among the coordinates");
        write_pose(&mut self.q[base.coordinates()], pose);
    }

    /// Sets the rotation of a ball joint, J from link.
    ///
    /// # Panics
    ///
    /// If the joint is not a ball joint.
    pub fn set_rotation(&mut self, link: &Link, rotation: &UnitQuaternion<f64>) {
        assert!(
            link.joint() == JointKind::Spherical,
            "only ball joints have rotations among their coordinates"
        );
        self.q[link.coordinates()].copy_from_slice(rotation.coords.as_slice());
    }

    /// Moves the configuration with the current velocity for a time (s).
    pub fn advance(&mut self, tree: &Tree, dt: f64) {
        advance(tree, &mut self.q, &self.v, dt);
    }

    /// Appends a state of another tree, like [`Tree::append`].
    pub fn append(&mut self, other: &Self) {
        self.q.extend(&other.q);
        self.v.extend(&other.v);
        self.previous_v.extend(&other.previous_v);
    }
}

/// Moves a configuration with a constant generalized velocity for a time (s).
/// Quaternions are normalized.
pub fn advance(tree: &Tree, q: &mut [f64], v: &[f64], dt: f64) {
    for link in tree.links() {
        advance_link(link, q, v, dt);
    }
}

/// Moves the coordinates of one joint, like [`advance`].
pub(crate) fn advance_link(link: &Link, q: &mut [f64], v: &[f64], dt: f64) {
    let (q, v) = (&mut q[link.coordinates()], &v[link.dofs()]);
    match link.joint() {
        JointKind::FixedBase | JointKind::Fixed => {}
        JointKind::FloatingBase => {
            let (position, rotation) = q.split_at_mut(3);
            for (x, speed) in position.iter_mut().zip(v) {
                *x += speed * dt;
            }
            turn(rotation, &Vector3::new(v[3] * dt, v[4] * dt, v[5] * dt));
        }
        JointKind::Spherical => turn(q, &Vector3::new(v[0] * dt, v[1] * dt, v[2] * dt)),
        JointKind::Revolute { .. } | JointKind::Prismatic { .. } | JointKind::Planar => {
            for (x, rate) in q.iter_mut().zip(v) {
                *x += rate * dt;
            }
        }
    }
}

/// Rotates a unit quaternion (x, y, z, w) by a rotation vector given in the outer
/// axes: `Q <- exp(vector) Q`.
fn turn(q: &mut [f64], vector: &Vector3<f64>) {
    let turned = exp(vector).quaternion() * quaternion(q);
    let length = turned.norm();
    for (old, new) in q.iter_mut().zip(turned.coords.iter()) {
        *old = new / length;
    }
}

/// Rotation by a rotation vector, whose length is the angle (rad).
pub fn exp(vector: &Vector3<f64>) -> UnitQuaternion<f64> {
    let angle = vector.norm();
    let (sin, cos) = libm::sincos(0.5 * angle);
    // sin(a/2)/a tends to 1/2.
    let factor = if angle > 0.0 { sin / angle } else { 0.5 };
    let part = vector * factor;
    UnitQuaternion::new_unchecked(Quaternion::new(cos, part.x, part.y, part.z))
}

/// A quaternion from its coordinates (x, y, z, w).
pub(crate) fn quaternion(q: &[f64]) -> Quaternion<f64> {
    Quaternion::new(q[3], q[0], q[1], q[2])
}

fn read_pose(q: &[f64]) -> Isometry3<f64> {
    let rotation = UnitQuaternion::new_unchecked(quaternion(&q[3..]));
    Isometry3::from_parts(Translation3::new(q[0], q[1], q[2]), rotation)
}

fn write_pose(q: &mut [f64], pose: &Isometry3<f64>) {
    q[..3].copy_from_slice(pose.translation.vector.as_slice());
    q[3..].copy_from_slice(pose.rotation.coords.as_slice());
}
