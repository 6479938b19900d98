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
    /// One line for people.
    #[serde(default)]
    pub about: String,
    /// A robot file of another kind to start from: what this file says is added
    /// to it, or replaces what has the same name there.
    #[serde(default)]
    pub import: Option<ImportSpec>,
    /// Whether the base is free or bolted to the world.
    pub base: Base,
    /// Whether links of this robot collide with each other. Neighbours joined
    /// by a joint do so only if the joint says `contacts: true`.
    #[serde(default)]
    pub self_contact: bool,
    /// Pairs of links that pass through each other.
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
    /// What drives the joints, in the order of the command vector.
    #[serde(default)]
    pub actuators: Vec<ActuatorSpec>,
    /// What the robot measures, in the order of the observation.
    #[serde(default)]
    pub sensors: Vec<SensorSpec>,
    /// Named joint configurations; joints that are not named are at zero.
    #[serde(default)]
    pub poses: BTreeMap<String, BTreeMap<String, Coordinate>>,
}

/// A robot file of another kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ImportSpec {
    /// `MuJoCo`'s XML format.
    Mjcf {
        /// The file; its includes and meshes must lie in the same root.
        path: String,
        /// Where to get the file, if it is not part of the project.
        #[serde(default)]
        from: Option<String>,
        /// Bodies, joints, geoms, actuators, sensors and keyframes to keep, by
        /// name, with all below a body; everything if empty.
        #[serde(default)]
        keep: Vec<String>,
        /// Those to leave out, with all below a body.
        #[serde(default)]
        drop: Vec<String>,
    },
    /// The format of ROS.
    Urdf {
        /// The file; its meshes must lie in the same root.
        path: String,
        /// Where to get the file, if it is not part of the project.
        #[serde(default)]
        from: Option<String>,
        /// Links, joints and mimics to keep, by name, with all below a link;
        /// everything if empty.
        #[serde(default)]
        keep: Vec<String>,
        /// Those to leave out, with all below a link.
        #[serde(default)]
        drop: Vec<String>,
    },
}

impl ImportSpec {
    /// Path of the file, as it is written.
    pub fn path(&self) -> &str {
        match self {
            Self::Mjcf { path, .. } | Self::Urdf { path, .. } => path,
        }
    }

    /// Where to get the file, if it is not part of the project.
    pub fn from(&self) -> Option<&str> {
        match self {
            Self::Mjcf { from, .. } | Self::Urdf { from, .. } => from.as_deref(),
        }
    }
}

/// How the robot is attached to the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Base {
    /// The link is bolted to the world at the robot's pose.
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
    /// What it collides with.
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
    /// What motion it allows.
    pub kind: JointKind,
    /// Link on the side of the base.
    pub parent: String,
    /// Link that moves; its frame is the joint frame at coordinate zero.
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
    /// Whether the two links that it joins, each with all that fixed joints
    /// weld to it, can touch each other. Counts only with `self_contact`.
    #[serde(default)]
    pub contacts: bool,
}

/// What motion a joint allows.
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

    /// Whether coordinates are lengths.
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
    /// What the constraint leaves free.
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

/// What a loop constraint leaves free.
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
    /// Joint that follows.
    pub follower: String,
    /// Joint that leads.
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
