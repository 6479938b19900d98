//! Notes on missing visual geometry, on the bar.

use bevy::prelude::*;
use bevy_egui::egui;

use crate::panels::AddPanel;

use super::visuals::MeshNotes;

/// Maximum number of listed notes.
const MOST: usize = 12;

/// Shows [`MeshNotes`].
pub(super) struct NotesPlugin;

impl Plugin for NotesPlugin {
    fn build(&self, app: &mut App) {
        app.add_to_top(890, |ui, world| {
            let notes = &world.resource::<MeshNotes>().0;
            if notes.is_empty() {
                return;
            }
            let mut text: Vec<&str> = notes.iter().take(MOST).map(String::as_str).collect();
            let more = format!("and {} more", notes.len().saturating_sub(MOST));
            if notes.len() > MOST {
                text.push(&more);
            }
            let label = egui::RichText::new("⚠ visuals").color(ui.visuals().warn_fg_color);
            ui.label(label).on_hover_text(text.join("\n"));
        });
    }
}
