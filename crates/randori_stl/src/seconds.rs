//! Exact decimal durations of intervals, without rounding.
//!
//! An interval such as `[0, 0.6]` must be a whole number of samples. Binary
//! floating point cannot decide this, so the decimal digits are kept.
//!
//! Start reading at [`Seconds::in_samples`].

use std::fmt;

use crate::Period;

/// A non-negative duration in seconds as an exact decimal number.
///
/// Two durations are equal if and only if they have the same length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seconds {
    /// Digits, without trailing zeros.
    mantissa: u64,
    /// Exponent of ten; 0 without digits.
    exponent: i32,
}

/// A duration counted in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    /// A whole number of samples, to within 1e-9 of a sample.
    Whole(usize),
    /// Between this number of samples and the next.
    Between(u64),
    /// Longer than any trace, or with too many digits.
    OutOfRange,
}

/// Maximum number of samples of a trace.
const MAX_SAMPLES: u128 = 1 << 40;

impl Seconds {
    /// `mantissa * 10^exponent` seconds.
    pub fn from_decimal(mantissa: u64, exponent: i32) -> Self {
        if mantissa == 0 {
            return Self::default();
        }
        let (mut mantissa, mut exponent) = (mantissa, exponent);
        while mantissa.is_multiple_of(10) {
            mantissa /= 10;
            exponent = exponent.saturating_add(1);
        }
        Self { mantissa, exponent }
    }

    /// The duration whose shortest decimal form is that of `value`; `None` if it is negative or not finite.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() || value < 0.0 {
            return None;
        }
        Self::parse(&format!("{value:e}"))
    }

    /// Reads digits with an optional point and exponent; `None` when there are more than 19 significant digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (digits, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let joined = format!("{whole}{fraction}");
        let mantissa = joined.trim_start_matches('0');
        let mantissa = if mantissa.is_empty() { 0 } else { mantissa.parse::<u64>().ok()? };
        let places = i32::try_from(fraction.len()).ok()?;
        Some(Self::from_decimal(mantissa, exponent.checked_sub(places)?))
    }

    /// This duration times `factor * 10^exponent`, for a unit of time.
    pub(crate) fn scaled(self, factor: u64, exponent: i32) -> Option<Self> {
        Some(Self::from_decimal(
            self.mantissa.checked_mul(factor)?,
            self.exponent.checked_add(exponent)?,
        ))
    }

    /// The nearest binary number, in seconds.
    pub fn as_f64(self) -> f64 {
        // The standard library rounds decimal text correctly; powers of ten in binary do not.
        format!("{}e{}", self.mantissa, self.exponent).parse().unwrap_or(f64::INFINITY)
    }

    /// The duration in samples of `period`, in integer arithmetic.
    pub(crate) fn in_samples(self, period: Period) -> Samples {
        self.count_samples(period).unwrap_or(Samples::OutOfRange)
    }

    fn count_samples(self, period: Period) -> Option<Samples> {
        if self.mantissa == 0 {
            return Some(Samples::Whole(0));
        }
        let nanos_exponent = self.exponent.checked_add(9)?;
        let power = 10_u128.checked_pow(nanos_exponent.unsigned_abs())?;
        let (up, down) = if nanos_exponent >= 0 { (power, 1) } else { (1, power) };
        let numerator = u128::from(self.mantissa).checked_mul(up)?;
        let denominator = u128::from(period.as_nanos()).checked_mul(down)?;
        let (count, rest) = (numerator / denominator, numerator % denominator);
        let tolerance = denominator / 1_000_000_000;
        let count = u64::try_from(count).ok().filter(|count| u128::from(*count) < MAX_SAMPLES)?;
        Some(if rest <= tolerance {
            Samples::Whole(count as usize)
        } else if denominator - rest <= tolerance {
            Samples::Whole(count as usize + 1)
        } else {
            Samples::Between(count)
        })
    }
}

impl PartialOrd for Seconds {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Seconds {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // Equal numbers of digits before the point compare digit by digit.
        let digits = |seconds: &Self| seconds.mantissa.checked_ilog10().map_or(0, |n| n as i32 + 1);
        let magnitude = |seconds: &Self| {
            if seconds.mantissa == 0 {
                i32::MIN
            } else {
                seconds.exponent.saturating_add(digits(seconds))
            }
        };
        magnitude(self).cmp(&magnitude(other)).then_with(|| {
            let widen = |seconds: &Self| {
                u128::from(seconds.mantissa) * 10_u128.pow((20 - digits(seconds)).unsigned_abs())
            };
            widen(self).cmp(&widen(other))
        })
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.to_string();
        if self.exponent < -18 || self.exponent > 18 {
            return write!(f, "{digits}e{}", self.exponent);
        }
        let places = self.exponent.unsigned_abs() as usize;
        if self.exponent >= 0 {
            return write!(f, "{digits}{}", "0".repeat(places));
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(f, "{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(text: &str, period_ns: u64) -> Samples {
        Seconds::parse(text).expect("a decimal").in_samples(Period::from_nanos(period_ns))
    }

    #[test]
    fn a_duration_that_binary_numbers_cannot_hold_is_still_whole() {
        assert_eq!(samples("0.6", 100_000_000), Samples::Whole(6));
        assert_eq!(samples("1.9", 100_000_000), Samples::Whole(19));
        assert_eq!(samples("30", 2_000_000), Samples::Whole(15_000));
    }

    #[test]
    fn a_billionth_of_a_sample_is_forgiven_and_a_millionth_is_not() {
        assert_eq!(samples("0.6000000000001", 1_000_000_000), Samples::Between(0));
        assert_eq!(samples("0.9999999995", 1_000_000_000), Samples::Whole(1));
        assert_eq!(samples("1.0000000005", 1_000_000_000), Samples::Whole(1));
        assert_eq!(samples("1.000001", 1_000_000_000), Samples::Between(1));
    }

    #[test]
    fn equal_durations_are_equal_however_they_are_written() {
        assert_eq!(Seconds::parse("1.50"), Seconds::parse("15e-1"));
        assert_eq!(Seconds::from_f64(0.6), Seconds::parse("0.6"));
        assert!(Seconds::parse("0.6") < Seconds::parse("10"));
        assert!(Seconds::parse("0") < Seconds::parse("1e-30"));
    }

    #[test]
    fn durations_print_as_plain_decimals() {
        let printed: Vec<String> = ["0", "1.50", "0.002", "3e1"]
            .iter()
            .map(|text| Seconds::parse(text).expect("a decimal").to_string())
            .collect();

        assert_eq!(printed, ["0", "1.5", "0.002", "30"]);
    }
}
