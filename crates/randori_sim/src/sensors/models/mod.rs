//! Sensor models without errors: one file for each kind.
//!
//! Start reading at [`SensorModel`] and [`model`].

mod accelerometer;
mod contact;
mod ground_truth;
mod gyro;
mod imu;
mod joint_state;
mod lidar;
mod magnetometer;
mod mount;
mod orientation;
mod specific_force;
mod velocimeter;
mod wheel_odometry;

use std::fmt::Debug;

use randori_core::layout::{DofId, RobotId, RobotLayout, SceneLayout};
use randori_core::spec::{RobotSpec, Scenario, SensorKind, SensorSpec};
use randori_core::time::TickPeriod;

use crate::world::SimWorld;
pub use lidar::{Beam, lidar_beams};
use mount::Mount;

/// Measures the world without errors.
pub(super) trait SensorModel: Debug + Send + Sync + Copied {
    /// Stores data of the tick before a measurement; called one tick before each.
    fn prepare(&mut self, _world: &SimWorld) {}

    /// Adds the true values of all channels to `out`, in their order.
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>);

    /// Recomputes derived values after errors were applied to the others.
    fn amend(&self, _measured: &mut [f32]) {}

    /// State that is not part of the world.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Restores a state. Returns true if it fits this model.
    fn set_state(&mut self, state: &[f64]) -> bool {
        state.is_empty()
    }
}

/// Creates the model of a kind of sensor.
trait Modelled {
    /// # Errors
    /// An error that the checker rules out.
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String>;
}

/// The model of the sensor at a place.
///
/// # Errors
/// An error that the checker rules out.
pub(super) fn model(place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
    match &place.spec().kind {
        SensorKind::JointState(kind) => kind.model(place),
        SensorKind::Imu(kind) => kind.model(place),
        SensorKind::Gyro(kind) => kind.model(place),
        SensorKind::Accelerometer(kind) => kind.model(place),
        SensorKind::Velocimeter(kind) => kind.model(place),
        SensorKind::Orientation(kind) => kind.model(place),
        SensorKind::Lidar(kind) => kind.model(place),
        SensorKind::Contact(kind) => kind.model(place),
        SensorKind::WheelOdometry(kind) => kind.model(place),
        SensorKind::GroundTruth(kind) => kind.model(place),
        SensorKind::Magnetometer(kind) => kind.model(place),
    }
}

/// A sensor in the scene.
pub(super) struct Place<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) layout: &'a SceneLayout,
    pub(super) robot: RobotId,
    /// Index in the robot file.
    pub(super) sensor: usize,
    pub(super) world: &'a SimWorld,
    pub(super) period: TickPeriod,
}

impl<'a> Place<'a> {
    pub(super) fn spec(&self) -> &'a SensorSpec {
        &self.model().sensors[self.sensor]
    }

    pub(super) fn robot_layout(&self) -> &'a RobotLayout {
        &self.layout.robots[self.robot.0]
    }

    fn model(&self) -> &'a RobotSpec {
        &self.scenario.robots[self.robot.0]
    }

    /// The mount of the sensor: its link and its pose on it.
    fn mount(&self) -> Result<Mount, String> {
        let body = self.robot_layout().sensors[self.sensor].body.ok_or("it sits on no link")?;
        Ok(Mount { body, body_from_sensor: self.spec().pose.pose() })
    }

    /// The degree of freedom of a joint with a single coordinate.
    fn dof(&self, joint: &str) -> Result<DofId, String> {
        let path = format!("{}.{joint}", self.robot_layout().name);
        let found = self.layout.dof(&path);
        found.ok_or_else(|| format!("there is no joint `{joint}` with one coordinate"))
    }
}

/// Copies of models as trait objects.
pub(super) trait Copied {
    fn copied(&self) -> Box<dyn SensorModel>;
}

impl<M: SensorModel + Clone + 'static> Copied for M {
    fn copied(&self) -> Box<dyn SensorModel> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn SensorModel> {
    fn clone(&self) -> Self {
        (**self).copied()
    }
}
