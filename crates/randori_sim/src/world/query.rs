//! Rays and distances.

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::Vector;
use rapier3d::parry::query;
use rapier3d::prelude::{Collider, ColliderHandle, QueryFilter, Ray};

use super::SimWorld;
use super::build::{owner, owner_robot};

/// What a ray met first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RayHit {
    /// Distance from the origin of the ray, m; 0 if it starts inside something.
    pub distance_m: f32,
    /// Outward normal of the surface, world axes.
    pub normal: Vector,
    /// The body that was hit; `None` for the ground.
    pub body: Option<BodyId>,
}

impl SimWorld {
    /// The first thing on a ray from `origin` along the unit vector
    /// `direction`, both in the world, within `max_m` metres, passing through
    /// the robot `ignore`.
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
        let physics = &self.physics;
        let pipeline = physics.broad_phase.as_query_pipeline(
            physics.narrow_phase.query_dispatcher(),
            &physics.bodies,
            &physics.colliders,
            filter,
        );
        let ray = Ray::new(origin, direction);
        let (collider, hit) = pipeline.cast_ray_and_get_normal(&ray, max_m, true)?;
        Some(RayHit {
            distance_m: hit.time_of_impact,
            normal: hit.normal,
            body: owner(physics.colliders[collider].user_data),
        })
    }

    /// The smallest distance (m) between the shapes of two sets of bodies, or
    /// `at_most` if they are farther apart; negative if they penetrate.
    /// Collision groups do not matter here.
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
        let handles = self.scene.bodies[body.0].colliders.iter();
        handles.map(|&handle| &self.physics.colliders[handle])
    }
}

/// Signed distance of two shapes, or anything from `at_most` on if it is larger.
fn distance(a: &Collider, b: &Collider, at_most: f32) -> f32 {
    let (near, far) = (a.compute_aabb(), b.compute_aabb());
    let gap = (near.mins - far.maxs).max(far.mins - near.maxs).max(Vector::ZERO);
    if gap.length_squared() >= at_most.max(0.0) * at_most.max(0.0) && at_most > 0.0 {
        return at_most;
    }
    let contact =
        query::contact(a.position(), a.shape(), b.position(), b.shape(), at_most.max(0.0));
    match contact {
        Ok(Some(contact)) => contact.dist,
        _ => at_most,
    }
}
