//! Geometry of mouse rays, and free space for boxes.

use randori_core::math::{Pose, Rotation, Vector};
use randori_sim::world::{RayHit, SimWorld};

/// Minimum height of a dropped box above the clicked point, m.
const LEAST_FALL: f32 = 0.3;

/// Step of the upward search for free space, m, and number of steps.
const RAISE: f32 = 0.1;
const MAX_RAISES: usize = 100;

/// Rays per edge of a box that test for obstacles inside.
const RAYS: usize = 5;

/// The horizontal part of a direction, as a unit vector; `None` if it is vertical.
pub(crate) fn level(direction: Vector) -> Option<Vector> {
    let flat = Vector::new(direction.x, direction.y, 0.0);
    let length = flat.length();
    (length > 0.05 * direction.length() && length > 0.0).then(|| flat / length)
}

/// Intersection of a ray with the plane through `through` with this normal; `None`
/// without one within 1 km.
pub(crate) fn meet(
    origin: Vector,
    direction: Vector,
    through: Vector,
    normal: Vector,
) -> Option<Vector> {
    let along = direction.dot(normal);
    if along.abs() < 1e-4 {
        return None;
    }
    let distance = (through - origin).dot(normal) / along;
    (0.0..1000.0).contains(&distance).then(|| origin + direction * distance)
}

/// A free pose for a box of this size (m) above the hit point; beside it if a wall
/// was hit. `None` if there is no room within 10 m.
pub(crate) fn above(world: &SimWorld, hit: &RayHit, size: Vector) -> Option<Pose> {
    let mut center = hit.point;
    if let Some(away) = level(hit.normal).filter(|_| hit.normal.z.abs() < 0.5) {
        center += away * (libm::hypotf(size.x, size.y) / 2.0 + 0.02);
    }
    center.z += LEAST_FALL + size.z / 2.0;
    for _ in 0..MAX_RAISES {
        if is_free(world, center, size) {
            return Some(Pose::from_parts(center, Rotation::IDENTITY));
        }
        center.z += RAISE;
    }
    None
}

/// True if rays through the box along each axis hit nothing.
fn is_free(world: &SimWorld, center: Vector, size: Vector) -> bool {
    let low = center - size / 2.0;
    let share = |index: usize| index as f32 / (RAYS - 1) as f32;
    let axes = [
        (Vector::X * size.x, Vector::Y * size.y, Vector::Z * size.z),
        (Vector::Y * size.y, Vector::Z * size.z, Vector::X * size.x),
        (Vector::Z * size.z, Vector::X * size.x, Vector::Y * size.y),
    ];
    axes.iter().all(|(along, across, beside)| {
        (0..RAYS * RAYS).all(|ray| {
            let start = low + *across * share(ray / RAYS) + *beside * share(ray % RAYS);
            world.cast_ray(start, along.normalize(), along.length(), None).is_none()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_meets_a_plane_in_front_of_it_only() {
        let (origin, down) = (Vector::new(1.0, 0.0, 2.0), Vector::NEG_Z);

        let met = meet(origin, down, Vector::ZERO, Vector::Z);

        assert_eq!(met, Some(Vector::new(1.0, 0.0, 0.0)));
        assert_eq!(meet(origin, Vector::Z, Vector::ZERO, Vector::Z), None);
        assert_eq!(meet(origin, Vector::X, Vector::ZERO, Vector::Z), None);
    }

    #[test]
    fn the_level_part_of_a_direction_has_length_one() {
        assert_eq!(level(Vector::new(3.0, 4.0, -7.0)), Some(Vector::new(0.6, 0.8, 0.0)));
        assert_eq!(level(Vector::NEG_Z), None);
        assert_eq!(level(Vector::ZERO), None);
    }
}
