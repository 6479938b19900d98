//! Conversion between Randori's world (Z up, glam of the physics engine) and Bevy's
//! (Y up, its own glam).
//!
//! Everything drawn in world coordinates hangs below one [`WorldRoot`], which
//! carries the rotation; only the camera and lights outside of it need
//! [`to_bevy`].

use bevy::prelude::{Component, Quat, Transform, Vec3};
use randori_core::math::{Pose, Vector};

/// Parent of every entity placed in world coordinates (Z up, m).
#[derive(Component, Debug, Clone, Copy)]
pub(crate) struct WorldRoot;

/// The rotation of the [`WorldRoot`]: Z up becomes Y up.
pub(crate) fn root_rotation() -> Quat {
    Quat::from_rotation_x(-std::f32::consts::FRAC_PI_2)
}

/// A point or direction of the world (Z up) in Bevy's coordinates (Y up).
pub(crate) fn to_bevy(vector: Vector) -> Vec3 {
    Vec3::new(vector.x, vector.z, -vector.y)
}

/// A point or direction of Bevy (Y up) in world coordinates (Z up).
pub(crate) fn from_bevy(vector: Vec3) -> Vector {
    Vector::new(vector.x, -vector.z, vector.y)
}

/// The same components in Bevy's type: for entities below the [`WorldRoot`].
pub(crate) fn vec3(vector: Vector) -> Vec3 {
    Vec3::new(vector.x, vector.y, vector.z)
}

/// A pose in the world as the transform of a child of the [`WorldRoot`].
pub(crate) fn transform(pose: &Pose) -> Transform {
    let [x, y, z, w] = pose.rotation.to_array();
    Transform {
        translation: vec3(pose.translation),
        rotation: Quat::from_xyzw(x, y, z, w),
        scale: Vec3::ONE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_turns_world_coordinates_as_the_camera_expects_them() {
        for vector in [Vector::X, Vector::Y, Vector::Z, Vector::new(1.0, -2.0, 3.0)] {
            let turned = root_rotation() * vec3(vector);

            assert!((turned - to_bevy(vector)).length() < 1e-6, "{vector}");
            assert_eq!(from_bevy(to_bevy(vector)), vector);
        }
    }
}
