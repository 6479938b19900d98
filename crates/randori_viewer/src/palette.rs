//! Colours with a fixed meaning throughout the app.

use bevy_egui::egui::Color32;

/// Satisfied.
pub(crate) const GREEN: Color32 = Color32::from_rgb(88, 190, 104);
/// Violated.
pub(crate) const RED: Color32 = Color32::from_rgb(235, 92, 84);
/// A violated preference.
pub(crate) const YELLOW: Color32 = Color32::from_rgb(229, 181, 60);
/// An error.
pub(crate) const MAGENTA: Color32 = Color32::from_rgb(220, 100, 210);
/// Undecided.
pub(crate) const GRAY: Color32 = Color32::from_rgb(150, 150, 150);
/// An event, or a run that is too slow.
pub(crate) const ORANGE: Color32 = Color32::from_rgb(255, 160, 50);
/// A problem that the user can fix.
pub(crate) const PROBLEM: Color32 = Color32::from_rgb(255, 120, 100);
