//! The dynamics of the robots of a world, in their present state.

use std::borrow::Cow;

use nalgebra::{DMatrix, DVector, Isometry3};
use randori_core::layout::RobotId;
use randori_core::math::Wrench;

use super::spatial::{narrow, wide, wide_pose};
use super::{RobotModel, RobotState, Twist64, Wrench64};
use crate::world::SimWorld;
use crate::world::scene::RobotEntry;

/// Generalized velocities and accelerations have the order of [`super::RobotModel`].
/// All results are computed from the robot file, the payloads and the present state.
impl SimWorld {
    /// Mass matrix, armature included; see [`RobotModel::mass_matrix`].
    pub fn mass_matrix(&self, robot: RobotId) -> DMatrix<f64> {
        self.robot_model(robot).mass_matrix(&self.robot_state(robot))
    }

    /// Coriolis, centrifugal, gyroscopic and gravity forces; see
    /// [`RobotModel::bias_forces`].
    pub fn bias_forces(&self, robot: RobotId) -> DVector<f64> {
        self.robot_model(robot).bias_forces(&self.robot_state(robot), &wide(self.gravity()))
    }

    /// The forces that balance gravity at rest; see [`RobotModel::gravity_forces`].
    pub fn gravity_forces(&self, robot: RobotId) -> DVector<f64> {
        self.robot_model(robot).gravity_forces(&self.robot_state(robot), &wide(self.gravity()))
    }

    /// The forces for a generalized acceleration; see [`RobotModel::inverse_dynamics`].
    pub fn inverse_dynamics(&self, robot: RobotId, acceleration: &[f64]) -> DVector<f64> {
        let (state, gravity) = (self.robot_state(robot), wide(self.gravity()));
        self.robot_model(robot).inverse_dynamics(&state, acceleration, &gravity)
    }

    /// The wrench that the parent link exerted on the child link through a joint (index
    /// in the robot file) in the last step: world axes, about the origin of the joint frame.
    ///
    /// It is the remainder in Newton's law after gravity, contacts, loops and external
    /// forces, with the motion at the middle of the step; impulses between steps do not
    /// count. Before the first step it is that of the initial motion without drives.
    pub fn reaction_wrench(&self, robot: RobotId, joint: usize) -> Wrench {
        let (model, gravity) = (self.robot_model(robot), wide(self.gravity()));
        let (state, accelerations) = self.middle_of_step(robot);
        let external = self.external_wrenches(robot, &state);
        model.reaction_wrenches(&state, &accelerations, &gravity, &external)[joint].into()
    }

    /// Kinetic and potential energy of a robot, J; the potential energy of a mass is
    /// zero at height 0. Energy of springs is not included.
    pub fn energy(&self, robot: RobotId) -> f32 {
        let (model, state) = (self.robot_model(robot), self.robot_state(robot));
        let potential = model.potential_energy(&state, &wide(self.gravity()));
        (model.kinetic_energy(&state) + potential) as f32
    }

    /// The model of a robot with its present payloads.
    pub fn robot_model(&self, robot: RobotId) -> Cow<'_, RobotModel> {
        let entry = &self.scene.robots[robot.0];
        let payloads = &self.actions.payloads[entry.bodies.clone()];
        let mut model = Cow::Borrowed(&entry.model);
        for (link, payload) in payloads.iter().enumerate().filter(|(_, payload)| **payload != 0.0) {
            model.to_mut().add_payload(link, *payload);
        }
        model
    }

    /// The present state of a robot, for [`RobotModel`].
    pub fn robot_state(&self, robot: RobotId) -> RobotState {
        let entry = &self.scene.robots[robot.0];
        match (&self.trees, &self.scene.forest, self.robot_link(entry.base())) {
            (Some(trees), Some(forest), Some(base)) => trees.robot_state(forest, entry, base),
            _ => self.resting_state(entry),
        }
    }

    /// The state of a robot in the middle of the last step, and its mean generalized
    /// acceleration.
    fn middle_of_step(&self, robot: RobotId) -> (RobotState, Vec<f64>) {
        let entry = &self.scene.robots[robot.0];
        match (&self.trees, &self.scene.forest, self.robot_link(entry.base())) {
            (Some(trees), Some(forest), Some(base)) => trees.middle_of_step(forest, entry, base),
            _ => (self.resting_state(entry), Vec::new()),
        }
    }

    /// The configuration of a robot at rest.
    fn resting_state(&self, entry: &RobotEntry) -> RobotState {
        RobotState {
            base_pose: wide_pose(&self.state.bodies[entry.base()].pose),
            base_twist: Twist64::zero(),
            positions: Vec::new(),
            velocities: Vec::new(),
        }
    }

    /// The total wrench on each link in the last step besides gravity and joints, about
    /// the link-frame origins of `state`.
    fn external_wrenches(&self, robot: RobotId, state: &RobotState) -> Vec<Wrench64> {
        let first = self.scene.robots[robot.0].bodies.start;
        let poses = self.robot_model(robot).link_poses(state);
        let load = |(link, pose): (usize, &Isometry3<f64>)| {
            let origin = narrow(&pose.translation.vector);
            let (force, torque) = self
                .trees
                .as_ref()
                .map_or_else(Default::default, |it| it.loads_on(first + link, origin));
            Wrench64 { force: wide(force), torque: wide(torque) }
        };
        poses.iter().enumerate().map(load).collect()
    }
}

impl RobotEntry {
    /// Index of the base link's body.
    pub(in crate::world) fn base(&self) -> usize {
        self.bodies.start + self.model.base_link()
    }
}
