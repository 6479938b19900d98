//! Magnetic field.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Magnetic field of the world in the axes of the sensor, T.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Magnetometer;

impl SensorType for Magnetometer {
    fn about() -> About {
        About {
            word: "magnetometer",
            example: "Magnetometer",
            channels: "`field` (x, y, z)",
            meaning: "`magnetic_field` of the [environment](#environment) (T) in the axes of the \
                      sensor; iron and motors do not disturb it",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel::vector("field", "T")]
    }
}
