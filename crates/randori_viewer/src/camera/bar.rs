//! The list of cameras on the bar.

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::layout::BodyId;

use crate::panels::AddPanel;
use crate::run::Run;
use crate::selection::Selection;

use super::view::Choice;
use super::{Orbit, View, focus};

/// Adds the list.
pub(super) fn add(app: &mut App) {
    app.add_to_top(880, show);
}

fn show(ui: &mut egui::Ui, world: &mut World) {
    if !world.resource::<Run>().is_open() {
        return;
    }
    let now = Choice::now(*world.resource::<View>(), world.resource::<Orbit>());
    let all = choices(world);
    let name = all.iter().find(|(choice, _)| *choice == now).map_or_else(
        || match now {
            Choice::Follow(body) | Choice::Other(View::Ride(body)) => name_of(world, body),
            _ => "Camera".to_owned(),
        },
        |(_, name)| name.clone(),
    );
    let mut chosen = now;
    let list = egui::ComboBox::from_id_salt("camera").width(150.0).selected_text(name).truncate();
    let response = list.show_ui(ui, |ui| {
        for (choice, name) in &all {
            ui.selectable_value(&mut chosen, *choice, name);
        }
    });
    response.response.on_hover_text(
        "Camera. C takes the next one, Esc the free one.\n\
         Right button turns, middle button or Shift moves, wheel zooms,\n\
         F or a double click looks at a body, 1, 2, 3: front, side, top.",
    );
    if chosen != now {
        choose(world, chosen);
    }
}

fn name_of(world: &World, body: BodyId) -> String {
    let layout = world.resource::<Run>().layout();
    layout.map_or_else(String::new, |layout| layout.body_name(body).into_owned())
}

/// All cameras available now.
pub(super) fn choices(world: &World) -> Vec<(Choice, String)> {
    Choice::all(world.resource::<Run>(), subject(world))
}

/// The body to follow: the selected one, the one already followed, or the first
/// robot.
fn subject(world: &World) -> Option<BodyId> {
    let picked = world.get_resource::<Selection>().and_then(|selection| selection.0);
    let first = || {
        let robots = &world.resource::<Run>().layout()?.robots;
        robots.first().map(|robot| robot.base)
    };
    picked.or(world.resource::<Orbit>().follow).or_else(first)
}

/// Switches to this camera.
pub(super) fn choose(world: &mut World, choice: Choice) {
    match choice {
        Choice::Free => {
            world.resource_mut::<Orbit>().follow = None;
            *world.resource_mut::<View>() = View::Orbit;
        }
        Choice::Follow(body) => {
            focus(world, body);
            *world.resource_mut::<View>() = View::Orbit;
        }
        Choice::Other(view) => *world.resource_mut::<View>() = view,
    }
}
