//! Accelerometer, gyroscope and orientation at one point of a link.

use randori_core::math::Vector;

use super::direct::Mount;
use crate::world::SimWorld;

/// An inertial measurement unit.
///
/// The accelerometer reports specific force in the sensor frame,
/// `R^T (a - g)`: +9.81 upwards at rest, zero in free fall. The acceleration
/// `a` is the change of velocity of the sensor's own point over the last tick,
/// so it contains what contacts, joints and pushes did in that tick, and the
/// centripetal part of a rotation. At tick 0 nothing is known about the past
/// and `a` counts as zero.
#[derive(Debug, Clone)]
pub(super) struct Imu {
    mount: Mount,
    tick_s: f32,
    /// Velocity of the sensor's point one tick before a measurement, world
    /// axes, m/s; `None` at the start and between measurements.
    before: Option<Vector>,
}

impl Imu {
    pub(super) fn new(mount: Mount, tick_s: f64) -> Self {
        Self { mount, tick_s: tick_s as f32, before: None }
    }

    /// Notes the velocity, to be called one tick before each measurement.
    pub(super) fn prepare(&mut self, world: &SimWorld) {
        let pose = self.mount.world_from_sensor(world);
        self.before = Some(self.mount.velocity(world, &pose));
    }

    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        let velocity = self.mount.velocity(world, &pose);
        let acceleration =
            self.before.map_or(Vector::ZERO, |before| (velocity - before) / self.tick_s);
        let sensor_from_world = pose.rotation.inverse();
        let specific_force = sensor_from_world * (acceleration - world.gravity());
        let rate = sensor_from_world * world.body_twist(self.mount.body).angular;
        out.extend(specific_force.to_array());
        out.extend(rate.to_array());
        out.extend(pose.rotation.to_array());
    }

    pub(super) fn state(&self) -> Option<Vector> {
        self.before
    }

    pub(super) fn set_state(&mut self, before: Option<Vector>) {
        self.before = before;
    }
}
