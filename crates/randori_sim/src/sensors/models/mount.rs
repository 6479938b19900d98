//! Mount of a sensor: its pose on a link, and its motion.

use randori_core::layout::BodyId;
use randori_core::math::{Pose, Vector};

use crate::world::SimWorld;

/// Pose of a sensor on a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mount {
    pub(super) body: BodyId,
    pub(super) body_from_sensor: Pose,
}

impl Mount {
    pub(super) fn world_from_sensor(&self, world: &SimWorld) -> Pose {
        world.body_pose(self.body) * self.body_from_sensor
    }

    /// Velocity of the sensor frame's origin, world axes, m/s.
    pub(super) fn velocity(&self, world: &SimWorld, world_from_sensor: &Pose) -> Vector {
        let lever = world_from_sensor.translation - world.body_pose(self.body).translation;
        world.body_twist(self.body).at_offset(lever)
    }

    /// Angular velocity in the axes of the sensor, rad/s.
    pub(super) fn angular_velocity(&self, world: &SimWorld, world_from_sensor: &Pose) -> Vector {
        world_from_sensor.rotation.inverse() * world.body_twist(self.body).angular
    }
}
