//! What moves the links: mass matrix, inverse dynamics, reactions.

use nalgebra::{DMatrix, DVector, Isometry3, Vector3};

use super::kinematics::{LinkFrame, LinkMotion};
use super::spatial::{Twist64, Wrench64};
use super::{RobotModel, RobotState};
use crate::world::inertia::MassProperties;

impl RobotModel {
    /// The forces that give the robot these accelerations, by the recursive
    /// Newton-Euler algorithm (Featherstone, "Rigid Body Dynamics Algorithms",
    /// 2008, table 5.1, here in world axes): `mass_matrix * accelerations +
    /// bias_forces`.
    ///
    /// The first six entries of a floating base are the force (N) at its frame
    /// origin and the moment (N m) about it, in world axes; the rest is one
    /// torque (N m) or force (N) per degree of freedom. Gravity is in m/s^2,
    /// world axes. Damping, friction, springs, loops and contacts are not part
    /// of it.
    pub fn inverse_dynamics(
        &self,
        state: &RobotState,
        accelerations: &[f64],
        gravity: &Vector3<f64>,
    ) -> DVector<f64> {
        let frames = self.frames(state);
        let wrenches =
            self.transmitted(&frames, &self.motions(state, &frames, accelerations, gravity), &[]);
        let mut forces = DVector::zeros(self.dofs());
        for ((node, frame), wrench) in self.nodes.iter().zip(&frames).zip(&wrenches) {
            for (dof, column) in frame.columns[..node.motion.dofs()].iter().enumerate() {
                let index = node.first_dof + dof;
                let rotor = node.armature * accelerations.get(index).copied().unwrap_or(0.0);
                forces[index] = column.power(wrench) + rotor;
            }
        }
        forces
    }

    /// The forces that the robot needs to go on without acceleration:
    /// Coriolis, centrifugal and gyroscopic terms and gravity.
    pub fn bias_forces(&self, state: &RobotState, gravity: &Vector3<f64>) -> DVector<f64> {
        self.inverse_dynamics(state, &[], gravity)
    }

    /// The forces that hold the robot at rest in this configuration.
    pub fn gravity_forces(&self, state: &RobotState, gravity: &Vector3<f64>) -> DVector<f64> {
        let resting = RobotState {
            base_twist: Twist64::zero(),
            velocities: vec![0.0; state.velocities.len()],
            ..state.clone()
        };
        self.bias_forces(&resting, gravity)
    }

    /// The symmetric mass matrix, armature included, by the composite rigid
    /// body algorithm (Featherstone 2008, table 6.2, here in world axes): half
    /// of the generalized velocity squared in it is the kinetic energy.
    pub fn mass_matrix(&self, state: &RobotState) -> DMatrix<f64> {
        let frames = self.frames(state);
        let composites = self.composites(&frames);
        let mut matrix = DMatrix::zeros(self.dofs(), self.dofs());
        for (index, node) in self.nodes.iter().enumerate() {
            for (dof, column) in frames[index].columns[..node.motion.dofs()].iter().enumerate() {
                let row = node.first_dof + dof;
                let wrench = accelerating(&composites[index], &frames[index], column);
                self.fill_row(&mut matrix, &frames, (index, row), &wrench);
                matrix[(row, row)] += node.armature;
            }
        }
        matrix
    }

    /// The mean inverse mass (1/kg) of each link, in the order of the robot file:
    /// how easily its centre of mass yields to a force, averaged over
    /// directions, with all joints at zero. Armature counts; a fixed base
    /// yields to nothing.
    pub fn inverse_masses(&self) -> Vec<f64> {
        let state = RobotState::zero(self);
        let Some(inverse) = self.mass_matrix(&state).try_inverse() else {
            return vec![0.0; self.links.len()];
        };
        let poses = self.link_poses(&state);
        let of_link = |(link, pose): (usize, &Isometry3<f64>)| {
            let jacobian = self.jacobian(&state, link);
            let offset = pose.rotation * self.links[link].com;
            let turning = jacobian.rows(3, 3);
            let moving = jacobian.rows(0, 3) - offset.cross_matrix() * turning;
            (&moving * &inverse * moving.transpose()).trace() / 3.0
        };
        poses.iter().enumerate().map(of_link).collect()
    }

    /// What each joint (index in the robot file) transmits from its parent link
    /// to its child link: world axes, about the origin of the joint frame.
    ///
    /// `external` is what acts on each link besides gravity and its joints, by
    /// index in the robot file, about the link-frame origin; empty if nothing
    /// does. The wrench of a driven joint contains the drive's torque, less
    /// what the armature takes.
    pub fn reaction_wrenches(
        &self,
        state: &RobotState,
        accelerations: &[f64],
        gravity: &Vector3<f64>,
        external: &[Wrench64],
    ) -> Vec<Wrench64> {
        let frames = self.frames(state);
        let motions = self.motions(state, &frames, accelerations, gravity);
        let mut reactions = vec![Wrench64::zero(); self.nodes.len() - 1];
        let wrenches = self.transmitted(&frames, &motions, external);
        for ((node, frame), wrench) in self.nodes.iter().zip(&frames).zip(&wrenches) {
            if let Some(joint) = node.joint {
                reactions[joint] = wrench.seen_from(&(frame.origin() - frame.joint_origin));
            }
        }
        reactions
    }

    /// The wrench that each link receives from its parent, about the link-frame
    /// origin: the backward pass.
    fn transmitted(
        &self,
        frames: &[LinkFrame],
        motions: &[LinkMotion],
        external: &[Wrench64],
    ) -> Vec<Wrench64> {
        let mut wrenches: Vec<Wrench64> = self
            .bodies(frames)
            .zip(frames)
            .zip(motions)
            .map(|((body, frame), motion)| inertial(&body, frame, motion))
            .collect();
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if let Some(outside) = external.get(node.link) {
                wrenches[index] = wrenches[index].minus(outside);
            }
            if let Some(parent) = node.parent {
                let offset = frames[index].origin() - frames[parent].origin();
                wrenches[parent] = wrenches[parent].plus(&wrenches[index].seen_from(&offset));
            }
        }
        wrenches
    }

    /// Each link with everything that it carries, in the world.
    fn composites(&self, frames: &[LinkFrame]) -> Vec<MassProperties> {
        let mut composites: Vec<MassProperties> = self.bodies(frames).collect();
        for (index, node) in self.nodes.iter().enumerate().rev() {
            if let Some(parent) = node.parent {
                composites[parent] = composites[parent].joined(&composites[index]);
            }
        }
        composites
    }

    /// Writes what a wrench at node `from` does to it and to all links that
    /// carry it, into `row` and, by symmetry, into its column.
    fn fill_row(
        &self,
        matrix: &mut DMatrix<f64>,
        frames: &[LinkFrame],
        (from, row): (usize, usize),
        wrench: &Wrench64,
    ) {
        let mut at = Some(from);
        while let Some(index) = at {
            let (node, frame) = (&self.nodes[index], &frames[index]);
            let here = wrench.seen_from(&(frames[from].origin() - frame.origin()));
            for (dof, column) in frame.columns[..node.motion.dofs()].iter().enumerate() {
                let value = column.power(&here);
                matrix[(row, node.first_dof + dof)] = value;
                matrix[(node.first_dof + dof, row)] = value;
            }
            at = node.parent;
        }
    }
}

/// The wrench about the link-frame origin that makes one link move as it does
/// (Newton's and Euler's equations).
fn inertial(body: &MassProperties, frame: &LinkFrame, motion: &LinkMotion) -> Wrench64 {
    let offset = body.com - frame.origin();
    let (spin, turn) = (&motion.velocity.angular, &motion.acceleration.angular);
    let swing = turn.cross(&offset) + spin.cross(&spin.cross(&offset));
    let force = (motion.acceleration.linear + swing) * body.mass_kg;
    let torque = body.inertia * turn + spin.cross(&(body.inertia * spin));
    Wrench64 { force, torque }.seen_from(&offset)
}

/// The wrench about the link-frame origin that gives a resting body this
/// acceleration of the link frame.
fn accelerating(body: &MassProperties, frame: &LinkFrame, acceleration: &Twist64) -> Wrench64 {
    let offset = body.com - frame.origin();
    let linear = acceleration.linear + acceleration.angular.cross(&offset);
    let torque = body.inertia * acceleration.angular;
    Wrench64 { force: linear * body.mass_kg, torque }.seen_from(&offset)
}
