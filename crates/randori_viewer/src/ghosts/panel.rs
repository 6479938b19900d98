//! The panel "Compare".

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::time::Tick;
use randori_record::compare::Values;

use super::divergence::{Comparison, Divergence};
use super::{Ghost, Ghosts};
use crate::action::Action;
use crate::run::{Problem, Run};

/// Lead time of a jump to the first difference, s.
const BEFORE_S: f64 = 0.5;

/// Maximum number of listed bodies.
const MAX_BODIES: usize = 5;

/// Draws the panel.
pub(super) fn show(ui: &mut egui::Ui, world: &mut World) {
    let mut actions = Vec::new();
    world.resource_scope(|world, mut ghosts: Mut<Ghosts>| {
        let run = world.resource::<Run>();
        add(ui, &mut ghosts);
        if ghosts.is_empty() {
            ui.add_space(6.0);
            ui.weak(
                "Shows another recording as a ghost over this run, and what changed first. \
                 A ghost is only seen where it differs.",
            );
            return;
        }
        opacity(ui, &mut ghosts);
        let mut removed = None;
        for index in 0..ghosts.all().len() {
            ui.separator();
            if head(ui, &mut ghosts, index) {
                removed = Some(index);
            }
            about(ui, &ghosts.all()[index], run, &mut actions);
        }
        if let Some(index) = removed {
            ghosts.remove(index);
        }
    });
    world.write_message_batch(actions);
}

/// Input field for a file.
fn add(ui: &mut egui::Ui, ghosts: &mut Mut<Ghosts>) {
    let mut typed = ghosts.typed.clone();
    let mut is_asked = false;
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut typed).hint_text("recording.mcap");
        let width = ui.available_width() - 96.0;
        let field = ui.add(field.desired_width(width)).on_hover_text("Path of a recording");
        is_asked = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let button = ui.button("Add ghost").on_hover_text("Draws this recording over the run");
        is_asked |= button.clicked();
    });
    if typed != ghosts.typed {
        ghosts.typed = typed;
    }
    if is_asked && !ghosts.typed.trim().is_empty() {
        let path = ghosts.typed.trim().to_owned();
        let refused = ghosts.add(path.as_ref()).err();
        if refused.is_none() {
            ghosts.typed.clear();
        }
        ghosts.refused = refused;
    }
    if let Some(Problem { message, help, .. }) = &ghosts.refused {
        ui.colored_label(ui.visuals().error_fg_color, message);
        if let Some(help) = help {
            ui.weak(help);
        }
    }
}

fn opacity(ui: &mut egui::Ui, ghosts: &mut Mut<Ghosts>) {
    let mut percent = (ghosts.opacity * 100.0).round();
    ui.add(egui::Slider::new(&mut percent, 10.0..=100.0).text("opacity").suffix(" %"))
        .on_hover_text("Opacity of ghosts");
    if (percent / 100.0 - ghosts.opacity).abs() > 1e-3 {
        ghosts.opacity = percent / 100.0;
    }
}

/// Name and switch of a ghost; true if it is to be removed.
fn head(ui: &mut egui::Ui, ghosts: &mut Mut<Ghosts>, index: usize) -> bool {
    let ghost = &ghosts.all()[index];
    let (mut shown, file) = (ghost.shown, ghost.file.display().to_string());
    let [red, green, blue, _] = ghost.color.to_srgba().to_u8_array();
    let name = egui::RichText::new(&ghost.name).color(egui::Color32::from_rgb(red, green, blue));
    let removed = ui
        .horizontal(|ui| {
            ui.checkbox(&mut shown, name.strong()).on_hover_text(format!("Draws {file}"));
            ui.small_button("Remove").on_hover_text("Takes this ghost away").clicked()
        })
        .inner;
    if shown != ghosts.all()[index].shown {
        ghosts.all_mut()[index].shown = shown;
    }
    removed
}

fn about(ui: &mut egui::Ui, ghost: &Ghost, run: &Run, actions: &mut Vec<Action>) {
    let Comparison { equal, first, incomparable, seen_apart, .. } = ghost.comparison();
    let time = |tick: Tick| format!("tick {} ({:.3} s)", tick.0, run.time_s(tick));
    match (first, incomparable, seen_apart) {
        (Some(first), _, _) => {
            let text = format!("Different from {} on", time(first.tick));
            ui.colored_label(ui.visuals().warn_fg_color, text);
            first_difference(ui, first, run);
        }
        (None, Some(why), seen) => {
            ui.label(format!("Cannot be compared tick by tick: {why}."));
            match seen {
                Some(tick) => ui
                    .label(format!("Visibly apart at {}", time(*tick)))
                    .on_hover_text("First shown tick with a body more than 1 mm away"),
                None => ui.label("No body was seen more than 1 mm away yet."),
            };
        }
        (None, None, _) if *equal == 0 => {
            ui.label("No tick has been compared yet.");
        }
        (None, None, _) => {
            ui.label(format!("Bitwise equal up to {}", time(Tick(equal - 1))))
                .on_hover_text("The digests of the whole state are equal at every tick");
        }
    }
    if let Some(tick) = ghost.parting()
        && ui.button("Jump there").on_hover_text("Shows the run 0.5 s before").clicked()
    {
        let before = (BEFORE_S / run.period_s()).round() as u64;
        actions.push(Action::Pause);
        actions.push(Action::Seek(Tick(tick.0.saturating_sub(before))));
    }
    distances(ui, ghost, run);
}

fn first_difference(ui: &mut egui::Ui, Divergence { stage, detail, tick }: &Divergence, run: &Run) {
    ui.label(format!("Cause: the {stage} stage")).on_hover_text(
        "Stages act in this order in each tick: event, sensor, policy, actuator, physics",
    );
    let Some(detail) = detail else {
        ui.weak("No recorded value differs in the run so far.");
        return;
    };
    if detail.tick != *tick && !detail.fields.is_empty() {
        let at = format!(
            "Seen in values from tick {} ({:.3} s) on:",
            detail.tick.0,
            run.time_s(detail.tick)
        );
        ui.label(at).on_hover_text(
            "Until then it is internal, such as random numbers and delays, or not recorded",
        );
    }
    if detail.fields.is_empty() {
        ui.label("It stays internal for long, as random numbers and delays do.");
    }
    for field in &detail.fields {
        ui.label(format!("{} {}", field.entity, field.field)).on_hover_text(format!(
            "{}\n({} stage)",
            field.tell(["run", "ghost"]),
            field.stage
        ));
        let values = match &field.values {
            Values::Numbers(values) => values.map(|value| format!("{value:.6} {}", field.unit)),
            Values::Words(words) => words.clone(),
        };
        for (side, value) in ["run", "ghost"].into_iter().zip(values) {
            ui.monospace(format!("  {side:<6}{value}"));
        }
    }
    let more = detail.count - detail.fields.len();
    if more > 0 {
        ui.weak(format!("and {more} more values"));
    }
}

fn distances(ui: &mut egui::Ui, ghost: &Ghost, run: &Run) {
    let now_s = run.time_s(run.tick());
    if now_s > ghost.end_s() + 1e-9 {
        ui.weak(format!("The ghost ended at {:.3} s.", ghost.end_s()));
    } else if now_s - ghost.state_s(now_s) > 1e-9 {
        ui.weak(format!("Its last recorded state is of {:.3} s.", ghost.state_s(now_s)));
    }
    let distances = ghost.distances(run);
    let apart = distances.iter().filter(|it| it.distance_m > 0.0).take(MAX_BODIES);
    ui.strong("Distance now").on_hover_text("Distances of bodies from those of the ghost");
    let mut is_any = false;
    egui::Grid::new(&ghost.file).num_columns(2).striped(true).show(ui, |ui| {
        for it in apart {
            is_any = true;
            ui.label(&it.body);
            ui.monospace(metres(it.distance_m));
            ui.end_row();
        }
    });
    if !is_any {
        ui.label("All bodies are at the same places.");
    }
}

/// A distance with a suitable unit.
fn metres(distance_m: f32) -> String {
    match distance_m {
        far if far >= 1.0 => format!("{far:.2} m"),
        near if near >= 1e-3 => format!("{:.1} mm", near * 1e3),
        tiny => format!("{tiny:.1e} m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_have_the_unit_that_suits_them() {
        let texts = [2.345, 0.0123, 1.5e-6].map(metres);

        assert_eq!(texts, ["2.35 m", "12.3 mm", "1.5e-6 m"]);
    }
}
