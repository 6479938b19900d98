//! Gyroscope: angular velocity.

use randori_core::sensor::Gyro;

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
}

impl Modelled for Gyro {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        Ok(Box::new(Model { mount: place.mount()? }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(self.mount.angular_velocity(world, &pose).to_array());
    }
}
