//! Draws the sketch with Bevy's gizmos.

use bevy::prelude::*;

use super::sketch::Sketch;
use crate::convert::to_bevy;
use crate::run::RunSystems;

/// Lines occluded by bodies.
#[derive(Default, Reflect, GizmoConfigGroup)]
struct Among;

/// Lines visible through bodies.
#[derive(Default, Reflect, GizmoConfigGroup)]
struct OnTop;

pub(super) fn add_to(app: &mut App) {
    let line = GizmoLineConfig { width: 1.5, ..default() };
    // Slightly nearer than the walls that were hit, about 1.5 % of the distance.
    let config = GizmoConfig { line: line.clone(), depth_bias: -0.004, ..default() };
    app.insert_gizmo_config(Among, config)
        .insert_gizmo_config(OnTop, GizmoConfig { line, depth_bias: -1.0, ..default() })
        .add_systems(Update, draw.in_set(RunSystems::Draw).after(super::follow));
}

fn draw(sketch: Res<Sketch>, mut among: Gizmos<Among>, mut on_top: Gizmos<OnTop>) {
    for line in sketch.lines() {
        let (from, to) = (to_bevy(line.from), to_bevy(line.to));
        if line.on_top {
            on_top.line(from, to, line.color);
        } else {
            among.line(from, to, line.color);
        }
    }
}
