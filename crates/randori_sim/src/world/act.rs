//! What is done to the world besides driving joints: blows, forces, payloads,
//! and actors that follow targets.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::prelude::MultibodyJoint;
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::build::{engine_mass, shifted_by};
use super::drive::JointDrive;
use super::dynamics::spatial::narrow;
use super::scene::{MassGroup, Role};
use super::state::rotation_vector;
use super::tree::narrow_pose;

/// What is in force until it is changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Actions {
    /// By degree-of-freedom index.
    pub(super) drives: Vec<JointDrive>,
    /// Degrees of freedom whose motor is renewed at every tick, in order.
    pub(super) running_ahead: Vec<usize>,
    /// Forces on bodies (index, N in the world), in the order of the bodies.
    pub(super) forces: Vec<(usize, Vector)>,
    /// Added mass at the frame origin by body index, kg.
    pub(super) payloads: Vec<f64>,
}

impl Actions {
    pub(super) fn new(bodies: usize, dofs: usize) -> Self {
        Self {
            drives: vec![JointDrive::Free; dofs],
            running_ahead: Vec::new(),
            forces: Vec::new(),
            payloads: vec![0.0; bodies],
        }
    }

    pub(super) fn set_running_ahead(&mut self, dof: usize, on: bool) {
        match (self.running_ahead.binary_search(&dof), on) {
            (Err(place), true) => self.running_ahead.insert(place, dof),
            (Ok(place), false) => {
                self.running_ahead.remove(place);
            }
            _ => (),
        }
    }
}

impl SimWorld {
    /// Gives a body an impulse (N s, world axes) at its own centre of mass; its
    /// velocity changes at once. Things that never yield ignore it.
    pub fn apply_impulse(&mut self, body: BodyId, impulse: Vector) {
        self.strike(body, impulse, self.own_com(body));
    }

    /// The same at a point of the body (m, in its frame), which also turns it.
    pub fn apply_impulse_at(&mut self, body: BodyId, at: Vector, impulse: Vector) {
        self.strike(body, impulse, self.body_state(body).pose * at);
    }

    /// Gives a body an impulse at a point in the world.
    fn strike(&mut self, body: BodyId, impulse: Vector, point: Vector) {
        let before = self.touch.twists_of(self.body_states());
        let (handle, role) = self.body_role(body);
        match role {
            Role::Static | Role::Actor => return,
            Role::Loose => match self.tree_link(body.0) {
                Some(link) => self.change_trees(|trees| trees.strike(link, impulse, point)),
                None => {
                    self.physics.bodies[handle].apply_impulse_at_point(impulse, point, true);
                }
            },
            Role::Link { articulation, link } => {
                self.strike_link(articulation, link, impulse, point);
            }
            Role::Tree { link } => self.change_trees(|trees| trees.strike(link, impulse, point)),
        }
        self.reread_state(body.0);
        let states = self.state.bodies.iter().chain(&self.state.dropped);
        self.touch.shift(&before, states);
    }

    /// Adds the velocities that an impulse gives to an articulation: M dv = J^T
    /// p, with the mass matrix of this moment.
    fn strike_link(&mut self, articulation: usize, link: usize, impulse: Vector, point: Vector) {
        let entry = &self.scene.articulations[articulation];
        let bodies = &self.physics.bodies;
        let multibody = self.physics.multibody_joints.get_multibody_mut(entry.index);
        let multibody = multibody.expect("articulations are never removed");
        // The engine's factors are those of the last step, and hold the
        // damping; this call renews them without it.
        multibody.dof_inverse_inertia(bodies);
        let moment = (point - bodies[entry.links[link].handle].center_of_mass()).cross(impulse);
        let load =
            nalgebra::Vector6::new(impulse.x, impulse.y, impulse.z, moment.x, moment.y, moment.z);
        let mut change = multibody.body_jacobian(link).tr_mul(&load);
        multibody.inv_augmented_mass().solve_mut(&mut change);
        let mut velocity = multibody.generalized_velocity_mut();
        velocity += change;
    }

    /// Changes the last bit of a number of a body: of the place of a loose one, of
    /// the first rate of a link. Things that never yield stay as they are.
    pub(crate) fn nudge(&mut self, body: BodyId) {
        let (handle, role) = self.body_role(body);
        match role {
            Role::Static | Role::Actor => return,
            Role::Loose => {
                let rigid = &mut self.physics.bodies[handle];
                let mut place = rigid.translation();
                place.x = place.x.next_up();
                rigid.set_translation(place, true);
            }
            Role::Link { articulation, link } => {
                let entry = &self.scene.articulations[articulation];
                let multibody = self.physics.multibody_joints.get_multibody_mut(entry.index);
                let multibody = multibody.expect("articulations are never removed");
                let mut rates = multibody.generalized_velocity_mut();
                if let Some(rate) = rates.get_mut(entry.links[link].first_rate) {
                    *rate = rate.next_up();
                }
            }
            Role::Tree { link } => self.change_trees(|trees| trees.nudge(link)),
        }
        self.reread_state(body.0);
    }

    /// Sets the force (N, world axes) that acts on a body at its own centre of
    /// mass from the next step on, until it is set to zero. Things that never
    /// yield ignore it.
    pub fn set_external_force(&mut self, body: BodyId, force: Vector) {
        if self.scene.bodies[body.0].mass_group.is_none() {
            return;
        }
        let forces = &mut self.actions.forces;
        match forces.binary_search_by_key(&body.0, |(index, _)| *index) {
            Ok(place) if force == Vector::ZERO => {
                forces.remove(place);
                let handle = self.scene.bodies[body.0].handle;
                self.physics.bodies[handle].reset_forces(true);
                self.physics.bodies[handle].reset_torques(true);
            }
            Ok(place) => forces[place].1 = force,
            Err(_) if force == Vector::ZERO => (),
            Err(place) => forces.insert(place, (body.0, force)),
        }
    }

    /// Fixes a point mass (kg) to the frame origin of a body, which keeps its
    /// velocity; repeated payloads add up. Things that never yield ignore it.
    pub fn add_payload(&mut self, body: BodyId, mass_kg: f32) {
        let Some(index) = self.scene.bodies[body.0].mass_group else { return };
        self.actions.payloads[body.0] += f64::from(mass_kg);
        let scene = self.scene.clone();
        self.set_mass(&scene.masses[index]);
        self.reread_state(body.0);
    }

    /// Gives the engine the mass of a group with its payloads.
    fn set_mass(&mut self, group: &MassGroup) {
        let whole = group.mass(&self.actions.payloads);
        for member in &group.members {
            let own = member.mass(&self.actions.payloads);
            let placing = &mut self.placing[member.body];
            placing.mass_kg = own.mass_kg as f32;
            placing.com = narrow(&own.com);
        }
        if let Some(link) = self.tree_link(group.members[0].body) {
            self.change_trees(|trees| trees.set_mass(link, &whole));
            if self.robot_link(group.members[0].body).is_some() {
                return;
            }
        }
        let mut engine = engine_mass(&whole);
        if let Some(articulation) = group.floating_root_of {
            self.move_root_frame(group, articulation, engine.local_com);
            engine.local_com = Vector::ZERO;
        }
        let body = &mut self.physics.bodies[group.handle];
        body.set_additional_mass_properties(engine, true);
        body.recompute_mass_properties_from_colliders(&self.physics.colliders);
        if let Some(articulation) = group.floating_root_of {
            let index = self.scene.articulations[articulation].index;
            let multibody = self.physics.multibody_joints.get_multibody_mut(index);
            let multibody = multibody.expect("articulations are never removed");
            multibody.forward_kinematics(&self.physics.bodies, true);
        }
    }

    /// Moves the engine's frame of a floating root to `com` (m, in the group
    /// frame); see [`MassGroup`].
    fn move_root_frame(&mut self, group: &MassGroup, articulation: usize, com: Vector) {
        let articulation = &self.scene.articulations[articulation];
        let first = &group.members[0];
        let old_origin = -self.placing[first.body].rapier_from_body.translation;
        for member in &group.members {
            self.placing[member.body].rapier_from_body =
                shifted_by(com, narrow_pose(&member.group_from_body));
        }
        let physics = &mut self.physics;
        let body = &mut physics.bodies[group.handle];
        let shift = com - old_origin;
        let lever = body.rotation() * shift;
        body.set_position(*body.position() * Pose::from_translation(shift), true);
        for (handle, group_from_collider) in &group.colliders {
            let collider = &mut physics.colliders[*handle];
            collider.set_position_wrt_parent(shifted_by(com, *group_from_collider));
        }
        let multibody = physics.multibody_joints.get_multibody_mut(articulation.index);
        let multibody = multibody.expect("articulations are never removed");
        for (index, link) in articulation.links.iter().enumerate().skip(1) {
            if link.parent == 0 {
                let joint = &mut multibody.link_mut(index).expect("links are kept").joint.data;
                let turn = Pose::from_rotation(joint.local_frame2.rotation);
                joint.set_local_frame1(shifted_by(com, link.parent_from_joint) * turn);
            }
        }
        let mut rates = multibody.generalized_velocity_mut();
        let turning = Vector::new(rates[3], rates[4], rates[5]);
        let change = turning.cross(lever);
        rates[0] += change.x;
        rates[1] += change.y;
        rates[2] += change.z;
    }

    /// Sends an actor to a pose of its frame, which lies on the ground between
    /// its feet; it is there at the end of the next step and pushes what stands
    /// in its way.
    pub fn move_actor(&mut self, body: BodyId, target: Pose) {
        if self.scene.bodies[body.0].role == Role::Actor {
            let target = target * self.placing[body.0].rapier_from_body.inverse();
            let handle = self.scene.bodies[body.0].handle;
            self.physics.bodies[handle].set_next_kinematic_position(target);
        }
    }

    /// Hands everything that the engine cannot remember to the next step.
    pub(super) fn apply_actions(&mut self) {
        for index in 0..self.actions.running_ahead.len() {
            self.set_motor(self.actions.running_ahead[index]);
        }
        for index in 0..self.scene.sprung_balls.len() {
            let (articulation, link) = self.scene.sprung_balls[index];
            self.renew_ball(articulation, link);
        }
        // The lever arms of forces on welded links turn with the bodies, so
        // forces are renewed at every step.
        for (body, _) in &self.actions.forces {
            if self.tree_link(*body).is_some() {
                continue;
            }
            let rigid = &mut self.physics.bodies[self.scene.bodies[*body].handle];
            rigid.reset_forces(true);
            rigid.reset_torques(true);
        }
        for index in 0..self.actions.forces.len() {
            let (body, force) = self.actions.forces[index];
            if self.tree_link(body).is_some() {
                continue;
            }
            let point = self.own_com(BodyId(body));
            let rigid = &mut self.physics.bodies[self.scene.bodies[body].handle];
            rigid.add_force_at_point(force, point, true);
        }
    }

    /// Makes the coordinates of a ball joint its rotation vector again. The
    /// engine adds up angular velocities instead, which depends on the way that
    /// was taken: a spring would come to rest somewhere else after a detour.
    fn renew_ball(&mut self, articulation: usize, link: usize) {
        let index = self.scene.articulations[articulation].index;
        let multibody = self.physics.multibody_joints.get_multibody_mut(index);
        let link = multibody.and_then(|multibody| multibody.link_mut(link));
        let joint = &mut link.expect("articulations keep their links").joint;
        let mut renewed = MultibodyJoint::new(joint.data, joint.kinematic);
        for axis in 3..6 {
            let (stiffness, rest) = joint.spring(axis);
            renewed.set_spring(axis, stiffness, rest);
        }
        renewed.apply_displacement(&rotation_vector(joint.joint_rot()).to_array());
        *joint = renewed;
    }

    /// Centre of mass of a body in the world, m: of the link alone.
    pub(super) fn own_com(&self, body: BodyId) -> Vector {
        let com = self.placing.get(body.0).map_or(Vector::ZERO, |placing| placing.com);
        self.body_state(body).pose * com
    }
}
