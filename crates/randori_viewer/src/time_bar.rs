//! The bar at the bottom: play, step, speed, and the whole history to drag.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::time::Tick;

use crate::action::Action;
use crate::panels::AddPanel;
use crate::playback::{Playback, SPEEDS, Speed};
use crate::run::Run;

/// Shows time and lets it be dragged.
pub struct TimeBarPlugin;

impl Plugin for TimeBarPlugin {
    fn build(&self, app: &mut App) {
        app.add_to_bottom(0, show);
    }
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut actions = Vec::new();
    ui.horizontal(|ui| {
        controls(ui, world, &mut actions);
        bar(ui, world.resource::<Run>(), &mut actions);
    });
    world.write_message_batch(actions);
}

fn controls(ui: &mut egui::Ui, world: &World, actions: &mut Vec<Action>) {
    let (run, playback) = (world.resource::<Run>(), world.resource::<Playback>());
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
    egui::ComboBox::from_id_salt("speed").width(64.0).selected_text(speed_text(speed)).show_ui(
        ui,
        |ui| {
            for times in SPEEDS.map(Speed::Times).into_iter().chain([Speed::Unlimited]) {
                ui.selectable_value(&mut speed, times, speed_text(times));
            }
        },
    );
    if speed != playback.speed {
        actions.push(Action::SetSpeed(speed));
    }
    ui.monospace(format!("{:6.3} s", run.time_s(run.tick())))
        .on_hover_text("Simulated time that is shown");
}

fn speed_text(speed: Speed) -> String {
    match speed {
        Speed::Times(times) if times < 1.0 => format!("1/{:.0}x", 1.0 / times),
        Speed::Times(times) => format!("{times:.0}x"),
        Speed::Unlimited => "max".to_owned(),
    }
}

fn bar(ui: &mut egui::Ui, run: &Run, actions: &mut Vec<Action>) {
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
    painter.rect_filled(made, 3.0, visuals.selection.bg_fill);
    let x = x_of(run.tick());
    painter.vline(x, rect.y_range(), egui::Stroke::new(2.0, visuals.strong_text_color()));
    if let Some(pointer) = response.interact_pointer_pos() {
        let share = ((pointer.x - rect.left()) / rect.width()).clamp(0.0, 1.0);
        let tick = Tick((f64::from(share) * end as f64).round() as u64);
        actions.push(Action::Pause);
        actions.push(Action::Seek(tick));
    }
}
