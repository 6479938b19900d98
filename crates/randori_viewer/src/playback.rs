//! Playback: running or paused, speed, and measured real-time factor.

use bevy::prelude::Resource;

/// Weight of a frame in the average of the real-time factor.
const SMOOTHING: f64 = 0.1;

/// Available speeds, times real time.
pub const SPEEDS: [f64; 10] =
    [1.0 / 32.0, 1.0 / 16.0, 1.0 / 8.0, 1.0 / 4.0, 1.0 / 2.0, 1.0, 2.0, 4.0, 8.0, 16.0];

/// Playback speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// Times real time.
    Times(f64),
    /// As fast as possible.
    Unlimited,
}

/// State of playback.
#[derive(Resource, Debug, Clone, Copy, PartialEq)]
pub struct Playback {
    /// True while the run is played.
    pub playing: bool,
    /// The requested speed.
    pub speed: Speed,
    /// Measured speed: simulated seconds per real second, averaged over recent frames.
    pub actual: f64,
    /// Simulated time due but not yet computed, s.
    owed_s: f64,
}

impl Default for Playback {
    fn default() -> Self {
        Self { playing: false, speed: Speed::Times(1.0), actual: 0.0, owed_s: 0.0 }
    }
}

impl Playback {
    /// The next higher (or lower) of [`SPEEDS`]; above the highest, unlimited.
    pub(crate) fn shifted(&self, faster: bool) -> Speed {
        let Speed::Times(now) = self.speed else {
            return if faster { Speed::Unlimited } else { Speed::Times(SPEEDS[SPEEDS.len() - 1]) };
        };
        let next = if faster {
            SPEEDS.iter().find(|speed| **speed > now)
        } else {
            SPEEDS.iter().rev().find(|speed| **speed < now)
        };
        match next {
            Some(speed) => Speed::Times(*speed),
            None if faster => Speed::Unlimited,
            None => Speed::Times(now),
        }
    }

    /// Resets the measured speed and the time due.
    pub(crate) fn rest(&mut self) {
        (self.actual, self.owed_s) = (0.0, 0.0);
    }

    /// Number of ticks due after this real time.
    pub(crate) fn due(&mut self, elapsed_s: f64, period_s: f64) -> usize {
        match self.speed {
            Speed::Unlimited => usize::MAX,
            Speed::Times(speed) => {
                self.owed_s += elapsed_s * speed;
                (self.owed_s / period_s) as usize
            }
        }
    }

    /// Records the number of ticks computed in that time.
    pub(crate) fn note(&mut self, made: usize, elapsed_s: f64, period_s: f64) {
        if let Speed::Times(_) = self.speed {
            self.owed_s -= made as f64 * period_s;
            // Ticks that are late are dropped, not caught up.
            self.owed_s = self.owed_s.min(period_s);
        }
        if elapsed_s > 0.0 {
            let now = made as f64 * period_s / elapsed_s;
            // The first frame initialises the average.
            let weight = if self.actual > 0.0 { SMOOTHING } else { 1.0 };
            self.actual += weight * (now - self.actual);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_double_from_step_to_step_and_end_without_limit() {
        let mut playback = Playback::default();
        let mut speeds = Vec::new();
        for _ in 0..5 {
            playback.speed = playback.shifted(true);
            speeds.push(playback.speed);
        }

        let times = [2.0, 4.0, 8.0, 16.0].map(Speed::Times);
        assert_eq!(speeds[..4], times);
        assert_eq!(speeds[4], Speed::Unlimited);
        assert_eq!(playback.shifted(false), Speed::Times(16.0));
        playback.speed = Speed::Times(SPEEDS[0]);
        assert_eq!(playback.shifted(false), Speed::Times(SPEEDS[0]));
    }
}
