//! Triangles of collision shapes.

use bevy::asset::RenderAssetUsages;
use bevy::mesh::{Indices, PrimitiveTopology};
use bevy::prelude::*;
use randori_core::spec::Shape;

/// Edge length of what stands for an endless plane, m.
const PLANE_SIZE: f32 = 200.0;

/// The triangles of a shape in its own frame (Z up, m); `None` for a shape
/// without any.
pub(super) fn mesh_of(shape: &Shape) -> Option<Mesh> {
    // Bevy's round shapes stand along Y.
    let upright = Quat::from_rotation_x(std::f32::consts::FRAC_PI_2);
    Some(match shape {
        Shape::Box { size } => {
            let [x, y, z] = size.map(|it| it as f32);
            Cuboid::new(x, y, z).into()
        }
        Shape::Sphere { radius } => Sphere::new(*radius as f32).mesh().uv(24, 16),
        Shape::Capsule { radius, length } => {
            Mesh::from(Capsule3d::new(*radius as f32, *length as f32)).rotated_by(upright)
        }
        Shape::Cylinder { radius, length } => {
            Mesh::from(Cylinder::new(*radius as f32, *length as f32)).rotated_by(upright)
        }
        Shape::Cone { radius, length } => {
            Mesh::from(Cone::new(*radius as f32, *length as f32)).rotated_by(upright)
        }
        Shape::ConvexHull { .. } => return None,
        Shape::TriangleMesh { vertices, triangles } => {
            let corners: Vec<[f32; 3]> =
                vertices.iter().map(|corner| corner.map(|it| it as f32)).collect();
            flat(&corners, triangles)
        }
        Shape::Heightfield { size, heights } => terrain(*size, heights)?,
        Shape::Plane => Mesh::from(Plane3d::new(Vec3::Z, Vec2::splat(PLANE_SIZE / 2.0))),
    })
}

/// Triangles with sharp edges.
fn flat(corners: &[[f32; 3]], triangles: &[[u32; 3]]) -> Mesh {
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners.to_vec())
        .with_inserted_indices(Indices::U32(triangles.as_flattened().to_vec()))
        .with_duplicated_vertices()
        .with_computed_flat_normals()
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
    Some(flat(&corners, &triangles))
}
