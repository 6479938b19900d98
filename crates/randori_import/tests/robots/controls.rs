//! What `ctrl` of keyframes becomes. Forces are `qfrc_actuator` of `MuJoCo` 4.0.0
//! in the first keyframe of `controls.xml`.

use std::path::Path;

use crate::common::{Disk, import, import_mjcf, mjcf, read_back};
use randori_core::spec::{ActuatorSpec, Drive, RobotSpec};
use randori_import::{Import, ImportStatus, InitialConfiguration};

fn fixture() -> Import {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mjcf");
    let (found, _) = import(&Disk(folder), &mjcf("controls.xml"));
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    found
}

/// The torque (N m) or force (N) of an actuator at the start, where nothing moves.
fn effort(robot: &RobotSpec, configuration: &InitialConfiguration, actuator: &ActuatorSpec) -> f64 {
    let pose = &robot.poses[&configuration.name];
    let at = pose.get(&actuator.joint).map_or(0.0, |coordinate| coordinate.si());
    let held = match actuator.drive {
        Drive::Torque | Drive::Velocity { .. } => vec![0.0],
        Drive::Position { .. } => vec![at],
        _ => vec![at, 0.0, 0.0],
    };
    let command = configuration.commands.get(&actuator.name).unwrap_or(&held);
    match actuator.drive {
        Drive::Torque => command[0],
        Drive::Velocity { gain } => gain * command[0],
        Drive::Position { kp, .. } => kp * (command[0] - at),
        Drive::Impedance { kp, kd } => kp * (command[0] - at) + kd * command[1] + command[2],
        Drive::DcMotor { .. } => panic!("an import gives no DC motor"),
    }
}

/// The lines of the report about `ctrl`, by status.
fn told(found: &Import, status: ImportStatus) -> Vec<&str> {
    let entries = found.report.entries.iter().filter(|entry| entry.kind == status);
    entries.map(|entry| entry.what.as_str()).filter(|what| what.starts_with("`ctrl`")).collect()
}

/// A robot bolted to the world with two joints, and more sections.
fn arm(more: &str) -> Import {
    import_mjcf(&format!(
        "<mujoco model=\"arm\"><worldbody><body name=\"a\" pos=\"0 0 1\"><joint name=\"j\" axis=\"0 1 0\"/>
           <geom size=\".1\"/><body name=\"b\" pos=\".3 0 0\"><joint name=\"k\" axis=\"0 1 0\"/>
           <geom size=\".1\"/></body></body></worldbody>{more}</mujoco>"
    ))
}

fn policy(found: &Import) -> String {
    let text = randori_import::scenario_text(found, "assets:r.ron", "assets:e.ron");
    let first = text.find("Builtin(").expect("a built-in policy");
    let last = text.find(", rate_hz:").expect("the rate of the policy");
    text[first..last].to_owned()
}

#[test]
fn actuators_exert_at_the_start_what_they_exert_in_mujoco() {
    let found = fixture();
    let robot = read_back(&found);
    let configuration = &found.configurations[0];

    let wanted = [
        ("servo", 54.831_853_071_795_86),
        ("geared", 8.0),
        ("affine", 10.35),
        ("wheel", 1.8),
        ("motor", 14.0),
        ("pair", 5.16),
        ("braked", 2.9),
        ("full", 2.0),
        ("spun", -1.8),
        // At its leader, which moves both fingers.
        ("left", 2.0),
        ("still", 0.0),
    ];
    for (joint, wanted) in wanted {
        let actuator = robot.actuators.iter().find(|actuator| actuator.joint == joint);
        let effort = effort(&robot, configuration, actuator.expect(joint));
        assert!((effort - wanted).abs() < 1e-7, "{joint}: {effort}, MuJoCo: {wanted}");
    }
}

#[test]
fn joints_that_a_tendon_moves_together_are_commanded_to_its_length() {
    let configuration = &fixture().configurations[0];

    let [one, other] = ["both_one", "both_other"].map(|name| configuration.commands[name][0]);

    assert!((one - 2.0 * other - 0.2).abs() < 1e-9, "{one} {other}");
}

#[test]
fn the_report_says_what_became_of_each_control() {
    let found = fixture();

    let (beyond, kept): (Vec<_>, Vec<_>) = told(&found, ImportStatus::Kept)
        .into_iter()
        .partition(|what| what.contains("beyond its range"));
    assert_eq!(beyond.len(), 5, "{beyond:?}");
    assert_eq!(
        beyond[1],
        "`ctrl` -1.7 of actuator `geared`, beyond its range: clamped to -1, as in MuJoCo"
    );
    assert_eq!(
        kept,
        [
            "`ctrl` of pose `work`: commands of 12 actuators in the scenario, which do not just \
             hold it",
            "`ctrl` of pose `rest`: equal to the commands of `hold`",
        ]
    );
    assert_eq!(
        told(&found, ImportStatus::Dropped),
        [
            "`ctrl` of actuators that are dropped: `cart`, `sore`",
            "`ctrl` of actuators that integrate a velocity: replaced by holding the position: `drift`",
        ]
    );
}

#[test]
fn a_robot_beside_others_gets_its_own_commands() {
    let beside = "<body name=\"lift\" pos=\"3 0 0\"><joint name=\"z\" type=\"slide\" axis=\"0 0 1\"/><geom size=\".1\"/></body>";
    let two = "<body name=\"a\"><joint name=\"j\"/><geom size=\".1\"/><body name=\"b\"><joint name=\"k\"/><geom size=\".1\"/></body></body>";
    let found = import_mjcf(&format!(
        "<mujoco><worldbody>{beside}{two}</worldbody><actuator><position name=\"z\" joint=\"z\" kp=\"9\"/>
           <velocity name=\"j\" joint=\"j\"/><velocity name=\"k\" joint=\"k\"/></actuator>
         <keyframe><key qpos=\"0 0 0\" ctrl=\"7 1.5 -2.5\"/></keyframe></mujoco>"
    ));

    let commands = &found.configurations[0].commands;

    assert_eq!((&commands["j"], &commands["k"]), (&vec![1.5], &vec![-2.5]));
}

#[test]
fn a_scenario_gives_only_the_commands_that_do_not_hold_its_pose() {
    let actuators = "<actuator><position name=\"hold\" joint=\"j\" kp=\"5\"/><velocity name=\"turn\" joint=\"k\" gear=\"2\"/></actuator>";
    let key = |ctrl: &str| {
        arm(&format!("{actuators}<keyframe><key name=\"p\" qpos=\"0.25 0\" {ctrl}/></keyframe>"))
    };

    assert_eq!(policy(&key("")), "Builtin(name: \"hold\")");
    let held = key("ctrl=\"0.25 0\"");
    assert_eq!(policy(&held), "Builtin(name: \"hold\")");
    assert_eq!(
        told(&held, ImportStatus::Kept),
        ["`ctrl` of pose `p`: equal to the commands of `hold`"]
    );
    assert_eq!(
        policy(&key("ctrl=\"0.25 3\"")),
        "Builtin(name: \"scripted\", params: {\"steps\": [(at: 0.0, command: {\"turn\": 1.5})]})"
    );
    assert!(policy(&key("ctrl=\"0 0\"")).contains("{\"hold\": 0.0}"));
}

#[test]
fn a_drive_with_several_inputs_gets_one_number_or_a_list() {
    let servo = |ctrl: &str| {
        arm(&format!(
            "<actuator><pid name=\"s\" joint=\"j\" kp=\"3\" kv=\"2\"/></actuator>
             <keyframe><key qpos=\"0 0\" ctrl=\"{ctrl}\"/></keyframe>"
        ))
    };

    assert!(policy(&servo("0.5 0")).contains("{\"s\": 0.5}"));
    assert!(policy(&servo("0.5 -2")).contains("{\"s\": [0.5, -2.0, 0.0]}"));
}

#[test]
fn the_scenario_starts_in_the_first_keyframe_with_the_commands_of_that_one() {
    let found = arm(
        "<actuator><motor name=\"m\" joint=\"j\"/></actuator><keyframe><key name=\"p\" qpos=\"0 0\"/>
           <key name=\"q\" qpos=\"0 0\" ctrl=\"2\"/></keyframe>",
    );

    assert_eq!(policy(&found), "Builtin(name: \"hold\")");
    assert_eq!(found.configurations[1].commands["m"], [2.0]);
    assert_eq!(
        told(&found, ImportStatus::Dropped),
        ["`ctrl` of pose `q`: the scenario starts in pose `p`"]
    );
}
