//! What robots measure: a panel with all values, and pictures of image sensors
//! above the world.
//!
//! Values are those that have reached the robot's policy; they come from the
//! simulation at the tick that is shown, so they are the same whether time
//! passed or was dragged there. The truth beside them is known for what was
//! measured while time passed.
//!
//! Start reading at [`measured`].

mod colors;
mod depth;
#[cfg(test)]
pub(crate) mod fixture;
mod inset;
mod panel;
mod polar;
mod readings;
mod values;
mod words;

use bevy::prelude::*;
use randori_core::layout::{RobotId, SensorLayout};
use randori_core::spec::{Scenario, SensorSpec};
use randori_core::time::Tick;
use randori_sim::simulation::Simulation;

pub use depth::{DepthInset, Mount};
pub use readings::LastReadings;

use crate::keys::{AddKey, Chord};
use crate::panels::AddPanel;
use crate::run::RunSystems;

/// A sensor of the scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SensorId {
    /// Its robot.
    pub robot: RobotId,
    /// Its index in the robot file.
    pub sensor: usize,
}

/// A sensor with the last measurement that reached the policy.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// Which sensor.
    pub id: SensorId,
    /// Name of its robot.
    pub robot: &'a str,
    /// What the robot file says of it.
    pub spec: &'a SensorSpec,
    /// Its names and units.
    pub layout: &'a SensorLayout,
    /// Values of all channels, in the order of the layout.
    pub values: &'a [f32],
    /// The tick at which they were measured; `None` if nothing has arrived yet.
    pub measured_at: Option<Tick>,
}

/// All sensors of a scene with what they measured last, robot after robot.
pub fn measured<'a>(
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

/// Shows what the robots of the open run measure; needs
/// [`PanelsPlugin`](crate::panels::PanelsPlugin) and
/// [`OverlayPlugin`](crate::overlay::OverlayPlugin).
pub struct SensorsPlugin;

impl Plugin for SensorsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<DepthInset>()
            .init_resource::<inset::Picture>()
            .add_systems(Update, depth::refresh.in_set(RunSystems::Draw))
            .add_key("Show", Chord::key(KeyCode::KeyI), "Depth picture", |world| {
                let mut inset = world.resource_mut::<DepthInset>();
                inset.on = !inset.on;
            })
            .add_panel(
                20,
                "Sensors",
                "What the robots measure, and what of it is shown",
                panel::show,
            )
            .add_floating(inset::show);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;
    use crate::run::Run;

    /// Values and times of all sensors at the tick that is shown.
    fn seen(app: &mut App) -> Vec<(Vec<f32>, Option<Tick>)> {
        let mut run = app.world_mut().resource_mut::<Run>();
        let (session, _) = run.measured().expect("a run is open");
        let sensors = measured(session.scenario(), session.episode().simulation());
        sensors.map(|sensor| (sensor.values.to_vec(), sensor.measured_at)).collect()
    }

    #[test]
    fn the_last_measurements_after_a_seek_are_those_of_playing_through() {
        let mut app = fixture::app();
        fixture::advance(&mut app, 130);
        let played = seen(&mut app);
        fixture::advance(&mut app, 300);
        assert_ne!(seen(&mut app), played);

        app.world_mut().write_message(Action::Seek(Tick(130)));
        app.update();

        assert_eq!(seen(&mut app), played);
        assert_eq!(played[0].1, Some(Tick(100)), "10 Hz at 500 ticks per second, 20 ms late");
        assert_eq!(played[0].0.len(), 90);
    }

    #[test]
    fn nothing_was_measured_before_the_start() {
        let mut app = fixture::app();

        assert!(seen(&mut app).iter().all(|(_, measured_at)| measured_at.is_none()));
    }
}
