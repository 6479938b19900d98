//! Rigid-body dynamics of one robot, in f64 and without the physics engine:
//! mass matrix, bias and gravity forces, inverse dynamics, joint reactions.
//!
//! Rapier integrates robots but gives none of these. [`RobotModel`] is made
//! from the robot file alone and its functions are pure, so they can be tested
//! against textbooks and other engines, and used by controllers. Loops,
//! couplings, contacts, damping, friction and springs are not part of it.
//!
//! Generalized velocities come in this order: for a floating base the linear
//! velocity of the base-frame origin and the angular velocity of the base (both
//! in world axes, six entries), then one rate per degree of freedom in layout
//! order. The three rates of a spherical joint are the angular velocity of the
//! child against the parent in the axes of the joint frame, which is fixed in
//! the parent; its three coordinates are a rotation vector in the same frame.
//!
//! Start reading at [`RobotModel`], then [`RobotModel::inverse_dynamics`].
//! [`SimWorld`](super::SimWorld) answers the same questions for its robots in
//! their present state.

mod forces;
mod kinematics;
mod queries;
pub(crate) mod spatial;

use nalgebra::{Isometry3, Vector3};
use randori_core::spec::{Base, JointKind, JointSpec, RobotSpec};

use self::spatial::{written_axis, written_pose};
use super::inertia::{MassProperties, link_mass_properties};

pub(super) use self::queries::EarlierRates;

pub use self::kinematics::Momentum;
pub use self::spatial::{Twist64, Wrench64};

/// A robot as a tree of rigid bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotModel {
    /// Mass properties per link, in link frames, in the order of the file.
    links: Vec<MassProperties>,
    /// The links again, with their joints; parents stand before children.
    nodes: Vec<Node>,
}

/// Configuration and velocity of a robot.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotState {
    /// Pose of the base link's frame in the world.
    pub base_pose: Isometry3<f64>,
    /// Velocity of the base link, world axes, at its frame origin. Ignored if
    /// the base is fixed.
    pub base_twist: Twist64,
    /// Joint coordinates in layout order, rad or m.
    pub positions: Vec<f64>,
    /// Their rates, rad/s or m/s.
    pub velocities: Vec<f64>,
}

/// A link with the joint that carries it.
#[derive(Debug, Clone, PartialEq)]
struct Node {
    /// Index of the link in the robot file.
    link: usize,
    /// Index of the joint in the robot file; `None` for the base.
    joint: Option<usize>,
    /// The node of the parent link; `None` for the base.
    parent: Option<usize>,
    /// Pose of the joint frame in the parent link.
    parent_from_joint: Isometry3<f64>,
    motion: Motion,
    /// Place of its first degree of freedom among the generalized velocities.
    first_dof: usize,
    /// Rotor inertia on each of its degrees of freedom, kg m^2 or kg.
    armature: f64,
}

/// How a link moves against its parent; axes are unit vectors in the joint
/// frame.
#[derive(Debug, Clone, PartialEq)]
enum Motion {
    Fixed,
    Free,
    Revolute(Vector3<f64>),
    Prismatic(Vector3<f64>),
    Spherical,
}

impl Motion {
    fn dofs(&self) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Free => 6,
            Self::Revolute(_) | Self::Prismatic(_) => 1,
            Self::Spherical => 3,
        }
    }

    fn new(joint: &JointSpec) -> Self {
        let axis = written_axis(joint.axis);
        match joint.kind {
            JointKind::Fixed => Self::Fixed,
            JointKind::Revolute { .. } | JointKind::Continuous => Self::Revolute(axis),
            JointKind::Prismatic { .. } => Self::Prismatic(axis),
            JointKind::Spherical => Self::Spherical,
        }
    }
}

impl RobotModel {
    /// The model of a checked robot.
    ///
    /// # Panics
    ///
    /// If the joints do not form one tree from the base link, which the checker
    /// guarantees.
    pub fn new(robot: &RobotSpec) -> Self {
        let mut model = Self {
            links: robot.links.iter().map(link_mass_properties).collect(),
            nodes: Vec::new(),
        };
        let motion = match robot.base {
            Base::Fixed { .. } => Motion::Fixed,
            Base::Floating { .. } => Motion::Free,
        };
        let base_dofs = motion.dofs();
        model.nodes.push(Node {
            link: link_index(robot, robot.base.link()),
            joint: None,
            parent: None,
            parent_from_joint: Isometry3::identity(),
            motion,
            first_dof: 0,
            armature: 0.0,
        });
        let mut next = 0;
        while next < model.nodes.len() {
            model.add_children(robot, next, base_dofs);
            next += 1;
        }
        assert!(
            model.nodes.len() == robot.links.len() && robot.joints.len() + 1 == robot.links.len(),
            "the joints of `{}` must form one tree from its base link",
            robot.name
        );
        model
    }

    fn add_children(&mut self, robot: &RobotSpec, parent: usize, base_dofs: usize) {
        let name = &robot.links[self.nodes[parent].link].name;
        let mut first_dof = base_dofs;
        for (index, joint) in robot.joints.iter().enumerate() {
            if joint.parent == *name {
                assert!(
                    self.nodes.len() < robot.links.len(),
                    "joint `{}` closes a loop",
                    joint.name
                );
                self.nodes.push(Node {
                    link: link_index(robot, &joint.child),
                    joint: Some(index),
                    parent: Some(parent),
                    parent_from_joint: written_pose(&joint.pose),
                    motion: Motion::new(joint),
                    first_dof,
                    armature: joint.armature,
                });
            }
            first_dof += joint.kind.dofs();
        }
    }

    /// Number of generalized velocities.
    pub fn dofs(&self) -> usize {
        self.nodes.iter().map(|node| node.motion.dofs()).sum()
    }

    /// How many of them belong to the base: six or none.
    pub fn base_dofs(&self) -> usize {
        self.nodes[0].motion.dofs()
    }

    /// How many of them belong to joints.
    pub fn joint_dofs(&self) -> usize {
        self.dofs() - self.base_dofs()
    }

    /// Mass of all links, kg.
    pub fn total_mass(&self) -> f64 {
        self.links.iter().map(|link| link.mass_kg).sum()
    }

    /// The base link (index in the robot file).
    pub fn base_link(&self) -> usize {
        self.nodes[0].link
    }

    /// Mass properties of a link (index in the robot file), in its own frame.
    pub fn link(&self, link: usize) -> &MassProperties {
        &self.links[link]
    }

    /// Fixes a point mass to the frame origin of a link (index in the robot
    /// file).
    pub fn add_payload(&mut self, link: usize, mass_kg: f64) {
        let payload = MassProperties::point(mass_kg, Vector3::zeros());
        self.links[link] = self.links[link].joined(&payload);
    }
}

impl RobotState {
    /// At rest with all joints at zero and the base at the world's origin.
    pub fn zero(model: &RobotModel) -> Self {
        let dofs = model.joint_dofs();
        Self {
            base_pose: Isometry3::identity(),
            base_twist: Twist64::zero(),
            positions: vec![0.0; dofs],
            velocities: vec![0.0; dofs],
        }
    }
}

fn link_index(robot: &RobotSpec, name: &str) -> usize {
    let found = robot.links.iter().position(|link| link.name == name);
    found.unwrap_or_else(|| panic!("robot `{}` has no link `{name}`", robot.name))
}
