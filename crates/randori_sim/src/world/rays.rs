//! Ray casting in the present state of a world.
//!
//! While the engine moves no body, rays do not use its search tree: static shapes have
//! a tree of their own, shared by all copies of a world, and links and objects are
//! tested one by one. So the first hit depends on the state alone, even for hits at
//! equal distance, and copies of a world need not copy trees.

use randori_core::layout::BodyId;
use randori_core::math::Vector;
use rapier3d::parry::bounding_volume::BoundingVolume;
use rapier3d::parry::query::{RayCast, RayIntersection};
use rapier3d::prelude::{Aabb, ColliderHandle, QueryFilter, QueryPipeline, Ray};

use super::SimWorld;
use super::build::owner;
use super::query::RayHit;
use super::trees::Trees;

/// Margin of bounds (m), larger than their rounding error.
const SKIN_M: f32 = 1e-3;

/// Casts rays into one state of the world.
pub(super) struct Rays<'a> {
    world: &'a SimWorld,
    /// Of all shapes, or of static ones.
    pipeline: QueryPipeline<'a>,
    /// Bodies to test in addition.
    trees: Option<&'a Trees>,
}

/// The nearest hit so far.
struct Nearest {
    ray: Ray,
    hit: Option<(ColliderHandle, RayIntersection)>,
    /// Maximum distance of further hits, m.
    reach: f32,
}

impl<'a> Rays<'a> {
    /// Casts rays with a filter.
    pub(super) fn new(world: &'a SimWorld, filter: QueryFilter<'a>) -> Self {
        let physics = &world.physics;
        let pipeline = physics.broad_phase.as_query_pipeline(
            physics.narrow_phase.query_dispatcher(),
            &physics.bodies,
            &physics.colliders,
            filter,
        );
        match world.trees.as_deref().filter(|_| world.is_alone()) {
            Some(trees) => {
                let pipeline = QueryPipeline { bvh: &world.scene.scenery, ..pipeline };
                Self { world, pipeline, trees: Some(trees) }
            }
            None => Self { world, pipeline, trees: None },
        }
    }

    /// See [`SimWorld::cast_ray`].
    pub(super) fn cast(&self, origin: Vector, direction: Vector, max_m: f32) -> Option<RayHit> {
        let ray = Ray::new(origin, direction);
        let hit = self.pipeline.cast_ray_and_get_normal(&ray, max_m, true);
        let reach = hit.as_ref().map_or(max_m, |(_, hit)| hit.time_of_impact);
        let mut nearest = Nearest { ray, hit, reach };
        if let Some(trees) = self.trees {
            self.look_at_links(trees, &mut nearest);
            self.look_at_sleepers(trees, &mut nearest);
        }
        let (collider, hit) = nearest.hit?;
        Some(RayHit {
            distance_m: hit.time_of_impact,
            point: origin + direction * hit.time_of_impact,
            normal: hit.normal,
            body: owner(self.pipeline.colliders[collider].user_data),
        })
    }

    fn look_at_links(&self, trees: &Trees, nearest: &mut Nearest) {
        let (mut last, mut meets) = (None, false);
        for (branch, handle) in trees.links() {
            if last != Some(branch) {
                (last, meets) = (Some(branch), nearest.meets(trees.around(branch)));
            }
            if !meets {
                continue;
            }
            for collider in self.pipeline.bodies[handle].colliders() {
                self.look_at(*collider, trees, nearest);
            }
        }
    }

    /// Tests sleeping objects.
    fn look_at_sleepers(&self, trees: &Trees, nearest: &mut Nearest) {
        for body in trees.sleepers() {
            for collider in self.world.body_colliders(BodyId(*body)) {
                self.look_at(*collider, trees, nearest);
            }
        }
    }

    fn look_at(&self, handle: ColliderHandle, trees: &Trees, nearest: &mut Nearest) {
        if !nearest.meets(trees.bounds_of(handle)) {
            return;
        }
        let QueryPipeline { bodies, colliders, filter, .. } = &self.pipeline;
        let collider = &colliders[handle];
        if !filter.test(bodies, handle, collider) {
            return;
        }
        let (shape, pose) = (collider.shape(), collider.position());
        let hit = shape.cast_ray_and_get_normal(pose, &nearest.ray, nearest.reach, true);
        if let Some(hit) = hit.filter(|hit| hit.time_of_impact < nearest.reach) {
            nearest.reach = hit.time_of_impact;
            nearest.hit = Some((handle, hit));
        }
    }
}

impl Nearest {
    /// True if the ray may hit a shape within bounds, nearer than the nearest hit so far.
    fn meets(&self, bounds: &Aabb) -> bool {
        bounds.loosened(SKIN_M).intersects_local_ray(&self.ray, self.reach)
    }
}
