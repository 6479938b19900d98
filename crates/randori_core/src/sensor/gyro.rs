//! Angular velocity alone.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Angular velocity in the axes of the sensor, rad/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gyro;

impl SensorType for Gyro {
    fn about() -> About {
        About {
            word: "gyro",
            example: "Gyro",
            channels: "`gyro` (x, y, z)",
            meaning: "angular velocity (rad/s) in the axes of the sensor",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::vector("gyro", "rad/s")]
    }
}
