//! Rates that divide the physics rate.

use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::time::TickPeriod;

/// The physics rate, if it is known and sound.
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

    /// An error unless something that happens `rate_hz` times per second can
    /// happen at whole ticks. `what` is what has this rate.
    pub(super) fn check(&self, report: &mut Report<'_>, at: &At<'_>, what: &str, rate_hz: f64) {
        report.positive(at, rate_hz);
        let Some(period) = self.period else { return };
        let sound = rate_hz.is_finite() && rate_hz > 0.0;
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
        report
            .error(code, at, message, label)
            .help
            .push(format!("the nearest possible rates are {}", possible.join(" and ")));
    }
}

/// The first rate, from every `ticks` on, that can be written with few digits.
fn nearest_rate(physics_hz: f64, mut ticks: f64, step: f64) -> Option<f64> {
    // A tenfold period is always within reach of a rate with few digits.
    let last = if step > 0.0 { ticks * 10.0 } else { 1.0 };
    while (last - ticks) * step >= 0.0 {
        let rate = physics_hz / ticks;
        if rounded(rate) * ticks == physics_hz {
            return Some(rounded(rate));
        }
        ticks += step;
    }
    None
}

/// At most four digits after the point, none that say nothing.
fn rounded(value: f64) -> f64 {
    libm::round(value * 1e4) / 1e4
}
