//! A scan of a range finder seen from above, its +X axis pointing up.

use bevy_egui::egui;
use randori_core::sensor::Scan;

use crate::readings::Measured;

/// Edge of the picture, points.
const SIZE: f32 = 190.0;
/// Space for labels at the edge, points.
const MARGIN: f32 = 12.0;

/// Draws a scan, with the true distances behind it if they are known, and the
/// nearest hit as text.
pub(super) fn show(ui: &mut egui::Ui, scan: &Scan, sensor: &Measured, truth: Option<&[f32]>) {
    let reach = reach_m(scan, sensor.values);
    let (rect, response) =
        ui.allocate_exact_size(egui::vec2(ui.available_width(), SIZE), egui::Sense::hover());
    let center = rect.center();
    let scale = (SIZE / 2.0 - MARGIN) / reach;
    let painter = ui.painter_at(rect);
    let visuals = ui.visuals();
    painter.rect_filled(rect, 3.0, visuals.extreme_bg_color);
    let faint = visuals.weak_text_color();
    for ring_m in [reach / 2.0, reach] {
        painter.circle_stroke(center, ring_m * scale, egui::Stroke::new(0.5, faint));
        let at = center + egui::vec2(4.0, -ring_m * scale);
        let font = egui::FontId::proportional(10.0);
        painter.text(at, egui::Align2::LEFT_CENTER, format!("{ring_m} m"), font, faint);
    }
    let dots = |ranges: &[f32], radius: f32, color: egui::Color32| {
        for (angle, range) in hits(scan, ranges) {
            painter.circle_filled(center + direction(angle) * range * scale, radius, color);
        }
    };
    if let Some(truth) = truth {
        dots(truth, 2.0, faint.gamma_multiply(0.6));
    }
    dots(sensor.values, 1.2, egui::Color32::from_rgb(235, 70, 60));
    let tip = center + egui::vec2(0.0, -7.0);
    let stroke = egui::Stroke::new(1.5, visuals.strong_text_color());
    for side in [-4.0, 4.0] {
        painter.line_segment([tip, center + egui::vec2(side, 4.0)], stroke);
    }
    response.on_hover_text(
        "Scan from above, ahead is up. Red: measured; grey behind it: true values, \
         if that tick was played here",
    );
    ui.label(summary(scan, sensor.values));
}

/// Hits: angle (rad, counter-clockwise from straight ahead) and distance, m.
fn hits(scan: &Scan, ranges: &[f32]) -> impl Iterator<Item = (f64, f32)> {
    let beams = ranges.iter().enumerate();
    let beams = beams.map(move |(beam, &range)| (scan.angle_rad(beam), range));
    beams.filter(|(_, range)| range.is_finite())
}

/// The direction of an angle on screen: ahead is up, left is left.
fn direction(angle: f64) -> egui::Vec2 {
    egui::vec2(-libm::sin(angle) as f32, -libm::cos(angle) as f32)
}

/// Distance of the outer ring, m: a round number that contains all hits, or the
/// range of the scanner without hits.
fn reach_m(scan: &Scan, ranges: &[f32]) -> f32 {
    let farthest = ranges.iter().copied().filter(|range| range.is_finite()).fold(0.0, f32::max);
    let reach = if farthest == 0.0 { scan.range_m.1 as f32 } else { farthest };
    [0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 30.0, 40.0, 60.0, 80.0, 100.0]
        .into_iter()
        .find(|round| *round >= reach)
        .unwrap_or(reach)
}

/// Number of hits, and the nearest one.
fn summary(scan: &Scan, ranges: &[f32]) -> String {
    let count = hits(scan, ranges).count();
    match hits(scan, ranges).min_by(|a, b| a.1.total_cmp(&b.1)) {
        None => format!("none of {} beams hit", ranges.len()),
        Some((angle, range)) => {
            let degrees = angle.to_degrees();
            let side = if degrees < 0.0 { "right" } else { "left" };
            let (all, degrees) = (ranges.len(), degrees.abs());
            format!("{count} of {all} beams hit; nearest {range:.2} m, {degrees:.0}° {side}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan() -> Scan {
        let step_rad = 1.0_f64.to_radians();
        Scan { first_rad: -step_rad, step_rad, range_m: (0.1, 12.0) }
    }

    #[test]
    fn ahead_is_up_and_left_is_left() {
        let (ahead, left) = (direction(0.0), direction(std::f64::consts::FRAC_PI_2));

        assert!((ahead - egui::vec2(0.0, -1.0)).length() < 1e-6);
        assert!((left - egui::vec2(-1.0, 0.0)).length() < 1e-6);
    }

    #[test]
    fn beams_that_hit_nothing_do_not_count() {
        let nothing = f32::INFINITY;

        let text = summary(&scan(), &[3.0, nothing, 2.5]);
        assert_eq!(text, "2 of 3 beams hit; nearest 2.50 m, 1° left");
        assert_eq!(summary(&scan(), &[nothing; 3]), "none of 3 beams hit");
    }

    #[test]
    fn the_outer_ring_takes_in_what_was_hit_or_the_range() {
        assert_eq!(reach_m(&scan(), &[3.2, f32::INFINITY]), 4.0);
        assert_eq!(reach_m(&scan(), &[f32::INFINITY; 2]), 12.0);
    }
}
