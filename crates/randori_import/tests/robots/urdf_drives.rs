//! Which joints of a URDF file get a drive, and which.

use crate::common::{import_urdf, read_back};
use randori_core::spec::Drive;
use randori_import::{Import, ImportStatus};

const BODY: &str = "<inertial><mass value=\"1\"/><inertia ixx=\"0.01\" iyy=\"0.01\" izz=\"0.01\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial>";

/// A base on which each of these joints (name, type and what it holds) carries a
/// link, and more elements.
fn robot(joints: &[(&str, &str, &str)], more: &str) -> Import {
    let joints = joints.iter().map(|(name, kind, inside)| {
        format!(
            "<link name=\"of_{name}\">{BODY}</link><joint name=\"{name}\" type=\"{kind}\">\
             <parent link=\"base\"/><child link=\"of_{name}\"/><axis xyz=\"0 1 0\"/>{inside}</joint>"
        )
    });
    let joints: String = joints.collect();
    import_urdf(&format!(
        "<robot name=\"r\"><link name=\"base\">{BODY}</link>{joints}{more}</robot>"
    ))
}

/// `joint: kind` of each drive.
fn drives(found: &Import) -> Vec<String> {
    let kind = |drive: Drive| match drive {
        Drive::Torque => "torque",
        Drive::Velocity { .. } => "velocity",
        Drive::Position { .. } => "position",
        _ => "impedance",
    };
    let actuators = read_back(found).actuators;
    actuators.iter().map(|it| format!("{}: {}", it.joint, kind(it.drive))).collect()
}

fn notes(found: &Import, part: &str) -> Vec<(ImportStatus, bool, String)> {
    let entries = found.report.entries.iter().filter(|entry| entry.what.contains(part));
    entries.map(|entry| (entry.kind, entry.is_doubtful, entry.what.clone())).collect()
}

const LIMITS: &str = "<limit lower=\"-1\" upper=\"1\" effort=\"5\" velocity=\"10\"/>";

fn transmission(joint: &str, interface: &str) -> String {
    format!(
        "<transmission name=\"t_{joint}\"><type>transmission_interface/SimpleTransmission</type>\
         <joint name=\"{joint}\"><hardwareInterface>{interface}</hardwareInterface></joint>\
         <actuator name=\"m\"><mechanicalReduction>50</mechanicalReduction></actuator></transmission>"
    )
}

#[test]
fn transmissions_say_which_joints_are_driven_and_how() {
    let more = [
        transmission("wheel", "hardware_interface/VelocityJointInterface"),
        transmission("arm", "PositionJointInterface"),
        transmission("hip", "hardware_interface/EffortJointInterface"),
        transmission("nowhere", "EffortJointInterface"),
        transmission("measured", "hardware_interface/JointStateInterface"),
    ];
    let joints = [
        ("wheel", "continuous", "<limit effort=\"5\" velocity=\"10\"/>"),
        ("caster", "continuous", ""),
        ("arm", "revolute", LIMITS),
        ("hip", "revolute", LIMITS),
        ("spring", "revolute", LIMITS),
        ("measured", "continuous", ""),
    ];

    let found = robot(&joints, &more.concat());

    assert_eq!(drives(&found), ["wheel: velocity", "arm: position", "hip: torque"]);
    let wheel = &read_back(&found).actuators[0];
    assert_eq!((wheel.limits.torque, wheel.limits.speed), (Some(5.0), Some(10.0)));
    // All of its torque at a twentieth of its speed.
    assert_eq!(wheel.drive, Drive::Velocity { gain: 10.0 });
    let passive = notes(&found, "has no drive");
    let doubtful: Vec<bool> = passive.iter().map(|note| note.1).collect();
    assert_eq!(doubtful, [false, true, false], "a joint with limits and effort may be driven");
    assert_eq!(notes(&found, "`nowhere`, which does not exist").len(), 1);
    assert_eq!(notes(&found, "the reduction 50").len(), 5);
}

#[test]
fn old_transmissions_name_joints_without_an_interface() {
    let found = robot(
        &[("a", "revolute", LIMITS), ("b", "revolute", LIMITS)],
        "<transmission type=\"pr2_mechanism_model/SimpleTransmission\" name=\"t\">\
         <actuator name=\"m\"/><joint name=\"a\"/></transmission>",
    );

    assert_eq!(drives(&found), ["a: position"]);
}

#[test]
fn ros2_control_says_it_too() {
    let joint = |name: &str, inside: &str| format!("<joint name=\"{name}\">{inside}</joint>");
    let command = |name: &str| format!("<command_interface name=\"{name}\"/>");
    let state = "<state_interface name=\"position\"><param name=\"initial_value\">0.5</param></state_interface>";
    let more = [
        joint("wheel", &command("velocity")),
        joint("arm", &(command("effort") + &command("position") + state)),
        joint("hip", &command("effort")),
        joint("caster", "<state_interface name=\"position\"/>"),
    ];
    let joints = [
        ("wheel", "continuous", ""),
        ("arm", "revolute", LIMITS),
        ("hip", "revolute", LIMITS),
        ("caster", "continuous", ""),
        ("other", "prismatic", LIMITS),
    ];

    let found =
        robot(&joints, &format!("<ros2_control name=\"c\">{}</ros2_control>", more.concat()));

    assert_eq!(drives(&found), ["wheel: velocity", "arm: position", "hip: torque"]);
    let initial = &read_back(&found).poses["initial"];
    assert_eq!(initial.get("arm").map(|value| value.si()), Some(0.5));
}

#[test]
fn plugins_of_gazebo_name_driven_wheels() {
    let plugin = "<gazebo><plugin name=\"drive\" filename=\"libgazebo_ros_diff_drive.so\">\
         <left_joint>left</left_joint><right_joint>right</right_joint></plugin>\
         <plugin name=\"states\" filename=\"libgazebo_ros_joint_state_publisher.so\">\
         <joint_name>back</joint_name></plugin></gazebo>";
    let joints = [
        ("left", "continuous", ""),
        ("right", "continuous", ""),
        ("back", "continuous", ""),
        ("arm", "revolute", LIMITS),
    ];

    let found = robot(&joints, plugin);

    assert_eq!(drives(&found), ["left: velocity", "right: velocity", "arm: position"]);

    let ackermann = "<gazebo><plugin name=\"gz::sim::systems::AckermannSteering\" filename=\"gz-sim-ackermann-steering-system\">\
         <left_joint>left</left_joint><left_steering_joint>arm</left_steering_joint></plugin></gazebo>";
    let found = robot(&joints, ackermann);

    assert_eq!(drives(&found), ["left: velocity", "arm: position"]);
}

#[test]
fn without_a_word_wheels_turn_and_joints_with_limits_hold() {
    let joints = [
        ("front", "continuous", ""),
        ("left_caster", "continuous", ""),
        ("dead", "continuous", "<limit effort=\"0\" velocity=\"0\"/>"),
        ("arm", "revolute", LIMITS),
        ("lift", "prismatic", LIMITS),
    ];

    let found = robot(&joints, "");

    assert_eq!(drives(&found), ["front: velocity", "arm: position", "lift: position"]);
    let guesses = notes(&found, "drive of joint `front`: velocity");
    assert_eq!(guesses.len(), 1);
    assert_eq!(guesses[0].0, ImportStatus::Guessed);
}

#[test]
fn a_joint_without_limits_inside_an_arm_is_no_wheel() {
    let link = |name: &str| format!("<link name=\"{name}\">{BODY}</link>");
    let joint = |name: &str, parent: &str, child: &str| {
        format!(
            "<joint name=\"{name}\" type=\"continuous\"><parent link=\"{parent}\"/><child link=\"{child}\"/></joint>"
        )
    };
    let found = import_urdf(&format!(
        "<robot name=\"r\">{}{}{}{}{}{}{}{}</robot>",
        link("base"),
        link("upper"),
        link("lower"),
        link("wheel"),
        joint("shoulder", "base", "upper"),
        joint("wrist", "upper", "lower"),
        joint("turn", "lower", "wheel"),
        link("rest").replace("rest", "tip") + &joint("j", "upper", "tip"),
    ));

    assert_eq!(
        drives(&found),
        ["shoulder: position", "wrist: position", "j: position", "turn: velocity"]
    );
}

#[test]
fn an_effort_of_zero_is_no_limit_and_said() {
    let zero = "<limit lower=\"-1\" upper=\"1\" effort=\"0\" velocity=\"0\"/>";

    let found = robot(&[("j", "revolute", zero)], "");

    let limits = read_back(&found).actuators[0].limits;
    assert_eq!((limits.torque, limits.speed), (None, None));
    assert_eq!(
        notes(&found, "effort and velocity of joint `j`"),
        [(
            ImportStatus::Guessed,
            true,
            "effort and velocity of joint `j` are 0: no limit".to_owned()
        )]
    );
    let negative = zero.replace("effort=\"0\"", "effort=\"-1\"");
    let found = robot(&[("j", "revolute", &negative)], "");
    assert_eq!(notes(&found, "effort of joint `j` is negative: no limit").len(), 1);
}

#[test]
fn infinite_limits_are_none_and_said_once() {
    for infinite in ["inf", "1e308", "3.4e38", "1e16"] {
        let limit = format!(
            "<limit lower=\"-{infinite}\" upper=\"{infinite}\" effort=\"{infinite}\" velocity=\"{infinite}\"/>"
        );

        let found = robot(&[("j", "revolute", &limit)], "");

        let robot = read_back(&found);
        assert_eq!(robot.joints[0].kind.limits_si(), None, "{infinite}");
        assert_eq!(drives(&found), ["j: position"], "it is no wheel");
        assert_eq!(robot.actuators[0].limits.torque, None);
        let notes = notes(&found, "of joint `j`").len();
        assert_eq!(notes, 2, "one about the limits, one about the drive");
    }
    let half = robot(&[("j", "prismatic", "<limit lower=\"0\" upper=\"inf\"/>")], "");
    assert_eq!(read_back(&half).joints[0].kind.limits_si(), Some((0.0, 1e6)));
}

#[test]
fn limits_that_go_backwards_are_none_and_said() {
    let found = robot(&[("j", "revolute", "<limit lower=\"1\" upper=\"-1\"/>")], "");

    assert_eq!(read_back(&found).joints[0].kind.limits_si(), None);
    assert!(notes(&found, "go from 1 down to -1")[0].1);
}

/// A leader `j` and a follower `k` with these limits.
fn pair(limits: &str, mimic: &str) -> Import {
    let follower = format!("<limit {limits} effort=\"1\" velocity=\"1\"/><mimic {mimic}/>");
    robot(&[("j", "revolute", LIMITS), ("k", "revolute", &follower)], "")
}

#[test]
fn a_follower_with_narrower_limits_narrows_the_command() {
    let found = pair("lower=\"0\" upper=\"0.5\"", "joint=\"j\" multiplier=\"-1\"");

    assert_eq!(read_back(&found).actuators[0].limits.command, Some((-0.5, 0.0)));
    assert_eq!(notes(&found, "joint `j` can move over [-0.5, 0] only").len(), 1);

    let found = pair("lower=\"-2\" upper=\"2\"", "joint=\"j\" multiplier=\"2\"");
    assert_eq!(read_back(&found).actuators[0].limits.command, Some((-1.0, 1.0)));
    assert_eq!(notes(&found, "can move over").len(), 0);
}

#[test]
fn followers_start_where_their_leaders_put_them() {
    let found = pair("lower=\"0.25\" upper=\"2\"", "joint=\"j\" multiplier=\"0.5\"");

    let initial = &read_back(&found).poses["initial"];

    assert_eq!(initial.get("j").map(|it| it.si()), Some(0.5));
    assert_eq!(initial.get("k").map(|it| it.si()), Some(0.25));
}

#[test]
fn mimics_of_nothing_of_themselves_and_in_rings_are_dropped() {
    for mimic in ["joint=\"k\"", "joint=\"nowhere\"", ""] {
        let found = pair("lower=\"-1\" upper=\"1\"", mimic);

        assert!(read_back(&found).couplings.is_empty(), "{mimic}");
        assert!(notes(&found, "it moves independently")[0].1, "{mimic}");
        assert_eq!(drives(&found), ["j: position", "k: position"]);
    }
    let ring = |joint: &str| format!("{LIMITS}<mimic joint=\"{joint}\"/>");
    let (to_b, to_a) = (ring("b"), ring("a"));
    let found =
        robot(&[("a", "revolute", &to_b), ("b", "revolute", &to_a), ("c", "revolute", &to_a)], "");
    let couplings = read_back(&found).couplings;
    assert_eq!(couplings.len(), 1);
    assert_eq!((couplings[0].follower.as_str(), couplings[0].leader.as_str()), ("c", "a"));
}

#[test]
fn a_chain_of_mimics_follows_its_first_joint() {
    let mimic =
        |joint: &str| format!("{LIMITS}<mimic joint=\"{joint}\" multiplier=\"2\" offset=\"0.1\"/>");
    let (to_a, to_b) = (mimic("a"), mimic("b"));

    let found =
        robot(&[("a", "revolute", LIMITS), ("b", "revolute", &to_a), ("c", "revolute", &to_b)], "");

    let couplings = read_back(&found).couplings;
    let last = &couplings[1];
    assert_eq!((last.follower.as_str(), last.leader.as_str()), ("c", "a"));
    assert_eq!((last.ratio, last.offset), (4.0, 0.3));
}

#[test]
fn a_mimic_of_factor_zero_is_fixed() {
    let found = pair("lower=\"-1\" upper=\"1\"", "joint=\"j\" multiplier=\"0\" offset=\"0.5\"");

    let robot = read_back(&found);

    assert_eq!(robot.joints[1].kind, randori_core::spec::JointKind::Fixed);
    assert!(robot.joints[1].pose.quat.is_some_and(|turn| (turn[1] - libm::sin(0.25)).abs() < 1e-9));
}
