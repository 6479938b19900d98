//! Time passes while it is played.

use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::{App, IntoScheduleConfigs, Plugin, Res, ResMut, Time, Update};
use bevy::time::Real;
use randori_sim::session::Progress;

use super::{Run, RunSystems};
use crate::playback::Playback;

/// Real time that ticks of one frame may take; a picture is due after it.
const TICKS_PER_FRAME: Duration = Duration::from_millis(40);

/// Advances the open [`Run`] while [`Playback`] is playing.
pub(crate) struct PlaybackPlugin;

impl Plugin for PlaybackPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Playback>().add_systems(Update, advance.in_set(RunSystems::Advance));
    }
}

/// Makes the ticks that are due. A run that cannot keep up gets slower; ticks
/// are never left out.
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

/// Makes up to so many ticks in the time of a frame; stops `playing` at the end.
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
