//! Requests to the app from keys, panels and tests.
//!
//! Only an [`Action`] changes a run, so programs can do whatever the panels can.

use bevy::prelude::Message;
use randori_core::record::Intervention;
use randori_core::time::Tick;

use crate::driver::Driver;
use crate::playback::Speed;

/// A request to the app, carried out before the next tick.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Action {
    /// Starts playback.
    Play,
    /// Stops playback.
    Pause,
    /// Pauses and shows the next tick.
    StepForward,
    /// Pauses and shows the previous tick.
    StepBack,
    /// Shows this tick, or the newest one if the run has not reached it yet.
    Seek(Tick),
    /// Shows the start.
    Restart,
    /// Sets the playback speed.
    SetSpeed(Speed),
    /// Discards the ticks after the shown one and continues from there.
    Branch,
    /// Applies an intervention; while the past is shown, after a branch.
    Intervene(Intervention),
    /// Changes the driver of a robot; while the past is shown, after a branch.
    Drive {
        /// Index of the robot in the scenario.
        robot: usize,
        /// The new driver.
        driver: Driver,
    },
}
