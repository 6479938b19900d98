//! Mass, centre of mass and inertia of a group of links, for model-based controllers.

use std::f64::consts::PI;

use nalgebra::{Matrix3, Vector3};
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::spec::{InertiaSpec, JointKind, LinkSpec, RobotSpec, Shape, ShapeSpec};

/// A rigid body in a frame that the context names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Body {
    /// Mass, kg.
    pub(super) mass: f64,
    /// Centre of mass, m.
    pub(super) com: Vector3<f64>,
    /// Inertia about the centre of mass, kg m^2.
    pub(super) inertia: Matrix3<f64>,
}

impl Body {
    fn nothing() -> Self {
        Self { mass: 0.0, com: Vector3::zeros(), inertia: Matrix3::zeros() }
    }

    fn placed(&self, pose: &Pose) -> Self {
        let axes = rotation_matrix(pose.rotation);
        let com = axes * self.com + vector(pose.translation);
        Self { mass: self.mass, com, inertia: axes * self.inertia * axes.transpose() }
    }

    fn joined(&self, other: &Self) -> Self {
        let mass = self.mass + other.mass;
        if mass <= 0.0 {
            return Self::nothing();
        }
        let com = (self.com * self.mass + other.com * other.mass) / mass;
        let about = |part: &Self| {
            let d = part.com - com;
            part.inertia + (Matrix3::identity() * d.dot(&d) - d * d.transpose()) * part.mass
        };
        Self { mass, com, inertia: about(self) + about(other) }
    }
}

/// The inertia of `link` and all links fixed to it, in the frame of `link`.
///
/// # Errors
/// The name of a link whose inertia follows only from shapes that have no
/// closed form here (hulls and meshes).
pub(super) fn rigid_group(model: &RobotSpec, link: &str) -> Result<Body, String> {
    let Some(spec) = model.links.iter().find(|candidate| candidate.name == link) else {
        return Ok(Body::nothing());
    };
    let fixed = |joint: &&randori_core::spec::JointSpec| {
        joint.parent == link && matches!(joint.kind, JointKind::Fixed)
    };
    let mut group = link_body(spec).ok_or_else(|| link.to_owned())?;
    for joint in model.joints.iter().filter(fixed) {
        group = group.joined(&rigid_group(model, &joint.child)?.placed(&joint.pose.pose()));
    }
    Ok(group)
}

fn link_body(link: &LinkSpec) -> Option<Body> {
    let moments = match link.inertia {
        InertiaSpec::FromShapes => None,
        InertiaSpec::Moments { ixx, iyy, izz, ixy, ixz, iyz } => {
            Some(Matrix3::new(ixx, ixy, ixz, ixy, iyy, iyz, ixz, iyz, izz))
        }
    };
    if let (Some(inertia), Some(com)) = (moments, link.com) {
        return Some(Body { mass: link.mass_kg, com: Vector3::from(com), inertia });
    }
    let mut filled = Body::nothing();
    for shape in &link.shapes {
        filled = filled.joined(&solid(shape)?.placed(&shape.pose.pose()));
    }
    // Shapes were filled at unit density.
    let scale = if filled.mass > 0.0 { link.mass_kg / filled.mass } else { 0.0 };
    Some(Body {
        mass: link.mass_kg,
        com: link.com.map_or(filled.com, Vector3::from),
        inertia: moments.unwrap_or(filled.inertia * scale),
    })
}

/// A shape in its own frame at 1 kg/m^3; `None` without a closed form.
fn solid(shape: &ShapeSpec) -> Option<Body> {
    let (mass, moments) = match shape.shape {
        Shape::Box { size: [x, y, z] } => {
            let (xx, yy, zz) = (x * x, y * y, z * z);
            (x * y * z, [(yy + zz) / 12.0, (xx + zz) / 12.0, (xx + yy) / 12.0])
        }
        Shape::Sphere { radius } => {
            (4.0 / 3.0 * PI * radius * radius * radius, [0.4 * radius * radius; 3])
        }
        Shape::Cylinder { radius, length } => {
            let rr = radius * radius;
            let across = rr / 4.0 + length * length / 12.0;
            (PI * rr * length, [across, across, rr / 2.0])
        }
        Shape::Capsule { radius, length } => {
            let rr = radius * radius;
            let (tube, ball) = (PI * rr * length, 4.0 / 3.0 * PI * rr * radius);
            // Two hemispheres, each offset by half the length (parallel axes, with the centroid of
            // a hemisphere at 3/8 of its radius).
            let caps = 0.4 * rr + length * length / 4.0 + 0.375 * length * radius;
            let across = tube * (rr / 4.0 + length * length / 12.0) + ball * caps;
            let along = tube * rr / 2.0 + ball * 0.4 * rr;
            let mass = tube + ball;
            (mass, [across / mass, across / mass, along / mass])
        }
        Shape::Cone { radius, length } => {
            let (rr, ll) = (radius * radius, length * length);
            let across = 0.15 * rr + 0.0375 * ll;
            let mass = PI * rr * length / 3.0;
            let com = Vector3::new(0.0, 0.0, -length / 4.0);
            return Some(body(mass, [across, across, 0.3 * rr], com));
        }
        Shape::Heightfield { .. } | Shape::Plane => (0.0, [0.0; 3]),
        Shape::ConvexHull { .. } | Shape::TriangleMesh { .. } => return None,
    };
    Some(body(mass, moments, Vector3::zeros()))
}

fn body(mass: f64, moments_per_kg: [f64; 3], com: Vector3<f64>) -> Body {
    let inertia = Matrix3::from_diagonal(&(Vector3::from(moments_per_kg) * mass));
    Body { mass, com, inertia }
}

/// A vector in double precision.
pub(super) fn vector(v: Vector) -> Vector3<f64> {
    Vector3::new(f64::from(v.x), f64::from(v.y), f64::from(v.z))
}

/// A rotation as a matrix in double precision.
pub(super) fn rotation_matrix(rotation: Rotation) -> Matrix3<f64> {
    Matrix3::from_columns(&[
        vector(rotation * Vector::X),
        vector(rotation * Vector::Y),
        vector(rotation * Vector::Z),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit_density(shape: Shape) -> Body {
        solid(&ShapeSpec::of(shape)).expect("a closed form")
    }

    /// Mass, centroid height and inertia about X through the centroid of a
    /// body of revolution, by summing 200,000 thin discs.
    fn revolved(radius_at: impl Fn(f64) -> f64, bottom: f64, top: f64) -> [f64; 3] {
        let slices = 200_000;
        let dz = (top - bottom) / f64::from(slices);
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for slice in 0..slices {
            let z = bottom + (f64::from(slice) + 0.5) * dz;
            let rr = radius_at(z) * radius_at(z);
            let disc = PI * rr * dz;
            mass += disc;
            first += disc * z;
            second += disc * (rr / 4.0 + z * z);
        }
        [mass, first / mass, second - first * first / mass]
    }

    #[test]
    fn bodies_of_revolution_match_a_sum_of_discs() {
        let capsule = |z: f64| {
            let beyond = (z.abs() - 0.3_f64).max(0.0);
            (0.04 - beyond * beyond).max(0.0).sqrt()
        };
        let cases = [
            (Shape::Capsule { radius: 0.2, length: 0.6 }, revolved(capsule, -0.5, 0.5)),
            (Shape::Cylinder { radius: 0.2, length: 0.6 }, revolved(|_| 0.2, -0.3, 0.3)),
            (
                Shape::Cone { radius: 0.2, length: 0.6 },
                revolved(|z| 0.2 * (0.3 - z) / 0.6, -0.3, 0.3),
            ),
        ];
        for (shape, [mass, height, across]) in cases {
            let body = unit_density(shape.clone());

            assert!((body.mass / mass - 1.0).abs() < 1e-6, "{shape:?}");
            assert!((body.com.z - height).abs() < 1e-6, "{shape:?}");
            assert!((body.inertia[(0, 0)] / across - 1.0).abs() < 1e-6, "{shape:?}");
        }
    }

    #[test]
    fn links_that_are_fixed_to_a_link_count_with_it() {
        let mut robot = crate::fixture::interface(crate::fixture::CARTPOLE).model;
        robot.joints[1].kind = JointKind::Fixed;

        let group = rigid_group(&robot, "cart").expect("boxes have a closed form");

        assert!((group.mass - 1.1).abs() < 1e-12);
        assert!((group.com.z - 0.1 * 0.5 / 1.1).abs() < 1e-12);
    }
}
