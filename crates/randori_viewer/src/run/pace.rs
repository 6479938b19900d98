//! Advances a run during playback.

use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::{App, IntoScheduleConfigs, Plugin, Res, ResMut, Time, Update};
use bevy::time::Real;
use randori_sim::session::Progress;

use super::{Run, RunSystems};
use crate::playback::Playback;

/// Real time for the ticks of one frame, after which a picture is drawn.
const TICKS_PER_FRAME: Duration = Duration::from_millis(40);

/// Advances the open [`Run`] while [`Playback`] is playing.
pub(crate) struct PlaybackPlugin;

impl Plugin for PlaybackPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Playback>().add_systems(Update, advance.in_set(RunSystems::Advance));
    }
}

/// Computes the ticks that are due. A run that cannot keep up slows down; no ticks
/// are skipped.
fn advance(time: Res<Time<Real>>, mut playback: ResMut<Playback>, mut run: ResMut<Run>) {
    let elapsed_s = time.delta_secs_f64();
    if !playback.playing || !run.is_open() {
        playback.rest();
        return;
    }
    let period_s = run.period_s();
    let due = playback.due(elapsed_s, period_s);
    let made = make(&mut run, due, &mut playback.playing);
    playback.note(made, elapsed_s, period_s);
}

/// Computes up to this many ticks in the time of a frame; clears `playing` at the end.
fn make(run: &mut Run, due: usize, playing: &mut bool) -> usize {
    let begun = Instant::now();
    for made in 0..due {
        match run.advance() {
            Some(Progress::New | Progress::Again) => {}
            Some(Progress::Over) | None => {
                *playing = false;
                return made;
            }
        }
        if begun.elapsed() > TICKS_PER_FRAME {
            return made + 1;
        }
    }
    due
}
