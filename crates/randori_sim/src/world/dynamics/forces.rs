//! Mass matrix, inverse dynamics, joint reactions.

use nalgebra::{DMatrix, DVector, Vector3};
use randori_bodies::{ForceVector, MassMatrix, Motion, NewtonEuler};

use super::kinematics::Placed;
use super::spatial::{Twist64, Wrench64};
use super::{RobotModel, RobotState};

impl RobotModel {
    /// The forces for given accelerations, by the recursive Newton-Euler algorithm:
    /// `mass_matrix * accelerations + bias_forces`.
    ///
    /// The first six entries of a floating base are the force (N) at its frame origin
    /// and the moment (N m) about it, in world axes; the rest is one torque (N m) or
    /// force (N) per degree of freedom. Gravity is in m/s^2, world axes. Damping,
    /// friction, springs, loops and contacts are not included.
    pub fn inverse_dynamics(
        &self,
        state: &RobotState,
        accelerations: &[f64],
        gravity: &Vector3<f64>,
    ) -> DVector<f64> {
        let (_, inner) = self.passes(&self.placed(state), accelerations, gravity, &[]);
        let mut forces = DVector::zeros(self.dofs());
        for (&place, force) in self.order.iter().zip(inner) {
            forces[place] = force;
        }
        forces
    }

    /// The forces at zero acceleration: Coriolis, centrifugal and gyroscopic terms and gravity.
    pub fn bias_forces(&self, state: &RobotState, gravity: &Vector3<f64>) -> DVector<f64> {
        self.inverse_dynamics(state, &[], gravity)
    }

    /// The forces that balance gravity at rest in this configuration.
    pub fn gravity_forces(&self, state: &RobotState, gravity: &Vector3<f64>) -> DVector<f64> {
        let resting = RobotState {
            base_twist: Twist64::zero(),
            velocities: vec![0.0; state.velocities.len()],
            ..state.clone()
        };
        self.bias_forces(&resting, gravity)
    }

    /// The symmetric mass matrix `M`, armature included, by the composite rigid body
    /// algorithm. The kinetic energy is `v' M v / 2`.
    pub fn mass_matrix(&self, state: &RobotState) -> DMatrix<f64> {
        let mut inner = MassMatrix::new(&self.tree);
        inner.update(&self.tree, &self.placed(state).kinematics);
        let mut matrix = DMatrix::zeros(self.dofs(), self.dofs());
        for (dof, &row) in self.order.iter().enumerate() {
            let elements = &inner.rows()[self.tree.row(dof)];
            for (carrier, element) in self.tree.chain(dof).iter().zip(elements) {
                let column = self.order[*carrier as usize];
                matrix[(row, column)] = *element;
                matrix[(column, row)] = *element;
            }
            matrix[(row, row)] += self.tree.armature()[dof];
        }
        matrix
    }

    /// The wrench that each joint (index in the robot file) transmits from its parent
    /// link to its child link: world axes, about the origin of the joint frame.
    ///
    /// `external` is the total wrench on each link besides gravity and joints, by index
    /// in the robot file, about the link-frame origin; empty if there is none. The
    /// wrench of a driven joint contains the drive's torque, less the torque that
    /// accelerates the armature.
    pub fn reaction_wrenches(
        &self,
        state: &RobotState,
        accelerations: &[f64],
        gravity: &Vector3<f64>,
        external: &[Wrench64],
    ) -> Vec<Wrench64> {
        let placed = self.placed(state);
        let (passes, _) = self.passes(&placed, accelerations, gravity, external);
        let reaction = |link: &usize| {
            let ForceVector { torque, force } =
                passes.reaction(&self.tree, &placed.kinematics, *link);
            Wrench64 { force, torque }
        };
        self.joints.iter().map(reaction).collect()
    }

    /// Both passes of the Newton-Euler algorithm, and the generalized forces in
    /// the order of the tree.
    fn passes(
        &self,
        placed: &Placed,
        accelerations: &[f64],
        gravity: &Vector3<f64>,
        external: &[Wrench64],
    ) -> (NewtonEuler, Vec<f64>) {
        assert!(
            accelerations.is_empty() || accelerations.len() == self.dofs(),
            "{} accelerations are given but the robot has {} degrees of freedom",
            accelerations.len(),
            self.dofs()
        );
        let acceleration =
            if accelerations.is_empty() { Vec::new() } else { self.to_tree(accelerations) };
        let motion =
            Motion { velocity: &placed.velocity, acceleration: &acceleration, gravity: *gravity };
        let mut outside = Vec::new();
        if !external.is_empty() {
            outside.resize(self.links.len(), ForceVector::ZERO);
            for (&link, wrench) in self.links.iter().zip(external) {
                let mut vector = ForceVector::at(&wrench.force, placed.kinematics.offset(link));
                vector.torque += wrench.torque;
                outside[link] = vector;
            }
        }
        let (mut passes, mut forces) = (NewtonEuler::new(&self.tree), vec![0.0; self.dofs()]);
        passes.inverse_dynamics(&self.tree, &placed.kinematics, &motion, &outside, &mut forces);
        (passes, forces)
    }
}
