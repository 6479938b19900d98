//! Mass, centre of mass and rotational inertia of links, from their shapes or as given.
//!
//! The world builder and the dynamics model both use these numbers, so simulation and
//! computed dynamics have the same masses. All computations are in f64 and in closed
//! form; shapes without volume have no mass, and overlapping volumes count twice.
//!
//! Start reading at [`link_mass_properties`].

use nalgebra::{Matrix3, Vector3};
pub use randori_bodies::MassProperties;
use randori_core::spec::{InertiaSpec, LinkSpec, Shape, ShapeSpec};
use std::f64::consts::PI;

use super::dynamics::spatial::written_pose;
use super::shape::EngineHull;

/// Mass properties of a link in its own frame.
///
/// A centre of mass in the file replaces the shapes' centroid; the inertia of
/// [`InertiaSpec::FromShapes`] is computed about that centroid and used about the given
/// point. A link whose shapes have no volume (or without shapes) is a point mass unless
/// its moments are given.
pub fn link_mass_properties(link: &LinkSpec) -> MassProperties {
    let filled = link
        .shapes
        .iter()
        .fold(MassProperties::zero(), |sum, shape| sum.joined(&shape_mass_properties(shape)))
        .with_mass(link.mass_kg);
    MassProperties {
        mass_kg: link.mass_kg,
        com: link.com.map_or(filled.com, Vector3::from),
        inertia: match link.inertia {
            InertiaSpec::FromShapes => filled.inertia,
            InertiaSpec::Moments { ixx, iyy, izz, ixy, ixz, iyz } => {
                Matrix3::new(ixx, ixy, ixz, ixy, iyy, iyz, ixz, iyz, izz)
            }
        },
    }
}

/// Mass properties at a density of 1 kg/m^3, in the frame of the link or
/// object that carries the shape.
///
/// Heightfields, planes and degenerate hulls have none. A triangle mesh counts as the
/// solid that it encloses; the result is meaningful for closed meshes only.
pub fn shape_mass_properties(shape: &ShapeSpec) -> MassProperties {
    solid(&shape.shape).placed(&written_pose(&shape.pose))
}

/// A shape in its own frame, at unit density.
fn solid(shape: &Shape) -> MassProperties {
    match *shape {
        Shape::Box { size: [x, y, z] } => {
            let mass = x * y * z;
            let (xx, yy, zz) = (x * x, y * y, z * z);
            centred(mass, [(yy + zz) / 12.0, (xx + zz) / 12.0, (xx + yy) / 12.0])
        }
        Shape::Sphere { radius } => {
            let moment = 0.4 * radius * radius;
            centred(ball_volume(radius), [moment; 3])
        }
        Shape::Cylinder { radius, length } => cylinder(radius, length),
        Shape::Capsule { radius, length } => capsule(radius, length),
        Shape::Cone { radius, length } => {
            let (rr, ll) = (radius * radius, length * length);
            let across = 0.15 * rr + 0.0375 * ll;
            let mut cone = centred(PI * rr * length / 3.0, [across, across, 0.3 * rr]);
            // The centroid lies a quarter of the height above the base.
            cone.com.z = -length / 4.0;
            cone
        }
        Shape::ConvexHull { ref points } => hull(points),
        Shape::TriangleMesh { ref vertices, ref triangles } => {
            let corners: Vec<_> = vertices.iter().map(|&corner| Vector3::from(corner)).collect();
            enclosed(&corners, triangles)
        }
        Shape::Heightfield { .. } | Shape::Plane => MassProperties::zero(),
    }
}

/// A body centred on its frame, from its mass and its moments per unit mass.
fn centred(mass_kg: f64, moments: [f64; 3]) -> MassProperties {
    let inertia = Matrix3::from_diagonal(&(Vector3::from(moments) * mass_kg));
    MassProperties { mass_kg, com: Vector3::zeros(), inertia }
}

fn ball_volume(radius: f64) -> f64 {
    4.0 / 3.0 * PI * radius * radius * radius
}

fn cylinder(radius: f64, length: f64) -> MassProperties {
    let (rr, ll) = (radius * radius, length * length);
    let across = rr / 4.0 + ll / 12.0;
    centred(PI * rr * length, [across, across, rr / 2.0])
}

fn capsule(radius: f64, length: f64) -> MassProperties {
    let middle = cylinder(radius, length);
    let caps = ball_volume(radius);
    // Two half balls: each has its centroid 3/8 r above its flat side, which
    // lies length / 2 from the middle.
    let (rr, ll) = (radius * radius, length * length);
    let across = caps * (0.4 * rr + 0.375 * radius * length + 0.25 * ll);
    let inertia = Matrix3::from_diagonal(&Vector3::new(across, across, caps * 0.4 * rr));
    middle.joined(&MassProperties { mass_kg: caps, com: Vector3::zeros(), inertia })
}

fn hull(points: &[[f64; 3]]) -> MassProperties {
    let Ok(hull) = EngineHull::of(points) else { return MassProperties::zero() };
    let corners: Vec<Vector3<f64>> = hull.corners.into_iter().map(Vector3::from).collect();
    // Its volume is exact, even if small relative to its extent.
    filled(&corners, &hull.triangles).1
}

/// Below this ratio of volume to cubed extent, the volume of a surface is rounding error.
const FLAT: f64 = 1e-6;

/// The solid inside a surface; none if the surface is flat.
fn enclosed(corners: &[Vector3<f64>], triangles: &[[u32; 3]]) -> MassProperties {
    let (extent, solid) = filled(corners, triangles);
    if solid.mass_kg <= FLAT * extent * extent * extent { MassProperties::zero() } else { solid }
}

/// The solid inside a closed surface, and the largest distance of a corner from the
/// mean of all corners: a sum of signed tetrahedra between a reference point and the
/// triangles, with the second moments of a tetrahedron from Tonon, "Explicit exact
/// formulas for the 3-D tetrahedron inertia tensor" (2004), in the form V/20 (sum of p
/// p^T + s s^T) for corners p with sum s and the fourth corner at the origin.
fn filled(corners: &[Vector3<f64>], triangles: &[[u32; 3]]) -> (f64, MassProperties) {
    let count = corners.len().max(1) as f64;
    let reference = corners.iter().sum::<Vector3<f64>>() / count;
    let (mut volume, mut first, mut second) = (0.0, Vector3::zeros(), Matrix3::zeros());
    for triangle in triangles {
        let [a, b, c] = triangle.map(|index| corners[index as usize] - reference);
        let part = a.dot(&b.cross(&c)) / 6.0;
        let sum = a + b + c;
        let squares = a * a.transpose() + b * b.transpose() + c * c.transpose();
        volume += part;
        first += sum * (part / 4.0);
        second += (squares + sum * sum.transpose()) * (part / 20.0);
    }
    // A surface with inverted winding encloses the same solid.
    let sign = if volume < 0.0 { -1.0 } else { 1.0 };
    let (volume, first, second) = (volume * sign, first * sign, second * sign);
    let extent = corners.iter().map(|corner| (corner - reference).norm()).fold(0.0, f64::max);
    if volume <= 0.0 {
        return (extent, MassProperties::zero());
    }
    let offset = first / volume;
    let spread = second - offset * offset.transpose() * volume;
    let inertia = Matrix3::identity() * spread.trace() - spread;
    (extent, MassProperties { mass_kg: volume, com: reference + offset, inertia })
}

#[cfg(test)]
#[path = "inertia_tests.rs"]
mod tests;
