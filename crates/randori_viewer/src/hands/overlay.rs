//! Overlay of mouse interaction: the pull as an arrow with its force, and the
//! effect of a click.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::math::Vector;

use super::pull::{Grip, Pull};
use super::{Hands, Mode};
use crate::convert::to_bevy;
use crate::main_camera::MainCamera;
use crate::run::Run;

const COLOR: egui::Color32 = egui::Color32::from_rgb(255, 140, 0);
const BACK: egui::Color32 = egui::Color32::from_black_alpha(190);

pub(super) fn show(context: &egui::Context, world: &mut World) {
    let mut cameras = world.query_filtered::<(&Camera, &Transform), With<MainCamera>>();
    let Ok((camera, place)) = cameras.single(world) else { return };
    let Some(picture) = camera.logical_viewport_rect() else { return };
    let clip = egui::Rect::from_min_max(pos(picture.min), pos(picture.max));
    let layer = egui::LayerId::new(egui::Order::Background, egui::Id::new("hands"));
    let painter = context.layer_painter(layer).with_clip_rect(clip);
    let project = |point: Vector| {
        let place = GlobalTransform::from(*place);
        camera.world_to_viewport(&place, to_bevy(point)).ok().map(pos)
    };
    if let Some(pull) = world.resource::<Grip>().pull() {
        draw_pull(&painter, &pull, world.resource::<Run>(), project);
    }
    draw_hint(&painter, clip, world.resource::<Hands>());
}

fn pos(point: Vec2) -> egui::Pos2 {
    egui::pos2(point.x, point.y)
}

fn draw_pull(
    painter: &egui::Painter,
    pull: &Pull,
    run: &Run,
    project: impl Fn(Vector) -> Option<egui::Pos2>,
) {
    let Some(state) = run.record().map(|record| &record.state) else { return };
    let (Some(point), Some(force)) = (pull.point(state), pull.force(state, run.period_s() as f32))
    else {
        return;
    };
    let (Some(from), Some(to)) = (project(point), project(pull.target)) else { return };
    painter.circle_filled(from, 4.0, COLOR);
    painter.arrow(from, to - from, egui::Stroke::new(3.0, COLOR));
    let branches = if run.shows_past() { ", branches here" } else { "" };
    label(painter, to + egui::vec2(12.0, -12.0), &format!("{:.0} N{branches}", force.length()));
}

/// Explains the effect of a click where it is not obvious, or why the last one had
/// no effect.
fn draw_hint(painter: &egui::Painter, picture: egui::Rect, hands: &Hands) {
    let place = picture.center_bottom() + egui::vec2(-150.0, -22.0);
    let (_, key, what) = hands.mode.text();
    if let Some(note) = &hands.note {
        label(painter, place, note);
    } else if hands.mode != Mode::Pull {
        let end = key.map_or(String::new(), |key| format!(" {key} ends it."));
        label(painter, place, &format!("{what}{end}"));
    }
}

/// Text that is legible on any background.
fn label(painter: &egui::Painter, at: egui::Pos2, text: &str) {
    let font = egui::FontId::proportional(14.0);
    let galley = painter.layout_no_wrap(text.to_owned(), font, egui::Color32::WHITE);
    let size = galley.size();
    let clip = painter.clip_rect().shrink(6.0);
    // Clamped to the picture.
    let x = at.x.min(clip.right() - size.x).max(clip.left());
    let y = (at.y - size.y / 2.0).min(clip.bottom() - size.y).max(clip.top());
    let rect = egui::Rect::from_min_size(egui::pos2(x, y), size);
    painter.rect_filled(rect.expand2(egui::vec2(6.0, 3.0)), 4.0, BACK);
    painter.galley(rect.min, galley, egui::Color32::WHITE);
}
