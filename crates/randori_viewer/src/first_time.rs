//! The introduction card opens automatically until it has been closed once; a file
//! in the settings folder remembers that.

use std::path::PathBuf;

use bevy::prelude::*;

use crate::help::Help;

/// Opens the introduction card of [`Help`] at the first start, and remembers that
/// it was closed.
pub(crate) struct FirstTimePlugin;

impl Plugin for FirstTimePlugin {
    fn build(&self, app: &mut App) {
        let is_new = seen_file().is_some_and(|file| !file.exists());
        app.world_mut().get_resource_or_init::<Help>().card = is_new;
        app.add_systems(Last, remember);
    }
}

/// The file that exists once the card has been closed.
fn seen_file() -> Option<PathBuf> {
    let settings = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".config")))
        .or_else(|| std::env::var_os("APPDATA").map(PathBuf::from))?;
    Some(settings.join("randori").join("card-was-seen"))
}

/// Remembers that the card was closed. If that fails, the card opens again at the
/// next start.
fn remember(help: Res<Help>, mut was_open: Local<bool>) {
    let is_closed = std::mem::replace(&mut *was_open, help.card) && !help.card;
    let Some(file) = seen_file().filter(|_| is_closed) else { return };
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let _ = folder.and_then(|()| std::fs::write(file, ""));
}
