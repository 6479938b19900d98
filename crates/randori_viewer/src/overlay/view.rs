//! The data that overlays draw for the shown tick.

use randori_core::layout::{BodyId, RobotId};
use randori_core::math::Pose;
use randori_core::spec::Scenario;
use randori_sim::session::Session;
use randori_sim::simulation::Simulation;

use super::sketch::Sketch;
use super::{Overlay, Overlays};
use crate::readings::{Measured, measured};

/// The shown tick as overlays need it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    /// The scenario of the run.
    pub scenario: &'a Scenario,
    /// Its world and sensors at that tick.
    pub simulation: &'a Simulation,
}

/// Length of the axes of a sensor, m.
const SENSOR_AXIS_M: f32 = 0.15;
/// Length of the axes of a link, m.
const LINK_AXIS_M: f32 = 0.08;

impl<'a> View<'a> {
    /// The shown tick of a session.
    pub(crate) fn new(session: &'a Session) -> Self {
        Self { scenario: session.scenario(), simulation: session.episode().simulation() }
    }

    /// Draws the overlays that are switched on.
    pub(crate) fn sketch(&self, overlays: &Overlays, sketch: &mut Sketch) {
        let shown = |sensor: &Measured| overlays.shows(sensor.id);
        let sensors = || self.sensors().filter(shown);
        if overlays.is_on(Overlay::Lidar) || overlays.is_on(Overlay::AllRays) {
            let all = overlays.is_on(Overlay::AllRays);
            sensors().for_each(|sensor| super::lidar::scan(self, &sensor, all, sketch));
        }
        if overlays.is_on(Overlay::SensorAxes) {
            let frames = sensors().filter_map(|sensor| self.world_from_sensor(&sensor));
            frames.for_each(|frame| sketch.axes(&frame, SENSOR_AXIS_M));
        }
        if overlays.is_on(Overlay::LinkFrames) {
            for robot in &self.simulation.layout().robots {
                for body in robot.bodies.clone() {
                    sketch.axes(&self.simulation.world().body_pose(BodyId(body)), LINK_AXIS_M);
                }
            }
        }
        if overlays.is_on(Overlay::Velocities) {
            super::motion::velocities(self, sketch);
        }
        if overlays.is_on(Overlay::Spins) {
            super::motion::spins(self, sketch);
        }
        if overlays.is_on(Overlay::Contacts) {
            super::balance::contacts(self, sketch);
        }
        for robot in self.robots() {
            if overlays.is_on(Overlay::SupportPolygon) {
                super::balance::support(self, robot, sketch);
            }
            if overlays.is_on(Overlay::CenterOfMass) {
                super::balance::center_of_mass(self, robot, sketch);
            }
        }
    }

    /// All robots.
    pub(crate) fn robots(&self) -> impl Iterator<Item = RobotId> {
        (0..self.simulation.layout().robots.len()).map(RobotId)
    }

    /// All sensors with their last measurements.
    pub(crate) fn sensors(&self) -> impl Iterator<Item = Measured<'a>> {
        measured(self.scenario, self.simulation)
    }

    /// Pose of a sensor in the world; `None` if it is mounted on no link.
    pub(crate) fn world_from_sensor(&self, sensor: &Measured) -> Option<Pose> {
        let body = sensor.layout.body?;
        Some(self.simulation.world().body_pose(body) * sensor.spec.pose.pose())
    }
}
