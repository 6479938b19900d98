//! The style of panels, readable on any screen.

use bevy_egui::egui::{self, Color32, FontId};

use crate::palette;

/// Colour of text.
const TEXT: Color32 = Color32::from_gray(205);

/// Opacity of explanatory text.
const WEAK: f32 = 0.68;

/// Font sizes besides those of the style, points: formulas, cells, rows and labels
/// in the picture.
const SIZES: [f32; 4] = [11.0, 12.5, 14.0, 18.0];

/// Prepares a context for panels, once.
pub(super) fn apply(context: &egui::Context) {
    context.set_theme(egui::Theme::Dark);
    context.all_styles_mut(|style| {
        style.visuals.widgets.noninteractive.fg_stroke.color = TEXT;
        style.visuals.weak_text_alpha = WEAK;
        style.visuals.error_fg_color = palette::PROBLEM;
    });
    draw_letters(context);
}

/// Rasterises all letters before the first frame, since a letter appears one frame
/// after its first use.
fn draw_letters(context: &egui::Context) {
    let letters: String = (' '..='~').chain("°–…■✔✖⚠⏮⏭⏸▶◀⏵⏷".chars()).collect();
    let style = context.global_style();
    let fonts = style.text_styles.values().cloned().chain(
        SIZES.iter().flat_map(|size| [FontId::proportional(*size), FontId::monospace(*size)]),
    );
    context.fonts_mut(|view| {
        for font in fonts {
            // Each letter has several subpixel positions.
            for shift in ["", ".", "i", "l"] {
                view.layout_no_wrap(format!("{shift}{letters}"), font.clone(), TEXT);
            }
        }
    });
}
