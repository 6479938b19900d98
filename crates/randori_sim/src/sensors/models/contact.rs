//! Contact sensor of a link.

use randori_core::math::Vector;
use randori_core::sensor::Contact;

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

/// Contact force on a link, in the sensor frame, and a flag that is set above a
/// threshold.
#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
    threshold_n: f32,
}

impl Modelled for Contact {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        Ok(Box::new(Model { mount: place.mount()?, threshold_n: self.threshold as f32 }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let force = world.contact_wrench(self.mount.body).force;
        let rotation = self.mount.world_from_sensor(world).rotation;
        let force = rotation.inverse() * force;
        out.extend([force.x, force.y, force.z, 0.0]);
        self.amend(out);
    }

    /// Computes the flag from the force, true or measured.
    fn amend(&self, values: &mut [f32]) {
        let force = Vector::new(values[0], values[1], values[2]);
        values[3] = if force.length() >= self.threshold_n { 1.0 } else { 0.0 };
    }
}
