//! Faces of convex shapes with all of their corners.

use std::f32::consts::TAU;

use randori_core::math::{Pose, Vector};
use rapier3d::parry::shape::{ConvexPolyhedron, PackedFeatureId, PolygonalFeature};
use rapier3d::prelude::Shape;

/// Corners of the polygon that approximates the flat end of a cylinder or cone.
const ROUND_CORNERS: u32 = 16;

/// Feature ids of round ends start above those of the engine.
const ROUND_NAMES: u32 = 100;

/// A corner of a face.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub(super) place: Vector,
    pub(super) vertex: PackedFeatureId,
    /// The edge to the next corner.
    pub(super) edge: PackedFeatureId,
}

impl Corner {
    /// A vertex alone.
    pub(super) fn of_vertex(place: Vector, index: u32) -> Self {
        let vertex = PackedFeatureId::vertex(index);
        Self { place, vertex, edge: PackedFeatureId::UNKNOWN }
    }
}

/// A flat face of a shape, or an edge with two corners.
#[derive(Debug, Clone)]
pub(super) struct Face {
    /// In order around the face.
    pub(super) corners: Vec<Corner>,
    pub(super) id: PackedFeatureId,
    /// Outward; `None` for edges.
    pub(super) normal: Option<Vector>,
}

impl Face {
    /// The face of a convex shape in the direction `direction`, in the frame of the
    /// shape, near the point `hint`; `None` if the shape has no faces.
    pub(super) fn towards(shape: &dyn Shape, direction: Vector, hint: Vector) -> Option<Self> {
        if let Some(hull) = shape.as_convex_polyhedron() {
            return Some(Self::of_hull(hull, direction));
        }
        // The axis of cylinders and cones is Y.
        if let Some(cylinder) = shape.as_cylinder().filter(|_| direction.y.abs() >= 0.5) {
            let height = cylinder.half_height.copysign(direction.y);
            return Some(Self::round(cylinder.radius, height));
        }
        if let Some(cone) = shape.as_cone().filter(|_| direction.y <= -0.5) {
            return Some(Self::round(cone.radius, -cone.half_height));
        }
        let (features, _) = shape.as_polygonal_feature_map()?;
        let mut feature = PolygonalFeature::default();
        features.local_support_feature_toward(direction, hint, &mut feature);
        Some(Self::of_feature(&feature, direction))
    }

    /// The face of a hull in the direction `direction`.
    pub(super) fn of_hull(hull: &ConvexPolyhedron, direction: Vector) -> Self {
        let faces = hull.faces();
        let mut best = 0;
        for (index, face) in faces.iter().enumerate() {
            if face.normal.dot(direction) > faces[best].normal.dot(direction) {
                best = index;
            }
        }
        let face = &faces[best];
        let first = face.first_vertex_or_edge as usize;
        let range = first..first + face.num_vertices_or_edges as usize;
        let vertices = &hull.vertices_adj_to_face()[range.clone()];
        let corners = vertices.iter().zip(&hull.edges_adj_to_face()[range]);
        let corners = corners.map(|(&vertex, &edge)| Corner {
            edge: PackedFeatureId::edge(edge),
            ..Corner::of_vertex(hull.points()[vertex as usize], vertex)
        });
        Self {
            corners: corners.collect(),
            id: PackedFeatureId::face(best as u32),
            normal: Some(face.normal),
        }
    }

    /// A single corner.
    pub(super) fn tip(place: Vector) -> Self {
        let corner =
            Corner { place, vertex: PackedFeatureId::UNKNOWN, edge: PackedFeatureId::UNKNOWN };
        Self { corners: vec![corner], id: PackedFeatureId::UNKNOWN, normal: None }
    }

    /// The flat end of a cylinder or cone at a height (m) along Y.
    fn round(radius: f32, height: f32) -> Self {
        let first = if height < 0.0 { ROUND_NAMES } else { ROUND_NAMES + ROUND_CORNERS };
        let corner = |index: u32| {
            let angle = TAU * index as f32 / ROUND_CORNERS as f32;
            let (x, z) = (radius * libm::cosf(angle), radius * libm::sinf(angle));
            Corner {
                edge: PackedFeatureId::edge(first + index),
                ..Corner::of_vertex(Vector::new(x, height, z), first + index)
            }
        };
        Self {
            corners: (0..ROUND_CORNERS).map(corner).collect(),
            id: PackedFeatureId::face(first),
            normal: Some(Vector::Y * 1.0_f32.copysign(height)),
        }
    }

    fn of_feature(feature: &PolygonalFeature, direction: Vector) -> Self {
        let count = feature.num_vertices;
        let corner = |index: usize| Corner {
            place: feature.vertices[index],
            vertex: feature.vids[index],
            edge: feature.eids[index],
        };
        let corners: Vec<Corner> = (0..count).map(corner).collect();
        let normal = (count > 2).then(|| {
            let [a, b, c] = [0, 1, 2].map(|index| corners[index].place);
            let normal = (b - a).cross(c - b).normalize_or_zero();
            if normal.dot(direction) < 0.0 { -normal } else { normal }
        });
        Self { corners, id: feature.fid, normal }
    }

    /// The face transformed to another frame.
    pub(super) fn placed(mut self, pose: &Pose) -> Self {
        for corner in &mut self.corners {
            corner.place = *pose * corner.place;
        }
        self.normal = self.normal.map(|normal| pose.rotation * normal);
        self
    }

    /// The face with counter-clockwise corners about an axis.
    pub(super) fn wound_about(&self, axis: Vector) -> Self {
        let first = self.corners[0].place;
        let doubled: f32 = self
            .corners
            .windows(2)
            .map(|pair| (pair[0].place - first).cross(pair[1].place - first).dot(axis))
            .sum();
        if doubled >= 0.0 {
            return self.clone();
        }
        let count = self.corners.len();
        // In reverse order, the edge to the next corner is that of the previous corner.
        let corner = |index: usize| Corner {
            edge: self.corners[(2 * count - 2 - index) % count].edge,
            ..self.corners[count - 1 - index]
        };
        Self { corners: (0..count).map(corner).collect(), ..self.clone() }
    }
}
