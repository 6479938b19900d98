//! Small values that are common in scenario text.

use serde::{Deserialize, Serialize};

use crate::math::{
    Pose, Rotation, Vector, quaternion_from_rpy, rotation_from_rpy, rotation_vector,
};

/// An angle with its unit: `Deg(90)` or `Rad(1.57)`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Angle {
    /// Degrees.
    Deg(f64),
    /// Radians.
    Rad(f64),
}

impl Angle {
    /// The angle in radians.
    pub fn radians(self) -> f64 {
        match self {
            Self::Deg(degrees) => degrees * (std::f64::consts::PI / 180.0),
            Self::Rad(radians) => radians,
        }
    }
}

/// A joint coordinate with its unit: `Deg(90)`, `Rad(1.57)`, `M(0.02)` for
/// prismatic joints, `Rpy(..)` or `Quat(..)` for ball joints.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Coordinate {
    /// Degrees.
    Deg(f64),
    /// Radians.
    Rad(f64),
    /// Metres.
    M(f64),
    /// Rotation of a ball joint: roll, pitch and yaw about the fixed axes X, Y
    /// and Z of the joint frame.
    Rpy(Angle, Angle, Angle),
    /// Rotation of a ball joint in the joint frame, as a quaternion (x, y, z,
    /// w); normalised when used.
    Quat(f64, f64, f64, f64),
}

impl Coordinate {
    /// The coordinate in SI, rad or m; 0 for the rotation of a ball joint,
    /// which has three: see [`Self::elements`].
    pub fn si(self) -> f64 {
        match self {
            Self::Deg(degrees) => Angle::Deg(degrees).radians(),
            Self::Rad(value) | Self::M(value) => value,
            Self::Rpy(..) | Self::Quat(..) => 0.0,
        }
    }

    /// The rotation of a ball joint as a unit quaternion (x, y, z, w); `None`
    /// for a single coordinate. A zero quaternion, which the checker refuses,
    /// counts as no rotation.
    pub fn quaternion(self) -> Option<[f64; 4]> {
        match self {
            Self::Deg(_) | Self::Rad(_) | Self::M(_) => None,
            Self::Rpy(roll, pitch, yaw) => {
                Some(quaternion_from_rpy(roll.radians(), pitch.radians(), yaw.radians()))
            }
            Self::Quat(x, y, z, w) => {
                let length = libm::sqrt(x * x + y * y + z * z + w * w);
                let is_rotation = length > 0.0 && length.is_finite();
                Some(if is_rotation {
                    [x / length, y / length, z / length, w / length]
                } else {
                    [0.0, 0.0, 0.0, 1.0]
                })
            }
        }
    }

    /// The coordinates of the degrees of freedom in SI: one number (rad or m)
    /// and zeros, or the rotation vector (rad) of a ball joint.
    pub fn elements(self) -> [f64; 3] {
        self.quaternion().map_or([self.si(), 0.0, 0.0], rotation_vector)
    }

    /// True for a length, false for an angle.
    pub fn is_length(self) -> bool {
        matches!(self, Self::M(_))
    }
}

/// A direction: `X`, `Y`, `Z` or `Along(0.0, 0.6, 0.8)` (normalised when used).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum Axis {
    /// Along +X.
    X,
    /// Along +Y.
    Y,
    /// Along +Z.
    #[default]
    Z,
    /// Along any vector of non-zero length.
    Along(f64, f64, f64),
}

impl Axis {
    /// The unit vector; zero for `Along(0, 0, 0)`, which the checker refuses.
    pub fn unit(self) -> Vector {
        match self {
            Self::X => Vector::X,
            Self::Y => Vector::Y,
            Self::Z => Vector::Z,
            Self::Along(x, y, z) => {
                let length = libm::sqrt(x * x + y * y + z * z);
                if length > 0.0 {
                    vector([x / length, y / length, z / length])
                } else {
                    Vector::ZERO
                }
            }
        }
    }
}

/// A pose: `(xyz: (x, y, z), rpy: (Deg(0), Deg(0), Deg(90)))` or
/// `(xyz: .., quat: (x, y, z, w))`. Each part may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PoseSpec {
    /// Translation, m.
    pub xyz: [f64; 3],
    /// Roll, pitch, yaw about the fixed axes X, Y, Z (as in URDF).
    pub rpy: Option<[Angle; 3]>,
    /// Rotation as quaternion (x, y, z, w); normalised when used.
    pub quat: Option<[f64; 4]>,
}

impl PoseSpec {
    /// The pose as `outer_from_inner`. A zero quaternion, which the checker
    /// refuses, counts as no rotation.
    pub fn pose(&self) -> Pose {
        let rotation = match (self.rpy, self.quat) {
            (Some([roll, pitch, yaw]), _) => {
                rotation_from_rpy(roll.radians(), pitch.radians(), yaw.radians())
            }
            (None, Some([x, y, z, w])) => {
                let length = libm::sqrt(x * x + y * y + z * z + w * w);
                if length > 0.0 {
                    let part = |value: f64| (value / length) as f32;
                    Rotation::from_xyzw(part(x), part(y), part(z), part(w))
                } else {
                    Rotation::IDENTITY
                }
            }
            (None, None) => Rotation::IDENTITY,
        };
        Pose::from_parts(vector(self.xyz), rotation)
    }
}

pub(crate) fn vector([x, y, z]: [f64; 3]) -> Vector {
    Vector::new(x as f32, y as f32, z as f32)
}
