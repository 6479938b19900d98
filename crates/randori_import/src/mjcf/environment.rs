//! What is not the robot: ground, fixtures and loose things.

use std::collections::BTreeMap;

use randori_core::spec::{
    CombineRule, EnvironmentSpec, GroundSpec, MaterialSpec, Mobility, ObjectSpec, Shape, ShapeSpec,
};

use super::contacts::{Contacts, MATERIAL};
use super::model::{Model, Motion};
use super::tree::{Layout, Role};
use crate::geometry::{Pose, pose_spec, spec_pose, tidy};
use crate::log::Log;
use crate::names::Names;
use crate::report::Fate;

/// The material of all imported shapes; it only says how coefficients combine.
pub(crate) fn materials() -> BTreeMap<String, MaterialSpec> {
    let material = MaterialSpec { friction: 1.0, combine: CombineRule::Max, ..Default::default() };
    BTreeMap::from([(MATERIAL.to_owned(), material)])
}

/// The environment; `None` if the file describes nothing but the robot.
pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    layout: &Layout,
    contacts: &Contacts,
    name: &str,
) -> Option<EnvironmentSpec> {
    let mut environment = EnvironmentSpec {
        format: randori_core::spec::FORMAT,
        name: name.to_owned(),
        about: format!("What surrounds the robot in the file of {name}"),
        materials: materials(),
        ground: None,
        objects: Vec::new(),
        zones: Vec::new(),
    };
    let mut names = Names::default();
    let mut world_from: Vec<Pose> = Vec::with_capacity(model.bodies.len());
    for (index, body) in model.bodies.iter().enumerate() {
        let pose = if index == 0 { Pose::identity() } else { world_from[body.parent] * body.pose };
        world_from.push(pose);
        let role = if index == 0 { Role::Fixture } else { layout.roles[index] };
        if matches!(role, Role::Robot | Role::Left) {
            continue;
        }
        let shapes: Vec<ShapeSpec> =
            (0..body.geoms.len()).filter_map(|at| contacts.shape((index, at)).cloned()).collect();
        if index == 0 {
            for shape in shapes {
                add_fixture(log, &mut environment, &mut names, shape);
            }
            continue;
        }
        let wanted = body.name.map_or_else(|| format!("body_{index}"), str::to_owned);
        if shapes.is_empty() {
            log.note(Fate::Dropped, body.node, format!("body `{wanted}`, which touches nothing"));
            continue;
        }
        let is_free = body.joints.iter().any(|joint| joint.motion == Motion::Free);
        let mobility = if is_free {
            Mobility::Movable {
                mass_kg: tidy(layout.inertias[index].mass),
                linear_velocity: [0.0; 3],
                angular_velocity: [0.0; 3],
            }
        } else {
            Mobility::Static
        };
        let what = if is_free { "an object that can move" } else { "an object that stands still" };
        log.note(Fate::Kept, body.node, format!("body `{wanted}`: {what}"));
        environment.objects.push(ObjectSpec {
            name: names.give(&wanted),
            pose: pose_spec(&pose),
            mobility,
            shapes,
        });
    }
    (environment.ground.is_some() || !environment.objects.is_empty()).then_some(environment)
}

/// Adds a geom of the world: level planes become the ground.
fn add_fixture(
    log: &mut Log,
    environment: &mut EnvironmentSpec,
    names: &mut Names,
    mut shape: ShapeSpec,
) {
    let pose = spec_pose(&shape.pose);
    let up = pose.rotation * crate::geometry::Vector::z();
    let name = shape.name.clone();
    if matches!(shape.shape, Shape::Plane) && up.z > 1.0 - 1e-9 && environment.ground.is_none() {
        log.note_whole(
            Fate::Kept,
            format!("plane `{}`: the ground", name.as_deref().unwrap_or("without name")),
        );
        environment.ground = Some(GroundSpec {
            height: tidy(pose.translation.vector.z),
            friction: shape.friction.unwrap_or(1.0),
            restitution: 0.0,
            priority: shape.priority,
            torsional_friction: shape.torsional_friction,
            rolling_friction: shape.rolling_friction,
            softness: shape.softness,
            combine: CombineRule::Max,
        });
        return;
    }
    let name = names.give(name.as_deref().unwrap_or("thing"));
    shape.name = None;
    let pose = std::mem::take(&mut shape.pose);
    environment.objects.push(ObjectSpec {
        name,
        pose,
        mobility: Mobility::Static,
        shapes: vec![shape],
    });
}
