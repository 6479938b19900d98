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
pub mod film;
#[cfg(test)]
mod fixture;
pub mod gallery;
pub mod ghosts;
pub mod hands;
pub mod headless;
pub mod help;
pub mod history;
pub mod hover;
pub mod judgement;
pub mod keep;
pub mod keys;
pub mod main_camera;
pub mod marks;
pub mod notice;
pub mod open;
pub mod overlay;
mod palette;
pub mod panels;
pub mod playback;
pub mod plots;
pub mod pointer;
pub mod policy;
pub mod quality;
pub mod readings;
pub mod robot;
pub mod robots;
pub mod run;
pub mod scene;
pub mod screenshot;
pub mod selection;
pub mod sensors;
pub mod teleop;
pub mod time_bar;
pub mod watch;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// A run that is opened, stepped and taken back; needs no window, only
/// `MinimalPlugins`.
pub struct SimulationPlugins;

impl PluginGroup for SimulationPlugins {
    fn build(self) -> PluginGroupBuilder {
        PluginGroupBuilder::start::<Self>().add(run::RunPlugin).add(run::PlaybackPlugin)
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
            .add(hover::HoverPlugin)
            .add(quality::QualityPlugin)
            .add(panels::PanelsPlugin)
            .add(time_bar::TimeBarPlugin)
            .add(notice::NoticePlugin)
            .add(help::HelpPlugin)
            .add(open::OpenPlugin)
            .add(watch::WatchPlugin)
            .add(gallery::GalleryPlugin)
            .add(policy::PolicyPlugin)
            .add(keep::KeepPlugin)
            .add(overlay::OverlayPlugin)
            .add(sensors::SensorsPlugin)
            .add(hands::HandsPlugin)
            .add(robot::RobotPlugin)
            .add(teleop::TeleopPlugin)
            .add(screenshot::ScreenshotPlugin)
            .add(film::FilmPlugin)
            .add(ghosts::GhostsPlugin)
            .add(judgement::JudgementPlugin)
            .add(plots::PlotsPlugin)
    }
}
