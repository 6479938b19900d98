//! Colours that have one meaning wherever they are seen.

use bevy_egui::egui::Color32;

/// What holds.
pub(crate) const GREEN: Color32 = Color32::from_rgb(88, 190, 104);
/// What does not.
pub(crate) const RED: Color32 = Color32::from_rgb(235, 92, 84);
/// What was only wished for.
pub(crate) const YELLOW: Color32 = Color32::from_rgb(229, 181, 60);
/// What broke.
pub(crate) const MAGENTA: Color32 = Color32::from_rgb(220, 100, 210);
/// What is not certain.
pub(crate) const GRAY: Color32 = Color32::from_rgb(150, 150, 150);
/// What happened, and what is slower than it should be.
pub(crate) const ORANGE: Color32 = Color32::from_rgb(255, 160, 50);
/// What went wrong, for a person to mend.
pub(crate) const PROBLEM: Color32 = Color32::from_rgb(255, 120, 100);
