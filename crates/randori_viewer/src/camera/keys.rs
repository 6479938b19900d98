//! Keys of the camera.

use std::f32::consts::{FRAC_PI_2, PI};

use bevy::prelude::*;

use crate::keys::{AddKey, Chord};
use crate::run::Run;
use crate::selection::Selection;

use super::bar::{choices, choose};
use super::view::Choice;
use super::{MAX_PITCH, Orbit, View, focus, glide_to};

/// Adds the keys of the camera.
pub(super) fn add(app: &mut App) {
    let group = "Camera";
    app.add_key(group, Chord::key(KeyCode::KeyC), "next camera", |world| {
        let now = Choice::now(*world.resource::<View>(), world.resource::<Orbit>());
        let next = now.next(&choices(world));
        choose(world, next);
    })
    .add_key(group, Chord::key(KeyCode::Escape), "free camera", |world| {
        choose(world, Choice::Free);
    })
    .add_key(group, Chord::key(KeyCode::KeyF), "look at the selection", |world| {
        let picked = world.get_resource::<Selection>().and_then(|selection| selection.0);
        let robots = world.resource::<Run>().layout().map(|layout| &layout.robots);
        let base = robots.and_then(|robots| robots.first()).map(|robot| robot.base);
        if let Some(body) = picked.or(base) {
            focus(world, body);
        }
    })
    .add_key(group, Chord::key(KeyCode::Digit1), "from the front", |world| {
        turn(world, 0.0, 0.0);
    })
    .add_key(group, Chord::key(KeyCode::Digit2), "from the side", |world| {
        turn(world, -FRAC_PI_2, 0.0);
    })
    .add_key(group, Chord::key(KeyCode::Digit3), "from above", |world| {
        turn(world, PI, MAX_PITCH);
    });
}

fn turn(world: &mut World, yaw: f32, pitch: f32) {
    let orbit = *world.resource::<Orbit>();
    glide_to(world, Orbit { yaw, pitch, ..orbit });
}
