//! Spatial vectors and inertias: six-dimensional algebra of rigid bodies
//! (Featherstone, "Rigid Body Dynamics Algorithms", 2008, chapter 2).
//!
//! All quantities are in world axes about one reference point O. Since all quantities
//! of a branch share O, the inertia of a composite body is a plain sum, and so is the
//! force on it.
//!
//! | here | Featherstone | about O |
//! |---|---|---|
//! | [`MotionVector`] | motion vector, element of M^6 | angular velocity, and velocity of the body point at O |
//! | [`ForceVector`] | force vector, element of F^6 | moment about O, and force |
//! | [`SpatialInertia`] | rigid-body inertia I: M^6 -> F^6 | mass, first moment, inertia about O |
//! | [`SpatialStiffness`] | any symmetric map M^6 -> F^6 | for example the Hessian of a contact |

mod stiffness;
mod symmetric;

use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use nalgebra::{Matrix3, Vector3};

pub use stiffness::SpatialStiffness;
pub use symmetric::Symmetric3;

/// A velocity, an acceleration or a unit of joint motion, in world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MotionVector {
    /// Angular part, rad/s (for a velocity).
    pub angular: Vector3<f64>,
    /// Linear part at the reference point O, m/s (for a velocity).
    pub linear: Vector3<f64>,
}

/// A force with its moment, or a momentum, in world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForceVector {
    /// Moment about the reference point O, N m (for a force).
    pub torque: Vector3<f64>,
    /// Force, N.
    pub force: Vector3<f64>,
}

/// Inertia of a rigid body about the reference point O, world axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpatialInertia {
    /// Mass m, kg.
    pub mass_kg: f64,
    /// Mass times the position of the centre of mass from O: h = m c, kg m.
    pub first_moment: Vector3<f64>,
    /// Rotational inertia about O, kg m^2.
    pub rotational: Symmetric3,
}

impl MotionVector {
    /// No motion.
    pub const ZERO: Self =
        Self { angular: Vector3::new(0.0, 0.0, 0.0), linear: Vector3::new(0.0, 0.0, 0.0) };

    /// Rotation about an axis (unit vector) through a point at `offset` (m)
    /// from O.
    pub fn rotation(axis: &Vector3<f64>, offset: &Vector3<f64>) -> Self {
        // The body point at O moves with axis x (O - point).
        Self { angular: *axis, linear: offset.cross(axis) }
    }

    /// Translation along a direction.
    pub fn translation(direction: &Vector3<f64>) -> Self {
        Self { angular: Vector3::zeros(), linear: *direction }
    }

    /// Velocity of the body point at `offset` (m) from O.
    pub fn at(&self, offset: &Vector3<f64>) -> Vector3<f64> {
        self.linear + self.angular.cross(offset)
    }

    /// The product v x m of two motion vectors: the rate of change of `other`
    /// if it moves with velocity `self` (Featherstone, equation 2.31).
    #[must_use]
    pub fn cross(&self, other: &Self) -> Self {
        Self {
            angular: self.angular.cross(&other.angular),
            linear: self.angular.cross(&other.linear) + self.linear.cross(&other.angular),
        }
    }

    /// The product v x* f of a motion and a force vector: the rate of change of
    /// `force` if it moves with velocity `self` (Featherstone,
    /// equation 2.32).
    pub fn cross_force(&self, force: &ForceVector) -> ForceVector {
        ForceVector {
            torque: self.angular.cross(&force.torque) + self.linear.cross(&force.force),
            force: self.angular.cross(&force.force),
        }
    }

    /// The scalar product m . f: the power of a force at a velocity, W.
    pub fn dot(&self, force: &ForceVector) -> f64 {
        self.angular.dot(&force.torque) + self.linear.dot(&force.force)
    }
}

impl ForceVector {
    /// No force.
    pub const ZERO: Self =
        Self { torque: Vector3::new(0.0, 0.0, 0.0), force: Vector3::new(0.0, 0.0, 0.0) };

    /// A force (N) that acts at `offset` (m) from O, without a couple.
    pub fn at(force: &Vector3<f64>, offset: &Vector3<f64>) -> Self {
        Self { torque: offset.cross(force), force: *force }
    }

    /// Moment about the point at `offset` (m) from O, N m.
    pub fn torque_about(&self, offset: &Vector3<f64>) -> Vector3<f64> {
        self.torque - offset.cross(&self.force)
    }
}

impl SpatialInertia {
    /// No mass.
    pub const ZERO: Self = Self {
        mass_kg: 0.0,
        first_moment: Vector3::new(0.0, 0.0, 0.0),
        rotational: Symmetric3::ZERO,
    };

    /// A body with its centre of mass at `com` (m from O) and rotational
    /// inertia `about_com` (kg m^2, world axes) about that centre; the parallel
    /// axis theorem `I_O = I_c + m (c.c 1 - c c')`.
    pub fn new(mass_kg: f64, com: &Vector3<f64>, about_com: &Symmetric3) -> Self {
        let h = com * mass_kg;
        let rotational = Symmetric3 {
            xx: about_com.xx + h.y * com.y + h.z * com.z,
            yy: about_com.yy + h.x * com.x + h.z * com.z,
            zz: about_com.zz + h.x * com.x + h.y * com.y,
            xy: about_com.xy - h.x * com.y,
            xz: about_com.xz - h.x * com.z,
            yz: about_com.yz - h.y * com.z,
        };
        Self { mass_kg, first_moment: h, rotational }
    }

    /// Momentum of the body at a velocity, or the force that gives a resting
    /// body an acceleration: `[I w + h x v; m v - h x w]` (Featherstone,
    /// equation 2.63).
    pub fn times(&self, motion: &MotionVector) -> ForceVector {
        ForceVector {
            torque: self.rotational.times(&motion.angular)
                + self.first_moment.cross(&motion.linear),
            force: motion.linear * self.mass_kg - self.first_moment.cross(&motion.angular),
        }
    }
}

impl AddAssign for SpatialInertia {
    fn add_assign(&mut self, other: Self) {
        self.mass_kg += other.mass_kg;
        self.first_moment += other.first_moment;
        self.rotational += other.rotational;
    }
}

/// Matrix times vector, unrolled.
pub fn rotated(matrix: &Matrix3<f64>, v: &Vector3<f64>) -> Vector3<f64> {
    Vector3::new(
        matrix.m11 * v.x + matrix.m12 * v.y + matrix.m13 * v.z,
        matrix.m21 * v.x + matrix.m22 * v.y + matrix.m23 * v.z,
        matrix.m31 * v.x + matrix.m32 * v.y + matrix.m33 * v.z,
    )
}

/// Matrix times matrix, unrolled.
pub fn product(a: &Matrix3<f64>, b: &Matrix3<f64>) -> Matrix3<f64> {
    let column = |index: usize| {
        let (x, y, z) = (b[(0, index)], b[(1, index)], b[(2, index)]);
        [
            a.m11 * x + a.m12 * y + a.m13 * z,
            a.m21 * x + a.m22 * y + a.m23 * z,
            a.m31 * x + a.m32 * y + a.m33 * z,
        ]
    };
    let [[xx, yx, zx], [xy, yy, zy], [xz, yz, zz]] = [column(0), column(1), column(2)];
    Matrix3::new(xx, xy, xz, yx, yy, yz, zx, zy, zz)
}

/// Sums, differences and multiples of a pair of vectors, part by part.
macro_rules! vector_space {
    ($type:ident, $first:ident, $second:ident) => {
        impl Add for $type {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self { $first: self.$first + other.$first, $second: self.$second + other.$second }
            }
        }
        impl Sub for $type {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self { $first: self.$first - other.$first, $second: self.$second - other.$second }
            }
        }
        impl Mul<f64> for $type {
            type Output = Self;
            fn mul(self, factor: f64) -> Self {
                Self { $first: self.$first * factor, $second: self.$second * factor }
            }
        }
        impl Neg for $type {
            type Output = Self;
            fn neg(self) -> Self {
                Self { $first: -self.$first, $second: -self.$second }
            }
        }
        impl AddAssign for $type {
            fn add_assign(&mut self, other: Self) {
                self.$first += other.$first;
                self.$second += other.$second;
            }
        }
        impl SubAssign for $type {
            fn sub_assign(&mut self, other: Self) {
                self.$first -= other.$first;
                self.$second -= other.$second;
            }
        }
    };
}

vector_space!(MotionVector, angular, linear);
vector_space!(ForceVector, torque, force);
