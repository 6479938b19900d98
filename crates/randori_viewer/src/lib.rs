//! Bevy plugins of Randori: view a run, rewind and branch it.
//!
//! Everything is a plugin. [`SimulationPlugins`] open scenarios, step them and keep
//! their past, without a window; [`ViewerPlugins`] add the picture and the panels.
//! Users and programs send an [`action::Action`]; the open run is in [`run::Run`].
//!
//! Access to files and external programs needs the feature `desktop`, which is on
//! by default.
//!
//! Start reading at [`action::Action`], then [`run::Run`].

#![expect(clippy::needless_pass_by_value, reason = "Bevy hands parameters to systems by value")]

pub mod action;
pub mod camera;
mod convert;
pub mod driver;
#[cfg(feature = "desktop")]
pub mod film;
#[cfg(feature = "desktop")]
mod first_time;
#[cfg(test)]
mod fixture;
#[cfg(feature = "desktop")]
mod gallery;
#[cfg(feature = "desktop")]
pub mod ghosts;
pub mod hands;
#[cfg(feature = "desktop")]
pub mod headless;
pub mod help;
pub mod history;
mod hover;
pub mod judgement;
#[cfg(feature = "desktop")]
pub mod keep;
pub mod keys;
mod main_camera;
pub mod marks;
pub mod notice;
#[cfg(feature = "desktop")]
pub mod open;
mod overlay;
mod palette;
pub mod panels;
pub mod playback;
pub mod plots;
pub mod pointer;
#[cfg(feature = "desktop")]
pub mod policy;
pub mod quality;
mod readings;
pub mod robot;
pub mod robots;
pub mod run;
pub mod scene;
#[cfg(feature = "desktop")]
mod screenshot;
pub mod selection;
pub mod sensors;
pub mod teleop;
pub mod time_bar;
#[cfg(feature = "desktop")]
pub mod watch;

use bevy::app::{PluginGroup, PluginGroupBuilder};

/// Opens, steps and rewinds a run; needs no window, only `MinimalPlugins`.
///
/// ```
/// use bevy::prelude::*;
/// use randori_core::text::{Limits, MemoryFiles, ScenarioText};
/// use randori_sim::batch::PreparedRun;
/// use randori_viewer::SimulationPlugins;
/// use randori_viewer::action::Action;
/// use randori_viewer::playback::{Playback, Speed};
/// use randori_viewer::run::Run;
///
/// let files = MemoryFiles::new([
///     ("flat.ron", r#"Environment(format: 1, name: "flat", ground: ())"#),
///     ("x.ron", r#"Scenario(format: 1, title: "x", duration: 0.1, environment: "flat.ron")"#),
/// ]);
/// let scenario = ScenarioText::load(&files, "x.ron", &Limits::default())?.resolve(&[])?.scenario;
///
/// let mut app = App::new();
/// app.add_plugins((MinimalPlugins, SimulationPlugins));
/// let run = PreparedRun { scenario, seed: 0, varied: Vec::new() };
/// app.world_mut().resource_mut::<Run>().open(run, Box::new(|_, _, _| Ok(None)))?;
/// app.world_mut().write_message(Action::SetSpeed(Speed::Unlimited));
/// app.world_mut().write_message(Action::Play);
/// app.update();
/// while app.world().resource::<Playback>().playing {
///     app.update();
/// }
///
/// assert_eq!(app.world().resource::<Run>().report().map(|report| report.ticks), Some(50));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        let group = PluginGroupBuilder::start::<Self>()
            .add(keys::KeysPlugin)
            .add(scene::ScenePlugin)
            .add(camera::CameraPlugin)
            .add(pointer::PointerPlugin)
            .add(hover::HoverPlugin)
            .add(quality::QualityPlugin)
            .add(panels::PanelsPlugin)
            .add(time_bar::TimeBarPlugin)
            .add(notice::NoticePlugin)
            .add(help::HelpPlugin);
        #[cfg(feature = "desktop")]
        let group = group
            .add(first_time::FirstTimePlugin)
            .add(open::OpenPlugin)
            .add(watch::WatchPlugin)
            .add(gallery::GalleryPlugin)
            .add(policy::PolicyPlugin)
            .add(keep::KeepPlugin);
        let group = group
            .add(overlay::OverlayPlugin)
            .add(sensors::SensorsPlugin)
            .add(hands::HandsPlugin)
            .add(robot::RobotPlugin)
            .add(teleop::TeleopPlugin);
        #[cfg(feature = "desktop")]
        let group =
            group.add(screenshot::ScreenshotPlugin).add(film::FilmPlugin).add(ghosts::GhostsPlugin);
        group.add(judgement::JudgementPlugin).add(plots::PlotsPlugin)
    }
}
