//! Mass properties of rigid bodies in their own frames.

use nalgebra::{Isometry3, Matrix3, Vector3};

/// Mass, centre of mass and rotational inertia of a rigid body, in a body frame B.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MassProperties {
    /// Mass, kg.
    pub mass_kg: f64,
    /// Centre of mass in B, m.
    pub com: Vector3<f64>,
    /// Inertia about the centre of mass, in the axes of B, kg m^2.
    pub inertia: Matrix3<f64>,
}

impl MassProperties {
    /// No mass.
    pub fn zero() -> Self {
        Self { mass_kg: 0.0, com: Vector3::zeros(), inertia: Matrix3::zeros() }
    }

    /// A point mass at `com` (m, in B).
    pub fn point(mass_kg: f64, com: Vector3<f64>) -> Self {
        Self { mass_kg, com, inertia: Matrix3::zeros() }
    }

    /// The same body in another frame A.
    #[must_use]
    pub fn placed(&self, a_from_b: &Isometry3<f64>) -> Self {
        let axes = a_from_b.rotation.to_rotation_matrix();
        let inertia = axes.matrix() * self.inertia * axes.matrix().transpose();
        let com = a_from_b.rotation * self.com + a_from_b.translation.vector;
        Self { mass_kg: self.mass_kg, com, inertia: symmetric(&inertia) }
    }

    /// Two bodies of one frame, joined rigidly.
    #[must_use]
    pub fn joined(&self, other: &Self) -> Self {
        let mass_kg = self.mass_kg + other.mass_kg;
        if mass_kg <= 0.0 {
            return Self::zero();
        }
        let com = (self.com * self.mass_kg + other.com * other.mass_kg) / mass_kg;
        let about = |part: &Self| part.inertia + point_inertia(part.mass_kg, &(part.com - com));
        Self { mass_kg, com, inertia: about(self) + about(other) }
    }

    /// The same shape scaled to the mass `mass_kg`. A body without mass becomes a
    /// point mass.
    #[must_use]
    pub fn with_mass(&self, mass_kg: f64) -> Self {
        let scale = if self.mass_kg > 0.0 { mass_kg / self.mass_kg } else { 0.0 };
        Self { mass_kg, com: self.com, inertia: self.inertia * scale }
    }

    /// Inertia about the origin of B instead of the centre of mass, kg m^2.
    pub fn inertia_about_origin(&self) -> Matrix3<f64> {
        self.inertia + point_inertia(self.mass_kg, &self.com)
    }
}

/// Inertia about the origin of a point mass at `offset` (m):
/// `m (c.c 1 - c c')`, kg m^2.
pub fn point_inertia(mass_kg: f64, offset: &Vector3<f64>) -> Matrix3<f64> {
    (Matrix3::identity() * offset.norm_squared() - offset * offset.transpose()) * mass_kg
}

fn symmetric(matrix: &Matrix3<f64>) -> Matrix3<f64> {
    (matrix + matrix.transpose()) * 0.5
}
