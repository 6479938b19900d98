//! Triangles of shapes and of mesh files.

use std::collections::BTreeMap;

use bevy::asset::RenderAssetUsages;
use bevy::camera::primitives::MeshAabb;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;
use randori_core::drawing::hull_triangles;
use randori_core::spec::Shape;

use crate::quality::Quality;

/// Edge length of the mesh of an infinite plane, m.
const PLANE_SIZE: f32 = 200.0;

/// A mesh with its placement: shapes of one kind share a mesh of unit size.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Formed {
    pub(super) mesh: Handle<Mesh>,
    /// From the mesh to the shape.
    pub(super) scale: Vec3,
    /// Middle of the mesh, before scaling.
    pub(super) middle: Vec3,
    /// Half of its edges, before scaling.
    pub(super) half: Vec3,
}

/// Cache of meshes.
#[derive(Debug, Default)]
pub(super) struct Forms(BTreeMap<Kind, Formed>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Box,
    Sphere,
    Cylinder,
    Cone,
    /// Bits of radius and length.
    Capsule(u64, u64),
}

impl Forms {
    /// The mesh of a shape; `None` for a shape without triangles.
    pub(super) fn form(
        &mut self,
        shape: &Shape,
        quality: Quality,
        meshes: &mut Assets<Mesh>,
    ) -> Option<Formed> {
        let (kind, scale) = match shape {
            Shape::Box { size } => (Kind::Box, *size),
            Shape::Sphere { radius } => (Kind::Sphere, [*radius; 3]),
            Shape::Cylinder { radius, length } => (Kind::Cylinder, [*radius, *radius, *length]),
            Shape::Cone { radius, length } => (Kind::Cone, [*radius, *radius, *length]),
            Shape::Capsule { radius, length } => {
                (Kind::Capsule(radius.to_bits(), length.to_bits()), [1.0; 3])
            }
            _ => return formed(mesh_of(shape, quality.corners())?, meshes),
        };
        let unit = if let Some(known) = self.0.get(&kind) {
            known.clone()
        } else {
            let made = formed(mesh_of(&unit_of(kind), quality.corners())?, meshes)?;
            self.0.insert(kind, made.clone());
            made
        };
        Some(Formed { scale: Vec3::from(scale.map(|it| it as f32)), ..unit })
    }
}

/// The shape whose mesh a kind shares.
fn unit_of(kind: Kind) -> Shape {
    match kind {
        Kind::Box => Shape::Box { size: [1.0; 3] },
        Kind::Sphere => Shape::Sphere { radius: 1.0 },
        Kind::Cylinder => Shape::Cylinder { radius: 1.0, length: 1.0 },
        Kind::Cone => Shape::Cone { radius: 1.0, length: 1.0 },
        Kind::Capsule(radius, length) => {
            Shape::Capsule { radius: f64::from_bits(radius), length: f64::from_bits(length) }
        }
    }
}

/// A mesh of its own size; `None` without triangles.
pub(super) fn formed(mesh: Mesh, meshes: &mut Assets<Mesh>) -> Option<Formed> {
    let bounds = mesh.compute_aabb()?;
    Some(Formed {
        mesh: meshes.add(mesh),
        scale: Vec3::ONE,
        middle: bounds.center.into(),
        half: bounds.half_extents.into(),
    })
}

/// The triangles of a shape in its own frame (Z up, m), with this many corners to a
/// circle; `None` for a shape without triangles.
fn mesh_of(shape: &Shape, corners: u32) -> Option<Mesh> {
    // Bevy's round shapes are aligned with Y.
    let upright = Quat::from_rotation_x(std::f32::consts::FRAC_PI_2);
    Some(match shape {
        Shape::Box { size } => {
            let [x, y, z] = size.map(|it| it as f32);
            Cuboid::new(x, y, z).into()
        }
        Shape::Sphere { radius } => {
            Sphere::new(*radius as f32).mesh().uv(corners, corners / 2).rotated_by(upright)
        }
        Shape::Capsule { radius, length } => Capsule3d::new(*radius as f32, *length as f32)
            .mesh()
            .longitudes(corners)
            .latitudes(corners / 2)
            .build()
            .rotated_by(upright),
        Shape::Cylinder { radius, length } => Cylinder::new(*radius as f32, *length as f32)
            .mesh()
            .resolution(corners)
            .build()
            .rotated_by(upright),
        Shape::Cone { radius, length } => Cone::new(*radius as f32, *length as f32)
            .mesh()
            .resolution(corners)
            .build()
            .rotated_by(upright),
        Shape::ConvexHull { points } => {
            let triangles = hull_triangles(points);
            flat(&single(points), &triangles)?
        }
        Shape::TriangleMesh { vertices, triangles } => flat(&single(vertices), triangles)?,
        Shape::Heightfield { size, heights } => terrain(*size, heights)?,
        Shape::Plane => Mesh::from(Plane3d::new(Vec3::Z, Vec2::splat(PLANE_SIZE / 2.0))),
    })
}

/// The same points in single precision.
pub(super) fn single(points: &[[f64; 3]]) -> Vec<[f32; 3]> {
    points.iter().map(|point| point.map(|it| it as f32)).collect()
}

/// Triangles with sharp edges; `None` without triangles, or if a corner index is
/// invalid.
pub(super) fn flat(corners: &[[f32; 3]], triangles: &[[u32; 3]]) -> Option<Mesh> {
    let is_whole = triangles.iter().flatten().all(|corner| (*corner as usize) < corners.len());
    if triangles.is_empty() || !is_whole {
        return None;
    }
    let mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners.to_vec())
        .with_inserted_indices(Indices::U32(triangles.as_flattened().to_vec()))
        .with_duplicated_vertices()
        .with_computed_flat_normals();
    Some(mesh)
}

fn terrain(size: [f64; 2], heights: &[Vec<f64>]) -> Option<Mesh> {
    let (rows, columns) = (heights.len(), heights.first()?.len());
    let at = |index: usize, count: usize, length: f64| {
        (length * (index as f64 / (count.max(2) - 1) as f64 - 0.5)) as f32
    };
    let mut corners = Vec::with_capacity(rows * columns);
    for (row, line) in heights.iter().enumerate() {
        for (column, height) in line.iter().enumerate() {
            corners.push([at(column, columns, size[0]), at(row, rows, size[1]), *height as f32]);
        }
    }
    let mut triangles = Vec::new();
    for row in 1..rows {
        for column in 1..columns {
            let [a, b] = [(row - 1) * columns + column - 1, (row - 1) * columns + column];
            let [c, d] = [row * columns + column - 1, row * columns + column];
            triangles.push([a, b, d].map(|it| it as u32));
            triangles.push([a, d, c].map(|it| it as u32));
        }
    }
    flat(&corners, &triangles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_of_all_sizes_share_a_mesh() {
        let (mut forms, mut meshes) = (Forms::default(), Assets::<Mesh>::default());
        let mut form = |size| {
            let shape = Shape::Box { size };
            forms.form(&shape, Quality::Low, &mut meshes).expect("a box has triangles")
        };

        let (small, large) = (form([0.1, 0.1, 0.2]), form([3.0, 2.0, 1.0]));

        assert_eq!(small.mesh, large.mesh);
        assert_eq!(large.scale, Vec3::new(3.0, 2.0, 1.0));
    }

    #[test]
    fn hulls_have_triangles_and_what_is_broken_has_none() {
        let corners = [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        let hull = Shape::ConvexHull { points: corners.to_vec() };
        let broken = Shape::TriangleMesh { vertices: vec![[0.0; 3]], triangles: vec![[0, 1, 2]] };

        let mesh = mesh_of(&hull, 16).expect("a tetrahedron has triangles");

        assert_eq!(mesh.count_vertices(), 12);
        assert!(mesh_of(&broken, 16).is_none());
        assert!(mesh_of(&Shape::ConvexHull { points: Vec::new() }, 16).is_none());
    }
}
