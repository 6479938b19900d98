//! The `Robot(...)` file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    ActuatorSpec, Angle, Axis, Coordinate, MaterialSpec, PoseSpec, SensorSpec, ShapeSpec,
    VisualSpec,
};

/// A robot: links, joints, actuators, sensors and named poses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Robot", deny_unknown_fields)]
pub struct RobotSpec {
    /// Format version; 1.
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// One-line description.
    #[serde(default)]
    pub about: String,
    /// A robot file in another format as a base: this file adds to it, and replaces elements
    /// of the same name.
    #[serde(default)]
    pub import: Option<ImportSpec>,
    /// Free or fixed base.
    pub base: Base,
    /// True if links of this robot collide with each other. Neighbours joined by a joint do so
    /// only if the joint has `contacts: true`.
    #[serde(default)]
    pub self_contact: bool,
    /// Pairs of links that do not collide with each other.
    #[serde(default)]
    pub contact_exclusions: Vec<(String, String)>,
    /// Materials that shapes of this file may name.
    #[serde(default)]
    pub materials: BTreeMap<String, MaterialSpec>,
    /// Rigid bodies.
    pub links: Vec<LinkSpec>,
    /// Joints; together they form one tree from the base link.
    #[serde(default)]
    pub joints: Vec<JointSpec>,
    /// Constraints that close kinematic loops.
    #[serde(default)]
    pub loops: Vec<LoopSpec>,
    /// Linear relations between joint coordinates.
    #[serde(default)]
    pub couplings: Vec<CouplingSpec>,
    /// Actuators of joints, in the order of the command vector.
    #[serde(default)]
    pub actuators: Vec<ActuatorSpec>,
    /// Sensors, in the order of the observation.
    #[serde(default)]
    pub sensors: Vec<SensorSpec>,
    /// Named joint configurations; joints that are not named are at zero.
    #[serde(default)]
    pub poses: BTreeMap<String, BTreeMap<String, Coordinate>>,
}

/// A robot file in another format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ImportSpec {
    /// `MuJoCo`'s XML format.
    Mjcf {
        /// The file; its includes and meshes must lie in the same root.
        path: String,
        /// Download instructions for the file, if it is not part of the project.
        #[serde(default)]
        from: Option<String>,
        /// Bodies, joints, geoms, actuators, sensors and keyframes to keep, by name, with
        /// everything below a body; everything if empty.
        #[serde(default)]
        keep: Vec<String>,
        /// The same kinds of elements to leave out, with everything below a body.
        #[serde(default)]
        drop: Vec<String>,
    },
    /// URDF, the format of ROS.
    Urdf {
        /// The file; its meshes must lie in the same root.
        path: String,
        /// Download instructions for the file, if it is not part of the project.
        #[serde(default)]
        from: Option<String>,
        /// Links, joints and mimics to keep, by name, with everything below a link; everything
        /// if empty.
        #[serde(default)]
        keep: Vec<String>,
        /// The same kinds of elements to leave out, with everything below a link.
        #[serde(default)]
        drop: Vec<String>,
    },
}

impl ImportSpec {
    /// Path of the file, as written.
    pub fn path(&self) -> &str {
        match self {
            Self::Mjcf { path, .. } | Self::Urdf { path, .. } => path,
        }
    }

    /// Download instructions for the file, if it is not part of the project.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::Mjcf { from, .. } | Self::Urdf { from, .. } => from.as_deref(),
        }
    }
}

/// Attachment of a robot to the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Base {
    /// The link is fixed to the world at the robot's pose.
    Fixed {
        /// Root of the joint tree.
        link: String,
    },
    /// The link moves freely.
    Floating {
        /// Root of the joint tree.
        link: String,
    },
}

impl Base {
    /// Name of the root link.
    pub fn link(&self) -> &str {
        match self {
            Self::Fixed { link } | Self::Floating { link } => link,
        }
    }
}

/// A rigid body of a robot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSpec {
    /// Name within the robot.
    pub name: String,
    /// Mass, kg.
    pub mass_kg: f64,
    /// Centre of mass in the link frame, m; from the shapes if left out.
    #[serde(default)]
    pub com: Option<[f64; 3]>,
    /// Rotational inertia.
    #[serde(default)]
    pub inertia: InertiaSpec,
    /// Collision shapes.
    #[serde(default)]
    pub shapes: Vec<ShapeSpec>,
    /// Visual geometry; the collision shapes if there is none.
    #[serde(default)]
    pub visuals: Vec<VisualSpec>,
}

/// Rotational inertia of a link about its centre of mass, in link axes.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum InertiaSpec {
    /// The shapes filled evenly with the link's mass.
    #[default]
    FromShapes,
    /// Given moments, kg m^2.
    Moments {
        /// About X.
        ixx: f64,
        /// About Y.
        iyy: f64,
        /// About Z.
        izz: f64,
        /// Product of inertia XY (matrix element, as in URDF).
        #[serde(default)]
        ixy: f64,
        /// Product of inertia XZ.
        #[serde(default)]
        ixz: f64,
        /// Product of inertia YZ.
        #[serde(default)]
        iyz: f64,
    },
}

/// A joint between two links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JointSpec {
    /// Name within the robot.
    pub name: String,
    /// Kind of motion.
    pub kind: JointKind,
    /// Parent link, on the side of the base.
    pub parent: String,
    /// Child link; its frame is the joint frame at coordinate zero.
    pub child: String,
    /// Pose of the joint frame in the parent's frame.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Axis of motion in the joint frame.
    #[serde(default)]
    pub axis: Axis,
    /// Viscous damping, N m s/rad or N s/m.
    #[serde(default)]
    pub damping: f64,
    /// Coulomb friction, N m or N.
    #[serde(default)]
    pub friction: f64,
    /// Rotor and gear inertia reflected to the joint, kg m^2 or kg.
    #[serde(default)]
    pub armature: f64,
    /// Passive spring.
    #[serde(default)]
    pub spring: Option<SpringSpec>,
    /// True if the two links of the joint, each with all links that fixed joints weld to it,
    /// can touch each other. Has an effect only with `self_contact`.
    #[serde(default)]
    pub contacts: bool,
}

/// The kind of motion of a joint.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum JointKind {
    /// None: the two links are one body.
    Fixed,
    /// Rotation between two angles.
    Revolute {
        /// Range of the angle.
        limits: Limits<Angle>,
    },
    /// Rotation without limits.
    Continuous,
    /// Translation, with or without limits (m).
    Prismatic {
        /// Range of the displacement, m.
        #[serde(default)]
        limits: Option<Limits<f64>>,
    },
    /// Rotation about three axes (a ball joint); its three coordinates are a
    /// rotation vector in the joint frame, rad.
    Spherical,
}

impl JointKind {
    /// Number of degrees of freedom.
    pub fn dofs(&self) -> usize {
        match self {
            Self::Fixed => 0,
            Self::Revolute { .. } | Self::Continuous | Self::Prismatic { .. } => 1,
            Self::Spherical => 3,
        }
    }

    /// Lower and upper limit in SI, if there are any.
    pub fn limits_si(&self) -> Option<(f64, f64)> {
        match self {
            Self::Revolute { limits } => Some((limits.lower.radians(), limits.upper.radians())),
            Self::Prismatic { limits: Some(limits) } => Some((limits.lower, limits.upper)),
            _ => None,
        }
    }

    /// True if coordinates are lengths.
    pub fn is_prismatic(&self) -> bool {
        matches!(self, Self::Prismatic { .. })
    }
}

/// A closed range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits<T> {
    /// Smallest value.
    pub lower: T,
    /// Largest value.
    pub upper: T,
}

/// A passive spring on a joint: force = -stiffness (q - rest).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpringSpec {
    /// N m/rad or N/m.
    pub stiffness: f64,
    /// Coordinate without force.
    #[serde(default = "zero_coordinate")]
    pub rest: Coordinate,
}

fn zero_coordinate() -> Coordinate {
    Coordinate::Rad(0.0)
}

/// A constraint between two links that are not neighbours in the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoopSpec {
    /// Name within the robot.
    pub name: String,
    /// Free motion.
    pub kind: LoopKind,
    /// First link.
    pub link_a: String,
    /// Constraint frame in the first link.
    #[serde(default)]
    pub pose_a: PoseSpec,
    /// Second link.
    pub link_b: String,
    /// Constraint frame in the second link.
    #[serde(default)]
    pub pose_b: PoseSpec,
}

/// The free motion of a loop constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// Nothing: a weld.
    Fixed,
    /// Rotation about Z of the constraint frame.
    Revolute,
    /// Translation along Z of the constraint frame.
    Prismatic,
    /// All rotations.
    Spherical,
}

/// One joint coordinate follows another: follower = ratio * leader + offset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CouplingSpec {
    /// Follower joint.
    pub follower: String,
    /// Leader joint.
    pub leader: String,
    /// Follower's motion per leader's motion.
    #[serde(default = "one")]
    pub ratio: f64,
    /// Follower's coordinate when the leader is at zero, rad or m.
    #[serde(default)]
    pub offset: f64,
}

fn one() -> f64 {
    1.0
}
