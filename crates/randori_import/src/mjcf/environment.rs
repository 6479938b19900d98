//! The environment: ground, static and movable objects.

use std::collections::BTreeMap;

use randori_core::spec::{
    CombineRule, EnvironmentSpec, GroundSpec, MaterialSpec, Mobility, ObjectSpec, Shape, ShapeSpec,
};

use super::contacts::{Contacts, MATERIAL};
use super::geoms::Geom;
use super::keyframes;
use super::links::refuse_massless;
use super::model::{Body, Model};
use super::tree::{Layout, Role};
use crate::geometry::{Pose, pose_spec, spec_pose, tidy};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;

/// The material of all imported shapes; it only defines the combination of coefficients.
pub(crate) fn materials() -> BTreeMap<String, MaterialSpec> {
    let material = MaterialSpec { friction: 1.0, combine: CombineRule::Max, ..Default::default() };
    BTreeMap::from([(MATERIAL.to_owned(), material)])
}

/// True if a geom of the world is level ground.
pub(crate) fn is_ground(geom: &Geom<'_>) -> bool {
    let up = geom.pose.rotation * crate::geometry::Vector::z();
    geom.is_plane && up.z > 1.0 - 1e-9
}

/// The environment, with its objects at the poses of `start` (a keyframe's `qpos`);
/// `None` if the file describes only the robot.
pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    layout: &Layout,
    contacts: &Contacts,
    (name, start): (&str, &[f64]),
) -> Option<EnvironmentSpec> {
    let mut environment = EnvironmentSpec {
        about: format!("Surroundings of the robot in the file of {name}"),
        materials: materials(),
        ..EnvironmentSpec::empty(name)
    };
    let mut names = Names::default();
    // Robots and objects share one namespace.
    names.give(name);
    let mut world_from: Vec<Pose> = Vec::with_capacity(model.bodies.len());
    // By body: its object.
    let mut object_of: Vec<Option<usize>> = vec![None; model.bodies.len()];
    for (index, body) in model.bodies.iter().enumerate() {
        let outer = if index == 0 { Pose::identity() } else { world_from[body.parent] };
        let pose = keyframes::free_pose(body, start).unwrap_or(outer * body.pose);
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
        if role == Role::Movable && !body.is_free() {
            // Bodies welded to a movable object move with it.
            object_of[index] = object_of[body.parent];
            if let Some(object) = object_of[index] {
                let inertia = layout.inertias[index];
                weld(&mut environment.objects[object], &pose, inertia.mass, shapes);
                log.note(
                    ImportStatus::Kept,
                    body.node,
                    format!("body `{wanted}`: a part of its parent"),
                );
            }
            continue;
        }
        let carries = role == Role::Movable && model.bodies.iter().any(|it| it.parent == index);
        if shapes.is_empty() && !carries {
            log.note(
                ImportStatus::Dropped,
                body.node,
                format!("body `{wanted}`, which has no collision geometry"),
            );
            continue;
        }
        let what = if role == Role::Movable { "a movable object" } else { "a static object" };
        log.note(ImportStatus::Kept, body.node, format!("body `{wanted}`: {what}"));
        let given = names.give(&wanted);
        if given != wanted {
            log.note(
                ImportStatus::Approximated,
                body.node,
                format!("body `{wanted}` is called `{given}`"),
            );
        }
        object_of[index] = Some(environment.objects.len());
        environment.objects.push(ObjectSpec {
            name: given,
            pose: pose_spec(&pose),
            mobility: mobility(log, layout, (index, body)),
            shapes,
        });
    }
    refuse_weightless(log, model, &environment.objects, &object_of);
    let is_solid = |object: &ObjectSpec| {
        let is_flat =
            |shape: &ShapeSpec| matches!(shape.shape, Shape::Plane | Shape::Heightfield { .. });
        object.mobility == Mobility::Static || object.shapes.iter().any(|shape| !is_flat(shape))
    };
    environment.objects.retain(|object| is_solid(object) && !object.shapes.is_empty());
    (environment.ground.is_some() || !environment.objects.is_empty()).then_some(environment)
}

/// Errors for moving bodies without mass, as in `MuJoCo`.
fn refuse_weightless(
    log: &mut Log,
    model: &Model<'_>,
    objects: &[ObjectSpec],
    object_of: &[Option<usize>],
) {
    for (body, object) in model.bodies.iter().zip(object_of) {
        let Some(object) = object.filter(|_| body.is_free()) else { continue };
        let ObjectSpec { name, mobility, .. } = &objects[object];
        if matches!(mobility, Mobility::Movable { mass_kg, .. } if *mass_kg <= 0.0) {
            refuse_massless(log, body, name);
        }
    }
}

/// Mobility and mass of a body outside the robot.
fn mobility(log: &mut Log, layout: &Layout, (index, body): (usize, &Body<'_>)) -> Mobility {
    if layout.roles[index] != Role::Movable {
        return Mobility::Static;
    }
    if body.given_inertia.is_some() || body.geoms.len() > 1 {
        let what = "the mass of an object: spread uniformly over its shapes";
        log.note(ImportStatus::Approximated, body.node, what);
    }
    Mobility::Movable {
        mass_kg: tidy(layout.inertias[index].mass),
        linear_velocity: [0.0; 3],
        angular_velocity: [0.0; 3],
    }
}

/// Adds shapes and mass of a body at a pose in the world to an object.
fn weld(object: &mut ObjectSpec, world_from_body: &Pose, mass: f64, shapes: Vec<ShapeSpec>) {
    let object_from_body = spec_pose(&object.pose).inverse() * world_from_body;
    object.shapes.extend(shapes.into_iter().map(|shape| ShapeSpec {
        pose: pose_spec(&(object_from_body * spec_pose(&shape.pose))),
        ..shape
    }));
    if let Mobility::Movable { mass_kg, .. } = &mut object.mobility {
        *mass_kg = tidy(*mass_kg + mass);
    }
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
            ImportStatus::Kept,
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
