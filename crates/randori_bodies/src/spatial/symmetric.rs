//! Symmetric matrices of three rows, such as inertia tensors.

use std::ops::AddAssign;

use nalgebra::{Matrix3, Vector3};

use super::product;

/// A symmetric 3x3 matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names of the elements are sufficient")]
pub struct Symmetric3 {
    pub xx: f64,
    pub yy: f64,
    pub zz: f64,
    pub xy: f64,
    pub xz: f64,
    pub yz: f64,
}

impl Symmetric3 {
    /// The zero matrix.
    pub const ZERO: Self = Self { xx: 0.0, yy: 0.0, zz: 0.0, xy: 0.0, xz: 0.0, yz: 0.0 };

    /// The upper triangle of a matrix that is symmetric up to rounding.
    pub fn of(matrix: &Matrix3<f64>) -> Self {
        Self {
            xx: matrix.m11,
            yy: matrix.m22,
            zz: matrix.m33,
            xy: matrix.m12,
            xz: matrix.m13,
            yz: matrix.m23,
        }
    }

    /// All nine elements.
    pub fn to_matrix(&self) -> Matrix3<f64> {
        Matrix3::new(
            self.xx, self.xy, self.xz, self.xy, self.yy, self.yz, self.xz, self.yz, self.zz,
        )
    }

    /// One of the three columns.
    pub(super) fn column(&self, index: usize) -> Vector3<f64> {
        match index {
            0 => Vector3::new(self.xx, self.xy, self.xz),
            1 => Vector3::new(self.xy, self.yy, self.yz),
            _ => Vector3::new(self.xz, self.yz, self.zz),
        }
    }

    /// Product with a vector.
    pub fn times(&self, v: &Vector3<f64>) -> Vector3<f64> {
        Vector3::new(
            self.xx * v.x + self.xy * v.y + self.xz * v.z,
            self.xy * v.x + self.yy * v.y + self.yz * v.z,
            self.xz * v.x + self.yz * v.y + self.zz * v.z,
        )
    }

    /// `R S R'`: the same tensor in other axes, R being the rotation matrix.
    #[must_use]
    pub fn rotated(&self, rotation: &Matrix3<f64>) -> Self {
        let half = product(rotation, &self.to_matrix());
        let element = |row: usize, column: usize| {
            half[(row, 0)] * rotation[(column, 0)]
                + half[(row, 1)] * rotation[(column, 1)]
                + half[(row, 2)] * rotation[(column, 2)]
        };
        Self {
            xx: element(0, 0),
            yy: element(1, 1),
            zz: element(2, 2),
            xy: element(0, 1),
            xz: element(0, 2),
            yz: element(1, 2),
        }
    }
}

impl AddAssign for Symmetric3 {
    fn add_assign(&mut self, other: Self) {
        self.xx += other.xx;
        self.yy += other.yy;
        self.zz += other.zz;
        self.xy += other.xy;
        self.xz += other.xz;
        self.yz += other.yz;
    }
}
