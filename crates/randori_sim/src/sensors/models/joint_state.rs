//! Joint state: encoders and drive torques.

use randori_core::layout::DofId;
use randori_core::sensor::JointState;

use super::{Modelled, Place, SensorModel};
use crate::world::SimWorld;

/// Position, velocity and drive torque of coordinates.
#[derive(Debug, Clone)]
struct Model {
    dofs: Vec<DofId>,
}

impl Modelled for JointState {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        let all = place.robot_layout().dofs.clone().map(DofId);
        let of_joint = |name: &String| {
            let joint = place.model().joints.iter().position(|joint| joint.name == *name);
            all.clone().filter(move |dof| Some(place.layout.dofs[dof.0].joint) == joint)
        };
        let dofs = if self.joints.is_empty() {
            all.collect()
        } else {
            self.joints.iter().flat_map(of_joint).collect()
        };
        Ok(Box::new(Model { dofs }))
    }
}

impl SensorModel for Model {
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        out.extend(self.dofs.iter().map(|&dof| world.position(dof)));
        out.extend(self.dofs.iter().map(|&dof| world.velocity(dof)));
        out.extend(self.dofs.iter().map(|&dof| world.drive_torque(dof)));
    }
}
