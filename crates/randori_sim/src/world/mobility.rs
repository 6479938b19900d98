//! How easily bodies yield at a point: velocity per impulse.

use nalgebra::{Matrix3, Vector3};
use randori_core::math::Vector;
use rapier3d::prelude::{PhysicsWorld, RigidBody};

use super::dropped::DroppedBox;
use super::scene::{Role, Scene};

/// The inverse inertia of a body as everything that it is jointed to lets it
/// move, about its centre of mass, in world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mobility {
    /// Centre of mass, m.
    center: Vector,
    /// Linear velocity per impulse, 1/kg.
    pub(super) linear: Matrix3<f32>,
    /// Linear velocity per angular impulse, 1/(kg m).
    cross: Matrix3<f32>,
    /// Angular velocity per angular impulse, 1/(kg m^2).
    pub(super) angular: Matrix3<f32>,
}

impl Mobility {
    /// Of a body; `None` for what never yields.
    pub(super) fn of(
        scene: &Scene,
        dropped: &[DroppedBox],
        physics: &PhysicsWorld,
        body: usize,
    ) -> Option<Self> {
        if let Some(index) = body.checked_sub(scene.bodies.len()) {
            return Some(Self::of_loose(&physics.bodies[dropped[index].handle]));
        }
        let entry = &scene.bodies[body];
        match entry.role {
            Role::Static | Role::Actor | Role::Tree { .. } => None,
            Role::Loose => Some(Self::of_loose(&physics.bodies[entry.handle])),
        }
    }

    fn of_loose(rigid: &RigidBody) -> Self {
        let mass = rigid.mass_properties();
        let turn = &mass.effective_world_inv_inertia;
        Self {
            center: mass.world_com,
            linear: Matrix3::from_diagonal(&column(mass.effective_inv_mass)),
            cross: Matrix3::zeros(),
            angular: Matrix3::new(
                turn.m11, turn.m12, turn.m13, turn.m12, turn.m22, turn.m23, turn.m13, turn.m23,
                turn.m33,
            ),
        }
    }

    /// Velocity of the body's point at `point` (m, world) per impulse there,
    /// 1/kg.
    pub(super) fn at(&self, point: Vector) -> Matrix3<f32> {
        let lever = column(point - self.center).cross_matrix();
        let turned = self.cross * lever;
        self.linear + turned + turned.transpose() - lever * self.angular * lever
    }
}

/// A vector as the algebra library wants it.
pub(super) fn column(vector: Vector) -> Vector3<f32> {
    Vector3::new(vector.x, vector.y, vector.z)
}

/// Share of the other axis's mobility below which one is rounding: a hinge lets
/// nothing turn about another axis.
const NOISE: f32 = 1e-5;

/// The principal axes of a symmetric matrix in the plane across the unit vector
/// `normal`, with the eigenvalues there.
pub(super) fn across(matrix: &Matrix3<f32>, normal: Vector) -> [(Vector, f32); 2] {
    let first = normal.any_orthonormal_vector();
    let second = normal.cross(first);
    let (one, other) = (column(first), column(second));
    let (a, b, c) =
        (one.dot(&(matrix * one)), one.dot(&(matrix * other)), other.dot(&(matrix * other)));
    let angle = libm::atan2f(2.0 * b, a - c) / 2.0;
    let (sin, cos) = (libm::sinf(angle), libm::cosf(angle));
    let axes = [first * cos + second * sin, second * cos - first * sin];
    let values = axes.map(|axis| along(matrix, axis));
    let noise = NOISE * values[0].max(values[1]);
    let mobile = |value: f32| if value > noise { value } else { 0.0 };
    [(axes[0], mobile(values[0])), (axes[1], mobile(values[1]))]
}

/// The matrix along the unit vector `axis`.
pub(super) fn along(matrix: &Matrix3<f32>, axis: Vector) -> f32 {
    let axis = column(axis);
    axis.dot(&(matrix * axis))
}
