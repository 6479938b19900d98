//! Hulls on half-spaces.

use randori_core::math::{Pose, Vector};
use rapier3d::parry::shape::{HalfSpace, PackedFeatureId};
use rapier3d::prelude::{ContactManifold, Shape};

use super::Point;
use super::face::{Corner, Face};
use super::reduce::{carry_over, reduce};

/// The corners of the face of a hull that faces a half-space, and its deepest corner if
/// that is not one of them.
///
/// `pos12` is the pose of the hull in the frame of the half-space; with `flipped` the
/// hull is the first shape of the manifold. `None` if the shape is not a hull.
pub(super) fn touch(
    pos12: &Pose,
    (plane, hull): (&HalfSpace, &dyn Shape),
    prediction: f32,
    manifold: &mut ContactManifold,
    flipped: bool,
) -> Option<()> {
    let up = pos12.rotation.inverse() * plane.normal;
    let mut corners = Face::of_hull(hull.as_convex_polyhedron()?, -up).corners;
    corners.extend(deepest_beside(hull, &corners, -up));
    let points = corners.iter().filter_map(|corner| {
        let place = *pos12 * corner.place;
        let height = place.dot(plane.normal);
        let below = place - plane.normal * height;
        let ground = PackedFeatureId::face(0);
        (height <= prediction)
            .then(|| Point::flipped(below, corner.place, ground, corner.vertex, height, flipped))
    });
    let earlier = std::mem::replace(&mut manifold.points, points.collect());
    let (on_plane, on_hull) = (plane.normal, -up);
    (manifold.local_n1, manifold.local_n2) =
        if flipped { (on_hull, on_plane) } else { (on_plane, on_hull) };
    reduce(&mut manifold.points, manifold.local_n1, &earlier);
    carry_over(&mut manifold.points, &earlier);
    Some(())
}

/// The lowest corner of the hull, unless it is one of the face.
fn deepest_beside(hull: &dyn Shape, face: &[Corner], down: Vector) -> Option<Corner> {
    let points = hull.as_convex_polyhedron()?.points();
    let depth = |corner: &Corner| corner.place.dot(down);
    let known = face.iter().map(depth).fold(f32::NEG_INFINITY, f32::max);
    let mut deepest = None;
    let mut most = known + known.abs() * 1e-6;
    for (index, point) in points.iter().enumerate() {
        if point.dot(down) > most {
            most = point.dot(down);
            deepest = Some(Corner::of_vertex(*point, index as u32));
        }
    }
    deepest
}
