//! Rigid-body dynamics of one robot, in f64 and without the physics engine:
//! mass matrix, bias and gravity forces, inverse dynamics, joint reactions.
//!
//! Rapier provides none of these. [`RobotModel`] is built from the robot file alone and
//! its functions are pure, so they can be tested against textbooks and other engines,
//! and used by controllers. Loops, couplings, contacts, damping, friction and springs
//! are not part of it. `randori_bodies` does the computation; this module adds the
//! names and the order of a robot file.
//!
//! Generalized velocities come in this order: for a floating base the linear velocity
//! of the base-frame origin and the angular velocity of the base (both in world axes,
//! six entries), then one velocity per degree of freedom in layout order. The three
//! velocities of a spherical joint are the angular velocity of the child relative to
//! the parent in the axes of the joint frame, which is fixed in the parent; its three
//! coordinates are a rotation vector in the same frame.
//!
//! Start reading at [`RobotModel`], then [`RobotModel::inverse_dynamics`].
//! [`RobotModel::inverse_kinematics`] finds joint positions for a target pose of a
//! link. [`SimWorld`](super::SimWorld) has the same queries for its robots in their
//! present state.

mod forces;
mod inverse_kinematics;
mod kinematics;
mod queries;
pub(crate) mod spatial;

use nalgebra::{Isometry3, Vector3};
use randori_bodies::inverse_kinematics::DofRange;
use randori_bodies::{JointKind as Motion, LinkSpec, Tree, TreeBuilder};
use randori_core::spec::{Base, JointKind, JointSpec, RobotSpec};

use self::spatial::{written_axis, written_pose};
use super::inertia::{MassProperties, link_mass_properties};

pub use self::inverse_kinematics::IkSolution;
pub use self::spatial::{Twist64, Wrench64};
pub use randori_bodies::Momentum;
pub use randori_bodies::inverse_kinematics::{IkError, IkOptions, IkOutcome, Target};

/// A robot as a tree of rigid bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct RobotModel {
    /// The links, the base first.
    tree: Tree,
    /// Index in the tree of each link of the robot file.
    links: Vec<usize>,
    /// Index in the tree of the child link of each joint of the robot file.
    joints: Vec<usize>,
    /// Index of each degree of freedom of the tree among the generalized velocities.
    order: Vec<usize>,
    /// Names of the links of the robot file.
    names: Vec<String>,
    /// Range of each degree of freedom of the tree: none for the base, joint limits for joints.
    ranges: Vec<DofRange>,
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
    /// Joint velocities, rad/s or m/s.
    pub velocities: Vec<f64>,
}

/// Builds the tree of a robot file.
struct Builder<'a> {
    robot: &'a RobotSpec,
    tree: TreeBuilder,
    /// Link in the robot file and first generalized velocity of each link of the tree.
    nodes: Vec<(usize, usize)>,
    joints: Vec<usize>,
}

impl RobotModel {
    /// The model of a checked robot.
    ///
    /// # Panics
    ///
    /// If the joints do not form one tree from the base link, or a number of a
    /// joint is not finite, which the checker guarantees.
    pub fn new(robot: &RobotSpec) -> Self {
        let mut builder = Builder {
            robot,
            tree: TreeBuilder::new(),
            nodes: Vec::new(),
            joints: vec![0; robot.joints.len()],
        };
        let joint = match robot.base {
            Base::Fixed { .. } => Motion::FixedBase,
            Base::Floating { .. } => Motion::FloatingBase,
        };
        let base = LinkSpec { joint, ..LinkSpec::default() };
        builder.add(&base, (link_index(robot, robot.base.link()), 0));
        let mut next = 0;
        while next < builder.nodes.len() {
            builder.add_children(next, joint.dofs());
            next += 1;
        }
        assert!(
            builder.nodes.len() == robot.links.len() && robot.joints.len() + 1 == robot.links.len(),
            "the joints of `{}` must form one tree from its base link",
            robot.name
        );
        builder.finish()
    }

    /// Number of generalized velocities.
    pub fn dofs(&self) -> usize {
        self.tree.dofs()
    }

    /// Number of generalized velocities of the base: six or none.
    pub fn base_dofs(&self) -> usize {
        self.tree.links()[0].dofs().len()
    }

    /// Number of generalized velocities of joints.
    pub fn joint_dofs(&self) -> usize {
        self.dofs() - self.base_dofs()
    }

    /// Mass of all links, kg.
    pub fn total_mass(&self) -> f64 {
        (0..self.links.len()).map(|link| self.link(link).mass_kg).sum()
    }

    /// Index in the robot file of the link with this name.
    pub fn link_named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|link| link == name)
    }

    /// The base link (index in the robot file).
    pub fn base_link(&self) -> usize {
        self.links.iter().position(|&link| link == 0).unwrap_or(0)
    }

    /// Mass properties of a link (index in the robot file), in its own frame.
    pub fn link(&self, link: usize) -> &MassProperties {
        self.tree.links()[self.links[link]].mass()
    }

    /// Fixes a point mass to the frame origin of a link (index in the robot file).
    pub fn add_payload(&mut self, link: usize, mass_kg: f64) {
        let payload = MassProperties::point(mass_kg, Vector3::zeros());
        let loaded = self.link(link).joined(&payload);
        self.tree.set_mass(self.links[link], loaded);
    }
}

impl Builder<'_> {
    /// Adds a link, with its index in the robot file and its first generalized velocity.
    fn add(&mut self, spec: &LinkSpec, node: (usize, usize)) {
        let added = self.tree.add(spec);
        assert!(added.is_ok(), "`{}` has a joint that cannot be: {added:?}", self.robot.name);
        self.nodes.push(node);
    }

    fn add_children(&mut self, parent: usize, base_dofs: usize) {
        let robot = self.robot;
        let name = &robot.links[self.nodes[parent].0].name;
        let mut first_dof = base_dofs;
        for (index, joint) in robot.joints.iter().enumerate() {
            if joint.parent == *name {
                assert!(
                    self.nodes.len() < robot.links.len(),
                    "joint `{}` closes a loop",
                    joint.name
                );
                self.joints[index] = self.nodes.len();
                let spec = LinkSpec {
                    parent: Some(parent),
                    joint: motion(joint),
                    parent_from_joint: written_pose(&joint.pose),
                    armature: joint.armature,
                    ..LinkSpec::default()
                };
                self.add(&spec, (link_index(robot, &joint.child), first_dof));
            }
            first_dof += joint.kind.dofs();
        }
    }

    fn finish(self) -> RobotModel {
        let mut tree = self.tree.build();
        let mut links = vec![0; self.nodes.len()];
        let mut order = Vec::with_capacity(tree.dofs());
        for (node, &(link, first_dof)) in self.nodes.iter().enumerate() {
            links[link] = node;
            order.extend(first_dof..first_dof + tree.links()[node].dofs().len());
            // An open mesh may have impossible mass properties; they are used as they are.
            tree.set_mass(node, link_mass_properties(&self.robot.links[link]));
        }
        let names = self.robot.links.iter().map(|link| link.name.clone()).collect();
        let mut ranges = vec![DofRange::Locked; tree.dofs()];
        for (joint, &node) in self.robot.joints.iter().zip(&self.joints) {
            ranges[tree.links()[node].dofs()].fill(range(&joint.kind));
        }
        RobotModel { tree, links, joints: self.joints, order, names, ranges }
    }
}

/// The motion of a joint: that of the child relative to its parent.
fn motion(joint: &JointSpec) -> Motion {
    let axis = written_axis(joint.axis);
    match joint.kind {
        JointKind::Fixed => Motion::Fixed,
        JointKind::Revolute { .. } | JointKind::Continuous => Motion::Revolute { axis },
        JointKind::Prismatic { .. } => Motion::Prismatic { axis },
        JointKind::Spherical => Motion::Spherical,
    }
}

/// The range of a joint.
fn range(kind: &JointKind) -> DofRange {
    match kind {
        JointKind::Revolute { limits } => {
            DofRange::Between { lower: limits.lower.radians(), upper: limits.upper.radians() }
        }
        JointKind::Prismatic { limits: Some(limits) } => {
            DofRange::Between { lower: limits.lower, upper: limits.upper }
        }
        JointKind::Fixed
        | JointKind::Continuous
        | JointKind::Prismatic { limits: None }
        | JointKind::Spherical => DofRange::Free,
    }
}

impl RobotState {
    /// All joints at zero and the base at the world's origin, at rest.
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
