//! Magnetometer.

use randori_core::math::Vector;
use randori_core::sensor::Magnetometer;

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

/// A magnetometer in a uniform field.
#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
    /// In the axes of the world, T.
    field: Vector,
}

impl Modelled for Magnetometer {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        let [x, y, z] = place.scenario.environment.magnetic_field.map(|part| part as f32);
        Ok(Box::new(Model { mount: place.mount()?, field: Vector::new(x, y, z) }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend((pose.rotation.inverse() * self.field).to_array());
    }
}
