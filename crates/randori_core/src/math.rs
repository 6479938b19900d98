//! The scalar, vector and pose types of the physics engine, and elementary
//! functions that give the same bits on every platform.

pub use glamx::{Mat3, Pose3 as Pose, Rot3 as Rotation, Vec2, Vec3 as Vector};

use serde::{Deserialize, Serialize};

/// Velocity of a rigid body: linear part of the body-frame origin, both parts
/// expressed in the world frame.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Twist {
    /// Velocity of the frame origin, m/s.
    pub linear: Vector,
    /// Angular velocity, rad/s.
    pub angular: Vector,
}

impl Twist {
    /// Velocity in m/s of a point fixed to the body, `offset` metres from the frame origin
    /// (world axes).
    pub fn at_offset(&self, offset: Vector) -> Vector {
        self.linear + self.angular.cross(offset)
    }
}

/// A force with its moment, expressed in the world frame.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Wrench {
    /// Force, N.
    pub force: Vector,
    /// Moment about the point given by the context, N m.
    pub torque: Vector,
}

/// Roll, pitch and yaw in radians to a rotation: fixed axes X, then Y, then Z,
/// as in URDF.
pub fn rotation_from_rpy(roll: f64, pitch: f64, yaw: f64) -> Rotation {
    let [x, y, z, w] = quaternion_from_rpy(roll, pitch, yaw);
    Rotation::from_xyzw(x as f32, y as f32, z as f32, w as f32)
}

/// The same in double precision, as a unit quaternion (x, y, z, w).
pub fn quaternion_from_rpy(roll: f64, pitch: f64, yaw: f64) -> [f64; 4] {
    let (sr, cr) = (libm::sin(roll / 2.0), libm::cos(roll / 2.0));
    let (sp, cp) = (libm::sin(pitch / 2.0), libm::cos(pitch / 2.0));
    let (sy, cy) = (libm::sin(yaw / 2.0), libm::cos(yaw / 2.0));
    [
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    ]
}

/// Axis times angle (rad, at most pi) of a unit quaternion (x, y, z, w).
pub fn rotation_vector([x, y, z, w]: [f64; 4]) -> [f64; 3] {
    let sign = if w < 0.0 { -1.0 } else { 1.0 };
    let sine = libm::sqrt(x * x + y * y + z * z);
    // Near zero the angle is twice its half's sine.
    let factor =
        if sine < 1e-9 { 2.0 * sign } else { sign * 2.0 * libm::atan2(sine, w * sign) / sine };
    [x * factor, y * factor, z * factor]
}

/// The unit quaternion (x, y, z, w) of a rotation vector, rad.
pub fn quaternion_from_rotation_vector([x, y, z]: [f64; 3]) -> [f64; 4] {
    let angle = libm::sqrt(x * x + y * y + z * z);
    let factor = if angle < 1e-9 { 0.5 } else { libm::sin(angle / 2.0) / angle };
    [x * factor, y * factor, z * factor, libm::cos(angle / 2.0)]
}

/// Angle in radians (0 to pi) between a body's own up (+Z) and the world's up.
pub fn tilt_rad(world_from_body: &Pose) -> f32 {
    let up = world_from_body.rotation * Vector::Z;
    libm::atan2f(libm::hypotf(up.x, up.y), up.z)
}

/// Heading in radians (-pi to pi) of a body's +X axis about world Z.
pub fn yaw_rad(world_from_body: &Pose) -> f32 {
    let forward = world_from_body.rotation * Vector::X;
    libm::atan2f(forward.y, forward.x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn roll_then_yaw_turns_about_the_fixed_axes() {
        let rotation = rotation_from_rpy(FRAC_PI_2, 0.0, FRAC_PI_2);

        // Y goes to Z by the roll and stays there under the yaw about world Z.
        assert!((rotation * Vector::Y - Vector::Z).length() < 1e-6);
        assert!((rotation * Vector::X - Vector::Y).length() < 1e-6);
    }

    #[test]
    fn rotation_vectors_are_axis_times_angle_whatever_the_sign_of_the_quaternion() {
        let third = std::f64::consts::FRAC_PI_3;
        let half = libm::sqrt(0.75);

        for quaternion in [[0.0, 0.5, 0.0, half], [0.0, -0.5, 0.0, -half]] {
            let [x, y, z] = rotation_vector(quaternion);
            assert!(x == 0.0 && z == 0.0 && (y - third).abs() < 1e-15, "{y}");
        }
        let back = quaternion_from_rotation_vector([0.0, third, 0.0]);
        assert!((back[1] - 0.5).abs() < 1e-15 && (back[3] - half).abs() < 1e-15, "{back:?}");
        assert_eq!(quaternion_from_rotation_vector([0.0; 3]), [0.0, 0.0, 0.0, 1.0]);
    }

    #[test]
    fn tilt_ignores_heading() {
        let leaning = Pose::from_parts(Vector::ZERO, rotation_from_rpy(0.3, 0.0, 2.0));

        assert!((tilt_rad(&leaning) - 0.3).abs() < 1e-6);
    }
}
