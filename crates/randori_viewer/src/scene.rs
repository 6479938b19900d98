//! The picture of the world: one entity per body, placed by the record that is
//! shown.

mod mesh;

use bevy::prelude::*;
use std::collections::BTreeMap;

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::spec::{ActorModel, MaterialSpec, Scenario, Shape, ShapeSpec};

use crate::convert::{WorldRoot, root_rotation, transform};
use crate::run::{Run, RunSystems};

/// An entity that shows a body of the scene.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body(pub BodyId);

/// Draws the open [`Run`].
pub struct ScenePlugin;

impl Plugin for ScenePlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(ClearColor(Color::srgb(0.62, 0.72, 0.82)))
            .add_systems(Startup, light)
            .add_systems(Update, (build, draw_poses).chain().in_set(RunSystems::Draw));
    }
}

fn light(mut commands: Commands) {
    commands.spawn((
        DirectionalLight { illuminance: 9000.0, ..default() },
        Transform::from_xyz(3.0, 8.0, 4.0).looking_at(Vec3::ZERO, Vec3::Y),
    ));
}

/// Spawns the bodies of a run that was opened.
fn build(
    run: Res<Run>,
    mut built: Local<u64>,
    roots: Query<Entity, With<WorldRoot>>,
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<StandardMaterial>>,
) {
    let (Some(scenario), Some(layout)) = (run.scenario(), run.layout()) else { return };
    if *built == run.generation() {
        return;
    }
    *built = run.generation();
    for root in &roots {
        commands.entity(root).despawn();
    }
    let root = commands
        .spawn((WorldRoot, Transform::from_rotation(root_rotation()), Visibility::default()))
        .id();
    for (index, body) in layout.bodies.iter().enumerate() {
        let parent = commands
            .spawn((
                Body(BodyId(index)),
                Name::new(body.path.clone()),
                Transform::default(),
                Visibility::default(),
                ChildOf(root),
            ))
            .id();
        for Part { shape, at, color } in parts(scenario, layout, BodyId(index)) {
            let Some(mesh) = mesh::mesh_of(&shape) else { continue };
            let material =
                StandardMaterial { base_color: color, perceptual_roughness: 0.8, ..default() };
            commands.spawn((
                Mesh3d(meshes.add(mesh)),
                MeshMaterial3d(materials.add(material)),
                at,
                ChildOf(parent),
            ));
        }
    }
    if let Some(ground) = &scenario.environment.ground {
        let material = StandardMaterial { base_color: Color::srgb(0.5, 0.52, 0.5), ..default() };
        commands.spawn((
            Mesh3d(
                meshes
                    .add(mesh::mesh_of(&Shape::Plane).unwrap_or_else(|| Sphere::default().into())),
            ),
            MeshMaterial3d(materials.add(material)),
            Transform::from_xyz(0.0, 0.0, ground.height as f32),
            ChildOf(root),
        ));
    }
}

/// A shape of a body at its pose in the body's frame.
struct Part {
    shape: Shape,
    at: Transform,
    color: Color,
}

/// The shapes of a body.
fn parts(scenario: &Scenario, layout: &SceneLayout, body: BodyId) -> Vec<Part> {
    let of = |shapes: &[ShapeSpec], materials: &BTreeMap<String, MaterialSpec>, otherwise| {
        let color = |shape: &ShapeSpec| {
            let name = shape.material.as_ref()?;
            let material = materials.get(name).cloned().or_else(|| MaterialSpec::built_in(name))?;
            let [red, green, blue] = material.color;
            Some(Color::srgb(red, green, blue))
        };
        let part = |shape: &ShapeSpec| Part {
            shape: shape.shape.clone(),
            at: transform(&shape.pose.pose()),
            color: color(shape).unwrap_or(otherwise),
        };
        shapes.iter().map(part).collect()
    };
    let BodyId(index) = body;
    if let Some(robot) = layout.bodies[index].robot {
        let model = &scenario.robots[robot.0];
        let link = &model.links[index - layout.robots[robot.0].bodies.start];
        return of(&link.shapes, &model.materials, Color::srgb(0.85, 0.62, 0.30));
    }
    if layout.objects.contains(&index) {
        let environment = &scenario.environment;
        let object = &environment.objects[index - layout.objects.start];
        return of(&object.shapes, &environment.materials, Color::srgb(0.6, 0.6, 0.65));
    }
    let ActorModel::Pedestrian { height, radius } =
        scenario.spec.actors[index - layout.actors.start].model;
    vec![Part {
        shape: Shape::Capsule { radius, length: (height - 2.0 * radius).max(0.0) },
        at: Transform::from_xyz(0.0, 0.0, (height / 2.0) as f32),
        color: Color::srgb(0.55, 0.35, 0.65),
    }]
}

/// Places everything where the record that is shown has it.
fn draw_poses(run: Res<Run>, mut bodies: Query<(&Body, &mut Transform)>) {
    let Some(record) = run.record() else { return };
    for (Body(BodyId(index)), mut place) in &mut bodies {
        if let Some(body) = record.state.bodies.get(*index) {
            place.set_if_neq(transform(&body.pose));
        }
    }
}
