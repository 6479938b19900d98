//! `<keyframe>`: named poses, with base poses.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{Coordinate, JointSpec, PoseSpec};

use super::actuators::Actuators;
use super::controls::{self, Key};
use super::links::Skeleton;
use super::model::{Body, Model, Motion};
use super::tree::Layout;
use crate::geometry::{self, Pose, pose_spec, tidy};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;
use crate::{Commands, InitialConfiguration};

/// The coordinates of a pose by joint.
pub(crate) type Poses = BTreeMap<String, BTreeMap<String, Coordinate>>;

/// Name of the initial pose of a file without keyframes.
const INITIAL: &str = "initial";

pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    layout: &Layout,
    skeleton: &Skeleton,
    actuators: &Actuators,
) -> (Poses, Vec<InitialConfiguration>) {
    let (mut poses, mut configurations, mut names) = (Poses::new(), Vec::new(), Names::default());
    let keys =
        model.root.children_called("keyframe").flat_map(|section| section.children_called("key"));
    for (index, node) in keys.enumerate() {
        let name = names.give(node.name().unwrap_or(&format!("key_{index}")));
        let Some(coordinates) = coordinates(log, model, node) else { continue };
        let joints = pose(log, model, skeleton, &coordinates, Some(node));
        let base = base(model, layout, &coordinates);
        if node.attribute("qvel").is_some() {
            log.note_value(ImportStatus::Dropped, node, "qvel", "the velocities of a keyframe");
        }
        log.note(ImportStatus::Kept, node, format!("pose `{name}`"));
        let start = configurations
            .first()
            .map(|configuration: &InitialConfiguration| configuration.name.as_str());
        let key = Key { node, name: &name, joints: &joints, start };
        let commands = controls::read(log, actuators, &key);
        poses.insert(name.clone(), joints);
        configurations.push(InitialConfiguration { name, base, commands });
    }
    if configurations.is_empty() {
        let start = initial(model);
        poses.insert(INITIAL.to_owned(), pose(log, model, skeleton, &start, None));
        let what = "pose `initial`: the reference configuration, within the limits";
        log.note_whole(ImportStatus::Added, what);
        configurations.push(InitialConfiguration {
            name: INITIAL.to_owned(),
            base: base(model, layout, &start),
            commands: Commands::new(),
        });
    }
    (poses, configurations)
}

/// The reference configuration (`qpos0`).
pub(crate) fn initial(model: &Model<'_>) -> Vec<f64> {
    let mut all = vec![0.0; model.coordinates];
    for body in &model.bodies {
        for joint in &body.joints {
            match joint.motion {
                Motion::Hinge | Motion::Slide => all[joint.first] = joint.reference,
                Motion::Ball => all[joint.first] = 1.0,
                Motion::Free => {
                    let at = body.pose.translation.vector;
                    let turn = body.pose.rotation.into_inner();
                    let parts = [at.x, at.y, at.z, turn.w, turn.i, turn.j, turn.k];
                    all[joint.first..joint.first + 7].copy_from_slice(&parts);
                }
            }
        }
    }
    all
}

/// The coordinates of the first keyframe, or the reference configuration.
pub(crate) fn start(model: &Model<'_>) -> Vec<f64> {
    let mut keys =
        model.root.children_called("keyframe").flat_map(|section| section.children_called("key"));
    let first = keys.next().and_then(|node| coordinates(&mut Log::default(), model, node));
    first.unwrap_or_else(|| initial(model))
}

/// The pose of a free body at coordinates.
pub(crate) fn free_pose(body: &Body<'_>, coordinates: &[f64]) -> Option<Pose> {
    let free = body.joints.iter().find(|joint| joint.motion == Motion::Free)?;
    let at = coordinates.get(free.first..free.first + 7)?;
    let turn = geometry::from_wxyz([at[3], at[4], at[5], at[6]]);
    let turn = turn.unwrap_or_else(geometry::Rotation::identity);
    Some(geometry::pose(geometry::Vector::new(at[0], at[1], at[2]), turn))
}

fn coordinates(log: &mut Log, model: &Model<'_>, node: Node<'_>) -> Option<Vec<f64>> {
    let Some(attribute) = node.attribute("qpos") else { return Some(initial(model)) };
    let given = values::numbers(log, attribute)?;
    let (count, needed) = (given.len(), model.coordinates);
    if count != needed && log.is_pruned {
        log.note(ImportStatus::Dropped, node, "a keyframe with dropped joints").doubt();
        return None;
    }
    let help = "hinge and slide joints have one coordinate, ball joints four, free joints seven";
    if count > needed {
        let message =
            format!("`qpos` has {count} numbers, but the bodies have {needed} coordinates");
        log.error(DiagnosticCode::IMPORT_VALUE, attribute.span, message, help);
        return None;
    }
    if count < needed {
        let what = format!(
            "`qpos` has {count} numbers for {needed} coordinates: the others are as the file \
             draws its bodies"
        );
        log.note_value(ImportStatus::Guessed, node, "qpos", what).advise(help).doubt();
    }
    Some(filled(&given, initial(model)))
}

/// The numbers of a keyframe, completed with the reference configuration (as in
/// `MuJoCo` 4).
fn filled(given: &[f64], mut all: Vec<f64>) -> Vec<f64> {
    all[..given.len()].copy_from_slice(given);
    all
}

fn pose(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    coordinates: &[f64],
    node: Option<Node<'_>>,
) -> BTreeMap<String, Coordinate> {
    let mut pose = BTreeMap::new();
    for (place, name) in &skeleton.joint_names {
        let joint = &model.bodies[place.0].joints[place.1];
        let value = coordinates[joint.first];
        let Some(spec) = skeleton.joints.iter().find(|spec| spec.name == *name) else { continue };
        if joint.motion == Motion::Ball {
            let parts = &coordinates[joint.first..joint.first + 4];
            pose.extend(ball(parts).map(|rotation| (name.clone(), rotation)));
            continue;
        }
        let (within, is_moved) = clamped(spec, value);
        if is_moved {
            let what = format!("joint `{name}` at {value}, beyond its limits: clamped to {within}");
            match node {
                Some(node) => log.note(ImportStatus::Clamped, node, what),
                None => log.note(ImportStatus::Clamped, joint.node, what),
            };
        }
        let within = tidy(within);
        if within != 0.0 {
            let is_slide = joint.motion == Motion::Slide;
            pose.insert(
                name.clone(),
                if is_slide { Coordinate::M(within) } else { Coordinate::Rad(within) },
            );
        }
    }
    pose
}

/// The rotation of a ball joint from its quaternion w, x, y, z, normalised or not;
/// `None` for no rotation.
fn ball(parts: &[f64]) -> Option<Coordinate> {
    let turn = geometry::from_wxyz([parts[0], parts[1], parts[2], parts[3]])?;
    let [x, y, z, w] = [turn.i, turn.j, turn.k, turn.w].map(tidy);
    let is_turned = [x, y, z].iter().any(|part| part.abs() > 1e-9);
    is_turned.then_some(Coordinate::Quat(x, y, z, w))
}

fn clamped(joint: &JointSpec, value: f64) -> (f64, bool) {
    match joint.kind.limits_si() {
        Some((lower, upper)) if value < lower - 1e-9 || value > upper + 1e-9 => {
            (value.clamp(lower, upper), true)
        }
        _ => (value, false),
    }
}

/// The pose of the root link in the world.
fn base(model: &Model<'_>, layout: &Layout, coordinates: &[f64]) -> PoseSpec {
    let Some(root) = layout.base.1 else { return PoseSpec::default() };
    let body = &model.bodies[root];
    pose_spec(&free_pose(body, coordinates).unwrap_or(body.pose))
}
