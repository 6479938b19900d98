//! Ground truth of poses and velocities, without a physical sensor.

use randori_core::sensor::GroundTruth;

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
}

impl Modelled for GroundTruth {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        Ok(Box::new(Model { mount: place.mount()? }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(pose.translation.to_array());
        out.extend(pose.rotation.to_array());
        out.extend(self.mount.velocity(world, &pose).to_array());
        out.extend(world.body_twist(self.mount.body).angular.to_array());
    }
}
