//! Draws ghosts: the meshes of the bodies that both runs have, tinted.

use bevy::light::NotShadowCaster;
use bevy::prelude::*;
use randori_core::layout::BodyId;

use super::Ghosts;
use super::ghost::{APART_M, is_apart};
use crate::convert::{WorldRoot, to_bevy, transform};
use crate::run::Run;
use crate::scene::Body;

/// A body of a ghost.
#[derive(Component)]
pub(super) struct GhostBody {
    ghost: usize,
    body: BodyId,
}

/// A mesh of a ghost.
#[derive(Component)]
pub(super) struct GhostPart;

/// The material of each ghost.
#[derive(Resource, Default)]
pub(super) struct GhostTints(Vec<Handle<StandardMaterial>>);

/// Copies the meshes of the scene when ghosts are added or removed, or the scene changes.
pub(super) fn rebuild(
    (ghosts, run): (Res<Ghosts>, Res<Run>),
    mut built: Local<(u64, u64)>,
    parts: Query<(Entity, Ref<Mesh3d>), Without<GhostPart>>,
    places: Query<(&Transform, Option<&ChildOf>, Option<&Body>)>,
    roots: Query<Entity, With<WorldRoot>>,
    old: Query<Entity, With<GhostBody>>,
    (mut materials, mut commands): (ResMut<Assets<StandardMaterial>>, Commands),
) {
    let now = (ghosts.revision, run.generation());
    let is_current = *built == now && !parts.iter().any(|(_, mesh)| mesh.is_added());
    if is_current || (ghosts.is_empty() && old.is_empty()) {
        return;
    }
    *built = now;
    for entity in &old {
        commands.entity(entity).try_despawn();
    }
    let (Some(layout), Some(root)) = (run.layout(), roots.iter().next()) else { return };
    let mut tints = Vec::new();
    for (index, ghost) in ghosts.all().iter().enumerate() {
        let tint = materials.add(StandardMaterial {
            base_color: ghost.color.with_alpha(ghosts.opacity),
            alpha_mode: AlphaMode::Blend,
            perceptual_roughness: 0.9,
            ..default()
        });
        tints.push(tint.clone());
        let mut bodies = vec![None; layout.bodies.len()];
        for (part, mesh) in &parts {
            let Some((body, at)) = body_of(part, &places) else { continue };
            let known = layout.bodies.get(body.0).and_then(|it| ghost.pose(&it.path, 0.0));
            if known.is_none() {
                continue;
            }
            let parent = *bodies[body.0].get_or_insert_with(|| {
                let at = (GhostBody { ghost: index, body }, ChildOf(root), Transform::default());
                commands.spawn((at, Visibility::Hidden)).id()
            });
            commands.spawn((
                GhostPart,
                Mesh3d(mesh.0.clone()),
                MeshMaterial3d(tint.clone()),
                NotShadowCaster,
                at,
                ChildOf(parent),
            ));
        }
    }
    commands.insert_resource(GhostTints(tints));
}

/// The body of a mesh, and the pose of the mesh in its frame.
fn body_of(
    part: Entity,
    places: &Query<(&Transform, Option<&ChildOf>, Option<&Body>)>,
) -> Option<(BodyId, Transform)> {
    let mut at = Transform::IDENTITY;
    let mut entity = part;
    loop {
        let (place, parent, body) = places.get(entity).ok()?;
        if let Some(Body(body)) = body {
            return Some((*body, at));
        }
        at = *place * at;
        entity = parent?.parent();
    }
}

/// Places ghosts at their poses at the shown time, and hides bodies without visible
/// difference.
pub(super) fn place(
    (ghosts, run): (Res<Ghosts>, Res<Run>),
    mut bodies: Query<(&GhostBody, &mut Transform, &mut Visibility)>,
) {
    let (Some(layout), Some(record)) = (run.layout(), run.record()) else { return };
    let time_s = run.time_s(record.tick);
    for (GhostBody { ghost, body }, mut place, mut visibility) in &mut bodies {
        let ghost = ghosts.all().get(*ghost).filter(|ghost| ghost.shown);
        let path = layout.bodies.get(body.0).map(|it| it.path.as_str());
        let there = ghost.zip(path).and_then(|(ghost, path)| ghost.pose(path, time_s));
        let here = record.state.bodies.get(body.0).map(|it| &it.pose);
        let seen = match (here, there) {
            (Some(here), Some(there)) => is_apart(here, there),
            _ => false,
        };
        visibility.set_if_neq(if seen { Visibility::Inherited } else { Visibility::Hidden });
        if let Some(pose) = there.filter(|_| seen) {
            place.set_if_neq(transform(pose));
        }
    }
}

/// Applies the chosen opacity.
pub(super) fn tint(
    ghosts: Res<Ghosts>,
    tints: Option<Res<GhostTints>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let Some(tints) = tints.filter(|_| ghosts.is_changed()) else { return };
    for (handle, ghost) in tints.0.iter().zip(ghosts.all()) {
        let color = ghost.color.with_alpha(ghosts.opacity);
        let is_other = materials.get(handle).is_some_and(|it| it.base_color != color);
        if is_other && let Some(mut material) = materials.get_mut(handle) {
            material.base_color = color;
        }
    }
}

/// A line from the most displaced body to its pose in the ghost.
pub(super) fn join(ghosts: Res<Ghosts>, run: Res<Run>, gizmos: Option<Gizmos>) {
    let Some(mut gizmos) = gizmos.filter(|_| !ghosts.is_empty()) else { return };
    for ghost in ghosts.all().iter().filter(|ghost| ghost.shown) {
        let distances = ghost.distances(&run);
        if let Some(farthest) = distances.first().filter(|it| it.distance_m > APART_M) {
            let [here, there] = farthest.poses.map(|pose| to_bevy(pose.translation));
            gizmos.line(here, there, ghost.color);
        }
    }
}
