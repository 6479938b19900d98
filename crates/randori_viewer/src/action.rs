//! What people, keys, panels and tests ask the app to do.
//!
//! Nothing changes a run but an [`Action`], so whatever can be clicked can also
//! be written by a program.

use bevy::prelude::Message;
use randori_core::record::Intervention;
use randori_core::time::Tick;

use crate::driver::Driver;
use crate::playback::Speed;

/// Something that the app is asked to do, carried out before the next tick.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Action {
    /// Lets time pass.
    Play,
    /// Stops time.
    Pause,
    /// Pauses and shows the next tick.
    StepForward,
    /// Pauses and shows the tick before.
    StepBack,
    /// Shows this tick, the newest one if it was not reached yet.
    Seek(Tick),
    /// Shows the start.
    Restart,
    /// Sets how fast time passes.
    SetSpeed(Speed),
    /// Forgets what comes after the tick that is shown, and goes on from there.
    Branch,
    /// Does something to the world; where the past is shown, after a branch.
    Intervene(Intervention),
    /// Goes on with another driver of a robot; where the past is shown, from there.
    Drive {
        /// Index of the robot in the scenario.
        robot: usize,
        /// Who decides from now on.
        driver: Driver,
    },
}
