//! Equalities between joints and between links, which close kinematic loops.
//!
//! Each keeps an error at zero by the equality potential of its law (see
//! [`laws`](crate::laws)). Errors, and the velocities that change them:
//!
//! | coupling | error | rows |
//! |---|---|---|
//! | [`Joints`](Coupling::Joints) | `q_f - (c_0 + c_1 q + c_2 q^2 + ..)` | 1 |
//! | [`Connect`](Coupling::Connect) | second anchor - first anchor, world axes | 3 |
//! | [`Frames`](Coupling::Frames), [`Rigid`](Closure::Rigid) | the same, and twice the vector part of the quaternion that turns the first frame into the second (for small angles the rotation vector) | 6 |
//! | [`Hinge`](Closure::Hinge) | the same, and the product z x z' of the two axes | 5 |
//! | [`Slide`](Closure::Slide) | as a rigid closure, but not along z | 5 |
//!
//! Closures act in the axes of the first frame at the point half-way between the anchors on both
//! sides, so that the pair of impulses has no moment of its own and momentum is
//! kept exactly. `MuJoCo` measures the rotation of a rigid closure (its weld) by half of this error; the
//! soft law does so too, which makes its `R` four times as large in our unit. Source: `MuJoCo` documentation, "XML Reference", "equality".

use nalgebra::{Isometry3, Point3, UnitQuaternion, Vector3};

use crate::kinematics::Kinematics;
use crate::laws::Law;
use crate::tree::Tree;

/// Number of coefficients of a joint coupling: a polynomial of degree 4.
pub const POLYNOMIAL: usize = 5;

/// An equality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Coupling {
    /// A coordinate of one dof is a polynomial of the coordinate of another one, as
    /// for gears, mimic joints and tendons.
    Joints {
        /// The following dof, of a revolute, prismatic or planar joint.
        follower: usize,
        /// The leading dof, likewise.
        leader: usize,
        /// Coefficients by power: rad or m per power of rad or m.
        polynomial: [f64; POLYNOMIAL],
        /// The law.
        law: Law,
    },
    /// Two points coincide, as in a ball joint.
    Connect {
        /// Each side: its link, or the world.
        links: [Option<usize>; 2],
        /// The points in the frames of the links (or the world), m.
        anchors: [Vector3<f64>; 2],
        /// The law.
        law: Law,
    },
    /// Two frames coincide, except in the free directions of the closure.
    Frames {
        /// Each side: its link, or the world.
        links: [Option<usize>; 2],
        /// The frames in those of the links (or the world).
        frames: [Isometry3<f64>; 2],
        /// The free directions.
        closure: Closure,
        /// The law.
        law: Law,
    },
}

/// The free directions of a closure of two frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closure {
    /// None: a weld.
    #[default]
    Rigid,
    /// Rotation about z of the first frame.
    Hinge,
    /// Translation along z of the first frame.
    Slide,
}

impl Closure {
    /// True for free directions of the six, translations first.
    pub(crate) fn is_free(self, direction: usize) -> bool {
        match self {
            Self::Rigid => false,
            Self::Hinge => direction == 5,
            Self::Slide => direction == 2,
        }
    }
}

/// Position, axes and error of a connection or a closure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PointError {
    /// Point of action, m, world.
    pub(crate) point: Vector3<f64>,
    /// The axes of its rows, world.
    pub(crate) axes: [Vector3<f64>; 3],
    /// Distance of the anchors along the axes, m; 0 where it is free.
    pub(crate) translation: Vector3<f64>,
    /// Error of the rotation about the axes, rad; 0 where it is free.
    pub(crate) rotation: Vector3<f64>,
}

/// Value and derivative of a polynomial given by its coefficients.
pub(crate) fn polynomial(coefficients: &[f64; POLYNOMIAL], x: f64) -> (f64, f64) {
    let (mut value, mut slope) = (0.0, 0.0);
    for coefficient in coefficients.iter().rev() {
        slope = slope * x + value;
        value = value * x + coefficient;
    }
    (value, slope)
}

/// The error of two frames.
pub(crate) fn frame_error(
    tree: &Tree,
    kinematics: &Kinematics,
    (links, frames): (&[Option<usize>; 2], &[Isometry3<f64>; 2]),
    closure: Closure,
) -> PointError {
    let placed = |side: usize| match links[side] {
        Some(link) => kinematics.pose(tree, link) * frames[side],
        None => frames[side],
    };
    let (first, second) = (placed(0), placed(1));
    let between = second.translation.vector - first.translation.vector;
    let turned = first.rotation.inverse() * second.rotation;
    let mut translation = first.rotation.inverse() * between;
    let mut rotation = twice_vector_part(&turned);
    match closure {
        Closure::Rigid => {}
        Closure::Hinge => {
            // The angle about z may be large; the tilt of the axis is not.
            rotation = Vector3::z().cross(&(turned * Vector3::z()));
        }
        Closure::Slide => translation.z = 0.0,
    }
    let axes = first.rotation.to_rotation_matrix();
    PointError {
        point: first.translation.vector + between / 2.0,
        axes: [0, 1, 2].map(|axis| axes.matrix().column(axis).into_owned()),
        translation,
        rotation,
    }
}

/// The error of two anchors; cheaper, without rotation.
pub(crate) fn anchor_error(
    tree: &Tree,
    kinematics: &Kinematics,
    links: &[Option<usize>; 2],
    anchors: &[Vector3<f64>; 2],
) -> PointError {
    let placed = |side: usize| match links[side] {
        Some(link) => kinematics.position(tree, link) + kinematics.rotation(link) * anchors[side],
        None => anchors[side],
    };
    let (first, second) = (placed(0), placed(1));
    let translation = second - first;
    PointError {
        point: first + translation / 2.0,
        axes: [Vector3::x(), Vector3::y(), Vector3::z()],
        translation,
        rotation: Vector3::zeros(),
    }
}

/// Uses the one of the two quaternions of a rotation that has the smaller angle.
fn twice_vector_part(rotation: &UnitQuaternion<f64>) -> Vector3<f64> {
    let quaternion = rotation.quaternion();
    quaternion.imag() * if quaternion.scalar() < 0.0 { -2.0 } else { 2.0 }
}

/// The shortest rotation vector of a rotation.
pub(crate) fn rotation_vector(rotation: &UnitQuaternion<f64>) -> Vector3<f64> {
    let quaternion = rotation.quaternion();
    let part = quaternion.imag();
    let (sin, cos) = (part.norm(), quaternion.scalar());
    if sin == 0.0 {
        return Vector3::zeros();
    }
    // Of the two quaternions of a rotation take the one with the smaller angle.
    let angle = 2.0 * libm::atan2(if cos < 0.0 { -sin } else { sin }, cos.abs());
    part * (angle / sin)
}

impl Coupling {
    /// A weld that keeps the present relative pose of two links.
    pub fn weld_here(
        tree: &Tree,
        kinematics: &Kinematics,
        links: [Option<usize>; 2],
        law: Law,
    ) -> Self {
        let pose = |side: usize| {
            links[side].map_or_else(Isometry3::identity, |link| kinematics.pose(tree, link))
        };
        let (first, second) = (pose(0), pose(1));
        let frames = [first.inverse() * second, Isometry3::identity()];
        Self::Frames { links, frames, closure: Closure::Rigid, law }
    }

    /// A connection at a point of the world (m) in the present configuration.
    pub fn connect_at(
        tree: &Tree,
        kinematics: &Kinematics,
        links: [Option<usize>; 2],
        (point, law): (Vector3<f64>, Law),
    ) -> Self {
        let anchor = |side: usize| match links[side] {
            Some(link) => {
                let pose = kinematics.pose(tree, link);
                pose.inverse_transform_point(&Point3::from(point)).coords
            }
            None => point,
        };
        Self::Connect { links, anchors: [anchor(0), anchor(1)], law }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_know_their_slope() {
        let coefficients = [0.1, -2.0, 0.5, 1.5, -0.3];
        let (value, slope) = polynomial(&coefficients, 0.7);
        let expected = 0.1 - 2.0 * 0.7 + 0.5 * 0.49 + 1.5 * 0.343 - 0.3 * 0.2401;
        let ahead = polynomial(&coefficients, 0.7 + 1e-6).0;
        let behind = polynomial(&coefficients, 0.7 - 1e-6).0;

        assert!((value - expected).abs() < 1e-15);
        assert!((slope - (ahead - behind) / 2e-6).abs() < 1e-8);
    }

    #[test]
    fn rotation_vectors_take_the_short_way() {
        for angle in [0.0, 1e-9, 0.3, 2.0, 3.1, 4.0] {
            let axis = Vector3::new(0.6, 0.0, -0.8);
            let rotation = UnitQuaternion::new(axis * angle);
            let short = if angle > std::f64::consts::PI {
                angle - 2.0 * std::f64::consts::PI
            } else {
                angle
            };
            assert!((rotation_vector(&rotation) - axis * short).norm() < 1e-12);
        }
    }
}
