//! The scenarios of a project with pictures, to choose one to open.
//!
//! The picture of `scenarios/x/y.ron` is `scenarios/x/y.png`, if there is one.

use std::path::{Path, PathBuf};

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::spec::ScenarioSpec;
use randori_core::text::ScenarioText;
use randori_project::findings::lacks_assets;
use randori_project::project::{Places, SelectError, select_scenarios};

use crate::keys::{AddKey, Chord};
use crate::open::{Open, Refused, Terms};
use crate::panels::{AddPanel, Panels};
use crate::run::Run;

/// Size of a picture, points.
const PICTURE: egui::Vec2 = egui::vec2(200.0, 112.5);

/// Height of the title of a window, points.
const TITLE_HEIGHT: f32 = 36.0;

/// The scenarios that can be opened.
#[derive(Resource, Default)]
pub(crate) struct Gallery {
    /// True while the gallery is shown.
    pub open: bool,
    listed: Option<Result<Listed, String>>,
}

struct Listed {
    tiles: Vec<Tile>,
    /// Scenarios whose assets were not found.
    skipped: usize,
}

struct Tile {
    file: PathBuf,
    shown: String,
    title: String,
    about: String,
    picture: Option<egui::TextureHandle>,
}

/// Shows the [`Gallery`], even if no run is open.
pub(crate) struct GalleryPlugin;

impl Plugin for GalleryPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Gallery>()
            .add_key("File", Chord::ctrl(KeyCode::KeyO), "other scenarios", toggle)
            .add_key("File", Chord::ctrl(KeyCode::KeyR), "open again", open_again)
            .add_to_top(-10, button)
            .add_floating(show);
    }
}

/// Retries a refused file, else restarts the open one.
fn open_again(world: &mut World) {
    let refused = world.resource::<Refused>().file.clone();
    world.write_message(refused.map_or(Open::Again, Open::File));
}

fn toggle(world: &mut World) {
    let mut gallery = world.resource_mut::<Gallery>();
    gallery.open = !gallery.open;
}

fn button(ui: &mut egui::Ui, world: &mut World) {
    if ui.button("Scenarios").on_hover_text("Open a scenario (Ctrl+O)").clicked() {
        toggle(world);
    }
}

fn show(context: &egui::Context, world: &mut World) {
    let nothing_open = !world.resource::<Run>().is_open();
    if !nothing_open && !world.resource::<Gallery>().open {
        return;
    }
    let Some(area) = world.resource::<Panels>().picture() else { return };
    if world.resource::<Gallery>().listed.is_none() {
        let listed = list(&world.resource::<Terms>().places, context);
        world.resource_mut::<Gallery>().listed = Some(listed);
    }
    let mut chosen = None;
    let mut open = true;
    let gallery = world.resource::<Gallery>();
    let title_height = if nothing_open { 0.0 } else { TITLE_HEIGHT };
    let window = egui::Window::new("Scenarios")
        .collapsible(false)
        .resizable(false)
        .title_bar(!nothing_open)
        .fixed_pos(area.shrink(12.0).min)
        .fixed_size(area.shrink(24.0).size() - egui::vec2(0.0, title_height));
    let window = if nothing_open { window } else { window.open(&mut open) };
    window.show(context, |ui| {
        ui.set_min_size(ui.available_size());
        if nothing_open {
            ui.heading("Randori");
            ui.label("Choose a scenario:");
            ui.add_space(6.0);
        }
        match &gallery.listed {
            Some(Ok(listed)) => chosen = tiles(ui, listed),
            Some(Err(reason)) => {
                ui.label(reason);
            }
            None => {}
        }
    });
    world.resource_mut::<Gallery>().open = open && !nothing_open && chosen.is_none();
    if let Some(file) = chosen {
        world.write_message(Open::File(file));
    }
}

fn tiles(ui: &mut egui::Ui, listed: &Listed) -> Option<PathBuf> {
    let mut chosen = None;
    egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            for tile in &listed.tiles {
                if show_tile(ui, tile).clicked() {
                    chosen = Some(tile.file.clone());
                }
            }
        });
        if listed.skipped > 0 {
            ui.add_space(8.0);
            let left_out = format!(
                "{} more need external assets that were not found: name one on the command line to \
                 learn where to get them.",
                listed.skipped
            );
            ui.weak(left_out);
        }
    });
    chosen
}

fn show_tile(ui: &mut egui::Ui, tile: &Tile) -> egui::Response {
    // A title of two lines, and a line of description.
    let size = PICTURE + egui::vec2(12.0, 70.0);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::click());
    let response = response.on_hover_text(format!("{}\n{}", tile.shown, tile.about));
    let visuals = ui.style().interact(&response);
    ui.painter().rect(rect, 6.0, visuals.bg_fill, visuals.bg_stroke, egui::StrokeKind::Inside);
    let picture = egui::Rect::from_min_size(rect.min + egui::vec2(6.0, 6.0), PICTURE);
    match &tile.picture {
        Some(texture) => {
            egui::Image::new(texture).corner_radius(4.0).paint_at(ui, picture);
        }
        None => {
            ui.painter().rect_filled(picture, 4.0, ui.visuals().extreme_bg_color);
        }
    }
    let below = egui::Rect::from_min_max(picture.left_bottom(), rect.max).shrink(6.0);
    let mut text = ui.new_child(
        egui::UiBuilder::new().max_rect(below).layout(egui::Layout::top_down(egui::Align::Min)),
    );
    text.add(egui::Label::new(egui::RichText::new(&tile.title).strong()).wrap().selectable(false));
    text.add(egui::Label::new(&tile.about).truncate().selectable(false));
    response
}

/// All scenarios of the project around the current folder.
fn list(places: &Places, context: &egui::Context) -> Result<Listed, String> {
    let said = |error: &SelectError| {
        format!("{error}. Start the program in a project's folder, or name a file.")
    };
    let here = places.root.as_deref().unwrap_or(Path::new("."));
    let full = std::path::absolute(here).unwrap_or_else(|_| here.to_owned());
    let folder = full.ancestors().map(|it| it.join("scenarios")).find(|it| it.is_dir());
    let folder = folder.unwrap_or(full);
    let files = select_scenarios(&[folder], places).map_err(|error| said(&error))?;
    let mut listed = Listed { tiles: Vec::new(), skipped: 0 };
    for file in files {
        match ScenarioText::load(&file.project, &file.path, &file.project.limits) {
            Ok(text) => {
                let on_disk = file.project.root().join(&file.path);
                let Some(spec) = text.spec() else { continue };
                listed.tiles.push(Tile {
                    picture: picture(&on_disk.with_extension("png"), context),
                    title: spec.title.clone(),
                    about: about(spec),
                    shown: file.shown,
                    file: on_disk,
                });
            }
            Err(found) if lacks_assets(&found) => listed.skipped += 1,
            Err(_) => listed.tiles.push(Tile {
                picture: None,
                title: file.shown.clone(),
                about: "not valid: open it to see why".to_owned(),
                file: file.project.root().join(&file.path),
                shown: file.shown,
            }),
        }
    }
    Ok(listed)
}

fn about(spec: &ScenarioSpec) -> String {
    let goals = match spec.goals.len() {
        1 => "1 goal".to_owned(),
        many => format!("{many} goals"),
    };
    let robots: Vec<&str> = spec.robots.iter().map(|robot| robot.name.as_str()).collect();
    format!("{}, {goals}, {} s", robots.join(", "), spec.duration)
}

fn picture(file: &Path, context: &egui::Context) -> Option<egui::TextureHandle> {
    let pixels = image::open(file).ok()?.into_rgba8();
    let size = [pixels.width() as usize, pixels.height() as usize];
    let pixels = egui::ColorImage::from_rgba_unmultiplied(size, pixels.as_raw());
    Some(context.load_texture(file.to_string_lossy(), pixels, egui::TextureOptions::LINEAR))
}
