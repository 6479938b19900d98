//! The bar at the bottom: play, step, speed, and a slider over the history with
//! marks.

use bevy::prelude::*;
use bevy_egui::egui::{self, Color32, RichText};
use randori_core::time::Tick;

use crate::action::Action;
use crate::marks::{self, Mark, MarkKind, Marks};
use crate::palette::{GREEN, ORANGE};
use crate::panels::AddPanel;
use crate::playback::{Playback, SPEEDS, Speed};
use crate::run::{Run, RunSystems};

/// Pick distance of a mark, points.
const REACH: f32 = 5.0;

/// Maximum number of marks in the tooltip.
const MAX_TOLD: usize = 8;

/// Share of the requested speed below which a run counts as too slow.
const KEEPS_UP: f64 = 0.9;

/// Shows the time and lets the user seek.
pub struct TimeBarPlugin;

impl Plugin for TimeBarPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Marks>()
            .add_to_bottom(0, show)
            .add_systems(Update, marks::collect.in_set(RunSystems::Draw));
    }
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut actions = Vec::new();
    let (run, playback) = (world.resource::<Run>(), world.resource::<Playback>());
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        controls(ui, playback, &mut actions);
        pace(ui, playback);
        ui.separator();
        times(ui, run);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            past(ui, run, &mut actions);
        });
    });
    bar(ui, run, world.resource::<Marks>(), &mut actions);
    ui.add_space(2.0);
    world.write_message_batch(actions);
}

fn controls(ui: &mut egui::Ui, playback: &Playback, actions: &mut Vec<Action>) {
    let mut button = |text: &str, hint: &str, action: Action| {
        if ui.button(text).on_hover_text(hint).clicked() {
            actions.push(action);
        }
    };
    button("⏮", "Back to the start (Home)", Action::Restart);
    button("◀", "One tick back (,)", Action::StepBack);
    if playback.playing {
        button("⏸", "Pause (Space)", Action::Pause);
    } else {
        button("▶", "Play (Space)", Action::Play);
    }
    button("▶|", "One tick forward (.)", Action::StepForward);
    let mut speed = playback.speed;
    let choice = egui::ComboBox::from_id_salt("speed").width(64.0).selected_text(speed_text(speed));
    let choice = choice.show_ui(ui, |ui| {
        for times in SPEEDS.map(Speed::Times).into_iter().chain([Speed::Unlimited]) {
            ui.selectable_value(&mut speed, times, speed_text(times));
        }
    });
    choice.response.on_hover_text("Requested speed, times real time (- and =)");
    if speed != playback.speed {
        actions.push(Action::SetSpeed(speed));
    }
}

fn speed_text(speed: Speed) -> String {
    match speed {
        Speed::Times(times) if times < 1.0 => format!("1/{:.0}x", 1.0 / times),
        Speed::Times(times) => format!("{times:.0}x"),
        Speed::Unlimited => "max".to_owned(),
    }
}

/// The measured speed.
fn pace(ui: &mut egui::Ui, playback: &Playback) {
    if !playback.playing {
        ui.monospace(format!("{:<13}", "paused"));
        return;
    }
    let text = RichText::new(actual_text(playback.actual)).monospace();
    if keeps_up(playback) {
        ui.label(text).on_hover_text("Simulated seconds per real second");
    } else {
        ui.label(text.color(ORANGE)).on_hover_text(
            "This computer cannot keep up with the requested speed; no tick is skipped, so the \
             run is the same, only slower",
        );
    }
}

/// Text of constant width.
fn actual_text(actual: f64) -> String {
    let text = match actual {
        100.0.. => format!("{actual:.0}x"),
        10.0..100.0 => format!("{actual:.1}x"),
        0.1..10.0 => format!("{actual:.2}x"),
        _ => format!("{actual:.3}x"),
    };
    format!("actual {text:<6}")
}

fn keeps_up(playback: &Playback) -> bool {
    match playback.speed {
        Speed::Times(speed) => playback.actual == 0.0 || playback.actual >= KEEPS_UP * speed,
        Speed::Unlimited => true,
    }
}

/// Shown, newest and last time, as text of constant width.
fn times(ui: &mut egui::Ui, run: &Run) {
    let end_s = run.time_s(run.end());
    let width = format!("{end_s:.3}").len();
    let [shown_s, newest_s] = [run.tick(), run.newest()].map(|tick| run.time_s(tick));
    let text = RichText::new(format!("{shown_s:>width$.3} / {newest_s:>width$.3} of {end_s} s"));
    ui.label(text.monospace()).on_hover_text(format!(
        "Simulated time: shown (tick {}), newest (tick {}), and the end of the run (tick {})",
        run.tick().0,
        run.newest().0,
        run.end().0
    ));
}

/// Memory of the past, verified ticks, and the buttons that leave the past; from
/// right to left.
fn past(ui: &mut egui::Ui, run: &Run, actions: &mut Vec<Action>) {
    let in_past = run.shows_past();
    let newest = ui.add_enabled(in_past, egui::Button::new("Newest ⏭"));
    let hint = "Show the newest tick (End)";
    if newest.on_hover_text(hint).on_disabled_hover_text("The newest tick is shown").clicked() {
        actions.push(Action::Seek(Tick(u64::MAX)));
    }
    let branch = ui.add_enabled(in_past, egui::Button::new("Branch here"));
    let hint = "Discard what follows the shown tick, and continue from there (B)";
    let branch = branch.on_hover_text(hint);
    if branch.on_disabled_hover_text("Go back first: drag the bar below").clicked() {
        actions.push(Action::Branch);
    }
    let (saved, budget) = run.saved_bytes();
    let megabytes = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    let text = format!("past {:.1} of {:.0} MB", megabytes(saved), megabytes(budget));
    ui.label(text).on_hover_text(
        "Memory for saved states, from which any tick can be shown again; when it is full, they \
         are farther apart, and rewinding takes longer",
    );
    let repeated = run.repeated();
    if repeated.ticks > 0 {
        let up_to_s = run.time_s(repeated.up_to);
        ui.label(RichText::new(format!("✔ {up_to_s:.3} s again")).color(GREEN)).on_hover_text(
            format!(
                "{} ticks re-simulated and verified, up to tick {}",
                repeated.ticks, repeated.up_to.0
            ),
        );
    }
}

fn bar(ui: &mut egui::Ui, run: &Run, marks: &Marks, actions: &mut Vec<Action>) {
    let end = run.end().0.max(1);
    let (rect, response) = ui
        .allocate_exact_size(egui::vec2(ui.available_width(), 24.0), egui::Sense::click_and_drag());
    let x_of = |tick: Tick| {
        egui::lerp(rect.left()..=rect.right(), (tick.0 as f32 / end as f32).clamp(0.0, 1.0))
    };
    let painter = ui.painter_at(rect);
    let visuals = ui.visuals();
    painter.rect_filled(rect, 3.0, visuals.extreme_bg_color);
    let made = egui::Rect::from_min_max(rect.min, egui::pos2(x_of(run.newest()), rect.bottom()));
    painter.rect_filled(made, 3.0, Color32::from_rgb(38, 70, 96));
    draw_marks(&painter, rect, marks, x_of);
    let x = x_of(run.tick());
    painter.vline(x, rect.y_range(), egui::Stroke::new(2.0, visuals.strong_text_color()));
    let near = |pointer: egui::Pos2| {
        let distance = |mark: &Mark| distance(pointer.x, x_of(mark.tick), x_of(mark.until));
        let mut near: Vec<&Mark> = marks.all().filter(|mark| distance(mark) <= REACH).collect();
        near.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        near
    };
    if let Some(pointer) = response.interact_pointer_pos() {
        let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        let here = Tick((f64::from(share) * end as f64).round() as u64);
        let mark = near(pointer).first().map(|mark| mark.tick).filter(|_| !response.dragged());
        let tick = mark.unwrap_or(here);
        actions.push(Action::Pause);
        if tick != run.tick() {
            actions.push(Action::Seek(tick));
        }
    } else if let Some(pointer) = response.hover_pos() {
        let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        let here_s = run.time_s(Tick((f64::from(share) * end as f64).round() as u64));
        let near = near(pointer);
        // Above the whole panel: at the pointer it would cover the shown time.
        let place = egui::pos2(pointer.x, ui.min_rect().top() - 8.0);
        egui::Area::new("at the pointer".into())
            .order(egui::Order::Tooltip)
            .interactable(false)
            .pivot(egui::Align2::CENTER_BOTTOM)
            .fixed_pos(place)
            .show(ui.ctx(), |ui| {
                egui::Frame::popup(ui.style()).show(ui, |ui| {
                    ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
                    tell(ui, &near, here_s, run);
                });
            });
    }
}

/// Distance of a point from a span.
fn distance(x: f32, from: f32, to: f32) -> f32 {
    (from - x).max(x - to).max(0.0)
}

/// The tooltip at the pointer.
fn tell(ui: &mut egui::Ui, near: &[&Mark], here_s: f64, run: &Run) {
    for mark in near.iter().take(MAX_TOLD) {
        let text = format!("{:.3} s: {}", run.time_s(mark.tick), mark.text);
        ui.colored_label(mark.kind.color(), text);
    }
    if near.len() > MAX_TOLD {
        ui.weak(format!("and {} more", near.len() - MAX_TOLD));
    }
    if near.is_empty() {
        ui.label(format!("{here_s:.3} s: click or drag to show"));
    } else {
        ui.weak("Click to show");
    }
}

/// Events are at the top, interventions at the bottom, verdicts in the middle;
/// branches, errors and first differences have full height.
fn draw_marks(
    painter: &egui::Painter,
    rect: egui::Rect,
    marks: &Marks,
    x_of: impl Fn(Tick) -> f32,
) {
    let mut last = None;
    for mark in marks.all() {
        let (x, color) = (x_of(mark.tick), mark.kind.color());
        // Marks at the same pixel as the previous one are skipped.
        let is_same = last == Some((mark.kind, x.round() as i32));
        if is_same && mark.tick == mark.until {
            continue;
        }
        last = Some((mark.kind, x.round() as i32));
        let shape = |points: [(f32, f32); 4]| {
            let points = points.map(|(dx, y)| egui::pos2(x + dx, y)).to_vec();
            painter.add(egui::Shape::convex_polygon(points, color, egui::Stroke::NONE));
        };
        let (top, middle, bottom) = (rect.top(), rect.center().y, rect.bottom());
        match mark.kind {
            MarkKind::Event => {
                shape([(-4.0, top), (4.0, top), (0.5, top + 8.0), (-0.5, top + 8.0)]);
            }
            MarkKind::Intervention => {
                let right = x_of(mark.until).max(x + 3.0);
                let low = egui::Rect::from_x_y_ranges(x - 1.0..=right, bottom - 7.0..=bottom);
                painter.rect_filled(low, 1.0, color);
            }
            MarkKind::Goal(_) => {
                shape([(0.0, middle - 5.0), (5.0, middle), (0.0, middle + 5.0), (-5.0, middle)]);
            }
            MarkKind::Branch | MarkKind::Error | MarkKind::Parting => {
                painter.vline(x, rect.y_range(), egui::Stroke::new(2.0, color));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_pace_is_always_equally_long() {
        let widths = [0.0, 0.0312, 0.98, 15.96, 1234.0].map(|actual| actual_text(actual).len());
        assert_eq!(widths, [13; 5]);
    }

    #[test]
    fn a_run_that_is_a_tenth_too_slow_does_not_keep_up() {
        let playback = |speed, actual| {
            let mut playback = Playback::default();
            (playback.speed, playback.actual) = (speed, actual);
            playback
        };

        assert!(keeps_up(&playback(Speed::Times(1.0), 0.95)));
        assert!(!keeps_up(&playback(Speed::Times(16.0), 12.0)));
        assert!(keeps_up(&playback(Speed::Unlimited, 0.1)));
    }

    #[test]
    fn a_pull_is_near_where_it_goes_on() {
        assert_eq!(distance(5.0, 2.0, 9.0), 0.0);
        assert_eq!(distance(1.0, 2.0, 9.0), 1.0);
        assert_eq!(distance(12.0, 2.0, 9.0), 3.0);
    }
}
