//! Orientation alone.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Orientation of the sensor in the world: quaternion x, y, z, w.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orientation;

impl SensorType for Orientation {
    fn about() -> About {
        About {
            word: "orientation",
            example: "Orientation",
            channels: "`orientation` (x, y, z, w)",
            meaning: "rotation of the sensor in the world",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::quaternion("orientation")]
    }
}
