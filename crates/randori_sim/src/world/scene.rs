//! What never changes in a world: which things of the engine stand for which
//! things of the scene.

use std::ops::Range;

use nalgebra::Isometry3;
use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};
use rapier3d::prelude::{
    ColliderHandle, InteractionGroups, MultibodyIndex, RigidBodyHandle, SolverFlags,
};
use serde::{Deserialize, Serialize};

use super::dropped::DroppedBox;
use super::dynamics::RobotModel;
use super::inertia::MassProperties;
use super::rules::ContactRules;
use super::trees::Forest;

/// The fixed side of a world.
pub(super) struct Scene {
    /// By body index.
    pub(super) bodies: Vec<BodyEntry>,
    /// By degree-of-freedom index.
    pub(super) dofs: Vec<DofEntry>,
    /// By robot index.
    pub(super) robots: Vec<RobotEntry>,
    /// The robots that have joints.
    pub(super) articulations: Vec<Articulation>,
    /// The robots that have joints, if articulated dynamics of our own move them.
    pub(super) forest: Option<Forest>,
    /// Rigid bodies of the engine that have mass.
    pub(super) masses: Vec<MassGroup>,
    /// What the engine asks about pairs of shapes.
    pub(super) rules: ContactRules,
    /// Ball joints with a spring, as articulation and link.
    pub(super) sprung_balls: Vec<(usize, usize)>,
    /// Bodies that are neither static nor links of an articulation.
    pub(super) loose: Vec<usize>,
    /// Length of one substep, s.
    pub(super) substep_s: f32,
    /// Length of one tick, s.
    pub(super) tick_s: f32,
    /// What dropped boxes collide with.
    pub(super) dropped_groups: InteractionGroups,
    /// Number of their surface.
    pub(super) dropped_surface: usize,
    /// Tells scenarios apart when a snapshot is restored.
    pub(super) fingerprint: u64,
}

impl Scene {
    /// The mass that two bodies carry together, as its inverse, 1/kg.
    pub(super) fn carried(&self, bodies: [Option<usize>; 2], dropped: &[DroppedBox]) -> f32 {
        let inverse_mass = |body: usize| match body.checked_sub(self.bodies.len()) {
            Some(index) => 1.0 / dropped[index].mass_kg(),
            None => self.bodies[body].inverse_mass,
        };
        bodies.into_iter().flatten().map(inverse_mass).sum()
    }

    /// What the engine does with a contact: it solves those of its own bodies, and
    /// only finds those of trees.
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

    /// Whether one of two bodies is a link of an articulation.
    pub(super) fn is_articulated(&self, bodies: [Option<usize>; 2]) -> bool {
        let entry = |body: usize| self.bodies.get(body);
        let is_link =
            |body| entry(body).is_some_and(|entry| matches!(entry.role, Role::Link { .. }));
        bodies.into_iter().flatten().any(is_link)
    }
}

/// A body of the scene.
pub(super) struct BodyEntry {
    /// Its path, for messages.
    pub(super) path: String,
    /// The rigid body that it is, or is part of.
    pub(super) handle: RigidBodyHandle,
    /// Index in [`Scene::masses`]; `None` for things that never yield.
    pub(super) mass_group: Option<usize>,
    /// What it collides with.
    pub(super) colliders: Vec<ColliderHandle>,
    /// Mean inverse mass that a force at its centre of mass meets in the robot's
    /// zero configuration, 1/kg; 0 where nothing needs it. `MuJoCo` calls it
    /// `body_invweight0`.
    pub(super) inverse_mass: f32,
    pub(super) role: Role,
}

/// How a body comes by its motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It never moves.
    Static,
    /// A rigid body of its own.
    Loose,
    /// A rigid body that follows targets.
    Actor,
    /// A link of an articulation, by their indices.
    Link { articulation: usize, link: usize },
    /// A link of the trees.
    Tree { link: usize },
}

/// Where the engine keeps a body, and what the body weighs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Placing {
    /// Pose of the body's frame in the engine's rigid body.
    pub(super) rapier_from_body: Pose,
    /// Own mass with payload, kg; 0 for things that never yield.
    pub(super) mass_kg: f32,
    /// Own centre of mass in the body's frame, m.
    pub(super) com: Vector,
}

/// A rigid body of the engine with mass.
///
/// Its frame G is the frame of its first member. The engine's own frame is the
/// same but for the root of a floating articulation, where it lies at the
/// centre of mass: the engine moves the origin of such a root with the
/// velocity of its centre of mass, which is only right if both coincide.
pub(super) struct MassGroup {
    pub(super) handle: RigidBodyHandle,
    /// The bodies that it consists of.
    pub(super) members: Vec<Member>,
    /// Its colliders with their poses in G.
    pub(super) colliders: Vec<(ColliderHandle, Pose)>,
    /// The articulation that it is the floating root of.
    pub(super) floating_root_of: Option<usize>,
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
    /// Its links, in bodies.
    pub(super) bodies: Range<usize>,
    /// Its degrees of freedom.
    pub(super) dofs: Range<usize>,
    /// Its rigid-body dynamics, without payloads.
    pub(super) model: RobotModel,
}

/// A robot with joints, in reduced coordinates.
pub(super) struct Articulation {
    pub(super) index: MultibodyIndex,
    /// By link index of the engine; parents stand before children.
    pub(super) links: Vec<LinkEntry>,
}

/// A rigid body of an articulation.
pub(super) struct LinkEntry {
    pub(super) handle: RigidBodyHandle,
    /// Index of the parent link; 0 for the root.
    pub(super) parent: usize,
    pub(super) motion: Motion,
    /// Place of its first rate among the generalized velocities.
    pub(super) first_rate: usize,
    /// Pose of the joint frame in the parent's group frame.
    pub(super) parent_from_joint: Pose,
    /// The bodies that it consists of.
    pub(super) members: Vec<usize>,
}

/// How a link moves against its parent; axes are 0 to 2 of the joint frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    /// The root of a robot with a fixed base.
    Fixed,
    /// The root of a robot with a floating base.
    Free,
    Revolute(usize),
    Prismatic(usize),
    Spherical,
}

/// A degree of freedom of the scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DofEntry {
    pub(super) articulation: usize,
    /// Link of the articulation that the joint carries.
    pub(super) link: usize,
    /// Axis of the engine's joint: 0 to 2 translations, 3 to 5 rotations.
    pub(super) axis: usize,
    /// Place of its rate among the generalized velocities.
    pub(super) rate: usize,
    pub(super) spherical: bool,
    /// Whether the joint has end stops.
    pub(super) limited: bool,
}
