//! Shapes as written become collision geometry.

use randori_core::math::{Pose, Rotation, Vector};
use randori_core::spec::{Shape, ShapeSpec};
use rapier3d::parry::utils::Array2;
use rapier3d::prelude::SharedShape;

use super::dynamics::spatial::written_pose;
use super::tree::narrow_pose;

/// Collision geometry and its pose in the frame of the link or object.
///
/// # Errors
///
/// What is wrong with the shape and what to do about it.
pub(super) fn collision_shape(spec: &ShapeSpec) -> Result<(SharedShape, Pose), String> {
    let pose = narrow_pose(&written_pose(&spec.pose));
    // The engine's cylinders, cones and terrains stand along Y, ours along Z.
    let upright = Pose::from_rotation(Rotation::from_xyzw(
        std::f32::consts::FRAC_1_SQRT_2,
        0.0,
        0.0,
        std::f32::consts::FRAC_1_SQRT_2,
    ));
    let half = |length: f64| (length / 2.0) as f32;
    Ok(match &spec.shape {
        Shape::Box { size: [x, y, z] } => (SharedShape::cuboid(half(*x), half(*y), half(*z)), pose),
        Shape::Sphere { radius } => (SharedShape::ball(*radius as f32), pose),
        Shape::Capsule { radius, length } => {
            (SharedShape::capsule_z(half(*length), *radius as f32), pose)
        }
        Shape::Cylinder { radius, length } => {
            (SharedShape::cylinder(half(*length), *radius as f32), pose * upright)
        }
        Shape::Cone { radius, length } => {
            (SharedShape::cone(half(*length), *radius as f32), pose * upright)
        }
        Shape::ConvexHull { points } => {
            let points: Vec<Vector> = points.iter().copied().map(corner).collect();
            let hull = SharedShape::convex_hull(&points);
            (hull.ok_or("its points lie in one plane; give at least four that do not")?, pose)
        }
        Shape::TriangleMesh { vertices, triangles } => {
            let vertices: Vec<Vector> = vertices.iter().copied().map(corner).collect();
            let mesh = SharedShape::trimesh(vertices, triangles.clone());
            (mesh.map_err(|error| format!("its triangles are not a mesh: {error}"))?, pose)
        }
        Shape::Heightfield { size, heights } => (terrain(*size, heights)?, pose * upright),
        Shape::Plane => (SharedShape::halfspace(Vector::Z), pose),
    })
}

fn terrain([size_x, size_y]: [f64; 2], heights: &[Vec<f64>]) -> Result<SharedShape, String> {
    let (rows, columns) = (heights.len(), heights.first().map_or(0, Vec::len));
    if rows < 2 || columns < 2 || heights.iter().any(|row| row.len() != columns) {
        return Err("its heights must be at least two rows of equal length, two or more".to_owned());
    }
    // The engine's rows run along its Z, which is our -Y; it stores columns.
    let mut values = Vec::with_capacity(rows * columns);
    for column in 0..columns {
        values.extend(heights.iter().rev().map(|row| row[column] as f32));
    }
    let scale = Vector::new(size_x as f32, 1.0, size_y as f32);
    Ok(SharedShape::heightfield(Array2::new(rows, columns, values), scale))
}

fn corner([x, y, z]: [f64; 3]) -> Vector {
    Vector::new(x as f32, y as f32, z as f32)
}
