//! Carries out requests to the run frame by frame.

use bevy::prelude::{App, IntoScheduleConfigs, MessageReader, Plugin, ResMut, SystemSet, Update};
use randori_core::time::Tick;

use super::Run;
use crate::action::Action;
use crate::playback::Playback;

/// Order of the systems within a frame, in [`Update`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunSystems {
    /// [`Action`]s are carried out.
    Act,
    /// Ticks are computed.
    Advance,
    /// The picture is updated.
    Draw,
}

/// Carries out [`Action`]s on the open [`Run`].
pub(crate) struct RunPlugin;

impl Plugin for RunPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Run>()
            .add_message::<Action>()
            .configure_sets(
                Update,
                (RunSystems::Act, RunSystems::Advance, RunSystems::Draw).chain(),
            )
            .add_systems(
                Update,
                (
                    act.in_set(RunSystems::Act),
                    (|mut run: ResMut<Run>| run.refresh_report())
                        .after(RunSystems::Advance)
                        .before(RunSystems::Draw),
                ),
            );
    }
}

fn act(mut actions: MessageReader<Action>, mut run: ResMut<Run>, mut playback: ResMut<Playback>) {
    for action in actions.read() {
        match action {
            Action::Play => playback.playing = true,
            Action::Pause => playback.playing = false,
            Action::StepForward => {
                playback.playing = false;
                run.advance();
            }
            Action::StepBack => {
                playback.playing = false;
                let before = Tick(run.tick().0.saturating_sub(1));
                run.seek(before);
            }
            Action::Seek(tick) => run.seek(*tick),
            Action::Restart => run.seek(Tick(0)),
            Action::SetSpeed(speed) => playback.speed = *speed,
            Action::Branch => run.branch(),
            Action::Intervene(intervention) => run.intervene(*intervention),
            Action::Drive { robot, driver } => run.drive(*robot, driver.clone()),
        }
    }
}
