//! The dynamics of the robots of a world, in their present state.

use std::borrow::Cow;

use nalgebra::{DMatrix, DVector, Vector3};
use randori_core::layout::RobotId;
use randori_core::math::{Twist, Wrench};
use serde::{Deserialize, Serialize};

use super::spatial::{wide, wide_pose};
use super::{RobotModel, RobotState, Twist64, Wrench64};
use crate::world::SimWorld;
use crate::world::scene::RobotEntry;

/// Velocities of all robots at the start of the last step; the accelerations of
/// the step follow from them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(in crate::world) struct EarlierRates {
    /// Of the bases, by robot index.
    bases: Vec<Twist>,
    /// Of the joints, by degree-of-freedom index.
    joints: Vec<f32>,
}

/// Generalized velocities and accelerations come in the order of
/// [`super::RobotModel`]. Everything is computed from the robot file, the
/// payloads and the present state.
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

    /// The forces that would hold the robot at rest; see
    /// [`RobotModel::gravity_forces`].
    pub fn gravity_forces(&self, robot: RobotId) -> DVector<f64> {
        self.robot_model(robot).gravity_forces(&self.robot_state(robot), &wide(self.gravity()))
    }

    /// The forces that would give the robot this generalized acceleration; see
    /// [`RobotModel::inverse_dynamics`].
    pub fn inverse_dynamics(&self, robot: RobotId, acceleration: &[f64]) -> DVector<f64> {
        let (state, gravity) = (self.robot_state(robot), wide(self.gravity()));
        self.robot_model(robot).inverse_dynamics(&state, acceleration, &gravity)
    }

    /// What the parent link exerted on the child link through a joint (index in
    /// the robot file) in the last step: world axes, about the origin of the
    /// joint frame.
    ///
    /// It is what Newton's law leaves over when gravity, contacts and outside
    /// forces are taken from the motion, averaged over the step; blows between
    /// steps do not count. Before the first step it is what the robot would
    /// need to keep its velocity. Constraints that close loops are not known
    /// here: within a loop the result counts their forces as the joint's.
    pub fn reaction_wrench(&self, robot: RobotId, joint: usize) -> Wrench {
        let model = self.robot_model(robot);
        let accelerations = self.accelerations(&model, robot);
        let (state, gravity) = (self.robot_state(robot), wide(self.gravity()));
        let external = self.external_wrenches(robot);
        model.reaction_wrenches(&state, &accelerations, &gravity, &external)[joint].into()
    }

    /// Kinetic and potential energy of a robot, J; the potential energy of a
    /// mass is zero at height 0. Springs store none of it.
    pub fn energy(&self, robot: RobotId) -> f32 {
        let (model, state) = (self.robot_model(robot), self.robot_state(robot));
        let potential = model.potential_energy(&state, &wide(self.gravity()));
        (model.kinetic_energy(&state) + potential) as f32
    }

    /// The model of a robot with the payloads that it carries now.
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
        let base = &self.state.bodies[entry.base()];
        let numbers = |values: &[f32]| values.iter().copied().map(f64::from).collect();
        RobotState {
            base_pose: wide_pose(&base.pose),
            base_twist: base.twist.into(),
            positions: numbers(&self.state.positions[entry.dofs.clone()]),
            velocities: numbers(&self.state.velocities[entry.dofs.clone()]),
        }
    }

    /// Keeps the velocities from which the next step starts.
    pub(in crate::world) fn remember_rates(&mut self) {
        let bases = self.scene.robots.iter().map(|entry| self.state.bodies[entry.base()].twist);
        self.earlier.bases.clear();
        self.earlier.bases.extend(bases);
        self.earlier.joints.clone_from(&self.state.velocities);
    }

    /// Mean generalized acceleration over the last step; zero before it.
    fn accelerations(&self, model: &RobotModel, robot: RobotId) -> Vec<f64> {
        let Some(base_before) = self.earlier.bases.get(robot.0) else {
            return vec![0.0; model.dofs()];
        };
        let entry = &self.scene.robots[robot.0];
        let before = Twist64::from(*base_before);
        let now = Twist64::from(self.state.bodies[entry.base()].twist);
        let (linear, angular) = (now.linear - before.linear, now.angular - before.angular);
        let base = linear.iter().chain(angular.iter()).take(model.base_dofs()).copied();
        let joints = self.state.velocities[entry.dofs.clone()].iter();
        let joints = joints
            .zip(&self.earlier.joints[entry.dofs.clone()])
            .map(|(now, before)| f64::from(*now) - f64::from(*before));
        let tick_s = f64::from(self.scene.tick_s);
        base.chain(joints).map(|change| change / tick_s).collect()
    }

    /// What acts on each link besides gravity and joints, about the link-frame
    /// origin.
    fn external_wrenches(&self, robot: RobotId) -> Vec<Wrench64> {
        let bodies = self.scene.robots[robot.0].bodies.clone();
        let contacts = bodies
            .clone()
            .map(|body| Wrench64::from(self.contact_wrench(randori_core::layout::BodyId(body))));
        let mut wrenches: Vec<Wrench64> = contacts.collect();
        for (body, force) in self.actions.forces.iter().filter(|(body, _)| bodies.contains(body)) {
            let arm = self.state.bodies[*body].pose.rotation * self.placing[*body].com;
            let pull = Wrench64 { force: wide(*force), torque: Vector3::zeros() };
            let wrench = &mut wrenches[body - bodies.start];
            *wrench = wrench.plus(&pull.seen_from(&wide(arm)));
        }
        wrenches
    }
}

impl RobotEntry {
    /// Index of the base link's body.
    fn base(&self) -> usize {
        self.bodies.start + self.model.base_link()
    }
}
