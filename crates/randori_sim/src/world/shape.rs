//! Builds collision geometry from shapes of a file.

use randori_core::hull::{Degenerate, Extent, convex_hull};
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::spec::{Shape, ShapeSpec};
use rapier3d::parry::shape::ConvexPolyhedron;
use rapier3d::parry::utils::Array2;
use rapier3d::prelude::SharedShape;

use super::dynamics::spatial::written_pose;
use super::tree::narrow_pose;

/// Collision geometry and its pose in the frame of the link or object.
///
/// # Errors
///
/// The problem with the shape and a suggested fix.
pub(super) fn collision_shape(spec: &ShapeSpec) -> Result<(SharedShape, Pose), String> {
    let pose = narrow_pose(&written_pose(&spec.pose));
    // The axis of the engine's cylinders, cones and terrains is Y; that of ours is Z.
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
        Shape::ConvexHull { points } => (hull(points)?, pose),
        Shape::TriangleMesh { vertices, triangles } => {
            let vertices: Vec<Vector> = vertices.iter().copied().map(corner).collect();
            let mesh = SharedShape::trimesh(vertices, triangles.clone());
            (mesh.map_err(|error| format!("its triangles are not a mesh: {error}"))?, pose)
        }
        Shape::Heightfield { size, heights } => (terrain(*size, heights)?, pose * upright),
        Shape::Plane => (SharedShape::halfspace(Vector::Z), pose),
    })
}

/// The engine's own hull algorithm fails for some slender or finely rounded shapes, so
/// the faces are passed too.
fn hull(points: &[[f64; 3]]) -> Result<SharedShape, String> {
    let hull = EngineHull::of(points)
        .map_err(|what| format!("{what}; give at least four points that are not in one plane"))?;
    // The engine compares areas with fixed numbers: it gets a hull of a few hundred
    // metres, which is then scaled back without rounding.
    let largest =
        hull.corners.as_flattened().iter().fold(0.0, |most: f64, part| most.max(part.abs()));
    let exponent = 10 - libm::frexp(largest).1;
    let scale = |part: f64, exponent| libm::scalbn(part, exponent);
    let enlarged = hull.corners.iter().map(|point| corner(point.map(|part| scale(part, exponent))));
    let back = Vector::splat(scale(1.0, -exponent) as f32);
    ConvexPolyhedron::from_convex_mesh(enlarged.collect(), &hull.triangles)
        .and_then(|hull| hull.scaled(back))
        .map(SharedShape::new)
        .ok_or_else(|| {
            "its surface is not closed; leave out points that nearly coincide".to_owned()
        })
}

/// A convex hull of points in the engine's single precision.
pub(super) struct EngineHull {
    /// Corners of the hull, in the order of the points.
    pub(super) corners: Vec<[f64; 3]>,
    /// Indices of three corners each, counter-clockwise seen from outside.
    pub(super) triangles: Vec<[u32; 3]>,
}

impl EngineHull {
    /// # Errors
    ///
    /// The kind of degeneracy, if the points enclose no volume; never for points that
    /// the checker accepts.
    pub(super) fn of(points: &[[f64; 3]]) -> Result<Self, Degenerate> {
        Extent::of(points).solid()?;
        let single = |point: &[f64; 3]| point.map(|part| f64::from(part as f32));
        let points: Vec<[f64; 3]> = points.iter().map(single).collect();
        let mut triangles = convex_hull(&points)?;
        let mut is_corner = vec![false; points.len()];
        triangles.as_flattened().iter().for_each(|&corner| is_corner[corner as usize] = true);
        let mut place = 0;
        let places: Vec<u32> = is_corner
            .iter()
            .map(|is_corner| {
                place += u32::from(*is_corner);
                place.saturating_sub(1)
            })
            .collect();
        for corner in triangles.as_flattened_mut() {
            *corner = places[*corner as usize];
        }
        let corners = points.into_iter().zip(is_corner).filter(|(_, is_corner)| *is_corner);
        Ok(Self { corners: corners.map(|(point, _)| point).collect(), triangles })
    }
}

fn terrain([size_x, size_y]: [f64; 2], heights: &[Vec<f64>]) -> Result<SharedShape, String> {
    let (rows, columns) = (heights.len(), heights.first().map_or(0, Vec::len));
    if rows < 2 || columns < 2 || heights.iter().any(|row| row.len() != columns) {
        return Err("its heights must be at least two rows of equal length, two or more".to_owned());
    }
    // The engine's rows run along its Z, which is our -Y; its storage is column-major.
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
