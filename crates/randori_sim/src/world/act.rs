//! Actions on the world besides joint drives: impulses, forces, payloads, and targets
//! of actors.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::build::engine_mass;
use super::drive::JointDrive;
use super::dynamics::spatial::narrow;
use super::scene::{MassGroup, Role};

/// Inputs that stay in effect until they change.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Actions {
    /// By degree-of-freedom index.
    pub(super) drives: Vec<JointDrive>,
    /// Forces on bodies (index, N in the world), in the order of the bodies.
    pub(super) forces: Vec<(usize, Vector)>,
    /// Added mass at the frame origin by body index, kg.
    pub(super) payloads: Vec<f64>,
}

impl Clone for Actions {
    fn clone(&self) -> Self {
        let Self { drives, forces, payloads } = self;
        Self { drives: drives.clone(), forces: forces.clone(), payloads: payloads.clone() }
    }

    /// Reuses the allocated memory of the lists.
    fn clone_from(&mut self, source: &Self) {
        self.drives.clone_from(&source.drives);
        self.forces.clone_from(&source.forces);
        self.payloads.clone_from(&source.payloads);
    }
}

impl Actions {
    pub(super) fn new(bodies: usize, dofs: usize) -> Self {
        Self {
            drives: vec![JointDrive::Free; dofs],
            forces: Vec::new(),
            payloads: vec![0.0; bodies],
        }
    }
}

impl SimWorld {
    /// Applies an impulse (N s, world axes) to a body at its own centre of mass; its
    /// velocity changes at once. Bodies of infinite mass ignore it.
    pub fn apply_impulse(&mut self, body: BodyId, impulse: Vector) {
        self.strike(body, impulse, self.own_com(body));
    }

    /// Applies an impulse at a point of the body (m, in its frame), which also changes
    /// its angular velocity.
    pub fn apply_impulse_at(&mut self, body: BodyId, at: Vector, impulse: Vector) {
        self.strike(body, impulse, self.body_state(body).pose * at);
    }

    /// Applies an impulse to a body at a point in the world.
    fn strike(&mut self, body: BodyId, impulse: Vector, point: Vector) {
        self.wake(body.0);
        let (handle, role) = self.body_role(body);
        match role {
            Role::Static | Role::Actor => return,
            Role::Loose => match self.tree_link(body.0) {
                Some(link) => self.change_trees(|trees| trees.strike(link, impulse, point)),
                None => {
                    self.physics.bodies[handle].apply_impulse_at_point(impulse, point, true);
                }
            },
            Role::Tree { link } => self.change_trees(|trees| trees.strike(link, impulse, point)),
        }
        self.reread_state(body.0);
    }

    /// Changes the last bit of a number of a body: of the position of a loose body, or
    /// of the first joint velocity of a link. Bodies of infinite mass are unchanged.
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
            Role::Tree { link } => self.change_trees(|trees| trees.nudge(link)),
        }
        self.reread_state(body.0);
    }

    /// Sets the force (N, world axes) that acts on a body at its own centre of mass
    /// from the next step on, until it is set to zero. Bodies of infinite mass ignore it.
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

    /// Fixes a point mass (kg) to the frame origin of a body, which keeps its velocity;
    /// repeated payloads add up. Bodies of infinite mass ignore it.
    pub fn add_payload(&mut self, body: BodyId, mass_kg: f32) {
        let Some(index) = self.scene.bodies[body.0].mass_group else { return };
        self.actions.payloads[body.0] += f64::from(mass_kg);
        let scene = self.scene.clone();
        self.set_mass(&scene.masses[index]);
        self.reread_state(body.0);
    }

    /// Sets the mass of a group with its payloads in the engine.
    pub(super) fn set_mass(&mut self, group: &MassGroup) {
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
            self.rebuild_trees();
        }
        let body = &mut self.physics.bodies[group.handle];
        body.set_additional_mass_properties(engine_mass(&whole), true);
        body.recompute_mass_properties_from_colliders(&self.physics.colliders);
    }

    /// Moves an actor to a pose of its frame, which lies on the ground between its
    /// feet; it arrives at the end of the next step and pushes obstacles out of its way.
    pub fn move_actor(&mut self, body: BodyId, target: Pose) {
        if self.scene.bodies[body.0].role == Role::Actor {
            let target = target * self.placing[body.0].rapier_from_body.inverse();
            let handle = self.scene.bodies[body.0].handle;
            self.physics.bodies[handle].set_next_kinematic_position(target);
        }
    }

    /// Sets the inputs of the next step that the engine does not keep itself.
    pub(super) fn apply_actions(&mut self) {
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

    /// Centre of mass of a body in the world, m; of the link alone.
    pub(super) fn own_com(&self, body: BodyId) -> Vector {
        let com = self.placing.get(body.0).map_or(Vector::ZERO, |placing| placing.com);
        self.body_state(body).pose * com
    }
}
