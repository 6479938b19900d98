//! Runs a scenario inside a Bevy app that has no window, as fast as it can:
//! `cargo run -p randori_viewer --example windowless -- scenarios/pup/stand.ron`.

#![expect(clippy::print_stdout, reason = "this is what a person runs it for")]

mod support;

use std::error::Error;

use bevy::prelude::*;
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::playback::{Playback, Speed};
use randori_viewer::run::Run;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).unwrap_or("scenarios/courier/flat.ron".to_owned());
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins));
    let run = support::load(&file)?;
    app.world_mut().resource_mut::<Run>().open(run, Box::new(support::start_policy))?;
    app.world_mut().write_message(Action::SetSpeed(Speed::Unlimited));
    app.world_mut().write_message(Action::Play);
    app.update();
    while app.world().resource::<Playback>().playing {
        app.update();
    }
    if let Some(report) = app.world().resource::<Run>().report() {
        let verdict = report.verdict;
        println!(
            "{file}: {verdict:?} after {} ticks, hash {:016x}",
            report.ticks, report.final_hash
        );
    }
    Ok(())
}
