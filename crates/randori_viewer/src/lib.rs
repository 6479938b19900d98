//! Bevy plugins of Randori: see a scenario run, and take it back.
//!
//! Everything is a plugin. [`SimulationPlugins`] open scenarios, step them and
//! keep their past, without a window; [`ViewerPlugins`] add the picture and the
//! panels. What a person or a program asks for is an [`action::Action`]; what
//! runs is in [`run::Run`].
//!
//! Start reading at [`action::Action`], then [`run::Run`].

#![expect(clippy::needless_pass_by_value, reason = "Bevy hands parameters to systems by value")]

pub mod action;
pub mod camera;
pub mod convert;
pub mod driver;
pub mod history;
pub mod judgement;
pub mod keys;
pub mod panels;
pub mod playback;
pub mod pointer;
pub mod run;
pub mod scene;
pub mod time_bar;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// A run that is opened, stepped and taken back; needs no window, only
/// `MinimalPlugins`.
pub struct SimulationPlugins;

impl PluginGroup for SimulationPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>().add(run::RunPlugin).add(playback::PlaybackPlugin)
    }
}

/// The picture of a run and the panels around it; needs [`SimulationPlugins`]
/// and Bevy's `DefaultPlugins`.
pub struct ViewerPlugins;

impl PluginGroup for ViewerPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>()
            .add(keys::KeysPlugin)
            .add(scene::ScenePlugin)
            .add(camera::CameraPlugin)
            .add(pointer::PointerPlugin)
            .add(panels::PanelsPlugin)
            .add(time_bar::TimeBarPlugin)
            .add(judgement::JudgementPlugin)
    }
}
