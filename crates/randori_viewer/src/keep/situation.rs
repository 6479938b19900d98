//! Saves the state of a run as a scenario, to try policies on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use randori_core::layout::SceneLayout;
use randori_core::math::{Pose, Vector, quaternion_from_rotation_vector};
use randori_core::record::{BodyState, TickRecord};
use randori_core::spec::{
    Base, Coordinate, EventSpec, Expectation, JointKind, Mobility, ObjectSpec, Placement, PoseSpec,
    RobotSpec, Scenario, Shape, ShapeSpec,
};
use randori_core::text::bundle;
use randori_project::files::{make_folders, replace};

use crate::open::OpenFile;
use crate::run::{Problem, Run};

/// Writes the shown tick as a scenario into a new folder of the project,
/// `scenarios/saved/NAME`; returns the scenario file. Robots, objects, dropped
/// boxes, actors and pending events have their current state and the current
/// parameter values. Links start at rest, since scenario files have no velocities.
///
/// # Errors
/// If no run is open, the name is invalid, the folder exists already, or on I/O
/// errors.
pub fn save_situation(world: &mut World, name: &str) -> Result<PathBuf, Problem> {
    let problem = |message: String, help: &str| Problem {
        message,
        help: Some(help.to_owned()),
        ..Problem::default()
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(problem(
            format!("`{name}` is not a valid name"),
            "use letters, digits, `_` and `-`",
        ));
    }
    let Some(open) = world.get_resource::<OpenFile>() else { return Err(super::nothing_open()) };
    let root = open.project.root().to_owned();
    let folder = root.join("scenarios").join("saved").join(name);
    if folder.symlink_metadata().is_ok() {
        let message = format!("`{}` exists already", folder.display());
        return Err(problem(message, "choose another name"));
    }
    let mut run = world.resource_mut::<Run>();
    let Some(scenario) = situation(&mut run) else { return Err(super::nothing_open()) };
    let texts = bundle(&scenario).map_err(|error| {
        problem(format!("the situation cannot be written: {error}"), "save the recording instead")
    })?;
    write(&root, name, &texts).map_err(|error| {
        let message = format!("`{}` cannot be written: {error}", folder.display());
        problem(message, "look whether the project's folder may be written to")
    })?;
    Ok(folder.join(randori_core::text::BUNDLE_SCENARIO))
}

fn write(root: &Path, name: &str, texts: &[(String, String)]) -> std::io::Result<()> {
    // The project may be untrusted: links in it are not followed when writing.
    let folder = make_folders(root, &Path::new("scenarios/saved").join(name))?;
    texts.iter().try_for_each(|(name, text)| replace(&folder.join(name), text.as_bytes()))
}

/// The scenario that starts at the shown tick.
fn situation(run: &mut Run) -> Option<Scenario> {
    let mut scenario = run.scenario()?.clone();
    let written = run.written()?.scenario.clone();
    let (layout, record) = (run.layout()?.clone(), run.record()?.clone());
    let now_s = run.time_s(record.tick);
    let begun = begun(run, &scenario.spec.events, &record);
    let boxes: Vec<(Vector, f32)> = {
        let dropped = run.episode()?.simulation().world().dropped();
        dropped.iter().map(|it| (it.size(), it.mass_kg())).collect()
    };
    for (robot, entry) in scenario.spec.robots.iter_mut().enumerate() {
        if entry.policy.as_ref().is_some_and(|it| it.source.is_by_hand()) {
            entry.policy.clone_from(&written.spec.robots[robot].policy);
        }
        let model = &scenario.robots[robot];
        if let Base::Floating { .. } = model.base {
            entry.pose = pose_spec(&record.state.bodies[layout.robots[robot].base.0].pose);
        }
        entry.start = placement(model, robot, &layout, &record);
    }
    let objects = scenario.environment.objects.iter_mut();
    for (object, body) in objects.zip(&record.state.bodies[layout.objects.clone()]) {
        place(object, body);
    }
    let boxes = boxes.into_iter().zip(&record.state.dropped).enumerate();
    let boxes: Vec<_> = boxes
        .map(|(index, (of, body))| dropped_box(box_name(&scenario, index), of, body))
        .collect();
    scenario.environment.objects.extend(boxes);
    for actor in &mut scenario.spec.actors {
        actor.start -= now_s;
    }
    let events = std::mem::take(&mut scenario.spec.events).into_iter().enumerate();
    let coming = events.filter_map(|(index, it)| coming(it, begun.get(&index).copied(), now_s));
    scenario.spec.events = coming.collect();
    for contract in scenario.contracts.iter_mut().flatten() {
        if let Some(asset) = contract.network.strip_prefix("assets/") {
            contract.network = format!("assets:{asset}");
        }
    }
    scenario.spec.title = format!("{}, from {now_s:.3} s", scenario.spec.title);
    scenario.spec.vary.clear();
    scenario.spec.expect = Expectation::Pass;
    Some(scenario)
}

/// Start time of each event, s.
fn begun(run: &mut Run, events: &[EventSpec], record: &TickRecord) -> BTreeMap<usize, f64> {
    let period_s = run.period_s();
    // Repeated pushes may have started before their first push.
    let timed = |at: f64| Some(at).filter(|at| run.tick_at(*at) < record.tick);
    let timed: Vec<_> = events.iter().map(|event| event.at.and_then(timed)).collect();
    let past = run.session().map_or(&[][..], |session| session.past());
    let until = past.iter().take_while(|tick| tick.tick <= record.tick);
    let acts = until.flat_map(|tick| tick.events.iter().map(move |it| (it.event, tick.tick)));
    let timed = timed.into_iter().enumerate().filter_map(|(index, at)| Some((index, at?)));
    let mut first: BTreeMap<usize, f64> = timed.collect();
    for (event, tick) in acts {
        first.entry(event).or_insert(tick.0.saturating_sub(1) as f64 * period_s);
    }
    first
}

/// The pending part of an event that may have started; `None` if it is over.
fn coming(event: EventSpec, begun_s: Option<f64>, now_s: f64) -> Option<EventSpec> {
    let Some(then_s) = begun_s else {
        // Times lie between ticks; the nearest tick is used.
        return Some(EventSpec { at: event.at.map(|at| (at - now_s).max(0.0)), ..event });
    };
    let effect = event.effect.remaining(now_s - then_s)?;
    Some(EventSpec { at: Some(0.0), when: None, effect, name: event.name })
}

fn placement(
    model: &RobotSpec,
    robot: usize,
    layout: &SceneLayout,
    record: &TickRecord,
) -> Placement {
    let mut start = Placement::default();
    for index in layout.robots[robot].dofs.clone() {
        let joint = &model.joints[layout.dofs[index].joint];
        let value = f64::from(record.state.positions[index]);
        let name = &joint.name;
        let value = joint.kind.limits_si().map_or(value, |(low, high)| value.clamp(low, high));
        let coordinate = match joint.kind {
            JointKind::Prismatic { .. } => Coordinate::M(value),
            JointKind::Fixed => continue,
            JointKind::Spherical if start.joints.contains_key(name) => continue,
            JointKind::Spherical => {
                let parts = [0, 1, 2].map(|axis| f64::from(record.state.positions[index + axis]));
                let [x, y, z, w] = quaternion_from_rotation_vector(parts);
                Coordinate::Quat(x, y, z, w)
            }
            JointKind::Revolute { .. } | JointKind::Continuous => Coordinate::Rad(value),
        };
        start.joints.insert(name.clone(), coordinate);
    }
    start
}

fn place(object: &mut ObjectSpec, body: &BodyState) {
    if let Mobility::Movable { linear_velocity, angular_velocity, .. } = &mut object.mobility {
        object.pose = pose_spec(&body.pose);
        *linear_velocity = wide(body.twist.linear);
        *angular_velocity = wide(body.twist.angular);
    }
}

/// A name for a dropped box that a previously saved situation does not use.
fn box_name(scenario: &Scenario, index: usize) -> String {
    let objects = &scenario.environment.objects;
    let is_taken = |name: &str| objects.iter().any(|object| object.name == name);
    let names = (1..).map(|number| format!("dropped_box_{number}"));
    names.filter(|name| !is_taken(name)).nth(index).unwrap_or_default()
}

fn dropped_box(name: String, (size, mass_kg): (Vector, f32), body: &BodyState) -> ObjectSpec {
    let shape = ShapeSpec::of(Shape::Box { size: wide(size) });
    let mut object = ObjectSpec {
        name,
        pose: PoseSpec::default(),
        mobility: Mobility::Movable {
            mass_kg: f64::from(mass_kg),
            linear_velocity: [0.0; 3],
            angular_velocity: [0.0; 3],
        },
        shapes: vec![shape],
    };
    place(&mut object, body);
    object
}

fn wide(vector: Vector) -> [f64; 3] {
    vector.to_array().map(f64::from)
}

fn pose_spec(pose: &Pose) -> PoseSpec {
    let quat = pose.rotation.to_array().map(f64::from);
    PoseSpec { xyz: wide(pose.translation), rpy: None, quat: Some(quat) }
}
