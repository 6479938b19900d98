//! Bounds on the magnitude of numbers in physics.
//!
//! The engine computes in single precision and squares or multiplies most of its inputs:
//! numbers far outside of the range of real machines would overflow or underflow.

use super::report::{At, Report};
use crate::hull::{MAX_SIZE_M, MIN_SIZE_M};

/// The range of a quantity, by magnitude; other checks cover zero.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    least: f64,
    most: f64,
    unit: &'static str,
}

/// Edges, radii and other sizes of shapes.
pub(crate) const SIZE: Bounds = Bounds { least: MIN_SIZE_M, most: MAX_SIZE_M, unit: "m" };
/// Coordinates of positions.
pub(crate) const PLACE: Bounds = Bounds { least: 0.0, most: MAX_SIZE_M, unit: "m" };
/// Joint angles.
pub(crate) const ANGLE: Bounds = Bounds { least: 0.0, most: 1e6, unit: "rad" };
/// Masses of bodies.
pub(crate) const MASS: Bounds = Bounds { least: 0.0, most: 1e9, unit: "kg" };
/// Moments of inertia.
pub(crate) const MOMENT: Bounds = Bounds { least: 0.0, most: 1e15, unit: "kg m^2" };
/// Speeds, linear and angular.
pub(crate) const SPEED: Bounds = Bounds { least: 0.0, most: 1e6, unit: "m/s or rad/s" };
/// Gravity.
pub(crate) const ACCELERATION: Bounds = Bounds { least: 0.0, most: 1e6, unit: "m/s^2" };
/// Magnetic fields; the bound is above the strongest artificial fields.
pub(crate) const MAGNETIC_FIELD: Bounds = Bounds { least: 0.0, most: 1e4, unit: "T" };
/// Forces and impulses.
pub(crate) const FORCE: Bounds = Bounds { least: 0.0, most: 1e12, unit: "N or N s" };
/// Gains of drives, stiffness, damping, friction and armature of joints.
pub(crate) const GAIN: Bounds = Bounds { least: 0.0, most: 1e12, unit: "in SI units" };
/// Coefficients of surfaces and settings of contacts.
pub(crate) const CONTACT: Bounds = Bounds { least: 0.0, most: 1e6, unit: "in SI units" };

/// The largest edge of a shape has at most this many times its smallest one.
const MAX_RATIO: f64 = 1e6;

/// A number in readable form: very large and very small ones with an exponent.
pub(crate) fn shown(value: f64) -> String {
    let is_long = value != 0.0 && !(1e-6..1e15).contains(&value.abs());
    if is_long { format!("{value:e}") } else { value.to_string() }
}

impl Report<'_> {
    /// An error if a number is out of the range of its quantity.
    pub(crate) fn bounded(&mut self, at: &At<'_>, value: f64, bounds: Bounds) {
        let Bounds { least, most, unit } = bounds;
        let amount = value.abs();
        if !amount.is_finite() || (least..=most).contains(&amount) || amount == 0.0 {
            return;
        }
        let (word, limit) = if amount > most { ("most", most) } else { ("least", least) };
        self.out_of_range(at, value, &format!("must be at {word} {limit:e} {unit}"));
    }

    /// The same for the parts of a vector.
    pub(crate) fn bounded_parts(&mut self, at: &At<'_>, parts: &[f64], bounds: Bounds) {
        for (index, part) in parts.iter().enumerate() {
            self.bounded(&at.index(index), *part, bounds);
        }
    }

    /// An error unless a number is a size that a shape can have, m.
    pub(crate) fn size(&mut self, at: &At<'_>, value: f64) {
        if (value as f32) < f32::MIN_POSITIVE {
            self.positive(at, value);
        } else {
            self.bounded(at, value, SIZE);
        }
    }

    /// An error unless a number is a mass that a body can have, kg.
    pub(crate) fn mass(&mut self, at: &At<'_>, value: f64) {
        self.positive(at, value);
        self.bounded(at, value, MASS);
    }

    /// An error if a number is negative, or too large for its quantity.
    pub(crate) fn amount(&mut self, at: &At<'_>, value: f64, bounds: Bounds) {
        self.not_negative(at, value);
        if value > 0.0 {
            self.bounded(at, value, bounds);
        }
    }

    /// An error if the sizes of a shape differ too much for single precision.
    pub(crate) fn ratio(&mut self, at: &At<'_>, sizes: &[f64]) {
        let smallest = sizes.iter().copied().fold(f64::INFINITY, f64::min);
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        if largest.is_finite() && smallest > 0.0 && largest > MAX_RATIO * smallest {
            let message = "the sizes of this shape are too unlike for single precision";
            let (largest, smallest) = (shown(largest), shown(smallest));
            let label = format!("{largest} m is more than {MAX_RATIO:e} times {smallest} m");
            let code = crate::diagnostic::DiagnosticCode::DEGENERATE_SHAPE;
            let help = "lengths are metres: look for one in millimetres, or for a typo";
            self.error(code, at, message, label).help.push(help.to_owned());
        }
    }
}
