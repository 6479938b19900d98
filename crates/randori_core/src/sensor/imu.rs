//! Inertial measurement units.

use serde::{Deserialize, Serialize};

use super::{About, Channel, SensorType};
use crate::spec::RobotSpec;

/// Specific force (m/s^2; +9.81 up at rest), angular velocity (rad/s) and
/// orientation (quaternion x, y, z, w of the sensor in the world).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imu;

impl SensorType for Imu {
    fn about() -> About {
        About {
            word: "IMU",
            example: "Imu",
            channels: "`accel` (x, y, z), `gyro` (x, y, z), `orientation` (x, y, z, w)",
            meaning: "specific force (m/s^2; +9.81 upwards at rest) and angular velocity (rad/s) in the frame of the sensor; rotation of the sensor in the world",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![
            Channel::vector("accel", "m/s^2"),
            Channel::vector("gyro", "rad/s"),
            Channel::quaternion("orientation"),
        ]
    }
}
