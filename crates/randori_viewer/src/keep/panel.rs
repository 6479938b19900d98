//! The panel for saving.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::time::Tick;

use super::{at, must_be_saved, reproduce, save_recording, save_situation};
use crate::film::{FilmProgress, MakeFilm, StopFilm, free_name};
use crate::keys::{AddKey, Chord};
use crate::notice::Notices;
use crate::panels::AddPanel;
use crate::run::Run;
use crate::screenshot::TakeScreenshot;

/// Shows the panel for saving, and saves.
pub(crate) struct KeepPlugin;

impl Plugin for KeepPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fields>()
            .add_key("Keep", Chord::ctrl(KeyCode::KeyS), "save the run as a recording", |world| {
                save(world, "");
            })
            .add_panel(60, "Keep", "Pictures, films, recordings, the command, the situation", show);
    }
}

/// Contents of the input fields of the panel.
#[derive(Resource, Default)]
struct Fields {
    recording: String,
    situation: String,
    film: String,
    /// Time range of the film, s; the whole run if both are equal.
    film_s: (f64, f64),
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    if !world.resource::<Run>().is_open() {
        ui.weak("Nothing is open.");
        return;
    }
    world.resource_scope(|world, mut fields: Mut<Fields>| {
        recording(ui, world, &mut fields);
        ui.separator();
        pictures(ui, world);
        film(ui, world, &mut fields);
        ui.separator();
        command(ui, world);
        ui.separator();
        situation(ui, world, &mut fields);
    });
}

fn recording(ui: &mut egui::Ui, world: &mut World, fields: &mut Fields) {
    ui.heading("This run");
    ui.label("The run so far, with all your input, as a file that replays to the last bit.");
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut fields.recording).hint_text("run-001.mcap");
        ui.add(field.desired_width(200.0));
        if ui.button("Save").on_hover_text("Ctrl+S gives it the next free name").clicked() {
            save(world, &fields.recording);
        }
    });
}

/// Saves to a file of this name, or to the next free name if it is empty; returns
/// the file on success.
fn save(world: &mut World, name: &str) -> Option<PathBuf> {
    let name = name.trim();
    let file = match name {
        "" => free_name(Path::new(""), "run", "mcap"),
        _ if Path::new(name).extension().is_none() => PathBuf::from(name).with_extension("mcap"),
        _ => PathBuf::from(name),
    };
    match save_recording(world, &file) {
        Ok(()) => {
            let shown = file.display();
            world
                .resource_mut::<Notices>()
                .say(format!("saved {shown}: `randori replay {shown}` verifies it"));
            Some(file)
        }
        Err(problem) => {
            world.resource_mut::<Run>().set_problem(Some(problem));
            None
        }
    }
}

fn pictures(ui: &mut egui::Ui, world: &mut World) {
    ui.heading("Pictures and films");
    ui.horizontal(|ui| {
        if ui.button("Picture").on_hover_text("Of the world, as a PNG file (Ctrl+P)").clicked() {
            world.write_message(TakeScreenshot::default());
        }
        if ui.button("Whole window").on_hover_text("With all panels (F12)").clicked() {
            world.write_message(TakeScreenshot { whole_window: true, file: None });
        }
    });
}

fn film(ui: &mut egui::Ui, world: &mut World, fields: &mut Fields) {
    let progress = world.resource::<FilmProgress>().clone();
    if let Some(file) = &progress.making {
        let share = progress.made as f32 / progress.total.max(1) as f32;
        ui.add(egui::ProgressBar::new(share).text(file.display().to_string()));
        if ui.button("Stop").on_hover_text("Cancels this film").clicked() {
            world.write_message(StopFilm);
        }
        return;
    }
    let run = world.resource::<Run>();
    let (newest_s, period_s) = (run.time_s(run.newest()), run.period_s());
    ui.horizontal(|ui| {
        ui.label("From");
        let (from_s, to_s) = &mut fields.film_s;
        let second = |value| egui::DragValue::new(value).speed(0.05).suffix(" s").max_decimals(2);
        ui.add(second(from_s).range(0.0..=newest_s));
        ui.label("to");
        ui.add(second(to_s).range(0.0..=newest_s)).on_hover_text("0: the newest tick");
    });
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut fields.film).hint_text("film-001.gif");
        ui.add(field.desired_width(200.0));
        let hint = ".gif; .mp4 and .webm where ffmpeg is installed; a name without an extension is a \
                    folder of pictures. It does not depend on the speed of this computer";
        if ui.button("Film").on_hover_text(hint).clicked() {
            let (from_s, to_s) = fields.film_s;
            let to_s = if to_s > from_s { to_s } else { newest_s };
            let tick = |time_s: f64| Tick((time_s / period_s).round() as u64);
            let file = match fields.film.trim() {
                "" => free_name(Path::new(""), "film", "gif"),
                name => PathBuf::from(name),
            };
            let (from, to) = (tick(from_s), tick(to_s));
            world.write_message(MakeFilm { from, to, fps: FILM_FPS, speed: 1.0, file });
        }
    });
}

/// Pictures per second of a film; GIF delays are multiples of 0.01 s.
const FILM_FPS: f64 = 25.0;

fn command(ui: &mut egui::Ui, world: &mut World) {
    ui.heading("The command");
    if must_be_saved(world) {
        ui.label("This run contains manual input: save a recording, and replay that.");
        let hint = "Saves the run under the next free name, and copies the command that replays it";
        if ui.button("Save and copy").on_hover_text(hint).clicked()
            && let Some(file) = save(world, "")
        {
            ui.ctx().copy_text(reproduce(world, Some(&file)));
        }
        return;
    }
    ui.label("This command reproduces the run exactly, on any machine:");
    let command = reproduce(world, None);
    ui.add(egui::Label::new(egui::RichText::new(&command).monospace()).wrap());
    if ui.button("Copy").on_hover_text("Copies the command").clicked() {
        ui.ctx().copy_text(command);
        world.resource_mut::<Notices>().say("copied the command");
    }
}

fn situation(ui: &mut egui::Ui, world: &mut World, fields: &mut Fields) {
    ui.heading("This situation");
    let run = world.resource::<Run>();
    let now = at(run, run.tick());
    ui.label(format!("The situation at {now}, as a scenario to try policies on.")).on_hover_text(
        "Robots, objects, dropped boxes, actors and coming events. Links start at rest",
    );
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(&mut fields.situation).hint_text("a name");
        ui.add(field.desired_width(200.0));
        let named = !fields.situation.trim().is_empty();
        let hint = "Writes the folder scenarios/saved/NAME of the project";
        if ui.add_enabled(named, egui::Button::new("Save")).on_hover_text(hint).clicked() {
            match save_situation(world, fields.situation.trim()) {
                Ok(file) => {
                    world.resource_mut::<Notices>().say(format!("saved {}", file.display()));
                    fields.situation.clear();
                }
                Err(problem) => world.resource_mut::<Run>().set_problem(Some(problem)),
            }
        }
    });
}
