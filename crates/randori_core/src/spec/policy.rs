//! The policy of a robot, its rate and its inference latency.

use serde::{Deserialize, Serialize};

use crate::policy_source::PolicySource;

/// A robot's policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySpec {
    /// Source of the policy.
    #[serde(rename = "use")]
    pub source: PolicySource,
    /// Inferences per second; must divide the physics rate.
    pub rate_hz: f64,
    /// Time of the first inference, s; that of the policy contract if left out, which is 0 for
    /// policies without one. Rounded to the nearest tick.
    #[serde(default)]
    pub offset_s: Option<f64>,
    /// Inference latency, in simulated time.
    #[serde(default)]
    pub inference: InferenceSpec,
}

/// Inferences per second for a robot whose scenario gives it no policy; the nearest rate that
/// divides the physics rate is taken.
const DEFAULT_RATE_HZ: f64 = 50.0;

impl PolicySpec {
    /// A policy for a robot whose scenario names none: about 50 inferences per second, which
    /// divide a physics rate (Hz), and no inference latency.
    pub fn new(source: PolicySource, physics_hz: f64) -> Self {
        Self {
            source,
            rate_hz: physics_hz / (physics_hz / DEFAULT_RATE_HZ).round().max(1.0),
            offset_s: None,
            inference: InferenceSpec::default(),
        }
    }
}

/// Inference latency, in simulated time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InferenceSpec {
    /// From observation to the first effect of the action, s.
    pub latency: LatencySpec,
    /// Use of action chunks.
    pub chunk: ChunkSpec,
}

/// Inference latency, in simulated time; rounded up to whole ticks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum LatencySpec {
    /// Constant, s.
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

/// The part of an action chunk that is used before the next observation is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChunkSpec {
    /// Control periods between two requests; actions of a chunk beyond that still apply if the
    /// next response is late.
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
