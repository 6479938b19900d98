//! Specific force at a point of a link, the measured quantity of accelerometers.

use randori_core::math::{Pose, Vector};

use super::{Mount, Place};
use crate::world::SimWorld;

/// Specific force in the sensor frame, `R^T (a - g)`: +9.81 upwards at rest, zero
/// in free fall.
///
/// The acceleration `a` is the change of velocity of the sensor's own point over the
/// last tick, so it contains the effects of contacts, joints and pushes in that tick,
/// and the centripetal part of a rotation. At tick 0 it is the initial acceleration of
/// the robot without drives.
#[derive(Debug, Clone)]
pub(super) struct SpecificForce {
    pub(super) mount: Mount,
    tick_s: f32,
    /// Velocity of the sensor's point one tick before a measurement, world
    /// axes, m/s; `None` at the start and between measurements.
    before: Option<Vector>,
}

impl SpecificForce {
    pub(super) fn new(place: &Place<'_>) -> Result<Self, String> {
        Ok(Self { mount: place.mount()?, tick_s: place.period.seconds() as f32, before: None })
    }

    /// Stores the velocity; to be called one tick before each measurement.
    pub(super) fn prepare(&mut self, world: &SimWorld) {
        let pose = self.mount.world_from_sensor(world);
        self.before = Some(self.mount.velocity(world, &pose));
    }

    /// In the axes of the sensor, m/s^2.
    pub(super) fn measure(&self, world: &SimWorld, pose: &Pose) -> Vector {
        let velocity = self.mount.velocity(world, pose);
        let acceleration = match self.before {
            Some(before) => (velocity - before) / self.tick_s,
            None => world.first_acceleration(self.mount.body, pose.translation),
        };
        pose.rotation.inverse() * (acceleration - world.gravity())
    }

    /// The stored velocity, if any.
    pub(super) fn state(&self) -> Vec<f64> {
        self.before.map_or_else(Vec::new, |before| before.to_array().map(f64::from).to_vec())
    }

    pub(super) fn set_state(&mut self, state: &[f64]) -> bool {
        self.before = match state {
            [] => None,
            [x, y, z] => Some(Vector::new(*x as f32, *y as f32, *z as f32)),
            _ => return false,
        };
        true
    }
}
