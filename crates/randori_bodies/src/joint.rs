//! Kinds of joints.

use nalgebra::{Matrix3, Vector3};

use crate::spatial::product;

/// The motion of a link relative to its parent.
///
/// The joint frame J is fixed in the parent. At zero coordinates the frame of
/// the link coincides with J.
///
/// | kind | coordinates | velocities |
/// |---|---|---|
/// | [`FixedBase`](Self::FixedBase) | pose in the world (7) | none |
/// | [`FloatingBase`](Self::FloatingBase) | pose in the world (7) | velocity of the frame origin, angular velocity; world axes (6) |
/// | [`Fixed`](Self::Fixed) | none | none |
/// | [`Revolute`](Self::Revolute) | angle, rad | its rate |
/// | [`Prismatic`](Self::Prismatic) | displacement, m | its rate |
/// | [`Spherical`](Self::Spherical) | unit quaternion, J from link (4) | angular velocity of the link relative to its parent, axes of J (3) |
/// | [`Planar`](Self::Planar) | x, y in J (m), angle about z (rad) | their rates |
///
/// A pose is a position (x, y, z) and a unit quaternion (x, y, z, w), world from
/// link. A continuous joint is a revolute one: the tree has no limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum JointKind {
    /// The base of a branch, at rest in the world.
    FixedBase,
    /// The base of a branch, free in the world; also a free body.
    FloatingBase,
    /// Rigidly attached to the parent.
    Fixed,
    /// Rotates about an axis through the origin of J.
    Revolute {
        /// Direction of the axis in J; any length but zero.
        axis: Vector3<f64>,
    },
    /// Translates along an axis.
    Prismatic {
        /// Direction of the axis in J; any length but zero.
        axis: Vector3<f64>,
    },
    /// Rotates freely about the origin of J (a ball joint).
    Spherical,
    /// Translates in the x-y plane of J and rotates about its z axis.
    Planar,
}

impl JointKind {
    /// Number of velocities.
    pub const fn dofs(self) -> usize {
        match self {
            Self::FixedBase | Self::Fixed => 0,
            Self::Revolute { .. } | Self::Prismatic { .. } => 1,
            Self::Spherical | Self::Planar => 3,
            Self::FloatingBase => 6,
        }
    }

    /// Number of coordinates.
    pub const fn coordinates(self) -> usize {
        match self {
            Self::FixedBase | Self::FloatingBase => 7,
            Self::Fixed => 0,
            Self::Revolute { .. } | Self::Prismatic { .. } => 1,
            Self::Spherical => 4,
            Self::Planar => 3,
        }
    }

    /// True if the parent is the world instead of a link.
    pub const fn is_base(self) -> bool {
        matches!(self, Self::FixedBase | Self::FloatingBase)
    }
}

/// A rotation axis; coordinate axes are separate, cheaper cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Hinge {
    X,
    Y,
    Z,
    /// Any unit vector.
    Along(Vector3<f64>),
}

impl Hinge {
    /// The axis along a unit vector.
    pub(crate) fn new(axis: &Vector3<f64>) -> Self {
        if *axis == Vector3::x() {
            Self::X
        } else if *axis == Vector3::y() {
            Self::Y
        } else if *axis == Vector3::z() {
            Self::Z
        } else {
            Self::Along(*axis)
        }
    }

    /// `R Rot(axis, angle)`: a frame R rotated about one of its own axes.
    pub(crate) fn turned(&self, frame: &Matrix3<f64>, angle: f64) -> Matrix3<f64> {
        let (sin, cos) = libm::sincos(angle);
        match self {
            Self::X => mixed(frame, [1, 2], sin, cos),
            Self::Y => mixed(frame, [2, 0], sin, cos),
            Self::Z => mixed(frame, [0, 1], sin, cos),
            Self::Along(axis) => product(frame, &rotation_about(axis, sin, cos)),
        }
    }
}

/// Rotates columns a and b of a frame in their plane: a cos + b sin and b cos - a sin.
fn mixed(frame: &Matrix3<f64>, [a, b]: [usize; 2], sin: f64, cos: f64) -> Matrix3<f64> {
    let mut turned = *frame;
    for row in 0..3 {
        let (x, y) = (frame[(row, a)], frame[(row, b)]);
        turned[(row, a)] = x * cos + y * sin;
        turned[(row, b)] = y * cos - x * sin;
    }
    turned
}

/// Rodrigues' formula: `cos 1 + sin [a]x + (1 - cos) a a'` for a unit vector a.
fn rotation_about(axis: &Vector3<f64>, sin: f64, cos: f64) -> Matrix3<f64> {
    let (x, y, z) = (axis.x, axis.y, axis.z);
    let rest = 1.0 - cos;
    Matrix3::new(
        cos + x * x * rest,
        x * y * rest - z * sin,
        x * z * rest + y * sin,
        y * x * rest + z * sin,
        cos + y * y * rest,
        y * z * rest - x * sin,
        z * x * rest - y * sin,
        z * y * rest + x * sin,
        cos + z * z * rest,
    )
}
