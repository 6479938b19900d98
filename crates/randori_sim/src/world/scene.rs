//! The constant part of a world: maps items of the scene to objects of the engine.

use std::ops::Range;

use nalgebra::Isometry3;
use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::parry::partitioning::Bvh;
use rapier3d::prelude::{
    Collider, ColliderHandle, InteractionGroups, RigidBodyHandle, SolverFlags,
};
use serde::{Deserialize, Serialize};

use super::build::owner;
use super::dynamics::RobotModel;
use super::inertia::MassProperties;
use super::rules::ContactRules;
use super::trees::Forest;

/// The constant part of a world.
pub(super) struct Scene {
    /// By body index.
    pub(super) bodies: Vec<BodyEntry>,
    /// By robot index.
    pub(super) robots: Vec<RobotEntry>,
    /// The constant part of trees; `None` if no body needs them.
    pub(super) forest: Option<Forest>,
    /// Rigid bodies of the engine that have mass.
    pub(super) masses: Vec<MassGroup>,
    /// Contact rules for pairs of shapes.
    pub(super) rules: ContactRules,
    /// Search tree of static shapes, by collider index.
    pub(super) scenery: Bvh,
    /// Number of rigid bodies and of colliders in the engine, without dropped boxes.
    pub(super) counts: [usize; 2],
    /// Bodies that are neither static nor links of a movable robot.
    pub(super) loose: Vec<usize>,
    /// Length of one substep, s.
    pub(super) substep_s: f32,
    /// Length of one tick, s.
    pub(super) tick_s: f32,
    /// Collision groups of dropped boxes.
    pub(super) dropped_groups: InteractionGroups,
    /// Number of the surface of dropped boxes.
    pub(super) dropped_surface: usize,
    /// Identifies the scenario when a snapshot is restored.
    pub(super) fingerprint: u64,
}

impl Scene {
    /// True for static shapes: those of the ground and of static bodies.
    pub(super) fn is_scenery(&self, collider: &Collider) -> bool {
        let is_static =
            |body: BodyId| self.bodies.get(body.0).is_some_and(|entry| entry.role == Role::Static);
        owner(collider.user_data).is_none_or(is_static)
    }

    /// The engine's treatment of a contact: it solves those of its own bodies, and only
    /// finds those of trees.
    pub(super) fn tree_contact(&self, bodies: [Option<BodyId>; 2]) -> Option<SolverFlags> {
        let Some(forest) = &self.forest else { return Some(SolverFlags::default()) };
        let link = |body: Option<BodyId>| match self.bodies.get(body?.0)?.role {
            Role::Tree { link } => Some(link),
            _ => None,
        };
        match bodies.map(link) {
            [None, None] => Some(SolverFlags::default()),
            [Some(one), Some(other)] if !forest.meet(one, other) => None,
            _ => Some(SolverFlags::empty()),
        }
    }
}

/// A body of the scene.
pub(super) struct BodyEntry {
    /// Its path, for messages.
    pub(super) path: String,
    /// The rigid body that it is, or is part of.
    pub(super) handle: RigidBodyHandle,
    /// Index in [`Scene::masses`]; `None` for bodies of infinite mass.
    pub(super) mass_group: Option<usize>,
    /// Its colliders.
    pub(super) colliders: Vec<ColliderHandle>,
    /// Maximum distance of a point of its shapes from its frame origin, m.
    pub(super) radius: f32,
    pub(super) role: Role,
}

/// Kind of motion of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It never moves.
    Static,
    /// A rigid body of its own.
    Loose,
    /// A rigid body that follows targets.
    Actor,
    /// A link of the trees.
    Tree { link: usize },
}

/// Pose of a body in the engine, and its own mass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Placing {
    /// Pose of the body's frame in the engine's rigid body.
    pub(super) rapier_from_body: Pose,
    /// Own mass with payload, kg; 0 for bodies of infinite mass.
    pub(super) mass_kg: f32,
    /// Own centre of mass in the body's frame, m.
    pub(super) com: Vector,
}

/// A rigid body of the engine with mass.
///
/// Its frame is the frame of its first member.
pub(super) struct MassGroup {
    pub(super) handle: RigidBodyHandle,
    /// Its member bodies.
    pub(super) members: Vec<Member>,
}

/// A body in a group.
pub(super) struct Member {
    /// Index of the body.
    pub(super) body: usize,
    pub(super) group_from_body: Isometry3<f64>,
    /// Own mass properties, in the frame of the body, without payload.
    pub(super) own: MassProperties,
}

/// A robot of the scene.
pub(super) struct RobotEntry {
    /// Body indices of its links.
    pub(super) bodies: Range<usize>,
    /// Its degrees of freedom.
    pub(super) dofs: Range<usize>,
    /// Its rigid-body dynamics, without payloads.
    pub(super) model: RobotModel,
}
