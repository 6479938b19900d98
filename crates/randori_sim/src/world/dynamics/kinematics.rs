//! Forward kinematics: poses and velocities of links.

use nalgebra::{DMatrix, Isometry3, Vector3};
use randori_bodies::{JointKind, Kinematics, Momentum, MotionVector, State, passes};

use super::spatial::{Twist64, rotation_from_vector};
use super::{RobotModel, RobotState};

/// A robot in one state, with coordinates and velocities in the order of its tree.
pub(super) struct Placed {
    pub(super) kinematics: Kinematics,
    pub(super) velocity: Vec<f64>,
}

impl RobotModel {
    /// Pose of every link frame in the world, in the order of the robot file.
    pub fn link_poses(&self, state: &RobotState) -> Vec<Isometry3<f64>> {
        let placed = self.placed(state);
        self.links.iter().map(|&link| placed.kinematics.pose(&self.tree, link)).collect()
    }

    /// Centre of mass of the robot in the world, m.
    pub fn center_of_mass(&self, state: &RobotState) -> Vector3<f64> {
        self.placed(state).kinematics.center_of_mass(&self.tree, 0).1
    }

    /// Jacobian of a link (index in the robot file): its six rows times the generalized
    /// velocity give the velocity of the link-frame origin, linear (m/s) then angular
    /// (rad/s), world axes. Zero if the link does not exist.
    pub fn jacobian(&self, state: &RobotState, link: usize) -> DMatrix<f64> {
        self.point_jacobian(state, link, &Vector3::zeros())
    }

    /// Jacobian of a point of the link, given in the frame of the link (m): the first
    /// three rows give the velocity of the point. Its transpose maps a force at the
    /// point and a couple, in world axes, to generalized forces.
    pub fn point_jacobian(
        &self,
        state: &RobotState,
        link: usize,
        point: &Vector3<f64>,
    ) -> DMatrix<f64> {
        let mut jacobian = DMatrix::zeros(6, self.dofs());
        let Some(&link) = self.links.get(link) else { return jacobian };
        let kinematics = self.placed(state).kinematics;
        let target = kinematics.offset(link) + kinematics.rotation(link) * point;
        for (dof, column) in kinematics.jacobian(&self.tree, link, &target) {
            let mut out = jacobian.column_mut(self.order[dof]);
            out.fixed_rows_mut::<3>(0).copy_from(&column.linear);
            out.fixed_rows_mut::<3>(3).copy_from(&column.angular);
        }
        jacobian
    }

    /// Linear momentum and angular momentum about the centre of mass, without rotors
    /// that are given only as armature.
    pub fn momentum(&self, state: &RobotState) -> Momentum {
        let placed = self.placed(state);
        placed.kinematics.momentum(&self.tree, 0, &self.velocities(&placed))
    }

    /// Kinetic energy, J, including rotors given as armature.
    pub fn kinetic_energy(&self, state: &RobotState) -> f64 {
        let placed = self.placed(state);
        let velocities = self.velocities(&placed);
        placed.kinematics.kinetic_energy(&self.tree, &velocities, &placed.velocity)
    }

    /// Potential energy, J, in a field of `gravity` (m/s^2, world axes); zero
    /// where every mass is at the world's origin.
    pub fn potential_energy(&self, state: &RobotState, gravity: &Vector3<f64>) -> f64 {
        self.placed(state).kinematics.potential_energy(&self.tree, gravity)
    }

    /// Computes the poses of the links.
    pub(super) fn placed(&self, state: &RobotState) -> Placed {
        let mut kinematics = Kinematics::new(&self.tree);
        kinematics.update(&self.tree, &self.configuration(state).q);
        Placed { kinematics, velocity: self.to_tree(&self.generalized_velocity(state)) }
    }

    /// The configuration in the coordinates of the tree, at rest.
    pub(super) fn configuration(&self, state: &RobotState) -> State {
        assert!(
            state.positions.len() == self.joint_dofs(),
            "the state has {} joint coordinates but the robot has {}",
            state.positions.len(),
            self.joint_dofs()
        );
        assert!(
            state.velocities.len() == self.joint_dofs(),
            "the state has {} joint rates but the robot has {}",
            state.velocities.len(),
            self.joint_dofs()
        );
        let mut inner = State::new(&self.tree);
        inner.set_base_pose(&self.tree.links()[0], &state.base_pose);
        for link in &self.tree.links()[1..] {
            let Some(first) = link.dofs().next() else { continue };
            let first = self.order[first] - self.base_dofs();
            let q = &state.positions[first..first + link.dofs().len()];
            if link.joint() == JointKind::Spherical {
                let turned = rotation_from_vector(&Vector3::from_column_slice(q));
                inner.set_rotation(link, &turned);
            } else {
                inner.q[link.coordinates()].copy_from_slice(q);
            }
        }
        inner
    }

    /// The generalized velocity as one vector.
    fn generalized_velocity(&self, state: &RobotState) -> Vec<f64> {
        let Twist64 { linear, angular } = state.base_twist;
        let base = linear.iter().chain(angular.iter()).take(self.base_dofs());
        base.chain(&state.velocities).copied().collect()
    }

    /// A vector over the degrees of freedom, in the order of the tree.
    pub(super) fn to_tree(&self, values: &[f64]) -> Vec<f64> {
        self.order.iter().map(|&place| values[place]).collect()
    }

    /// Velocity of every link of the tree.
    fn velocities(&self, placed: &Placed) -> Vec<MotionVector> {
        let mut velocities = vec![MotionVector::ZERO; self.links.len()];
        passes::link_velocities(&self.tree, &placed.kinematics, &placed.velocity, &mut velocities);
        velocities
    }
}
