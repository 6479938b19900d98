//! The last measurements that reached the policies, and the true values beside
//! them.
//!
//! Start reading at [`measured`].

mod last;

use randori_core::layout::{RobotId, SensorLayout};
use randori_core::spec::{Scenario, SensorSpec};
use randori_core::time::Tick;
use randori_sim::simulation::Simulation;

pub(crate) use last::LastReadings;

/// A sensor of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SensorId {
    /// Its robot.
    pub robot: RobotId,
    /// Its index in the robot file.
    pub sensor: usize,
}

/// A sensor with the last measurement that reached the policy.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "the word for a time of measurement everywhere")]
pub(crate) struct Measured<'a> {
    /// Its identifier.
    pub id: SensorId,
    /// Name of its robot.
    pub robot: &'a str,
    /// Its entry in the robot file.
    pub spec: &'a SensorSpec,
    /// Its names and units.
    pub layout: &'a SensorLayout,
    /// Values of all channels, in the order of the layout.
    pub values: &'a [f32],
    /// The tick of measurement; `None` if none has arrived yet.
    pub measured_at: Option<Tick>,
}

/// All sensors of a scene with their last measurements, robot after robot.
pub(crate) fn measured<'a>(
    scenario: &'a Scenario,
    simulation: &'a Simulation,
) -> impl Iterator<Item = Measured<'a>> {
    let robots = scenario.robots.iter().zip(&simulation.layout().robots).enumerate();
    robots.flat_map(move |(index, (model, robot))| {
        let received = simulation.received(RobotId(index));
        let mut first_channel = 0;
        let sensors = model.sensors.iter().zip(&robot.sensors).enumerate();
        sensors.map(move |(sensor, (spec, layout))| {
            let channel = first_channel;
            first_channel += layout.channels.len();
            Measured {
                id: SensorId { robot: RobotId(index), sensor },
                robot: &robot.name,
                spec,
                layout,
                values: received.values.get(layout.values.clone()).unwrap_or_default(),
                measured_at: received.measured_at.get(channel).copied().flatten(),
            }
        })
    })
}
