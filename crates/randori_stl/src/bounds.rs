//! Bounds of a margin before the end of a trace.

use crate::compile::Extremum;

/// The smallest and the largest possible margin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower bound over all continuations of the trace.
    pub lower: f64,
    /// Upper bound over all continuations of the trace.
    pub upper: f64,
}

impl Bounds {
    /// Unknown: no bounds.
    pub const UNKNOWN: Self = Self { lower: f64::NEG_INFINITY, upper: f64::INFINITY };

    /// A known margin.
    pub fn exactly(margin: f64) -> Self {
        Self { lower: margin, upper: margin }
    }

    /// Whether every continuation satisfies (`Some(true)`) or violates
    /// (`Some(false)`) the formula. A margin of 0 counts as satisfied.
    pub fn decided(&self) -> Option<bool> {
        match (self.lower >= 0.0, self.upper < 0.0) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }

    /// True if only one margin is possible.
    pub fn is_exact(&self) -> bool {
        self.lower == self.upper
    }

    pub(crate) fn negated(self) -> Self {
        Self { lower: -self.upper, upper: -self.lower }
    }

    pub(crate) fn joined(self, other: Self, extremum: Extremum) -> Self {
        Self {
            lower: extremum.of(self.lower, other.lower),
            upper: extremum.of(self.upper, other.upper),
        }
    }

    /// Bounds of the distance between two margins.
    pub(crate) fn distance(self, other: Self) -> Self {
        let gap = if self.lower > other.upper {
            distance(self.lower, other.upper)
        } else if other.lower > self.upper {
            distance(other.lower, self.upper)
        } else {
            0.0
        };
        let reach = distance(self.lower, other.upper).max(distance(self.upper, other.lower));
        Self { lower: gap, upper: reach }
    }

    /// The intersection of both bounds.
    pub(crate) fn narrowed(self, other: Self) -> Self {
        Self {
            lower: Extremum::Greatest.of(self.lower, other.lower),
            upper: Extremum::Least.of(self.upper, other.upper),
        }
    }
}

/// `|a - b|`, with distance 0 of equal infinities.
pub(crate) fn distance(a: f64, b: f64) -> f64 {
    if a == b { 0.0 } else { (a - b).abs() }
}
