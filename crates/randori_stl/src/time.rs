//! Exact time: bounds of intervals and sample periods.
//!
//! A bound such as `0.6` has no exact binary floating-point value, so interval
//! arithmetic is done in whole attoseconds. That makes "is this a whole number
//! of samples" a question with one answer on every machine.

use std::fmt;

const ATTOS_PER_SECOND: i128 = 1_000_000_000_000_000_000;
const ATTOS_PER_NANO: i128 = 1_000_000_000;
/// Longest bound, in attoseconds: 10^9 s, some 31 years.
const MAX_ATTOS: i128 = 1_000_000_000 * ATTOS_PER_SECOND;

/// A time in seconds, held exactly as a whole number of attoseconds (1e-18 s).
///
/// Displays as a plain decimal (`0.6`, `-2`, `0.000001`) that parses back to
/// the same value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds {
    attos: i128,
}

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self { attos: 0 };

    /// A whole number of nanoseconds.
    pub fn from_nanos(nanos: i64) -> Self {
        Self { attos: i128::from(nanos) * ATTOS_PER_NANO }
    }

    /// The nearest whole nanosecond to `seconds`.
    ///
    /// Returns `None` for a value that is not finite or is longer than 1e9 s.
    pub fn from_f64(seconds: f64) -> Option<Self> {
        let nanos = (seconds * 1e9).round();
        (nanos.abs() <= 1e18).then(|| Self::from_nanos(nanos as i64))
    }

    /// The nearest floating-point number, in seconds.
    pub fn as_f64(self) -> f64 {
        let whole = self.attos / ATTOS_PER_SECOND;
        let rest = self.attos % ATTOS_PER_SECOND;
        if whole == 0 {
            rest as f64 / ATTOS_PER_SECOND as f64
        } else {
            // Below 1e9 s the attoseconds exceed 2^53, so divide what is exact.
            self.attos as f64 / ATTOS_PER_SECOND as f64
        }
    }

    /// Reads a decimal literal (`12`, `0.6`, `1e-3`) in units of
    /// `10^-unit_exponent` seconds times `factor`. `None`: longer than 1e9 s.
    pub(crate) fn from_literal(literal: &str, factor: i128, unit_exponent: i32) -> Option<Self> {
        let (mantissa, exponent) = decimal_parts(literal)?;
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        let shift = exponent.checked_add(18)?.checked_sub(unit_exponent)?;
        let scaled = mantissa.checked_mul(factor)?;
        let attos = if shift >= 0 {
            scaled.checked_mul(10_i128.checked_pow(shift.unsigned_abs())?)?
        } else {
            match 10_i128.checked_pow(shift.unsigned_abs()) {
                Some(divisor) => (scaled + divisor / 2) / divisor,
                None => 0,
            }
        };
        (attos <= MAX_ATTOS).then_some(Self { attos })
    }

    pub(crate) fn is_negative(self) -> bool {
        self.attos < 0
    }

    /// The sum, or `None` where it cannot be held.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        self.attos.checked_add(other.attos).map(|attos| Self { attos })
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self { attos: self.attos.saturating_add(other.attos) }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self { attos: self.attos.saturating_sub(other.attos) }
    }
}

/// Digits and decimal exponent of a literal made of digits, at most one point
/// and an optional exponent. Digits beyond the 18th significant one are cut.
fn decimal_parts(literal: &str) -> Option<(i128, i32)> {
    let (digits, exponent) = match literal.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (literal, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut mantissa = 0_i128;
    let mut cut = 0_i32;
    for digit in whole.bytes().chain(fraction.bytes()) {
        if mantissa >= ATTOS_PER_SECOND / 10 {
            cut += 1;
        } else {
            mantissa = mantissa * 10 + i128::from(digit.checked_sub(b'0')?);
        }
    }
    let fraction_digits = i32::try_from(fraction.len()).ok()?;
    Some((mantissa, exponent.checked_sub(fraction_digits)?.checked_add(cut)?))
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.attos < 0 { "-" } else { "" };
        let attos = self.attos.unsigned_abs();
        let (whole, rest) =
            (attos / ATTOS_PER_SECOND.unsigned_abs(), attos % ATTOS_PER_SECOND.unsigned_abs());
        if rest == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{rest:018}");
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

/// The time between two samples of a trace; always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    nanos: u64,
}

/// A bound that falls between two samples, with its legal neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OffGrid {
    pub(crate) below: Seconds,
    pub(crate) above: Seconds,
}

impl Period {
    /// A period of `nanos` nanoseconds.
    ///
    /// # Panics
    /// If `nanos` is 0: a trace whose samples share one instant has no time.
    pub fn from_nanos(nanos: u64) -> Self {
        assert!(nanos > 0, "a sample period must be longer than zero");
        Self { nanos }
    }

    /// The period in nanoseconds.
    pub fn as_nanos(self) -> u64 {
        self.nanos
    }

    /// The period in seconds, exactly.
    pub fn as_seconds(self) -> Seconds {
        Seconds { attos: self.attos() }
    }

    fn attos(self) -> i128 {
        i128::from(self.nanos) * ATTOS_PER_NANO
    }

    /// How many samples a non-negative bound spans: exact, within 1e-9 of one
    /// sample.
    pub(crate) fn samples_in(self, bound: Seconds) -> Result<usize, OffGrid> {
        let period = self.attos();
        let (below, rest) = (bound.attos / period, bound.attos % period);
        // rest / period <= 1e-9, in integers: bounds stay below 1e27, so the
        // product stays below 1e37.
        let is_near = |distance: i128| distance.saturating_mul(1_000_000_000) <= period;
        if is_near(rest) {
            Ok(usize::try_from(below).unwrap_or(usize::MAX))
        } else if is_near(period - rest) {
            Ok(usize::try_from(below + 1).unwrap_or(usize::MAX))
        } else {
            Err(OffGrid {
                below: Seconds { attos: below * period },
                above: Seconds { attos: (below + 1) * period },
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(literal: &str) -> Seconds {
        Seconds::from_literal(literal, 1, 0).expect("within range")
    }

    #[test]
    fn decimals_are_exact_and_print_as_written() {
        for text in ["0", "0.6", "30", "0.000000001", "1000000.001", "0.333333333333333333"] {
            assert_eq!(seconds(text).to_string(), text);
        }
        assert_eq!(seconds("1e-3"), seconds("0.001"));
        assert_eq!(Seconds::from_literal("250", 1, 3), Some(seconds("0.25")));
        assert_eq!(Seconds::from_literal("2", 60, 0), Some(seconds("120")));
    }

    #[test]
    fn a_bound_must_be_a_whole_number_of_samples() {
        let period = Period::from_nanos(2_000_000);

        assert_eq!(period.samples_in(seconds("0.6")), Ok(300));
        assert_eq!(period.samples_in(seconds("1000000.002")), Ok(500_000_001));
        assert_eq!(
            period.samples_in(seconds("0.003")),
            Err(OffGrid { below: seconds("0.002"), above: seconds("0.004") })
        );
    }

    #[test]
    fn a_bound_may_be_off_by_a_billionth_of_a_sample() {
        let period = Period::from_nanos(1_000_000_000);

        assert_eq!(period.samples_in(seconds("2.000000001")), Ok(2));
        assert_eq!(period.samples_in(seconds("1.999999999")), Ok(2));
        assert!(period.samples_in(seconds("2.000000002")).is_err());
    }

    #[test]
    fn absurd_bounds_are_refused_and_not_wrapped() {
        assert_eq!(Seconds::from_literal("1e400", 1, 0), None);
        assert_eq!(Seconds::from_literal("1e10", 1, 0), None);
        assert_eq!(Seconds::from_literal("1e-400", 1, 0), Some(Seconds::ZERO));
        assert_eq!(Seconds::from_f64(f64::NAN), None);
    }
}
