//! Dropped boxes: they appear and disappear with the shown tick.

use bevy::prelude::*;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::spec::Shape;
use randori_sim::world::DroppedBox;

use crate::convert::WorldRoot;
use crate::quality::Quality;
use crate::run::Run;

use super::mesh::Forms;
use super::paint::Paint;
use super::{Body, PartOf};

const COLOR: [f32; 3] = [0.78, 0.58, 0.36];

/// A visible dropped box, with its edges, m.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub(super) struct Dropped {
    index: usize,
    size: Vector,
}

/// Shows exactly the boxes of the shown tick.
pub(super) fn come_and_go(
    mut run: ResMut<Run>,
    roots: Query<Entity, With<WorldRoot>>,
    shown: Query<(Entity, &Dropped)>,
    mut forms: Local<Forms>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut commands: Commands,
) {
    let Some(first) = run.layout().map(|layout| layout.bodies.len()) else { return };
    let there = run.record().map_or(0, |record| record.state.dropped.len());
    if there == 0 && shown.is_empty() {
        return;
    }
    let sizes: Vec<Vector> = run.bypass_change_detection().episode().map_or_else(Vec::new, |it| {
        it.simulation().world().dropped().iter().map(DroppedBox::size).collect()
    });
    let wanted = sizes.into_iter().take(there).enumerate();
    let mut wanted: Vec<Dropped> = wanted.map(|(index, size)| Dropped { index, size }).collect();
    for (entity, dropped) in &shown {
        match wanted.iter().position(|it| it == dropped) {
            Some(at) => drop(wanted.swap_remove(at)),
            None => commands.entity(entity).despawn(),
        }
    }
    let Some(root) = roots.iter().next() else { return };
    for dropped in wanted {
        let body = BodyId(first + dropped.index);
        let size = dropped.size.to_array().map(f64::from);
        let shape = Shape::Box { size };
        let Some(form) = forms.form(&shape, Quality::Low, &mut meshes) else { continue };
        let part = PartOf { body, color: COLOR, form, at: Transform::IDENTITY };
        let entity = commands
            .spawn((
                Body(body),
                dropped,
                Transform::default(),
                Visibility::default(),
                ChildOf(root),
            ))
            .id();
        commands.spawn((
            Mesh3d(part.form.mesh.clone()),
            Paint::dull(COLOR),
            Transform::from_scale(part.form.scale),
            part,
            ChildOf(entity),
        ));
    }
}
