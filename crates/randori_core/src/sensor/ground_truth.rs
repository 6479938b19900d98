//! Ground truth: the exact state of a link.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// The true pose and velocity of the sensor frame in the world: position (m),
/// orientation (quaternion x, y, z, w), linear (m/s) and angular velocity (rad/s).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroundTruth;

impl SensorType for GroundTruth {
    fn about() -> About {
        About {
            word: "ground truth",
            example: "GroundTruth",
            channels: "`position` (x, y, z), `orientation` (x, y, z, w), `linear_velocity` (x, y, z), `angular_velocity` (x, y, z)",
            meaning: "true pose and velocity of the sensor's frame in the world",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![
            Channel::vector("position", "m"),
            Channel::quaternion("orientation"),
            Channel::vector("linear_velocity", "m/s"),
            Channel::vector("angular_velocity", "rad/s"),
        ]
    }
}
