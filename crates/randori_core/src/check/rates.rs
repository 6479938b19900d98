//! Rates that divide the physics rate.

use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::time::TickPeriod;

/// The physics rate, if it is known and valid.
pub(super) struct Rates {
    period: Option<TickPeriod>,
}

impl Rates {
    pub(super) fn new(physics_hz: Option<u32>) -> Self {
        Self { period: physics_hz.and_then(TickPeriod::from_rate_hz) }
    }

    pub(super) fn period(&self) -> Option<TickPeriod> {
        self.period
    }

    /// An error unless `rate_hz` is a rate of whole ticks. `what` names the element with this
    /// rate.
    pub(super) fn check(&self, report: &mut Report<'_>, at: &At<'_>, what: &str, rate_hz: f64) {
        report.positive(at, rate_hz);
        if rate_hz > 0.0 && rate_hz < LOWEST_HZ && rate_hz as f32 >= f32::MIN_POSITIVE {
            let rule = format!("must be at least {LOWEST_HZ} (once in eleven days)");
            report.out_of_range(at, rate_hz, &rule);
        }
        let Some(period) = self.period else { return };
        let sound = rate_hz.is_finite() && rate_hz >= LOWEST_HZ;
        if !sound || period.ticks_per_period(rate_hz).is_some() {
            return;
        }
        let physics_hz = f64::from(period.rate_hz());
        let code = DiagnosticCode::RATE_DOES_NOT_DIVIDE;
        if rate_hz > physics_hz {
            let message = format!("{what} is faster than physics ({physics_hz} Hz)");
            report.error(code, at, message, "too fast").help.push(format!(
                "use at most {physics_hz} Hz, or raise `physics: (rate_hz: ...)` in the scenario"
            ));
            return;
        }
        let ticks = physics_hz / rate_hz;
        let above = nearest_rate(physics_hz, libm::floor(ticks), -1.0);
        let below = nearest_rate(physics_hz, libm::ceil(ticks), 1.0);
        let possible: Vec<String> =
            below.iter().chain(&above).map(|rate| format!("{rate} Hz")).collect();
        let message = format!("the rate of {what} does not divide the physics rate");
        let label = format!("{physics_hz} / {rate_hz} is not a whole number of ticks");
        report.error(code, at, message, label).help.push(if possible.is_empty() {
            format!("write {physics_hz} divided by a whole number")
        } else {
            format!("the nearest possible rates are {}", possible.join(" and "))
        });
    }
}

/// Lower rates are mistakes; periods in ticks stay far below integer overflow.
const LOWEST_HZ: f64 = 1e-6;

/// Maximum number of periods to try for a rate with few digits.
const MAX_TRIED: usize = 10_000;

/// The first rate, from every `ticks` on, that can be written with few digits.
fn nearest_rate(physics_hz: f64, ticks: f64, step: f64) -> Option<f64> {
    (0..MAX_TRIED)
        .map(|count| ticks + count as f64 * step)
        .take_while(|ticks| *ticks >= 1.0)
        .map(|ticks| (ticks, rounded(physics_hz / ticks)))
        .find(|(ticks, rate)| rate * ticks == physics_hz)
        .map(|(_, rate)| rate)
}

/// At most four digits after the point, without trailing zeros.
fn rounded(value: f64) -> f64 {
    libm::round(value * 1e4) / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_for_a_rate_with_few_digits_ends() {
        assert_eq!(nearest_rate(500.0, 17.0, 1.0), Some(25.0));
        assert_eq!(nearest_rate(500.0, 16.0, -1.0), Some(31.25));
        assert_eq!(nearest_rate(500.0, 40_650_407.0, 1.0), None);
        assert_eq!(nearest_rate(500.0, f64::INFINITY, 1.0), None);
        assert_eq!(nearest_rate(500.0, f64::INFINITY, -1.0), None);
    }
}
