//! Convex hulls of points.
//!
//! [`convex_hull`] is exact: it decides the side of a plane on which a point lies with J. R.
//! Shewchuk's adaptive predicates ("Adaptive precision floating-point arithmetic and fast
//! robust geometric predicates", 1997), so that slender, flat and tiny hulls are no special
//! cases. [`Extent`] determines if the hull has a volume in single precision, which the engine
//! requires.
//!
//! Start reading at [`convex_hull`].

mod build;
mod extent;

pub use build::convex_hull;
pub use extent::Extent;

/// Minimum length of bodies, m: the engine computes in single precision.
pub const MIN_SIZE_M: f64 = 1e-6;
/// Maximum length of bodies and magnitude of coordinates, m.
pub const MAX_SIZE_M: f64 = 1e6;

/// The reason why points have no convex hull with a volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Degenerate {
    /// There are no points, or all are equal.
    #[error("all points are equal")]
    Point,
    /// All points lie on one line.
    #[error("all points lie on one line")]
    Line,
    /// All points lie in one plane.
    #[error("all points lie in one plane")]
    Plane,
}

pub(crate) fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(crate) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(crate) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}
