//! Queries for rays and distances; see [`rays`](super::rays) for ray casting.

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::Vector;
use rapier3d::parry::query;
use rapier3d::prelude::{Collider, ColliderHandle, QueryFilter};

use super::SimWorld;
use super::build::owner_robot;
use super::guard::guarded;
use super::rays::Rays;

/// The first hit of a ray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RayHit {
    /// Distance from the origin of the ray, m; 0 if it starts inside a shape.
    pub distance_m: f32,
    /// Position, m in the world.
    pub point: Vector,
    /// Outward normal of the surface, world axes.
    pub normal: Vector,
    /// The body that was hit; `None` for the ground.
    pub body: Option<BodyId>,
}

impl SimWorld {
    /// The first hit of a ray from `origin` along the unit vector `direction`, both in
    /// the world, within `max_m` metres, ignoring the robot `ignore`.
    pub fn cast_ray(
        &self,
        origin: Vector,
        direction: Vector,
        max_m: f32,
        ignore: Option<RobotId>,
    ) -> Option<RayHit> {
        let other =
            |_: ColliderHandle, collider: &Collider| owner_robot(collider.user_data) != ignore;
        let filter = match ignore {
            Some(_) => QueryFilter::new().predicate(&other),
            None => QueryFilter::new(),
        };
        let cast = || Rays::new(self, filter).cast(origin, direction, max_m);
        // A world in which the engine has failed can still be queried, with
        // limitations.
        if self.fault.is_some() { guarded(cast).ok().flatten() } else { cast() }
    }

    /// The smallest distance (m) between the shapes of two sets of bodies, or `at_most`
    /// if they are farther apart; negative if they penetrate. Collision groups are ignored.
    pub fn clearance(&self, a: &[BodyId], b: &[BodyId], at_most: f32) -> f32 {
        let mut smallest = at_most;
        for &first in a {
            for &second in b {
                for left in self.colliders(first) {
                    for right in self.colliders(second) {
                        smallest = smallest.min(distance(left, right, smallest));
                    }
                }
            }
        }
        smallest
    }

    fn colliders(&self, body: BodyId) -> impl Iterator<Item = &Collider> {
        let handles = self.body_colliders(body).iter();
        handles.map(|&handle| &self.physics.colliders[handle])
    }
}

/// Signed distance between two shapes, m; `at_most` if it is not smaller.
fn distance(a: &Collider, b: &Collider, at_most: f32) -> f32 {
    let (near, far) = (a.compute_aabb(), b.compute_aabb());
    let gap = (near.mins - far.maxs).max(far.mins - near.maxs).max(Vector::ZERO).length();
    if gap > 0.0 && gap >= at_most {
        return at_most;
    }
    if let Some(plane) = a.shape().as_halfspace() {
        return distance_to_plane(b, a, plane.normal, at_most);
    }
    if let Some(plane) = b.shape().as_halfspace() {
        return distance_to_plane(a, b, plane.normal, at_most);
    }
    let contact = |reach: f32| {
        let found = query::contact(a.position(), a.shape(), b.position(), b.shape(), reach);
        found.ok().flatten().map(|contact| contact.dist)
    };
    match query::distance(a.position(), a.shape(), b.position(), b.shape()) {
        Ok(found) if found.distance > 0.0 => found.distance.min(at_most),
        Ok(_) => contact(0.0).unwrap_or(0.0).min(at_most),
        // Terrain supports contact queries only.
        Err(_) => contact(at_most.max(0.0)).unwrap_or(at_most).min(at_most),
    }
}

/// Signed distance from a plane to the lowest point of a shape above it. Some queries
/// of the collision library confuse the sides of planes.
fn distance_to_plane(collider: &Collider, plane: &Collider, normal: Vector, at_most: f32) -> f32 {
    let plane_from_shape = plane.position().inverse() * *collider.position();
    let shape = collider.shape();
    let height = |corner: Vector| (plane_from_shape * corner).dot(normal);
    let lowest = if let Some(round) = shape.as_support_map() {
        round.support_point(&plane_from_shape, -normal).dot(normal)
    } else if let Some(mesh) = shape.as_trimesh() {
        mesh.vertices().iter().copied().map(height).fold(at_most, f32::min)
    } else if let Some(terrain) = shape.as_heightfield() {
        let corners = terrain.triangles().flat_map(|triangle| [triangle.a, triangle.b, triangle.c]);
        corners.map(height).fold(at_most, f32::min)
    } else {
        at_most
    };
    lowest.min(at_most)
}
