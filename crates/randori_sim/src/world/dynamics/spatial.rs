//! Twists, wrenches and poses in f64.

use nalgebra::{Isometry3, Quaternion, Translation3, UnitQuaternion, Vector3};
use randori_core::math::{Pose, Twist, Vector, Wrench};
use randori_core::spec::{Axis, PoseSpec};

/// Velocity of a rigid body in world axes, in f64: the linear part is that of
/// the body-frame origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Twist64 {
    /// Velocity of the frame origin, m/s.
    pub linear: Vector3<f64>,
    /// Angular velocity, rad/s.
    pub angular: Vector3<f64>,
}

impl Twist64 {
    /// No motion.
    pub fn zero() -> Self {
        Self { linear: Vector3::zeros(), angular: Vector3::zeros() }
    }
}

impl From<Twist> for Twist64 {
    fn from(twist: Twist) -> Self {
        Self { linear: wide(twist.linear), angular: wide(twist.angular) }
    }
}

/// A force with its moment in world axes, in f64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wrench64 {
    /// Force, N.
    pub force: Vector3<f64>,
    /// Moment, N m, about a point that depends on the context.
    pub torque: Vector3<f64>,
}

impl Wrench64 {
    /// No force.
    pub fn zero() -> Self {
        Self { force: Vector3::zeros(), torque: Vector3::zeros() }
    }

    /// The same wrench about another point; `offset` (m, world axes) leads from there
    /// to the present one.
    #[must_use]
    pub fn seen_from(&self, offset: &Vector3<f64>) -> Self {
        Self { force: self.force, torque: self.torque + offset.cross(&self.force) }
    }
}

impl From<Wrench> for Wrench64 {
    fn from(wrench: Wrench) -> Self {
        Self { force: wide(wrench.force), torque: wide(wrench.torque) }
    }
}

impl From<Wrench64> for Wrench {
    fn from(wrench: Wrench64) -> Self {
        Self { force: narrow(&wrench.force), torque: narrow(&wrench.torque) }
    }
}

/// A vector of the engine, in f64.
pub(crate) fn wide(vector: Vector) -> Vector3<f64> {
    Vector3::new(f64::from(vector.x), f64::from(vector.y), f64::from(vector.z))
}

/// A vector rounded to the engine's precision.
pub(crate) fn narrow(vector: &Vector3<f64>) -> Vector {
    Vector::new(vector.x as f32, vector.y as f32, vector.z as f32)
}

/// A pose of the engine, in f64.
pub(in crate::world) fn wide_pose(pose: &Pose) -> Isometry3<f64> {
    let turn = pose.rotation;
    let [x, y, z, w] = [turn.x, turn.y, turn.z, turn.w].map(f64::from);
    let rotation = UnitQuaternion::new_normalize(Quaternion::new(w, x, y, z));
    Isometry3::from_parts(Translation3::from(wide(pose.translation)), rotation)
}

/// A pose of a file, in f64.
pub(crate) fn written_pose(pose: &PoseSpec) -> Isometry3<f64> {
    let rotation = match (pose.rpy, pose.quat) {
        (Some([roll, pitch, yaw]), _) => {
            rotation_about(&Vector3::z(), yaw.radians())
                * rotation_about(&Vector3::y(), pitch.radians())
                * rotation_about(&Vector3::x(), roll.radians())
        }
        // The checker rejects a zero quaternion; here it means no rotation.
        (None, Some([x, y, z, w])) if x * x + y * y + z * z + w * w > 0.0 => {
            UnitQuaternion::new_normalize(Quaternion::new(w, x, y, z))
        }
        _ => UnitQuaternion::identity(),
    };
    Isometry3::from_parts(Translation3::from(Vector3::from(pose.xyz)), rotation)
}

/// A direction of a file, in f64; Z for `Along(0, 0, 0)`, which the checker rejects.
pub(in crate::world) fn written_axis(axis: Axis) -> Vector3<f64> {
    match axis {
        Axis::X => Vector3::x(),
        Axis::Y => Vector3::y(),
        Axis::Z => Vector3::z(),
        Axis::Along(x, y, z) => {
            let unit = Vector3::new(x, y, z).try_normalize(0.0);
            unit.filter(|unit| unit.norm() > 0.0).unwrap_or_else(Vector3::z)
        }
    }
}

/// Rotation by `angle` (rad) about a unit vector.
pub(crate) fn rotation_about(axis: &Vector3<f64>, angle: f64) -> UnitQuaternion<f64> {
    let part = axis * libm::sin(angle / 2.0);
    UnitQuaternion::new_normalize(Quaternion::new(libm::cos(angle / 2.0), part.x, part.y, part.z))
}

/// Rotation by a rotation vector: its length is the angle (rad).
pub(crate) fn rotation_from_vector(vector: &Vector3<f64>) -> UnitQuaternion<f64> {
    let angle = vector.norm();
    if angle > 0.0 { rotation_about(&(vector / angle), angle) } else { UnitQuaternion::identity() }
}
