//! Velocimeter.

use randori_core::sensor::Velocimeter;

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
}

impl Modelled for Velocimeter {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        Ok(Box::new(Model { mount: place.mount()? }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        let velocity = pose.rotation.inverse() * self.mount.velocity(world, &pose);
        out.extend(velocity.to_array());
    }
}
