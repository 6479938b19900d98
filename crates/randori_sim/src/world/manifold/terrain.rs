//! Hulls on height fields and triangle meshes.
//!
//! Each triangle has a manifold of its own, and the engine merges those of one plane
//! and solves four of their points: the deepest and those furthest from it, selected in
//! each tick. So only four are passed to it.

use randori_core::math::{Pose, Vector};
use rapier3d::parry::query::details::{
    ContactManifoldsWorkspace, contact_manifolds_heightfield_shape_shapes,
    contact_manifolds_trimesh_shape_shapes,
};
use rapier3d::parry::shape::{PackedFeatureId, ShapeType};
use rapier3d::prelude::{ContactManifold, Shape};

use super::reduce::{MOST, carriers};
use super::{FaceContacts, Point};

/// Cosine of the angle within which the engine merges manifolds to one plane.
const ONE_PLANE: f32 = 0.996;

/// State of a pair of shapes that the engine keeps between ticks.
type Kept<'a> = (&'a mut Vec<ContactManifold>, &'a mut Option<ContactManifoldsWorkspace>);

/// Updates the manifolds of a hull and a terrain or mesh.
pub(super) fn touch(
    pos12: &Pose,
    [one, other]: [&dyn Shape; 2],
    prediction: f32,
    (manifolds, workspace): Kept<'_>,
) {
    let earlier: Vec<Point> = manifolds.iter().flat_map(|it| &it.points).map(nameless).collect();
    let is_mesh = [one, other].iter().any(|shape| shape.shape_type() == ShapeType::TriMesh);
    if is_mesh {
        contact_manifolds_trimesh_shape_shapes(
            &FaceContacts,
            pos12,
            one,
            other,
            prediction,
            manifolds,
            workspace,
        );
    } else {
        contact_manifolds_heightfield_shape_shapes(
            &FaceContacts,
            pos12,
            one,
            other,
            prediction,
            manifolds,
            workspace,
        );
    }
    thin_out(manifolds, &earlier);
}

/// Reduces each contact plane to four points.
fn thin_out(manifolds: &mut [ContactManifold], earlier: &[Point]) {
    let mut planes: Vec<(Vector, Vec<[usize; 2]>)> = Vec::new();
    let touching = |(_, manifold): &(usize, &ContactManifold)| !manifold.points.is_empty();
    for (index, manifold) in manifolds.iter().enumerate().filter(touching) {
        let places = (0..manifold.points.len()).map(|point| [index, point]);
        let joins = |(normal, _): &&mut (Vector, _)| manifold.local_n1.dot(*normal) >= ONE_PLANE;
        match planes.iter_mut().find(joins) {
            Some((_, known)) => known.extend(places),
            None => planes.push((manifold.local_n1, places.collect())),
        }
    }
    for (normal, places) in planes.iter().filter(|(_, places)| places.len() > MOST) {
        let points: Vec<Point> = places
            .iter()
            .map(|[index, point]| nameless(&manifolds[*index].points[*point]))
            .collect();
        let chosen = carriers(&points, *normal, earlier);
        let surplus = (0..places.len()).rev().filter(|place| !chosen.contains(place));
        for [index, point] in surplus.map(|place| places[place]) {
            manifolds[index].points.remove(point);
        }
    }
}

/// A point without feature ids, identified by its position: triangles reuse the same ids.
fn nameless(point: &Point) -> Point {
    Point { fid1: PackedFeatureId::UNKNOWN, fid2: PackedFeatureId::UNKNOWN, ..*point }
}
