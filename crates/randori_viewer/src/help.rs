//! Help: an introduction card at the first start, and all keys at `F1`.

use bevy::prelude::*;
use bevy_egui::egui;

use crate::keys::{AddKey, Chord, Keys};
use crate::panels::{AddPanel, Panels};

/// Mouse actions in the picture.
const MOUSE: [(&str, &str); 8] = [
    ("Click", "pick a body"),
    ("Drag", "pull a body"),
    ("P, click", "push a body"),
    ("U, drag", "lift a body"),
    ("X, click", "drop a box"),
    ("Right drag", "turn the camera"),
    ("Middle drag", "shift the camera"),
    ("Wheel", "go near or far"),
];

/// Visibility of the help windows.
#[derive(Resource, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Help {
    /// The list of keys.
    pub keys: bool,
    /// The introduction card.
    pub card: bool,
}

/// Shows help.
pub(crate) struct HelpPlugin;

impl Plugin for HelpPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Help>()
            .add_key("Help", Chord::key(KeyCode::F1), "all keys", |world| {
                let mut help = world.resource_mut::<Help>();
                help.keys = !help.keys;
            })
            .add_to_top(900, button)
            .add_floating(show_card)
            .add_floating(show_keys);
    }
}

fn button(ui: &mut egui::Ui, world: &mut World) {
    if ui.button("Help").on_hover_text("All keys, and what the mouse does (F1)").clicked() {
        let mut help = world.resource_mut::<Help>();
        help.keys = !help.keys;
    }
}

fn show_card(context: &egui::Context, world: &mut World) {
    if !world.resource::<Help>().card {
        return;
    }
    let Some(picture) = world.resource::<Panels>().picture() else { return };
    let mut closed = false;
    egui::Window::new("Welcome to Randori")
        .order(egui::Order::Foreground) // The gallery would cover it.
        .collapsible(false)
        .resizable(false)
        .pivot(egui::Align2::CENTER_CENTER)
        .default_pos(picture.center())
        .show(context, |ui| {
            ui.set_width(430.0);
            for (what, how) in [
                ("Watch", "Space plays and pauses; drag the time bar at the bottom, also backwards."),
                ("Touch", "Pull any body with the left mouse button; the right one turns the view."),
                ("Ask", "Goals on the right say what must hold, and by how much it does."),
                ("Change", "Go back in time, push something or pick another policy: the run branches there."),
                ("Keep", "Save a picture, a film or the run itself; a saved run replays to the last bit."),
            ] {
                ui.horizontal_wrapped(|ui| {
                    ui.strong(what);
                    ui.label(how);
                });
                ui.add_space(4.0);
            }
            ui.label("Nothing here can break: rewind whenever you like.");
            ui.add_space(6.0);
            ui.horizontal(|ui| {
                closed = ui.button("Begin").clicked();
                ui.weak("F1 shows all keys.");
            });
        });
    if closed {
        world.resource_mut::<Help>().card = false;
    }
}

fn show_keys(context: &egui::Context, world: &mut World) {
    let mut open = world.resource::<Help>().keys;
    if !open {
        return;
    }
    let Some(picture) = world.resource::<Panels>().picture() else { return };
    let keys = world.resource::<Keys>();
    let mut groups: Vec<&str> = Vec::new();
    for binding in keys.bindings() {
        if !groups.contains(&binding.group) {
            groups.push(binding.group);
        }
    }
    let mouse = MOUSE.map(|(how, what)| (how.to_owned(), what)).to_vec();
    let tables = groups.into_iter().map(|group| (group, keys.rows(group)));
    let tables = std::iter::once(("Mouse", mouse)).chain(tables).collect();
    egui::Window::new("Keys and mouse")
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .pivot(egui::Align2::CENTER_CENTER)
        .default_pos(picture.center())
        .show(context, |ui| {
            let height = picture.height() - 90.0;
            let area = egui::ScrollArea::vertical().max_height(height);
            area.min_scrolled_height(height).show(ui, |ui| {
                ui.horizontal_top(|ui| {
                    for column in columns(tables) {
                        ui.vertical(|ui| {
                            for (heading, rows) in column {
                                table(ui, heading, rows);
                            }
                        });
                        ui.add_space(10.0);
                    }
                });
            });
        });
    world.resource_mut::<Help>().keys = open;
}

/// A heading with its rows.
type Table<'a> = (&'a str, Vec<(String, &'a str)>);

/// The tables in three columns of about the same height, each table in the
/// shortest one.
fn columns(tables: Vec<Table<'_>>) -> [Vec<Table<'_>>; 3] {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    let height =
        |column: &Vec<Table<'_>>| -> usize { column.iter().map(|(_, rows)| rows.len() + 2).sum() };
    for table in tables {
        if let Some(column) = columns.iter_mut().min_by_key(|column| height(column)) {
            column.push(table);
        }
    }
    columns
}

fn table<'a>(ui: &mut egui::Ui, heading: &str, rows: impl IntoIterator<Item = (String, &'a str)>) {
    ui.strong(heading);
    egui::Grid::new(heading).num_columns(2).show(ui, |ui| {
        for (key, what) in rows {
            ui.monospace(key);
            ui.label(what);
            ui.end_row();
        }
    });
    ui.add_space(8.0);
}
