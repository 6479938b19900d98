//! Small bars with a number.

use bevy_egui::egui::{self, Color32, Painter, Rect};

/// Share of a range next to its end that counts as near the limit.
const NEAR: f32 = 0.03;

const NEAR_COLOR: Color32 = Color32::from_rgb(200, 50, 40);

/// A cell of a table: its fill, and the number.
pub(super) struct Bar {
    /// Start and end of the fill, as shares of the width from the left; `None`
    /// without limits.
    pub(super) fill: Option<(f32, f32)>,
    /// True if it is near a limit.
    pub(super) is_near: bool,
}

impl Bar {
    /// A coordinate within its range: filled from the left.
    pub(super) fn within(value: f32, range: Option<(f32, f32)>) -> Self {
        let Some((low, high)) = range.filter(|(low, high)| high > low) else {
            return Self { fill: None, is_near: false };
        };
        let share = (value - low) / (high - low);
        let is_near = !(NEAR..=1.0 - NEAR).contains(&share);
        Self { fill: Some((0.0, share.clamp(0.0, 1.0))), is_near }
    }

    /// A value within a range that contains zero: filled from zero.
    pub(super) fn from_zero(value: f32, (low, high): (f32, f32)) -> Self {
        let mut bar = Self::within(value, Some((low, high)));
        let zero = (-low / (high - low)).clamp(0.0, 1.0);
        bar.fill = bar.fill.map(|(_, end)| (end.min(zero), end.max(zero)));
        bar
    }

    /// A torque against its limit in both directions: filled from the middle.
    pub(super) fn against(value: f32, most: Option<f32>) -> Self {
        let Some(most) = most.filter(|most| *most > 0.0) else {
            return Self { fill: None, is_near: false };
        };
        let share = value / most;
        let end = 0.5 + 0.5 * share.clamp(-1.0, 1.0);
        Self { fill: Some((end.min(0.5), end.max(0.5))), is_near: share.abs() > 1.0 - NEAR }
    }

    /// Paints the bar with its number.
    pub(super) fn paint(&self, painter: &Painter, rect: Rect, text: &str, style: &egui::Style) {
        let visuals = &style.visuals;
        if let Some((from, to)) = self.fill {
            painter.rect_filled(rect, 2.0, visuals.extreme_bg_color);
            let x = |share: f32| egui::lerp(rect.left()..=rect.right(), share);
            let filled = Rect::from_min_max(
                egui::pos2(x(from), rect.top()),
                egui::pos2(x(to), rect.bottom()),
            );
            let color = if self.is_near { NEAR_COLOR } else { visuals.selection.bg_fill };
            painter.rect_filled(filled, 2.0, color);
        }
        number(painter, rect, text, visuals.text_color());
    }
}

/// A number with this many decimals; never -0.
pub(super) fn rounded(value: f32, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(positive) if positive.chars().all(|it| it == '0' || it == '.') => positive.to_owned(),
        _ => text,
    }
}

/// Paints a number at the right end of a cell.
pub(super) fn number(painter: &Painter, rect: Rect, text: &str, color: Color32) {
    let at = egui::pos2(rect.right() - 3.0, rect.center().y);
    painter.text(at, egui::Align2::RIGHT_CENTER, text, egui::FontId::monospace(11.0), color);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_red_next_to_a_limit() {
        let within = |value| Bar::within(value, Some((-1.0, 1.0)));

        assert_eq!((within(0.0).fill, within(0.0).is_near), (Some((0.0, 0.5)), false));
        assert!(within(0.97).is_near && within(-5.0).is_near);
        assert_eq!(Bar::within(3.0, None).fill, None);
    }

    #[test]
    fn nothing_is_shown_as_less_than_zero() {
        let texts = [(-0.001, 2), (-0.4, 0), (-0.006, 2), (12.34, 1)];

        assert_eq!(texts.map(|(it, n)| rounded(it, n)), ["0.00", "0", "-0.01", "12.3"]);
    }

    #[test]
    fn a_torque_fills_from_the_middle_to_its_side() {
        assert_eq!(Bar::against(-1.0, Some(2.0)).fill, Some((0.25, 0.5)));
        assert!(Bar::against(2.0, Some(2.0)).is_near);
        assert_eq!(Bar::against(2.0, None).fill, None);
    }
}
