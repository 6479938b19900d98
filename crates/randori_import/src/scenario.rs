//! A scenario in which an imported robot holds its first pose.

use std::fmt::Write as _;

use randori_core::spec::{CombineRule, Drive, EnvironmentSpec, GroundSpec, PoseSpec};

use crate::Import;
use crate::write::{pose_text, quoted};

/// Policies decide at most this often.
const MOST_DECISIONS_HZ: u32 = 50;

/// Below this many steps per second contacts are as soft as in the preset `Fast`.
const SOFTER_BELOW_HZ: u32 = 400;

/// The text of a scenario in which the robot holds the pose that it starts in;
/// empty without a robot. Paths are as the scenario names the other two files.
pub fn scenario_text(import: &Import, robot_path: &str, environment_path: &str) -> String {
    let (Some(robot), Some(stance)) = (&import.robot, import.stances.first()) else {
        return String::new();
    };
    let mut text = String::from("Scenario(\n    format: 1,\n");
    let title = format!("Hold the pose `{}` of {}", stance.name, robot.name);
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
    if stance.base != PoseSpec::default() {
        let _ = writeln!(text, "            pose: {},", pose_text(&stance.base));
    }
    let _ = writeln!(text, "            start: (named: {}),", quoted(&stance.name));
    let physics_rate = rate.unwrap_or(500);
    let decisions =
        (1..=MOST_DECISIONS_HZ).rev().find(|rate| physics_rate.is_multiple_of(*rate)).unwrap_or(1);
    if robot.actuators.iter().any(|actuator| actuator.drive == Drive::Torque) {
        text.push_str("            // Torque drives hold nothing by themselves: expect the robot to give way.\n");
    }
    let _ =
        writeln!(text, "            policy: (use: Builtin(name: \"hold\"), rate_hz: {decisions}),");
    text.push_str("        ),\n    ],\n");
    let name = &robot.name;
    let metrics = [format!("max(speed({name}))"), format!("min(height({name}))")];
    let _ = writeln!(text, "    metrics: [{}, {}],", quoted(&metrics[0]), quoted(&metrics[1]));
    text.push_str(")\n");
    text
}

/// Flat ground for a robot whose file describes no surroundings.
pub fn flat_ground() -> EnvironmentSpec {
    EnvironmentSpec {
        format: randori_core::spec::FORMAT,
        name: "flat".to_owned(),
        about: "Flat ground".to_owned(),
        materials: std::collections::BTreeMap::new(),
        ground: Some(GroundSpec { friction: 1.0, combine: CombineRule::Max, ..Default::default() }),
        objects: Vec::new(),
        zones: Vec::new(),
    }
}
