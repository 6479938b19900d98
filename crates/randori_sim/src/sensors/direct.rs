//! Sensors that report what the world knows: joint state, contact, motion,
//! ground truth.

use randori_core::layout::{BodyId, DofId};
use randori_core::math::{Pose, Vector};

use crate::world::SimWorld;

/// Where a sensor sits.
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

/// One quantity of the motion of the sensor's frame.
#[derive(Debug, Clone)]
pub(super) struct Motion {
    pub(super) mount: Mount,
    pub(super) quantity: Quantity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    /// In the axes of the sensor, rad/s.
    AngularVelocity,
    /// Of the sensor frame's origin, in the axes of the sensor, m/s.
    Velocity,
    /// Quaternion x, y, z, w of the sensor in the world.
    Orientation,
}

impl Motion {
    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        match self.quantity {
            Quantity::AngularVelocity => {
                out.extend(self.mount.angular_velocity(world, &pose).to_array());
            }
            Quantity::Velocity => {
                let velocity = pose.rotation.inverse() * self.mount.velocity(world, &pose);
                out.extend(velocity.to_array());
            }
            Quantity::Orientation => out.extend(pose.rotation.to_array()),
        }
    }
}

/// Position, velocity and drive torque of joints.
#[derive(Debug, Clone)]
pub(super) struct JointState {
    pub(super) dofs: Vec<DofId>,
}

impl JointState {
    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        out.extend(self.dofs.iter().map(|&dof| world.position(dof)));
        out.extend(self.dofs.iter().map(|&dof| world.velocity(dof)));
        out.extend(self.dofs.iter().map(|&dof| world.drive_torque(dof)));
    }
}

/// Force of everything else on a link, in the sensor frame, and whether it is
/// strong enough to count as contact.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) mount: Mount,
    pub(super) threshold_n: f32,
}

impl Contact {
    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let force = world.contact_wrench(self.mount.body).force;
        let rotation = self.mount.world_from_sensor(world).rotation;
        let force = rotation.inverse() * force;
        out.extend([force.x, force.y, force.z, 0.0]);
        self.judge(out);
    }

    /// Sets the flag from the force, true or measured.
    pub(super) fn judge(&self, values: &mut [f32]) {
        let force = Vector::new(values[0], values[1], values[2]);
        values[3] = if force.length() >= self.threshold_n { 1.0 } else { 0.0 };
    }
}

/// The true pose and velocity of the sensor frame in the world.
#[derive(Debug, Clone)]
pub(super) struct GroundTruth {
    pub(super) mount: Mount,
}

impl GroundTruth {
    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(pose.translation.to_array());
        out.extend(pose.rotation.to_array());
        out.extend(self.mount.velocity(world, &pose).to_array());
        out.extend(world.body_twist(self.mount.body).angular.to_array());
    }
}
