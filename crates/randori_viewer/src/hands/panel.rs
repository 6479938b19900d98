//! The panel of mouse interaction: modes, strengths, and interventions so far.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::time::Tick;
use randori_sim::intervention::{BOX_EDGES_M, BOX_MASSES_KG};

use super::{Blow, Hands, Mode};
use crate::action::Action;
use crate::marks::{MarkKind, Marks};
use crate::run::Run;

/// Maximum number of listed entries, newest first.
const MAX_LISTED: usize = 100;

pub(super) fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut hands = world.resource_mut::<Hands>();
    modes(ui, &mut hands);
    ui.add_space(4.0);
    match hands.mode {
        Mode::Pull | Mode::Lift => spring(ui, &mut hands.strength),
        Mode::Push => blow(ui, &mut hands.blow),
        Mode::Drop => falling(ui, &mut hands),
    }
    if let Some(note) = &hands.note {
        ui.colored_label(ui.visuals().warn_fg_color, note);
    }
    ui.separator();
    let seek = listed(ui, world.resource::<Marks>(), world.resource::<Run>());
    if let Some(tick) = seek {
        world.write_message_batch([Action::Pause, Action::Seek(tick)]);
    }
}

fn modes(ui: &mut egui::Ui, hands: &mut Hands) {
    ui.horizontal_wrapped(|ui| {
        for mode in Mode::ALL {
            let (name, key, what) = mode.text();
            let hint = key.map_or(what.to_owned(), |key| format!("{what} Key: {key}"));
            if ui.selectable_label(hands.mode == mode, name).on_hover_text(hint).clicked() {
                hands.mode = mode;
                hands.note = None;
            }
        }
    });
    ui.weak(hands.mode.text().2);
}

fn spring(ui: &mut egui::Ui, strength: &mut f32) {
    let slider = egui::Slider::new(strength, 0.1..=10.0).logarithmic(true).text("strength");
    ui.add(slider).on_hover_text(
        "1 is firm: the stiffness is proportional to the mass of the body, or of its robot, \
         so light and heavy bodies behave alike. Double-click on the number to type.",
    );
}

fn blow(ui: &mut egui::Ui, blow: &mut Blow) {
    ui.horizontal(|ui| {
        let by_mass = matches!(blow, Blow::Speed(_));
        let hint = "The impulse is proportional to the mass of the body, or robot";
        if ui.selectable_label(by_mass, "by mass").on_hover_text(hint).clicked() {
            *blow = Blow::Speed(1.0);
        }
        let hint = "The same impulse for all";
        if ui.selectable_label(!by_mass, "fixed").on_hover_text(hint).clicked() {
            *blow = Blow::Impulse(10.0);
        }
    });
    match blow {
        Blow::Speed(speed) => {
            let slider = egui::Slider::new(speed, 0.05..=10.0).logarithmic(true);
            ui.add(slider.suffix(" m/s"))
                .on_hover_text("Speed that the push gives to a free body, or a whole robot");
        }
        Blow::Impulse(impulse) => {
            let slider = egui::Slider::new(impulse, 0.1..=100.0).logarithmic(true);
            ui.add(slider.suffix(" N s"))
                .on_hover_text("Impulse, level and away from the camera: mass times speed");
        }
    }
}

fn falling(ui: &mut egui::Ui, hands: &mut Hands) {
    let (least, most) = BOX_EDGES_M;
    ui.horizontal(|ui| {
        let edges = [("x", &mut hands.box_size.x), ("y", &mut hands.box_size.y)];
        for (name, edge) in edges.into_iter().chain([("z", &mut hands.box_size.z)]) {
            let drag = egui::DragValue::new(edge).speed(0.01).range(least..=most);
            let drag = drag.max_decimals(2).prefix(format!("{name} ")).suffix(" m");
            ui.add(drag).on_hover_text("Edge of the box. Drag, or click to type.");
        }
    });
    let (least, most) = BOX_MASSES_KG;
    let slider = egui::Slider::new(&mut hands.box_mass_kg, least..=most).logarithmic(true);
    ui.add(slider.suffix(" kg"))
        .on_hover_text("Mass. The box falls from 0.3 m above what you click on, or higher.");
}

/// Interventions so far; returns the tick before the clicked one, so that its
/// effect can be watched.
fn listed(ui: &mut egui::Ui, marks: &Marks, run: &Run) -> Option<Tick> {
    ui.strong("Done so far").on_hover_text(
        "All of it is recorded with the run, and replayed with it. Input while the past is \
         shown branches the run there.",
    );
    let done = marks.happened().iter().filter(|mark| mark.kind == MarkKind::Intervention);
    let count = done.clone().count();
    if count == 0 {
        ui.weak("Nothing yet.");
    }
    let mut seek = None;
    for mark in done.rev().take(MAX_LISTED) {
        let text = format!("{:.2} s  {}", run.time_s(mark.tick), mark.text);
        let is_shown = (mark.tick..=mark.until).contains(&run.tick());
        let row = ui.add(egui::Button::selectable(is_shown, text).truncate());
        if row.on_hover_text("Click: jump to the tick before. B there undoes it.").clicked() {
            seek = Some(Tick(mark.tick.0.saturating_sub(1)));
        }
    }
    if count > MAX_LISTED {
        ui.weak(format!("and {} earlier ones", count - MAX_LISTED));
    }
    seek
}
