//! The panel of plots: selection and controls.

use bevy::prelude::*;
use bevy_egui::egui::{self, RichText};
use randori_core::time::Tick;

#[cfg(feature = "desktop")]
use super::save;
use super::{PANEL, PlotRequest, Plots, View, offers, show as charts};
use crate::action::Action;
use crate::history::History;
use crate::run::Run;
use crate::selection::Selection;

/// Height of the list of names, points.
const LIST_HEIGHT: f32 = 130.0;

/// Height of a plot in the panel, points.
const LOW: f32 = 140.0;

/// Actions requested by clicks.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) seek: Option<Tick>,
    pub(super) requests: Vec<String>,
}

pub(super) fn show(ui: &mut egui::Ui, world: &mut World) {
    if !world.resource::<Run>().is_open() {
        ui.weak("No run is open.");
        return;
    }
    let mut asked = Asked::default();
    world.resource_scope(|world, mut plots: Mut<Plots>| {
        let run = world.resource::<Run>();
        let Some(history) = run.history() else { return };
        search(ui, history, &mut plots);
        selected(ui, world, &mut asked);
        controls(ui, run, &mut plots);
        if plots.charts.is_empty() {
            ui.separator();
            ui.label("Search for a quantity above, or click a body in the picture.");
        } else if plots.in_window {
            ui.weak("The plots are in a window.");
        } else {
            charts::show(ui, run, history, &mut plots, (LOW, &mut asked));
        }
    });
    carry_out(world, asked);
}

/// The plots in a separate, resizable window.
pub(super) fn show_window(context: &egui::Context, world: &mut World) {
    let mut asked = Asked::default();
    world.resource_scope(|world, mut plots: Mut<Plots>| {
        let run = world.resource::<Run>();
        let Some(history) = run.history() else { return };
        if !plots.in_window || plots.charts.is_empty() {
            return;
        }
        let mut is_open = true;
        let window = egui::Window::new(PANEL).open(&mut is_open).default_size([640.0, 420.0]);
        window.default_pos([60.0, 80.0]).show(context, |ui| {
            let header =
                22.0 * plots.charts.iter().map(|chart| chart.curves.len()).sum::<usize>() as f32;
            let rest = (ui.available_height() - header) / plots.charts.len() as f32 - 12.0;
            egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                charts::show(ui, run, history, &mut plots, (rest.max(LOW), &mut asked));
            });
        });
        plots.in_window = is_open;
    });
    carry_out(world, asked);
}

fn carry_out(world: &mut World, asked: Asked) {
    if let Some(tick) = asked.seek {
        world.write_message_batch([Action::Pause, Action::Seek(tick)]);
    }
    world.write_message_batch(asked.requests.into_iter().map(PlotRequest));
    #[cfg(feature = "desktop")]
    save::take_asked_picture(world);
}

/// A search field, and the matching names.
fn search(ui: &mut egui::Ui, history: &History, plots: &mut Plots) {
    let mut add = None;
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut plots.search);
        let field = field.hint_text("search: knee torque, tilt, position.x").desired_width(220.0);
        let field = ui.add(field).on_hover_text("Parts of a name; Enter plots the first that fits");
        if field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
            add = matching(history, &plots.search).first().copied();
            plots.search.clear();
        }
        ui.toggle_value(&mut plots.lists_all, "All").on_hover_text("List everything that exists");
    });
    if !plots.search.trim().is_empty() || plots.lists_all {
        let fitting = matching(history, &plots.search);
        if fitting.is_empty() {
            ui.weak("No quantity matches. Try fewer letters.");
        }
        let height = ui.text_style_height(&egui::TextStyle::Button) + 2.0;
        let area = egui::ScrollArea::vertical().id_salt("names").max_height(LIST_HEIGHT);
        area.auto_shrink([false, true]).show_rows(ui, height, fitting.len(), |ui, rows| {
            for &index in &fitting[rows] {
                let heading = history.quantities()[index].heading();
                let is_plotted = plots
                    .charts
                    .iter()
                    .any(|chart| chart.curves.contains(&history.quantities()[index].name));
                let row = ui.add(egui::Button::selectable(is_plotted, &heading).truncate());
                if row.on_hover_text(format!("Plot {heading}")).clicked() {
                    add = Some(index);
                }
            }
        });
    }
    if let Some(index) = add {
        plots.add(history, &[index]);
    }
}

/// The quantities whose names contain all words of a text.
pub(super) fn matching(history: &History, text: &str) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let all = history.quantities().iter().enumerate();
    let fits = |heading: &str| words.iter().all(|word| heading.contains(word));
    all.filter(|(_, it)| fits(&it.heading().to_lowercase())).map(|(index, _)| index).collect()
}

/// Quantities of the selected body.
fn selected(ui: &mut egui::Ui, world: &World, asked: &mut Asked) {
    let run = world.resource::<Run>();
    let body = world.get_resource::<Selection>().and_then(|selection| selection.0);
    let (Some(body), Some(scenario), Some(layout)) = (body, run.scenario(), run.layout()) else {
        return;
    };
    let moves = |name: &str| run.history().is_some_and(|it| !it.meant_by(name).is_empty());
    let mut offers = offers(scenario, layout, body);
    offers.retain(|(_, name)| moves(name));
    if offers.is_empty() {
        return;
    }
    let name = layout.body_name(body);
    ui.menu_button(format!("Plot {name}"), |ui| {
        for (words, name) in offers {
            if ui.button(words).on_hover_text(&name).clicked() {
                asked.requests.push(name);
            }
        }
    })
    .response
    .on_hover_text("The selected body, and the joint that moves it");
}

fn controls(ui: &mut egui::Ui, run: &Run, plots: &mut Plots) {
    ui.horizontal_wrapped(|ui| {
        let mut follows = plots.view == View::Follow;
        let follow = ui.toggle_value(&mut follows, "Follow");
        if follow.on_hover_text("Keep the tick that is shown in view").clicked() {
            plots.view = if follows { View::Follow } else { View::Free };
        }
        let span = egui::DragValue::new(&mut plots.span_s).range(0.1..=600.0).speed(0.1);
        ui.add(span.suffix(" s")).on_hover_text("Visible time range; drag or type");
        if ui.button("Whole").on_hover_text("Show the whole run (double click)").clicked() {
            plots.view = View::Whole;
        }
        let mut paused = plots.paused_at.is_some();
        ui.toggle_value(&mut paused, "Pause").on_hover_text("Draw nothing new; the run goes on");
        if paused != plots.paused_at.is_some() {
            plots.paused_at = paused.then(|| run.tick());
        }
        ui.toggle_value(&mut plots.in_window, "Window")
            .on_hover_text("Plots in a window that can be made larger");
        if ui.button("Clear").on_hover_text("Remove all plots").clicked() {
            plots.charts.clear();
        }
    });
    #[cfg(feature = "desktop")]
    save::row(ui, run, plots);
    if let Some((is_well, text)) = &plots.said {
        let color = if *is_well { ui.visuals().text_color() } else { ui.visuals().error_fg_color };
        ui.add(egui::Label::new(RichText::new(text).color(color)).wrap());
    }
}
