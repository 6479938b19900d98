//! Contact points of flat faces with many corners.
//!
//! The engine's contact generator holds four corners of a face, and of a hull with more
//! it takes the first four, which are neighbours: a hexagonal prism stands on half of
//! its base and falls over. Here faces keep all of their corners ([`face`]), two faces
//! are clipped against each other ([`clip`]), and the four points that support best are
//! selected ([`reduce`]). Four, because the engine solves no more for one contact plane.
//!
//! Only hulls with such a face are processed here, against half-spaces ([`plane`]),
//! convex shapes ([`pair`]), terrains and meshes ([`terrain`]). All other pairs use the
//! engine's own generator, with identical bits.
//!
//! Start reading at [`FaceContacts`].

mod clip;
mod face;
mod pair;
mod plane;
mod reduce;
mod terrain;
#[cfg(test)]
mod tests;

use randori_core::math::{Pose, Vector};
use rapier3d::parry::query::details::{ContactManifoldsWorkspace, NormalConstraints};
use rapier3d::parry::query::{
    ClosestPoints, Contact, DefaultQueryDispatcher, NonlinearRigidMotion,
    PersistentQueryDispatcher, QueryDispatcher, ShapeCastHit, ShapeCastOptions, ShapeDistance,
    ShapeIntersection, TrackedContact, Unsupported,
};
use rapier3d::parry::shape::ShapeType;
use rapier3d::prelude::{ContactData, ContactManifold, ContactManifoldData, Shape};

use self::pair::Pair;

/// A contact point of two shapes, in the frames of both.
type Point = TrackedContact<ContactData>;

/// Maximum number of corners of a face in the engine's own contact generator.
const ENGINE_CORNERS: u32 = 4;

/// Dispatches the engine's queries about pairs of shapes: to the engine itself, except
/// contact points of faces with many corners.
#[derive(Debug, Clone, Copy)]
pub(super) struct FaceContacts;

/// True if a shape has a face with more corners than the engine supports.
pub(super) fn has_large_face(shape: &dyn Shape) -> bool {
    shape.as_convex_polyhedron().is_some_and(|hull| {
        hull.faces().iter().any(|face| face.num_vertices_or_edges > ENGINE_CORNERS)
    })
}

impl PersistentQueryDispatcher<ContactManifoldData, ContactData> for FaceContacts {
    fn contact_manifolds(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
        prediction: f32,
        manifolds: &mut Vec<ContactManifold>,
        workspace: &mut Option<ContactManifoldsWorkspace>,
    ) -> Result<(), Unsupported> {
        let is_terrain = |shape: &dyn Shape| {
            matches!(shape.shape_type(), ShapeType::HeightField | ShapeType::TriMesh)
        };
        let concerns_us = has_large_face(one) || has_large_face(other);
        if concerns_us && (is_terrain(one) || is_terrain(other)) {
            terrain::touch(pos12, [one, other], prediction, (manifolds, workspace));
            return Ok(());
        }
        let is_convex = |shape: &dyn Shape| shape.as_composite_shape().is_none();
        if concerns_us && is_convex(one) && is_convex(other) {
            if manifolds.is_empty() {
                manifolds.push(ContactManifold::new());
            }
            let manifold = &mut manifolds[0];
            return self.contact_manifold_convex_convex(
                pos12, one, other, None, None, prediction, manifold,
            );
        }
        DefaultQueryDispatcher
            .contact_manifolds(pos12, one, other, prediction, manifolds, workspace)
    }

    fn contact_manifold_convex_convex(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
        constraints_one: Option<&dyn NormalConstraints>,
        constraints_other: Option<&dyn NormalConstraints>,
        prediction: f32,
        manifold: &mut ContactManifold,
    ) -> Result<(), Unsupported> {
        let is_free = constraints_one.is_none() && constraints_other.is_none();
        if is_free && (has_large_face(one) || has_large_face(other)) {
            let faced = match (one.as_halfspace(), other.as_halfspace()) {
                (Some(plane), None) => {
                    plane::touch(pos12, (plane, other), prediction, manifold, false)
                }
                (None, Some(plane)) => {
                    plane::touch(&pos12.inverse(), (plane, one), prediction, manifold, true)
                }
                _ => Pair { pos12, shapes: [one, other], prediction }.touch(manifold),
            };
            if faced.is_some() {
                return Ok(());
            }
        }
        DefaultQueryDispatcher.contact_manifold_convex_convex(
            pos12,
            one,
            other,
            constraints_one,
            constraints_other,
            prediction,
            manifold,
        )
    }
}

/// All queries but contact manifolds are delegated to the engine.
impl QueryDispatcher for FaceContacts {
    fn intersection_test(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
    ) -> Result<ShapeIntersection, Unsupported> {
        DefaultQueryDispatcher.intersection_test(pos12, one, other)
    }

    fn distance(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
    ) -> Result<ShapeDistance, Unsupported> {
        DefaultQueryDispatcher.distance(pos12, one, other)
    }

    fn contact(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
        prediction: f32,
    ) -> Result<Option<Contact>, Unsupported> {
        DefaultQueryDispatcher.contact(pos12, one, other, prediction)
    }

    fn closest_points(
        &self,
        pos12: &Pose,
        one: &dyn Shape,
        other: &dyn Shape,
        max_dist: f32,
    ) -> Result<ClosestPoints, Unsupported> {
        DefaultQueryDispatcher.closest_points(pos12, one, other, max_dist)
    }

    fn cast_shapes(
        &self,
        pos12: &Pose,
        velocity: Vector,
        one: &dyn Shape,
        other: &dyn Shape,
        options: ShapeCastOptions,
    ) -> Result<Option<ShapeCastHit>, Unsupported> {
        DefaultQueryDispatcher.cast_shapes(pos12, velocity, one, other, options)
    }

    fn cast_shapes_nonlinear(
        &self,
        motion_one: &NonlinearRigidMotion,
        one: &dyn Shape,
        motion_other: &NonlinearRigidMotion,
        other: &dyn Shape,
        start_time: f32,
        end_time: f32,
        stop_at_penetration: bool,
    ) -> Result<Option<ShapeCastHit>, Unsupported> {
        DefaultQueryDispatcher.cast_shapes_nonlinear(
            motion_one,
            one,
            motion_other,
            other,
            start_time,
            end_time,
            stop_at_penetration,
        )
    }
}
