//! Visible parts of bodies.

use std::collections::BTreeMap;

use bevy::prelude::Transform;
use randori_core::drawing::{Bone, bones};
use randori_core::layout::{BodyId, RobotId, SceneLayout};
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::spec::{ActorModel, MaterialSpec, Scenario, Shape, ShapeSpec, VisualSpec};

use crate::convert::transform;

/// Colours of robots without materials, in order.
pub(super) const ROBOT_COLORS: [[f32; 3]; 4] =
    [[0.90, 0.58, 0.22], [0.28, 0.55, 0.82], [0.35, 0.66, 0.42], [0.72, 0.45, 0.70]];
/// Colours of actors, in order.
pub(super) const ACTOR_COLORS: [[f32; 3]; 4] =
    [[0.55, 0.36, 0.72], [0.85, 0.40, 0.45], [0.20, 0.60, 0.62], [0.66, 0.58, 0.20]];
const OBJECT_COLOR: [f32; 3] = [0.64, 0.66, 0.70];

/// A shape of a body at its pose in the body's frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) shape: Shape,
    pub(super) at: Transform,
    pub(super) color: [f32; 3],
}

/// The visual geometry of a body from files; empty for a body without visuals.
pub(super) fn visuals<'s>(
    scenario: &'s Scenario,
    layout: &SceneLayout,
    body: BodyId,
) -> &'s [VisualSpec] {
    let BodyId(index) = body;
    let Some(RobotId(robot)) = layout.bodies.get(index).and_then(|it| it.robot) else {
        return &[];
    };
    let link = index - layout.robots[robot].bodies.start;
    scenario.robots[robot].links.get(link).map_or(&[], |link| &link.visuals)
}

/// The shapes of a body, and lines for links of robots whose only shapes are at
/// their contacts.
pub(super) fn parts(scenario: &Scenario, layout: &SceneLayout, body: BodyId) -> Vec<Part> {
    let BodyId(index) = body;
    if let Some(RobotId(robot)) = layout.bodies[index].robot {
        let model = &scenario.robots[robot];
        let link = &model.links[index - layout.robots[robot].bodies.start];
        let color = ROBOT_COLORS[robot % ROBOT_COLORS.len()];
        let mut parts = of_shapes(&link.shapes, &model.materials, color);
        parts.extend(bones(model, link).iter().map(|bone| line(bone, color)));
        return parts;
    }
    if layout.objects.contains(&index) {
        let environment = &scenario.environment;
        let object = &environment.objects[index - layout.objects.start];
        return of_shapes(&object.shapes, &environment.materials, OBJECT_COLOR);
    }
    let actor = index - layout.actors.start;
    let ActorModel::Pedestrian { height, radius } = scenario.spec.actors[actor].model;
    vec![Part {
        shape: Shape::Capsule { radius, length: (height - 2.0 * radius).max(0.0) },
        at: Transform::from_xyz(0.0, 0.0, (height / 2.0) as f32),
        color: ACTOR_COLORS[actor % ACTOR_COLORS.len()],
    }]
}

fn of_shapes(
    shapes: &[ShapeSpec],
    materials: &BTreeMap<String, MaterialSpec>,
    otherwise: [f32; 3],
) -> Vec<Part> {
    let color = |shape: &ShapeSpec| {
        let name = shape.material.as_ref()?;
        let material = materials.get(name).cloned().or_else(|| MaterialSpec::built_in(name))?;
        Some(material.color)
    };
    let part = |shape: &ShapeSpec| Part {
        shape: shape.shape.clone(),
        at: transform(&shape.pose.pose()),
        color: color(shape).unwrap_or(otherwise),
    };
    shapes.iter().map(part).collect()
}

fn line(bone: &Bone, color: [f32; 3]) -> Part {
    let pose = Pose::from_parts(Vector::from_array(bone.xyz), Rotation::from_array(bone.quat));
    let (radius, length) = (f64::from(bone.radius), f64::from(bone.length.max(0.0)));
    Part { shape: Shape::Capsule { radius, length }, at: transform(&pose), color }
}
