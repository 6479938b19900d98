//! The two elementary passes over a tree: velocities outwards, forces inwards.
//!
//! With `S_i` the motion vector of dof i, the velocity of a link is the sum of
//! `S_i v_i` over its chain, and the generalized force of wrenches `f_k` on links
//! is `tau_i = S_i . (sum of f_k over the links k that dof i carries)`. The two
//! are transposes of each other: `tau . v = sum f_k . v_k`.

use crate::joint::JointKind;
use crate::kinematics::Kinematics;
use crate::spatial::{ForceVector, MotionVector};
use crate::tree::{Link, Tree};

/// Velocity of every link, world axes about O of its branch, for a generalized
/// velocity. `out` has one entry per link.
pub fn link_velocities(tree: &Tree, kinematics: &Kinematics, v: &[f64], out: &mut [MotionVector]) {
    for (index, link) in tree.links().iter().enumerate() {
        let carried = link.parent().map_or(MotionVector::ZERO, |parent| out[parent]);
        out[index] = carried + joint_velocity(link, kinematics.subspace(), v);
    }
}

/// Velocity of a link relative to its parent: the sum of `S_i v_i` over its joint.
pub(crate) fn joint_velocity(link: &Link, subspace: &[MotionVector], v: &[f64]) -> MotionVector {
    let first = link.first_dof;
    match link.joint() {
        JointKind::Fixed | JointKind::FixedBase => MotionVector::ZERO,
        JointKind::Revolute { .. } | JointKind::Prismatic { .. } => subspace[first] * v[first],
        JointKind::Spherical | JointKind::Planar => {
            subspace[first] * v[first]
                + subspace[first + 1] * v[first + 1]
                + subspace[first + 2] * v[first + 2]
        }
        JointKind::FloatingBase => MotionVector {
            linear: [v[first], v[first + 1], v[first + 2]].into(),
            angular: [v[first + 3], v[first + 4], v[first + 5]].into(),
        },
    }
}

/// Generalized force of a force on every link, world axes about O of its
/// branch: the power of `tau` at any generalized velocity is that of the forces
/// at the link velocities. On return `forces` holds, for each link, the sum over its
/// subtree.
pub fn generalized_forces(
    tree: &Tree,
    kinematics: &Kinematics,
    forces: &mut [ForceVector],
    tau: &mut [f64],
) {
    for (index, link) in tree.links().iter().enumerate().rev() {
        let force = forces[index];
        match link.joint() {
            JointKind::FloatingBase => {
                let first = link.first_dof;
                tau[first..first + 3].copy_from_slice(force.force.as_slice());
                tau[first + 3..first + 6].copy_from_slice(force.torque.as_slice());
            }
            _ => {
                for dof in link.dofs() {
                    tau[dof] = kinematics.subspace()[dof].dot(&force);
                }
            }
        }
        if let Some(parent) = link.parent() {
            forces[parent] += force;
        }
    }
}
