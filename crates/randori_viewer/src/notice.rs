//! Messages to the user: short notices that disappear automatically, and problems
//! that stay until they are dismissed or fixed.

use std::time::Duration;

use bevy::platform::time::Instant;
use bevy::prelude::*;
use bevy_egui::egui;

use crate::palette;
use crate::panels::{AddPanel, Panels};
use crate::run::Run;

/// Display time of a notice.
const STAYS: Duration = Duration::from_secs(6);

/// Short messages about completed actions.
#[derive(Resource, Debug, Default)]
pub struct Notices(Vec<(Instant, String)>);

impl Notices {
    /// Shows a line for a while.
    pub fn say(&mut self, text: impl Into<String>) {
        self.0.push((Instant::now(), text.into()));
    }

    /// Lines still on display, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(since, _)| since.elapsed() < STAYS).map(|(_, text)| text.as_str())
    }
}

/// Shows [`Notices`] and the problem of the [`Run`] above the picture.
pub(crate) struct NoticePlugin;

impl Plugin for NoticePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Notices>().add_floating(show_notices).add_floating(show_problem);
    }
}

fn show_notices(context: &egui::Context, world: &mut World) {
    world.resource_mut::<Notices>().0.retain(|(since, _)| since.elapsed() < STAYS);
    let lines: Vec<String> = world.resource::<Notices>().lines().map(str::to_owned).collect();
    let Some(picture) = world.resource::<Panels>().picture() else { return };
    if lines.is_empty() {
        return;
    }
    egui::Area::new("notices".into())
        .pivot(egui::Align2::CENTER_TOP)
        .fixed_pos(egui::pos2(picture.center().x, picture.top() + 8.0))
        .interactable(false)
        .show(context, |ui| {
            // An area keeps its former width, which breaks longer lines.
            ui.set_max_width(picture.width() - 40.0);
            for line in lines {
                egui::Frame::popup(ui.style()).show(ui, |ui| ui.label(line));
            }
        });
}

fn show_problem(context: &egui::Context, world: &mut World) {
    let Some(problem) = world.resource::<Run>().problem().cloned() else { return };
    let Some(picture) = world.resource::<Panels>().picture() else { return };
    let mut dismissed = false;
    let width = (picture.width() - 60.0).clamp(200.0, 760.0);
    egui::Window::new(egui::RichText::new("Problem").color(palette::PROBLEM))
        .id("problem".into())
        .collapsible(false)
        .resizable(false)
        .pivot(egui::Align2::CENTER_TOP)
        .default_pos(egui::pos2(picture.center().x, picture.top() + 40.0))
        .fixed_size([width, 0.0])
        .show(context, |ui| {
            ui.set_width(width);
            ui.strong(&problem.message);
            if !problem.details.is_empty() {
                let height = (picture.height() * 0.5).max(80.0);
                let area = egui::ScrollArea::both().max_height(height);
                // Without this minimum it becomes a slit before the window grows.
                area.min_scrolled_height(height).show(ui, |ui| {
                    let text = egui::RichText::new(problem.details.join("\n")).monospace();
                    ui.add(egui::Label::new(text).extend());
                });
            }
            if let Some(help) = &problem.help {
                ui.label(format!("What to do: {help}"));
            }
            ui.horizontal(|ui| {
                dismissed = ui.button("Dismiss").clicked();
                if ui.button("Copy").on_hover_text("Copies this message as text").clicked() {
                    ui.ctx().copy_text(as_text(&problem));
                }
            });
        });
    if dismissed {
        world.resource_mut::<Run>().set_problem(None);
    }
}

fn as_text(problem: &crate::run::Problem) -> String {
    let mut lines = vec![problem.message.clone()];
    lines.extend(problem.details.iter().cloned());
    lines.extend(problem.help.iter().map(|help| format!("help: {help}")));
    lines.join("\n")
}
