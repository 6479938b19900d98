//! Sensor measurements: a panel with all values, and pictures of image sensors
//! above the world.
//!
//! Values are those that have reached the robot's policy; they come from the
//! simulation at the shown tick, so they are the same after playback or seeking.
//! True values are known for measurements made during playback.
//!
//! Start reading at `measured` in `readings.rs`.

mod colors;
mod depth;
mod inset;
mod panel;
mod polar;
mod values;
mod words;

use bevy::prelude::*;

pub(crate) use depth::DepthInset;

use crate::keys::{AddKey, Chord};
use crate::panels::AddPanel;
use crate::run::RunSystems;

/// Shows the sensors of the robots of the open run; needs
/// [`PanelsPlugin`](crate::panels::PanelsPlugin) and
/// [`OverlayPlugin`](crate::overlay::OverlayPlugin).
pub(crate) struct SensorsPlugin;

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
    use randori_core::time::Tick;

    use crate::action::Action;
    use crate::fixture;
    use crate::readings::measured;
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
