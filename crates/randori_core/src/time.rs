//! Simulated time as integers: ticks and nanoseconds, never accumulated floats.

use serde::{Deserialize, Serialize};

/// Nanoseconds in one second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Number of physics steps since the start of a run.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Tick(pub u64);

/// Length of one physics step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickPeriod {
    nanos: u64,
}

impl TickPeriod {
    /// The period of `rate_hz` ticks per second, or `None` when a tick would
    /// not be a whole number of nanoseconds (or the rate is zero).
    pub fn from_rate_hz(rate_hz: u32) -> Option<Self> {
        let rate = u64::from(rate_hz);
        (rate > 0 && NANOS_PER_SECOND.is_multiple_of(rate))
            .then(|| Self { nanos: NANOS_PER_SECOND / rate })
    }

    /// Length of a tick in nanoseconds.
    pub fn nanos(self) -> u64 {
        self.nanos
    }

    /// Length of a tick in seconds.
    pub fn seconds(self) -> f64 {
        self.nanos as f64 / NANOS_PER_SECOND as f64
    }

    /// Ticks per second.
    pub fn rate_hz(self) -> u32 {
        (NANOS_PER_SECOND / self.nanos) as u32
    }

    /// Simulated seconds at the start of `tick`.
    pub fn time_s(self, tick: Tick) -> f64 {
        // Exact up to 2^53 ns (104 days); one rounding for the division.
        (tick.0 * self.nanos) as f64 / NANOS_PER_SECOND as f64
    }

    /// The integer number of ticks closest to `seconds`; negative counts as 0.
    pub fn ticks_nearest(self, seconds: f64) -> u64 {
        libm::round(seconds * NANOS_PER_SECOND as f64 / self.nanos as f64).max(0.0) as u64
    }

    /// The smallest number of ticks that lasts at least `seconds`, with a tolerance of a
    /// millionth of a tick for decimal rounding.
    pub fn ticks_at_least(self, seconds: f64) -> u64 {
        libm::ceil(seconds * NANOS_PER_SECOND as f64 / self.nanos as f64 - 1e-6).max(0.0) as u64
    }

    /// Ticks between two firings at `rate_hz`, or `None` when the rate does
    /// not divide the physics rate.
    pub fn ticks_per_period(self, rate_hz: f64) -> Option<u64> {
        let ticks = f64::from(self.rate_hz()) / rate_hz;
        let whole = libm::round(ticks);
        (whole >= 1.0 && (ticks - whole).abs() < 1e-9 * whole).then_some(whole as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_does_not_divide_a_second_is_refused() {
        assert!(TickPeriod::from_rate_hz(0).is_none());
        assert!(TickPeriod::from_rate_hz(300).is_none());
        assert_eq!(TickPeriod::from_rate_hz(500).map(TickPeriod::nanos), Some(2_000_000));
    }

    #[test]
    fn a_sensor_rate_must_divide_the_physics_rate() {
        let period = TickPeriod::from_rate_hz(500).expect("500 divides");

        assert_eq!(period.ticks_per_period(20.0), Some(25));
        assert_eq!(period.ticks_per_period(30.0), None);
        assert_eq!(period.ticks_per_period(1000.0), None);
    }

    #[test]
    fn latency_rounds_up_but_forgives_decimal_noise() {
        let period = TickPeriod::from_rate_hz(500).expect("500 divides");

        assert_eq!(period.ticks_at_least(0.006), 3);
        assert_eq!(period.ticks_at_least(0.0061), 4);
    }
}
