//! What an inertial measurement unit, or its accelerometer alone, measures at
//! one point of a link.

use randori_core::math::{Pose, Vector};

use super::direct::Mount;
use crate::world::SimWorld;

/// An inertial measurement unit.
///
/// The accelerometer reports specific force in the sensor frame,
/// `R^T (a - g)`: +9.81 upwards at rest, zero in free fall. The acceleration
/// `a` is the change of velocity of the sensor's own point over the last tick,
/// so it contains what contacts, joints and pushes did in that tick, and the
/// centripetal part of a rotation. At tick 0 it is the acceleration with which
/// the robot begins to move without drives.
#[derive(Debug, Clone)]
pub(super) struct Inertial {
    mount: Mount,
    tick_s: f32,
    outputs: Outputs,
    /// Velocity of the sensor's point one tick before a measurement, world
    /// axes, m/s; `None` at the start and between measurements.
    before: Option<Vector>,
}

/// What of it is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outputs {
    /// Specific force, angular velocity and orientation.
    All,
    /// Specific force alone.
    SpecificForce,
}

impl Inertial {
    pub(super) fn new(mount: Mount, tick_s: f64, outputs: Outputs) -> Self {
        Self { mount, tick_s: tick_s as f32, outputs, before: None }
    }

    /// Notes the velocity, to be called one tick before each measurement.
    pub(super) fn prepare(&mut self, world: &SimWorld) {
        let pose = self.mount.world_from_sensor(world);
        self.before = Some(self.mount.velocity(world, &pose));
    }

    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(self.specific_force(world, &pose).to_array());
        if self.outputs == Outputs::All {
            out.extend(self.mount.angular_velocity(world, &pose).to_array());
            out.extend(pose.rotation.to_array());
        }
    }

    fn specific_force(&self, world: &SimWorld, pose: &Pose) -> Vector {
        let velocity = self.mount.velocity(world, pose);
        let acceleration = match self.before {
            Some(before) => (velocity - before) / self.tick_s,
            None => world.first_acceleration(self.mount.body, pose.translation),
        };
        pose.rotation.inverse() * (acceleration - world.gravity())
    }

    pub(super) fn state(&self) -> Option<Vector> {
        self.before
    }

    pub(super) fn set_state(&mut self, before: Option<Vector>) {
        self.before = before;
    }
}
