//! Physically possible inertias.

use nalgebra::Matrix3;

use crate::geometry::{Inertia, principal};

/// Tolerance of the triangle inequality: published moments of thin plates and rods
/// violate it in their last printed digit.
const ROUNDING: f64 = 4e-3;

/// The moments with principal moments of at least `least`.
pub(crate) fn raised(moments: &Matrix3<f64>, least: f64) -> Matrix3<f64> {
    let (values, axes) = principal(moments);
    if values[0] >= least {
        return *moments;
    }
    rebuilt(values.map(|value| value.max(least)), &axes)
}

/// The nearest possible inertia and the problem, if this one is impossible.
/// With `balance`, moments that violate the triangle inequality become equal.
pub(crate) fn possible(inertia: &Inertia, balance: bool) -> Option<(Inertia, &'static str)> {
    let (values, axes) = principal(&inertia.moments);
    let [small, middle, large] = values;
    let with = |moments: Matrix3<f64>| Inertia { moments, ..*inertia };
    // A sphere of this radius has about the moments of a small part.
    let tiny = 0.4 * inertia.mass * 1e-4;
    // A part smaller than a hundredth of a millimetre is a mistake.
    if large <= tiny * 1e-6 {
        let ball = with(Matrix3::identity() * (0.4 * inertia.mass * 1e-2 * 1e-1));
        return Some((
            ball,
            "it is zero, negative or far too small; replaced by that of a sphere of 32 mm radius",
        ));
    }
    if small <= 1e-8 * large {
        let raised = values.map(|value| value.max(tiny.min(large * 0.1)).max(1e-4 * large));
        let repaired = balanced(raised);
        return Some((
            with(rebuilt(repaired, &axes)),
            "a principal moment is not positive; it was raised",
        ));
    }
    if small + middle < large * (1.0 - ROUNDING) {
        if balance {
            let mean = (small + middle + large) / 3.0;
            return Some((with(Matrix3::identity() * mean), "the moments were balanced"));
        }
        let repaired = rebuilt(balanced(values), &axes);
        return Some((
            with(repaired),
            "the moments violate the triangle inequality; the smaller ones were raised",
        ));
    }
    None
}

/// Moments that satisfy the triangle inequality, the smaller ones raised.
fn balanced([small, middle, large]: [f64; 3]) -> [f64; 3] {
    let missing = (large - small - middle).max(0.0) / 2.0;
    [small + missing, middle + missing, large]
}

fn rebuilt(values: [f64; 3], axes: &Matrix3<f64>) -> Matrix3<f64> {
    axes * Matrix3::from_diagonal(&values.into()) * axes.transpose()
}
