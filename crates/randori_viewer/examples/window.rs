//! Shows a scenario in a window:
//! `cargo run -p randori_viewer --example window -- scenarios/pup/stand.ron`.

mod support;

use std::error::Error;

use bevy::prelude::*;
use bevy::window::WindowResolution;
use bevy::winit::WinitSettings;
use randori_viewer::action::Action;
use randori_viewer::run::Run;
use randori_viewer::{SimulationPlugins, ViewerPlugins};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or("scenarios/courier/flat.ron".to_owned());
    let run = support::load(&file)?;
    let window = Window {
        title: format!("Randori: {}", run.scenario.spec.title),
        resolution: WindowResolution::new(1280, 720),
        ..default()
    };
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }))
        .add_plugins((SimulationPlugins, ViewerPlugins))
        .insert_resource(WinitSettings::continuous());
    app.world_mut().resource_mut::<Run>().open(run, Box::new(support::start_policy))?;
    app.world_mut().write_message(Action::Play);
    app.run();
    Ok(())
}
