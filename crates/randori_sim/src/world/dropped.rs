//! Boxes that users drop into a run: bodies that the scene does not have.
//!
//! Their indices follow those of the scene, in the order in which they were dropped;
//! they are never removed. Worlds without them have no cost and identical bits.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Twist, Vector};
use randori_core::record::BodyState;
use rapier3d::prelude::{
    ColliderBuilder, ColliderHandle, MassProperties, RigidBodyBuilder, RigidBodyHandle, SharedShape,
};
use serde::{Deserialize, Serialize};

use super::SimWorld;
use super::build::owner_tag;
use super::rest::let_rest;
use super::rules::surface_tag;
use super::scene::{Placing, Role};
use super::state::digest_pose;
use super::surface::Surface;
use super::trees::for_trees;
use crate::hash::StateHasher;

/// A dropped box. Its frame is at its centre.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DroppedBox {
    size: Vector,
    mass_kg: f32,
    pub(super) handle: RigidBodyHandle,
    pub(super) collider: ColliderHandle,
}

impl DroppedBox {
    /// Its edges, m.
    pub fn size(&self) -> Vector {
        self.size
    }

    /// Its mass, kg.
    pub fn mass_kg(&self) -> f32 {
        self.mass_kg
    }
}

impl SimWorld {
    /// Inserts a box at rest, with its centre at `pose`: full edges (m), mass (kg,
    /// uniform density), the default material. Sensors see it from the next step on.
    pub fn drop_box(&mut self, size: Vector, mass_kg: f32, pose: Pose) -> BodyId {
        let body = BodyId(self.scene.bodies.len() + self.dropped.len());
        let squares = size * size;
        let moments =
            Vector::new(squares.y + squares.z, squares.z + squares.x, squares.x + squares.y)
                * (mass_kg / 12.0);
        let rigid = RigidBodyBuilder::dynamic()
            .pose(pose)
            .allow_fast_rotation(true)
            .additional_mass_properties(MassProperties::new(Vector::ZERO, mass_kg, moments));
        let half = size / 2.0;
        let collider = Surface::plain()
            .cover(ColliderBuilder::new(SharedShape::cuboid(half.x, half.y, half.z)))
            .density(0.0)
            .collision_groups(self.scene.dropped_groups)
            .user_data(owner_tag(body.0, None) | surface_tag(self.scene.dropped_surface));
        let collider = if self.trees.is_some() { for_trees(collider) } else { collider };
        let (handle, collider) = self.physics.insert(rigid, collider);
        let rigid = &mut self.physics.bodies[handle];
        let_rest(rigid);
        // Otherwise it has no mass before its first step and ignores impulses.
        rigid.recompute_mass_properties_from_colliders(&self.physics.colliders);
        self.dropped.push(DroppedBox { size, mass_kg, handle, collider });
        self.state.dropped.push(BodyState { pose, twist: Twist::default() });
        body
    }

    /// The dropped boxes, in order.
    pub fn dropped(&self) -> &[DroppedBox] {
        &self.dropped
    }

    /// Index of a body among dropped boxes, if it is one.
    pub fn dropped_index(&self, body: BodyId) -> Option<usize> {
        body.0.checked_sub(self.scene.bodies.len())
    }

    /// Pose of a body in its rigid body.
    pub(super) fn placing_of(&self, body: usize) -> Placing {
        let at_origin =
            Placing { rapier_from_body: Pose::IDENTITY, mass_kg: 0.0, com: Vector::ZERO };
        self.placing.get(body).copied().unwrap_or(at_origin)
    }

    pub(super) fn body_state(&self, body: BodyId) -> &BodyState {
        match self.dropped_index(body) {
            Some(index) => &self.state.dropped[index],
            None => &self.state.bodies[body.0],
        }
    }

    /// Maximum distance of a point of a body from its frame origin, m.
    pub(super) fn radius(&self, body: BodyId) -> f32 {
        match self.dropped_index(body) {
            Some(index) => self.dropped[index].size().length() / 2.0,
            None => self.scene.bodies[body.0].radius,
        }
    }

    /// The engine's rigid body of a body, and its role.
    pub(super) fn body_role(&self, body: BodyId) -> (RigidBodyHandle, Role) {
        match self.dropped_index(body) {
            Some(index) => (self.dropped[index].handle, Role::Loose),
            None => (self.scene.bodies[body.0].handle, self.scene.bodies[body.0].role),
        }
    }

    pub(super) fn body_colliders(&self, body: BodyId) -> &[ColliderHandle] {
        match self.dropped_index(body) {
            Some(index) => std::slice::from_ref(&self.dropped[index].collider),
            None => &self.scene.bodies[body.0].colliders,
        }
    }

    pub(super) fn read_dropped(&mut self) {
        for (entry, state) in self.dropped.iter().zip(&mut self.state.dropped) {
            let rigid = &self.physics.bodies[entry.handle];
            let twist = Twist { linear: rigid.linvel(), angular: rigid.angvel() };
            *state = BodyState { pose: *rigid.position(), twist };
        }
    }

    /// Feeds the state of dropped boxes to a digest.
    pub(super) fn digest_dropped(&self, hasher: &mut StateHasher) {
        for entry in &self.dropped {
            let rigid = &self.physics.bodies[entry.handle];
            hasher.write_f32s(&entry.size.to_array());
            hasher.write_f32s(&[entry.mass_kg]);
            digest_pose(hasher, rigid.position());
            hasher.write_f32s(&rigid.linvel().to_array());
            hasher.write_f32s(&rigid.angvel().to_array());
            hasher.write_u64(u64::from(rigid.is_sleeping()));
        }
    }
}
