//! The window.

use std::path::Path;
use std::process::ExitCode;

use bevy::app::AppExit;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::window::WindowResolution;
use bevy::winit::WinitSettings;
use randori_viewer::film::FilmError;
use randori_viewer::ghosts::AddGhost;
use randori_viewer::headless::graphics;
use randori_viewer::open::Open;
use randori_viewer::run::Run;
use randori_viewer::{SimulationPlugins, ViewerPlugins};

use crate::args::Args;
use crate::tell;

/// Opens the window and shows the requested file until it is closed.
pub(crate) fn show(args: &Args) -> ExitCode {
    if let Err(reason) = find_display() {
        tell(&format!(
            "error: there is no display to open a window on: {reason}\n\
             help: draw without one: `randori view {} --headless --video run.gif`",
            args.file.as_deref().unwrap_or(Path::new("FILE")).display()
        ));
        return ExitCode::from(2);
    }
    if graphics().is_none() {
        let error = FilmError::NoGraphics;
        tell(&format!("error: {error}\nhelp: {}", error.help().unwrap_or_default()));
        return ExitCode::from(2);
    }
    let window = Window {
        title: "Randori".to_owned(),
        name: Some("randori".to_owned()),
        resolution: WindowResolution::new(1280, 720),
        ..default()
    };
    let mut app = App::new();
    if let Some(quality) = args.quality() {
        app.insert_resource(quality);
    }
    app.insert_resource(args.terms())
        .add_plugins(
            DefaultPlugins
                .set(WindowPlugin { primary_window: Some(window), ..default() })
                .set(LogPlugin { filter: LOGGED.to_owned(), ..default() }),
        )
        .add_plugins((SimulationPlugins, ViewerPlugins))
        .insert_resource(WinitSettings::continuous())
        .add_systems(Update, name_window);
    app.world_mut().resource_mut::<Run>().set_budget(args.history_bytes());
    if let Some(file) = &args.file {
        app.world_mut().write_message(Open::File(file.clone()));
    }
    for recording in &args.compare {
        app.world_mut().write_message(AddGhost(recording.clone()));
    }
    match app.run() {
        AppExit::Success => ExitCode::SUCCESS,
        AppExit::Error(_) => ExitCode::from(101),
    }
}

/// Bevy's log filter: no messages that the user cannot act on.
const LOGGED: &str = "error,wgpu_hal=off,wgpu_core=error";

/// Sets the window title to the scenario's name.
#[expect(clippy::needless_pass_by_value, reason = "Bevy hands parameters to systems by value")]
fn name_window(run: Res<Run>, mut seen: Local<u64>, mut window: Query<&mut Window>) {
    if *seen == run.generation() {
        return;
    }
    *seen = run.generation();
    for mut window in &mut window {
        let title = run.scenario().map(|scenario| scenario.spec.title.as_str());
        window.title = title.map_or("Randori".to_owned(), |title| format!("{title} - Randori"));
    }
}

/// Checks that there is a display, as far as possible in advance; the error is a message.
#[cfg(not(all(unix, not(target_vendor = "apple"))))]
fn find_display() -> Result<(), String> {
    Ok(())
}

/// Checks that there is a display, as far as possible in advance; the error is a message.
#[cfg(all(unix, not(target_vendor = "apple")))]
fn find_display() -> Result<(), String> {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("WAYLAND_DISPLAY").is_some() || variable("WAYLAND_SOCKET").is_some() {
        return Ok(());
    }
    let Some(display) = variable("DISPLAY") else {
        return Err("neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned());
    };
    // A local display has a socket; others are checked on connection.
    let number = display.strip_prefix(':').map(|rest| rest.split('.').next().unwrap_or(rest));
    let socket = number.map(|number| format!("/tmp/.X11-unix/X{number}"));
    match socket {
        Some(socket) if !Path::new(&socket).exists() => {
            Err(format!("cannot connect to X display `{display}`"))
        }
        _ => Ok(()),
    }
}
