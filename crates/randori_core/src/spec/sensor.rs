//! What a robot measures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Angle, PoseSpec};

/// A sensor on a robot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SensorSpec {
    /// Name within the robot.
    pub name: String,
    /// Link that carries it; needed by all kinds but `JointState` and
    /// `WheelOdometry`.
    #[serde(default)]
    pub link: Option<String>,
    /// Pose of the sensor frame in the link frame.
    #[serde(default)]
    pub pose: PoseSpec,
    /// What it measures.
    pub kind: SensorKind,
    /// Measurements per second; must divide the physics rate. One per tick if
    /// left out.
    #[serde(default)]
    pub rate_hz: Option<f64>,
    /// Time of the first measurement, s.
    #[serde(default)]
    pub offset_s: f64,
    /// How measurements differ from the truth.
    #[serde(default)]
    pub errors: ErrorSpec,
}

/// What a sensor measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum SensorKind {
    /// Position, velocity and drive torque of all joints (or the named ones).
    JointState {
        /// Joints in this order; all movable ones if empty.
        #[serde(default)]
        joints: Vec<String>,
    },
    /// Specific force (m/s^2; +9.81 up at rest), angular velocity (rad/s) and
    /// orientation (quaternion x, y, z, w of the sensor in the world).
    Imu,
    /// Angular velocity in the axes of the sensor, rad/s.
    Gyro,
    /// Specific force in the axes of the sensor, m/s^2; +9.81 up at rest.
    Accelerometer,
    /// Velocity of the sensor frame's origin in the axes of the sensor, m/s.
    Velocimeter,
    /// Orientation of the sensor in the world: quaternion x, y, z, w.
    Orientation,
    /// Distances in the XY plane of the sensor, counter-clockwise.
    Lidar {
        /// Number of beams.
        beams: u32,
        /// Nearest and farthest distance that can be measured, m.
        range: (f64, f64),
        /// Angle covered, centred on +X. A full turn has no double beam.
        #[serde(default = "full_turn")]
        fov: Angle,
    },
    /// Force that others exert on the link, and whether there is any.
    Contact {
        /// Force below which there is no contact, N.
        #[serde(default = "contact_threshold")]
        threshold: f64,
    },
    /// Planar pose and speed from the rotation of two wheels.
    WheelOdometry {
        /// Joint of the left wheel.
        left: String,
        /// Joint of the right wheel.
        right: String,
        /// Radius of both wheels, m.
        radius: f64,
        /// Distance between the wheels' contact points, m.
        separation: f64,
    },
    /// The true pose and velocity of the sensor frame in the world.
    GroundTruth,
}

fn full_turn() -> Angle {
    Angle::Deg(360.0)
}

fn contact_threshold() -> f64 {
    1e-3
}

impl SensorKind {
    /// Whether the sensor has to sit on a link.
    pub fn needs_link(&self) -> bool {
        !matches!(self, Self::JointState { .. } | Self::WheelOdometry { .. })
    }

    /// Direction of a lidar's first beam and the angle from each beam to the
    /// next, rad about +Z of the sensor frame from +X; `None` for other kinds.
    ///
    /// The beams span the field of view from edge to edge; a full turn is
    /// divided evenly, so that the last beam does not repeat the first. A
    /// single beam looks straight ahead.
    pub fn beam_angles(&self) -> Option<(f64, f64)> {
        let Self::Lidar { beams, fov, .. } = self else { return None };
        let span = fov.radians();
        let full_turn = span > std::f64::consts::TAU - 1e-9;
        if *beams < 2 {
            return Some((0.0, 0.0));
        }
        let intervals = if full_turn { *beams } else { *beams - 1 };
        Some((-span / 2.0, span / f64::from(intervals)))
    }
}

/// How measurements differ from the truth. Applied in this order: bias, random
/// walk, noise, resolution, saturation; then dropout and latency.
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

impl ErrorSpec {
    /// Names of the data-sheet presets, all of them of IMUs.
    pub const PRESETS: [&'static str; 1] = ["bmi088"];
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lidar(beams: u32, fov_deg: f64) -> SensorKind {
        SensorKind::Lidar { beams, range: (0.1, 10.0), fov: Angle::Deg(fov_deg) }
    }

    #[test]
    fn beams_reach_both_edges_of_a_sector_but_do_not_repeat_in_a_full_turn() {
        let degrees = |kind: SensorKind| {
            kind.beam_angles().map(|(first, step)| [first.to_degrees(), step.to_degrees()])
        };
        let near = |angles: Option<[f64; 2]>, expected: [f64; 2]| {
            let angles = angles.expect("a lidar has beams");
            assert!((angles[0] - expected[0]).abs() < 1e-9, "{angles:?}");
            assert!((angles[1] - expected[1]).abs() < 1e-9, "{angles:?}");
        };

        near(degrees(lidar(181, 180.0)), [-90.0, 1.0]);
        near(degrees(lidar(360, 360.0)), [-180.0, 1.0]);
        near(degrees(lidar(1, 90.0)), [0.0, 0.0]);
        near(degrees(lidar(1, 360.0)), [0.0, 0.0]);
        assert_eq!(SensorKind::Imu.beam_angles(), None);
    }
}
