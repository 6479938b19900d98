//! Accelerometer: specific force.

use randori_core::sensor::Accelerometer;

use super::specific_force::SpecificForce;
use super::{Modelled, Place, SensorModel};
use crate::world::SimWorld;

#[derive(Debug, Clone)]
struct Model {
    force: SpecificForce,
}

impl Modelled for Accelerometer {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        Ok(Box::new(Model { force: SpecificForce::new(place)? }))
    }
}

impl SensorModel for Model {
    fn prepare(&mut self, world: &SimWorld) {
        self.force.prepare(world);
    }

    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.force.mount.world_from_sensor(world);
        out.extend(self.force.measure(world, &pose).to_array());
    }

    fn state(&self) -> Vec<f64> {
        self.force.state()
    }

    fn set_state(&mut self, state: &[f64]) -> bool {
        self.force.set_state(state)
    }
}
