//! A scenario in which an imported robot starts in its first pose, with the
//! commands of the file, and what surrounds it there.

use std::fmt::Write as _;

use randori_core::spec::{
    ActuatorSpec, Base, CombineRule, Drive, EnvironmentSpec, GroundSpec, PoseSpec, Shape,
};

use crate::geometry::{spec_pose, tidy};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::write::{number, pose_text, quoted, wrapped};
use crate::{Commands, Import, dynamics};

/// Policies decide at most this often.
const MAX_DECISIONS_HZ: u32 = 50;

/// Below this many steps per second contacts are as soft as in the preset `Fast`.
const SOFTER_BELOW_HZ: u32 = 400;

/// The text of a scenario in which the robot starts in its first pose and gets the
/// commands of the file, which hold this pose if it gives none; empty without a
/// robot. Paths are as the scenario names the other two files.
pub fn scenario_text(import: &Import, robot_path: &str, environment_path: &str) -> String {
    let (Some(robot), Some(configuration)) = (&import.robot, import.configurations.first()) else {
        return String::new();
    };
    let mut text = String::from("Scenario(\n    format: 1,\n");
    let (pose, name) = (&configuration.name, &robot.name);
    let title = if configuration.commands.is_empty() {
        format!("Hold the pose `{pose}` of {name}")
    } else {
        format!("Start {name} in the pose `{pose}`, with its commands")
    };
    let _ = writeln!(text, "    title: {},\n    tags: [\"imported\"],", quoted(&title));
    text.push_str("    duration: 5.0,\n");
    let rate = import
        .rate_hz
        .map(|rate| libm::round(rate) as u32)
        .filter(|rate| *rate > 0 && 1_000_000_000 % rate == 0);
    let mut physics: Vec<String> = rate.iter().map(|rate| format!("rate_hz: {rate}")).collect();
    if rate.is_some_and(|rate| rate < SOFTER_BELOW_HZ) {
        physics.push("contact_frequency_hz: 120".to_owned());
    }
    if let Some([x, y, z]) = import.gravity.filter(|gravity| *gravity != [0.0, 0.0, -9.81]) {
        physics.push(format!("gravity: ({x:?}, {y:?}, {z:?})"));
    }
    if !physics.is_empty() {
        let _ = writeln!(text, "    physics: ({}),", physics.join(", "));
    }
    let _ = writeln!(text, "    environment: {},", quoted(environment_path));
    let _ = writeln!(text, "    robots: [\n        (\n            name: {},", quoted(&robot.name));
    let _ = writeln!(text, "            model: {},", quoted(robot_path));
    if configuration.base != PoseSpec::default() {
        let _ = writeln!(text, "            pose: {},", pose_text(&configuration.base));
    }
    let _ = writeln!(text, "            start: (named: {}),", quoted(&configuration.name));
    let physics_rate = rate.unwrap_or(500);
    let decisions =
        (1..=MAX_DECISIONS_HZ).rev().find(|rate| physics_rate.is_multiple_of(*rate)).unwrap_or(1);
    let is_limp = |actuator: &ActuatorSpec| {
        actuator.drive == Drive::Torque && !configuration.commands.contains_key(&actuator.name)
    };
    if robot.actuators.iter().any(is_limp) {
        text.push_str("            // Torque drives hold nothing by themselves: expect the robot to give way.\n");
    }
    let policy = policy_text(&configuration.commands);
    let _ = writeln!(text, "            policy: (use: {policy}, rate_hz: {decisions}),");
    text.push_str("        ),\n    ],\n");
    let metrics = [format!("max(speed({name}))"), format!("min(height({name}))")];
    let _ = writeln!(text, "    metrics: [{}, {}],", quoted(&metrics[0]), quoted(&metrics[1]));
    text.push_str(")\n");
    text
}

/// A policy that gives these commands from the start on; actuators without one
/// hold what they start with.
fn policy_text(commands: &Commands) -> String {
    if commands.is_empty() {
        return "Builtin(name: \"hold\")".to_owned();
    }
    let value = |inputs: &[f64]| match inputs {
        // One number sets the first input, and the others to 0.
        [first, others @ ..] if others.iter().all(|other| *other == 0.0) => number(*first),
        all => format!("[{}]", all.iter().copied().map(number).collect::<Vec<_>>().join(", ")),
    };
    let entries: Vec<String> = commands
        .iter()
        .map(|(actuator, inputs)| format!("{}: {}", quoted(actuator), value(inputs)))
        .collect();
    let command = wrapped(&entries, 16);
    format!(
        "Builtin(name: \"scripted\", params: {{\"steps\": [(at: 0.0, command: {{{command}}})]}})"
    )
}

/// Reaching further than this below the level of the ground, m, is no contact
/// of a standing pose.
const SUNK: f64 = 0.01;

/// What surrounds the robot in its scenario: what the file describes, with flat
/// ground under a robot that would fall without. A robot that is bolted to the
/// world gets no ground that its file does not describe: it could lie inside
/// the robot. What was added is noted in the report.
pub fn surroundings(found: &mut Import) -> EnvironmentSpec {
    let described = found.environment.clone();
    if let Some(described) = &described
        && described.ground.is_some()
    {
        return described.clone();
    }
    if found.robot.is_none() {
        return described.unwrap_or_else(empty);
    }
    let falls = found.gravity.is_none_or(|gravity| gravity[2] < 0.0);
    let is_bolted =
        found.robot.as_ref().is_some_and(|robot| matches!(robot.base, Base::Fixed { .. }));
    if is_bolted || !falls {
        let environment = described.unwrap_or_else(empty);
        let why = if is_bolted {
            "the robot is bolted to the world"
        } else {
            "nothing falls without gravity"
        };
        note(
            found,
            format!(
                "environment `{}` without ground: the file has none, and {why}",
                environment.name
            ),
            "write `ground: (height: 0.0)` in the environment if there should be a floor",
        );
        return environment;
    }
    let Some(height) = height_of_ground(found, described.as_ref()) else {
        return described.unwrap_or_else(empty);
    };
    let mut environment = described.unwrap_or_else(flat);
    environment.ground =
        Some(GroundSpec { height, friction: 1.0, combine: CombineRule::Max, ..Default::default() });
    note(
        found,
        format!("flat ground at height {height} m: the file has none, and the robot would fall"),
        "remove `ground` from the environment if the robot should fall or fly",
    );
    environment
}

fn note(found: &mut Import, what: String, advice: &str) {
    let mut log = Log { report: std::mem::take(&mut found.report), ..Log::default() };
    log.note_whole(ImportStatus::Added, what).advise(advice);
    found.report = log.report;
}

/// The level zero, or that below which nothing of the robot (as it starts) and
/// of its surroundings lies; `None` if there is a slope that has no end.
fn height_of_ground(found: &Import, described: Option<&EnvironmentSpec>) -> Option<f64> {
    let mut height: f64 = 0.0;
    if let (Some(robot), Some(configuration)) = (&found.robot, found.configurations.first()) {
        let pose = robot.poses.get(&configuration.name);
        let at =
            |joint: &str| pose.and_then(|pose| pose.get(joint)).map_or(0.0, |value| value.si());
        let lowest = dynamics::lowest_point(robot, &spec_pose(&configuration.base), &at);
        height =
            lowest.filter(|lowest| *lowest < -SUNK).map_or(height, |lowest| height.min(lowest));
    }
    for object in described.iter().flat_map(|environment| &environment.objects) {
        for shape in &object.shapes {
            if matches!(shape.shape, Shape::Plane) {
                return None;
            }
            let pose = spec_pose(&object.pose) * spec_pose(&shape.pose);
            height = height.min(dynamics::lowest_of(&shape.shape, &pose));
        }
    }
    Some(tidy(height))
}

fn empty() -> EnvironmentSpec {
    surroundings_called("empty", "Nothing but the robot")
}

fn flat() -> EnvironmentSpec {
    surroundings_called("flat", "Flat ground")
}

fn surroundings_called(name: &str, about: &str) -> EnvironmentSpec {
    EnvironmentSpec { about: about.to_owned(), ..EnvironmentSpec::empty(name) }
}
