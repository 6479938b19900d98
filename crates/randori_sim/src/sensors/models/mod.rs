//! How kinds of sensors measure the world: one file for each.
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
    /// Notes what the next measurement needs to know of the tick before it; called
    /// one tick before each.
    fn prepare(&mut self, _world: &SimWorld) {}

    /// Adds the true values of all channels to `out`, in their order.
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>);

    /// Makes measured values follow from others that have got their errors.
    fn amend(&self, _measured: &mut [f32]) {}

    /// What changes during a run and is not in the world.
    fn state(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Goes on from a state. Returns whether it is one of this model.
    fn set_state(&mut self, state: &[f64]) -> bool {
        state.is_empty()
    }
}

/// Makes the model of a kind.
trait Modelled {
    /// # Errors
    /// What the checker would have refused.
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String>;
}

/// The model of the sensor at a place.
///
/// # Errors
/// What the checker would have refused.
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

/// Where a sensor stands in the scene.
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

    /// The link that carries the sensor, and the place on it.
    fn mount(&self) -> Result<Mount, String> {
        let body = self.robot_layout().sensors[self.sensor].body.ok_or("it sits on no link")?;
        Ok(Mount { body, body_from_sensor: self.spec().pose.pose() })
    }

    /// The coordinate of a joint that has one.
    fn dof(&self, joint: &str) -> Result<DofId, String> {
        let path = format!("{}.{joint}", self.robot_layout().name);
        let found = self.layout.dof(&path);
        found.ok_or_else(|| format!("there is no joint `{joint}` with one coordinate"))
    }
}

/// Makes copies of models whose type is not known.
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
