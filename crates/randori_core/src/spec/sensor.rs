//! Sensors of a robot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::PoseSpec;
use crate::sensor::SensorKind;

/// A sensor on a robot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorSpec {
    /// Name within the robot.
    pub name: String,
    /// Link to which it is mounted; needed by all kinds but `JointState` and `WheelOdometry`.
    #[serde(default)]
    pub link: Option<String>,
    /// Pose of the sensor frame in the link frame.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Kind of sensor.
    pub kind: SensorKind,
    /// Measurements per second; must divide the physics rate. One per tick if
    /// left out.
    #[serde(default)]
    pub rate_hz: Option<f64>,
    /// Time of the first measurement, s.
    #[serde(default)]
    pub offset_s: f64,
    /// Errors of its measurements.
    #[serde(default)]
    pub errors: ErrorSpec,
}

/// Errors of measurements. Applied in this order: bias, random walk, noise, resolution,
/// saturation; then dropout and latency.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ErrorSpec {
    /// Name of a data-sheet preset (`bmi088`) that the other fields refine.
    pub preset: Option<String>,
    /// Noise of each value, independent from sample to sample.
    pub noise: Option<Noise>,
    /// Constant added to each value.
    pub bias: Option<f64>,
    /// Standard deviation of a bias that drifts (random walk), per square root of a second.
    pub random_walk: Option<f64>,
    /// Values are rounded to multiples of this.
    pub resolution: Option<f64>,
    /// Smallest and largest value that can be reported.
    pub saturation: Option<(f64, f64)>,
    /// Time from measurement to delivery, s; rounded up to whole ticks.
    pub latency: Option<f64>,
    /// Probability that a measurement is lost (for lidar: that a beam returns
    /// nothing).
    pub dropout: Option<f64>,
    /// Value errors of single channels (`gyro`, `velocity`, ...), which refine
    /// those above.
    pub channels: BTreeMap<String, ChannelErrorSpec>,
}

/// Value errors of one channel; see [`ErrorSpec`].
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelErrorSpec {
    /// Noise of each value.
    pub noise: Option<Noise>,
    /// Constant added to each value.
    pub bias: Option<f64>,
    /// Standard deviation of a bias that drifts (random walk), per square root of a second.
    pub random_walk: Option<f64>,
    /// Values are rounded to multiples of this.
    pub resolution: Option<f64>,
    /// Smallest and largest value that can be reported.
    pub saturation: Option<(f64, f64)>,
}

/// A distribution of measurement noise.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Noise {
    /// Normal with zero mean.
    Gaussian {
        /// Standard deviation, in the unit of the value.
        stddev: f64,
    },
}
