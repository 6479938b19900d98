//! Specific force alone.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Specific force in the axes of the sensor, m/s^2; +9.81 up at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accelerometer;

impl SensorType for Accelerometer {
    fn about() -> About {
        About {
            word: "accelerometer",
            example: "Accelerometer",
            channels: "`accel` (x, y, z)",
            meaning: "specific force (m/s^2) in the axes of the sensor",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::vector("accel", "m/s^2")]
    }
}
