//! The scenario of an import, in which the robot starts in its first pose with the
//! commands of the file, and its environment.

use std::fmt::Write as _;

use randori_core::spec::{
    ActuatorSpec, Base, CombineRule, Drive, EnvironmentSpec, GroundSpec, PoseSpec, Shape,
};

use crate::geometry::{spec_pose, tidy};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::write::{number, pose_text, quoted, wrapped};
use crate::{Commands, Import, dynamics};

/// Maximum rate of the policy, Hz.
const MAX_DECISIONS_HZ: u32 = 50;

/// Below this physics rate (Hz) contacts are those of the preset `Fast`.
const SOFTER_BELOW_HZ: u32 = 400;

/// The text of a scenario in which the robot starts in its first pose and gets the
/// commands of the file, or holds the pose without commands; empty without a robot.
/// Paths of the other two files are relative to the scenario.
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
        text.push_str(
            "            // Torque drives do not hold a pose: expect the robot to collapse.\n",
        );
    }
    let policy = policy_text(&configuration.commands);
    let _ = writeln!(text, "            policy: (use: {policy}, rate_hz: {decisions}),");
    text.push_str("        ),\n    ],\n");
    let metrics = [format!("max(speed({name}))"), format!("min(height({name}))")];
    let _ = writeln!(text, "    metrics: [{}, {}],", quoted(&metrics[0]), quoted(&metrics[1]));
    text.push_str(")\n");
    text
}

/// A policy that sends these commands from the start; other actuators hold their
/// initial command.
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

/// Maximum penetration of the ground by a standing pose, m.
const SUNK: f64 = 0.01;

/// The environment of the scenario: that of the file, with flat ground under a robot
/// that would otherwise fall. A robot that is fixed to the world gets no additional
/// ground, which could intersect the robot. Additions are listed in the report.
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
            "the robot is fixed to the world"
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

/// Height 0, or the lowest point of the robot (in its initial configuration) and its
/// environment if that is lower; `None` with an infinite slope.
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
    surroundings_called("empty", "The robot only")
}

fn flat() -> EnvironmentSpec {
    surroundings_called("flat", "Flat ground")
}

fn surroundings_called(name: &str, about: &str) -> EnvironmentSpec {
    EnvironmentSpec { about: about.to_owned(), ..EnvironmentSpec::empty(name) }
}
