//! Saving a run: as a recording, as the command that reproduces it, and its state
//! as a scenario.

mod panel;
mod situation;

use std::path::Path;

use bevy::prelude::*;
use randori_core::time::Tick;
use randori_project::command_line;
use randori_project::record::{Origin, Recorder, start};
use randori_record::writer::Options;
use randori_sim::batch::PreparedRun;

use crate::driver::Driver;
use crate::open::{Content, OpenFile};
use crate::run::{Problem, Run};

pub(crate) use panel::KeepPlugin;
pub use situation::save_situation;

/// Writes the whole run, from its start to its newest tick, as a recording that
/// `randori replay` verifies.
///
/// # Errors
/// If no run is open, or the file cannot be written; files of another kind are
/// never overwritten.
pub fn save_recording(world: &mut World, file: &Path) -> Result<(), Problem> {
    let reproduce = reproduce(world, Some(file));
    let origin_of = world
        .get_resource::<OpenFile>()
        .map(|open| (open.shown().to_owned(), open.files().clone()));
    let Some((shown, assets)) = origin_of else { return Err(nothing_open()) };
    let mut run = world.resource_mut::<Run>();
    let (Some(scenario), Some(written)) = (run.scenario().cloned(), run.written().cloned()) else {
        return Err(nothing_open());
    };
    let prepared = PreparedRun { scenario, ..written };
    let Some(session) = run.session() else { return Err(nothing_open()) };
    let origin = Origin { file: &shown, assets: &assets, reproduce: &reproduce };
    let begin = start(&prepared, session.live(), origin)?;
    let mut recorder = Recorder::create(file, &begin, &prepared.scenario, Options::default())?;
    session.record_into(&mut recorder).map_err(|error| Problem {
        message: format!("the recording could not be made: {error}"),
        ..Problem::default()
    })?;
    Ok(())
}

/// The command that reproduces exactly this run. Manual input is in no scenario, so
/// a run with manual input needs its recording: `saved`, or a placeholder for its
/// name.
pub fn reproduce(world: &mut World, saved: Option<&Path>) -> String {
    if must_be_saved(world) {
        let saved = saved.map_or("RECORDING.mcap".into(), Path::to_string_lossy);
        return command_line(["randori", "replay", &saved]);
    }
    let seed = world.resource::<Run>().seed().to_string();
    let Some(open) = world.get_resource::<OpenFile>() else { return String::new() };
    match &open.content {
        Content::Scenario { context, .. } => {
            let words = ["randori", "run", open.shown(), "--seed", &seed];
            let more = context.arguments.iter().map(String::as_str);
            command_line(words.into_iter().chain(more))
        }
        Content::Recording { .. } => {
            command_line(["randori", "replay", &open.named.to_string_lossy()])
        }
    }
}

/// True if only a new recording can reproduce this run: no existing file contains
/// all that happened in it.
pub(crate) fn must_be_saved(world: &mut World) -> bool {
    let is_recording = world.get_resource::<OpenFile>().is_some_and(OpenFile::is_recording);
    let mut run = world.resource_mut::<Run>();
    if is_recording { !follows_recording(&mut run) } else { was_played(&mut run) }
}

/// True if the run has manual input that the scenario does not contain.
fn was_played(run: &mut Run) -> bool {
    let robots = run.scenario().map_or(0, |scenario| scenario.spec.robots.len());
    let driven = (0..robots)
        .any(|robot| run.is_by_hand(robot) || run.driver(robot) != Some(&Driver::AsWritten));
    let touched = run
        .session()
        .is_some_and(|session| session.past().iter().any(|tick| !tick.interventions.is_empty()));
    driven || touched || run.was_handed_over()
}

/// True if the run still equals the recording that it follows.
fn follows_recording(run: &mut Run) -> bool {
    run.session().is_some_and(|session| session.is_recorded())
}

/// The time of a tick as text, such as `3.214 s`.
pub(crate) fn at(run: &Run, tick: Tick) -> String {
    format!("{:.3} s", run.time_s(tick))
}

fn nothing_open() -> Problem {
    Problem { message: "nothing is open".to_owned(), ..Problem::default() }
}
