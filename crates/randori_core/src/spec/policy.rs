//! Which policy drives a robot, how often, and how long it thinks.

use serde::{Deserialize, Serialize};

use crate::policy_source::PolicySource;

/// A robot's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// Where it comes from.
    #[serde(rename = "use")]
    pub source: PolicySource,
    /// Decisions per second; must divide the physics rate.
    pub rate_hz: f64,
    /// Time of the first decision, s; a policy contract's own if left out,
    /// which is 0 for policies without one. Rounded to the nearest tick.
    #[serde(default)]
    pub offset_s: Option<f64>,
    /// The simulated time that thinking takes.
    #[serde(default)]
    pub inference: InferenceSpec,
}

/// Decisions per second for a robot whose scenario gives it no policy; the
/// nearest rate that divides the physics rate is taken.
const DEFAULT_RATE_HZ: f64 = 50.0;

impl PolicySpec {
    /// A policy for a robot whose scenario says nothing about one: about 50
    /// decisions per second, which divide a physics rate (Hz), and no thinking time.
    pub fn new(source: PolicySource, physics_hz: f64) -> Self {
        Self {
            source,
            rate_hz: physics_hz / (physics_hz / DEFAULT_RATE_HZ).round().max(1.0),
            offset_s: None,
            inference: InferenceSpec::default(),
        }
    }
}

/// The simulated time that thinking takes.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InferenceSpec {
    /// From observation to the first effect of the answer, s.
    pub latency: LatencySpec,
    /// How much of an answer is used.
    pub chunk: ChunkSpec,
}

/// How long one decision takes in simulated time; rounded up to whole ticks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LatencySpec {
    /// Always the same, s.
    Fixed(f64),
    /// Uniformly distributed, s.
    Uniform {
        /// Shortest.
        min: f64,
        /// Longest.
        max: f64,
    },
    /// Normally distributed and clamped, s.
    Normal {
        /// Mean before clamping.
        mean: f64,
        /// Standard deviation before clamping.
        stddev: f64,
        /// Shortest.
        min: f64,
        /// Longest.
        max: f64,
    },
}

impl Default for LatencySpec {
    fn default() -> Self {
        Self::Fixed(0.0)
    }
}

/// How much of an answer with several commands is used before the next
/// observation is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChunkSpec {
    /// Control periods between two requests; commands of an answer beyond that
    /// still apply if the next answer is late.
    pub execute: u32,
}

impl Default for ChunkSpec {
    fn default() -> Self {
        Self { execute: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy_source::Manual;

    #[test]
    fn the_rate_of_a_policy_that_nobody_wrote_divides_the_physics_rate() {
        let rate = |physics_hz| PolicySpec::new(Manual.into(), physics_hz).rate_hz;

        assert_eq!([rate(500.0), rate(120.0), rate(20.0)], [50.0, 60.0, 20.0]);
    }
}
