//! Stiffness against motion of a rigid body.

use std::ops::AddAssign;

use nalgebra::{Matrix3, Vector3};

use super::{ForceVector, MotionVector, Symmetric3, rotated};

/// A symmetric 6x6 map from motion to force, about O:
/// `[torque; force] = [A C; C' L] [angular; linear]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpatialStiffness {
    /// Block A: torque per angular motion.
    pub angular: Symmetric3,
    /// Block C: torque per linear motion.
    pub coupling: Matrix3<f64>,
    /// Block L: force per linear motion.
    pub linear: Symmetric3,
}

impl SpatialStiffness {
    /// No stiffness.
    pub const ZERO: Self = Self {
        angular: Symmetric3::ZERO,
        coupling: Matrix3::new(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        linear: Symmetric3::ZERO,
    };

    /// `X' G X` for the velocity `X m = linear + angular x offset` of the body
    /// point at `offset` (m) from O, and a symmetric 3x3 matrix G on it.
    pub fn at_point(matrix: &Symmetric3, offset: &Vector3<f64>) -> Self {
        // C = [offset]x G, column by column.
        let [x, y, z] = [0, 1, 2].map(|column| offset.cross(&matrix.column(column)));
        // A = C [offset]x', row by row: r [offset]x' = offset x r.
        let first = offset.cross(&Vector3::new(x.x, y.x, z.x));
        let second = offset.cross(&Vector3::new(x.y, y.y, z.y));
        let third = offset.cross(&Vector3::new(x.z, y.z, z.z));
        let angular = Symmetric3 {
            xx: first.x,
            yy: second.y,
            zz: third.z,
            xy: first.y,
            xz: first.z,
            yz: second.z,
        };
        Self { angular, coupling: Matrix3::from_columns(&[x, y, z]), linear: *matrix }
    }

    /// A symmetric 3x3 matrix on the angular velocity only.
    pub fn of_rotation(matrix: &Symmetric3) -> Self {
        Self { angular: *matrix, ..Self::ZERO }
    }

    /// The same stiffness about another O, given the offset of the current one from
    /// it (m): `T' K T` for the velocity `linear + angular x offset` at the current O.
    #[must_use]
    pub fn shifted(&self, offset: &Vector3<f64>) -> Self {
        let mut sum = Self::at_point(&self.linear, offset);
        // [offset]x C', column by column.
        let [x, y, z] = [0, 1, 2].map(|row| offset.cross(&self.coupling.row(row).transpose()));
        sum.angular += self.angular;
        sum.angular += Symmetric3 {
            xx: x.x + x.x,
            yy: y.y + y.y,
            zz: z.z + z.z,
            xy: x.y + y.x,
            xz: x.z + z.x,
            yz: y.z + z.y,
        };
        sum.coupling += self.coupling;
        sum
    }

    /// The force for a motion.
    pub fn times(&self, motion: &MotionVector) -> ForceVector {
        ForceVector {
            torque: self.angular.times(&motion.angular) + rotated(&self.coupling, &motion.linear),
            force: self.coupling.tr_mul(&motion.angular) + self.linear.times(&motion.linear),
        }
    }
}

impl AddAssign for SpatialStiffness {
    fn add_assign(&mut self, other: Self) {
        self.angular += other.angular;
        self.coupling += other.coupling;
        self.linear += other.linear;
    }
}
