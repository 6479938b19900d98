//! Velocity.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Velocity of the sensor frame's origin in the axes of the sensor, m/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Velocimeter;

impl SensorType for Velocimeter {
    fn about() -> About {
        About {
            word: "velocimeter",
            example: "Velocimeter",
            channels: "`velocity` (x, y, z)",
            meaning: "velocity (m/s) of the origin of the sensor's frame, in the axes of the sensor",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::vector("velocity", "m/s")]
    }
}
