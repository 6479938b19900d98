//! Robots with our own articulated dynamics ([`randori_bodies`]) and the engine's
//! collision geometry.
//!
//! Links are kinematic bodies of the engine, which finds their contacts while it moves
//! bodies of its own, and does nothing else with them; otherwise the trees find the
//! contacts themselves ([`pairs`]). A tick first moves links half a step ahead and
//! finds contacts there; then drives, limits, friction and contacts are solved
//! together, and links move to the end of the step. All robots of a scene are one
//! [`Tree`], so contacts between robots are solved like those of one.
//!
//! Start reading at [`SimWorld::step_trees`].

mod act;
mod build;
mod candidates;
mod contacts;
mod copy;
mod near;
mod owned;
mod pairs;
mod read;
mod saved;
mod slots;
mod step;

use randori_bodies::contact::Contact;
use randori_bodies::coupling::Coupling;
use randori_bodies::dof_law::DofLaw;
use randori_bodies::laws::StiffLaw;
use randori_bodies::potential::Drive;
use randori_bodies::{
    ForceVector, Kinematics, Memory, MotionVector, State, Stepper, Tree, Weights,
};
use randori_core::math::Vector;
use rapier3d::prelude::{Aabb, RigidBodyHandle};
use serde::{Deserialize, Serialize};

pub(super) use self::build::{TreesBuilder, for_trees};
pub(super) use self::saved::TreesState;

use self::near::Near;
use self::owned::Owned;
use self::pairs::Pairs;

/// The constant part of trees; see [`Scene`](super::scene::Scene).
pub(super) struct Forest {
    /// By link index of the tree.
    pub(super) links: Vec<TreeLink>,
    /// By degree-of-freedom index of the scene.
    dofs: Vec<TreeDof>,
    /// By degree of freedom of the tree.
    laws: Vec<DofLaw>,
    /// Loops, then joint couplings.
    couplings: Vec<Coupling>,
    /// By loop: the bodies that it connects.
    loops: Vec<[usize; 2]>,
    /// The law of contacts whose surfaces have no softness of their own.
    stiff: StiffLaw,
}

/// A rigid body of a robot.
pub(super) struct TreeLink {
    pub(super) handle: RigidBodyHandle,
    /// Index of its robot.
    robot: usize,
    /// The parent link.
    parent: Option<usize>,
    /// True if it collides with its parent.
    meets_parent: bool,
    /// True if links of its robot collide with each other.
    meets_own: bool,
    /// Its member bodies.
    members: Vec<usize>,
}

impl Forest {
    /// True if two links may touch.
    pub(super) fn meet(&self, one: usize, other: usize) -> bool {
        let [first, second] = [&self.links[one], &self.links[other]];
        if first.robot != second.robot {
            return true;
        }
        let is_carried = |link: &TreeLink, by: usize| link.parent == Some(by);
        first.meets_own
            && (first.meets_parent || !is_carried(first, other))
            && (second.meets_parent || !is_carried(second, one))
    }
}

/// A degree of freedom of the scene.
#[derive(Debug, Clone, Copy)]
struct TreeDof {
    /// Its index in the tree.
    dof: usize,
    coordinate: Coordinate,
}

/// Position of a coordinate of the scene among those of the tree.
#[derive(Debug, Clone, Copy)]
enum Coordinate {
    Scalar(usize),
    /// A component of the rotation vector of a unit quaternion.
    Ball {
        first: usize,
        axis: usize,
    },
}

/// The state of trees, with workspaces.
#[derive(Clone)]
pub(super) struct Trees {
    /// The robots alone, with payloads.
    robots: Tree,
    robot_weights: Weights,
    /// Objects that are solved with the robots, in the order of their indices.
    owned: Vec<Owned>,
    /// Sleeping objects, in order.
    asleep: Vec<usize>,
    /// Robots and owned objects.
    tree: Tree,
    state: State,
    memory: Memory,
    stepper: Stepper,
    /// Poses of links at the end of the last step.
    placed: Kinematics,
    /// Velocities of links, about the origins of their branches.
    velocities: Vec<MotionVector>,
    /// Contacts with force on links in the last step.
    touches: Vec<Touch>,
    /// Loads of loops and external forces on links in the last step.
    loads: Vec<Touch>,
    /// Rigid bodies of all links, in their order.
    handles: Vec<RigidBodyHandle>,
    /// Workspaces.
    near: Near,
    /// By collider index: true for colliders of links.
    ours: Vec<bool>,
    contacts: Vec<Contact>,
    bodies: Vec<[Option<usize>; 2]>,
    drives: Vec<Drive>,
    external: Vec<ForceVector>,
    /// See [`Hooks`](super::rules::Hooks).
    reaches: Vec<Option<f32>>,
    /// See [`Hooks`](super::rules::Hooks).
    bounds: Vec<Aabb>,
    /// By branch: bounds of all of its links.
    around: Vec<Aabb>,
    /// Number of links, from the first, whose bounds in the engine are set by the trees.
    tightened: usize,
    /// True if the engine moved no body itself in the last step.
    is_alone: bool,
    /// Pairs in contact in that step.
    pairs: Pairs,
}

/// A contact point with force, or the point of another load.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Touch {
    /// Indices of the bodies; `None` for the ground.
    pub(super) bodies: [Option<usize>; 2],
    /// m, world.
    pub(super) point: Vector,
    /// Unit vector from the first to the second.
    pub(super) normal: Vector,
    /// Force (N) and moment (N m) on the second body at the point, mean over the step.
    pub(super) force: Vector,
    pub(super) moment: Vector,
}
