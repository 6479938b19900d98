//! Actuators, couplings and passive forces of joints of MJCF files. Numbers without
//! another source are those of `MuJoCo` 4.0.0.

use crate::common::{import_mjcf, read_back};
use randori_core::spec::{Coordinate, CouplingSpec, Drive, RobotSpec};
use randori_import::{Import, ImportStatus};

/// A file with a free body that holds `inside`, and more sections.
fn text(inside: &str, more: &str) -> String {
    format!(
        "<mujoco model=\"test bot\"><compiler angle=\"radian\"/><worldbody>
           <body name=\"a\"><freejoint/><geom name=\"hull\" type=\"box\" size=\"0.1 0.2 0.3\"/>{inside}</body>
         </worldbody>{more}</mujoco>"
    )
}

fn imported(inside: &str, more: &str) -> (RobotSpec, Import) {
    let found = import_mjcf(&text(inside, more));
    (read_back(&found), found)
}

fn robot(inside: &str, more: &str) -> RobotSpec {
    imported(inside, more).0
}

/// Two joints, one behind the other, of a robot that moves freely.
const LIMBS: &str = "<body name=\"b\" pos=\"0 0 .4\"><joint name=\"j\" axis=\"0 1 0\"/><geom size=\"0.1\" pos=\"0.3 0 0\"/>
    <body name=\"c\" pos=\"0.5 0 0\"><joint name=\"k\" axis=\"0 1 0\"/><geom size=\"0.08\" pos=\"0.2 0.1 0\"/></body></body>";

/// Two fingers on slides.
const FINGERS: &str = "<body name=\"l\"><joint name=\"f1\" type=\"slide\" axis=\"1 0 0\" range=\"0 .04\"/><geom size=\"0.01\"/></body>
    <body name=\"r\"><joint name=\"f2\" type=\"slide\" axis=\"-1 0 0\" range=\"0 .04\"/><geom size=\"0.01\"/></body>";

const SPLIT: &str = "<tendon><fixed name=\"split\"><joint joint=\"f1\" coef=\"0.5\"/>
    <joint joint=\"f2\" coef=\"0.5\"/></fixed></tendon>";

fn near(value: f64, wanted: f64) -> bool {
    (value - wanted).abs() <= 1e-9 * wanted.abs()
}

fn damping(drive: Drive) -> f64 {
    match drive {
        Drive::Position { kd, .. } => kd,
        other => panic!("no position drive: {other:?}"),
    }
}

#[test]
fn a_damping_ratio_is_one_of_the_mass_that_the_joint_moves_in_the_free_robot() {
    let inside = "<body name=\"b\"><joint name=\"j\" armature=\"0.5\"/>
        <inertial pos=\"0 0 0\" mass=\"1\" diaginertia=\"1 1 1.5\"/></body>";
    let more = "<actuator><position joint=\"j\" kp=\"8\" dampratio=\"0.5\"/></actuator>";

    let drive = robot(inside, more).actuators[0].drive;

    assert!(near(damping(drive), 2.859_005_603_961), "{drive:?}");
}

#[test]
fn a_damping_ratio_goes_through_gear_tendon_and_armature_of_the_tendon() {
    let more = "<tendon><fixed name=\"t\" armature=\"0.02\"><joint joint=\"j\" coef=\"0.5\"/>
        <joint joint=\"k\" coef=\"-2\"/></fixed></tendon><equality><joint joint1=\"k\" joint2=\"j\"/></equality>
        <actuator><position tendon=\"t\" kp=\"50\" dampratio=\"0.7\" gear=\"3\"/></actuator>";

    let actuator = robot(LIMBS, more).actuators[0].clone();

    // The joints are coupled 1 : 1, so length is 3 (0.5 - 2) times `j`.
    assert_eq!(actuator.joint, "j");
    assert!(near(damping(actuator.drive), 0.531_115_806_962_8 * 4.5 * 4.5), "{actuator:?}");
}

#[test]
fn parameters_of_other_kinds_in_the_defaults_count_for_an_actuator() {
    let inside = "<body name=\"b\"><joint name=\"j\"/><geom size=\"0.1\" pos=\"0.3 0 0\"/></body>";
    let of = |more: &str| robot(inside, more).actuators[0].drive;

    let general = of("<default><position kp=\"5\" dampratio=\"1\"/></default>
        <actuator><general joint=\"j\"/></actuator>");
    assert!(near(damping(general), 2.235_754_561_576), "{general:?}");
    let servo =
        "<default><general gainprm=\"100\" biastype=\"affine\" biasprm=\"0 -100 -10\"/></default>";
    let position = of(&format!("{servo}<actuator><position joint=\"j\" kp=\"5\"/></actuator>"));
    assert_eq!(position, Drive::Position { kp: 5.0, kd: 10.0 });
    assert_eq!(of(&format!("{servo}<actuator><motor joint=\"j\"/></actuator>")), Drive::Torque);
}

#[test]
fn a_spring_damper_is_one_of_the_mass_that_the_joint_moves() {
    let hinge = LIMBS.replace("name=\"k\"", "name=\"k\" springdamper=\"0.1 0.8\"");
    let ball = "<body name=\"b\"><joint name=\"j\" type=\"ball\" springdamper=\"0.1 0.8\"/>
        <geom size=\"0.1\" pos=\"0.3 0 0\"/></body>";

    let joint = robot(&hinge, "").joints[1].clone();
    let spring = joint.spring.expect("a spring");
    assert!(near(spring.stiffness, 4.108_209_097_91) && near(joint.damping, 0.525_850_764_533));
    assert!(near(robot(ball, "").joints[0].damping, 0.888_347_773_445));
}

#[test]
fn a_tendon_over_coupled_joints_drives_the_leading_one() {
    let more = format!(
        "{SPLIT}<equality><joint joint1=\"f1\" joint2=\"f2\"/></equality>
         <actuator><general name=\"grip\" tendon=\"split\" gainprm=\"100\" biastype=\"affine\"
           biasprm=\"0 -100 -10\" ctrlrange=\"0 .04\" forcerange=\"-60 60\"/></actuator>"
    );

    let robot = robot(FINGERS, &more);

    let [grip] = &robot.actuators[..] else { panic!("one actuator: {:?}", robot.actuators) };
    assert_eq!((grip.name.as_str(), grip.joint.as_str()), ("grip", "f2"));
    assert_eq!(grip.drive, Drive::Position { kp: 100.0, kd: 10.0 });
    assert_eq!((grip.limits.torque, grip.limits.command), (Some(60.0), Some((0.0, 0.04))));
}

#[test]
fn ratio_offset_and_constant_force_of_a_coupled_tendon_go_into_the_command() {
    let more = "<tendon><fixed name=\"t\"><joint joint=\"f1\"/><joint joint=\"f2\" coef=\"3\"/></fixed></tendon>
        <equality><joint joint1=\"f1\" joint2=\"f2\" polycoef=\"0.01 -2 0 0 0\"/></equality>
        <actuator><general tendon=\"t\" gainprm=\"2\" biastype=\"affine\" biasprm=\"5 -40 -4\" gear=\"10\"
          ctrlrange=\"0 1\"/></actuator>";

    let actuator = robot(&FINGERS.replace("range=\"0 .04\"", ""), more).actuators[0].clone();

    // length = 10 (f1 + 3 f2) = 10 f2 + 0.1; force = 2 u + 5 - 40 length.
    assert_eq!(actuator.drive, Drive::Position { kp: 4000.0, kd: 400.0 });
    let (at_zero, at_one) = ((5.0 - 4.0) * 10.0 / 4000.0, (2.0 + 5.0 - 4.0) * 10.0 / 4000.0);
    assert_eq!(actuator.limits.command, Some((at_zero, at_one)));
}

#[test]
fn a_chain_of_couplings_leads_to_its_first_joint() {
    let inside = "<body name=\"x\"><joint name=\"a0\"/><geom size=\"0.1\"/></body><body name=\"y\"><joint name=\"a1\"/><geom size=\"0.1\"/></body>
        <body name=\"z\"><joint name=\"a2\"/><geom size=\"0.1\"/></body>";
    let more = "<tendon><fixed name=\"t\"><joint joint=\"a0\"/><joint joint=\"a1\"/><joint joint=\"a2\"/></fixed></tendon>
        <equality><joint joint1=\"a0\" joint2=\"a1\"/><joint joint1=\"a1\" joint2=\"a2\" polycoef=\"0 2 0 0 0\"/></equality>
        <actuator><motor tendon=\"t\" ctrlrange=\"-1 1\"/></actuator>";

    let actuator = robot(inside, more).actuators[0].clone();

    // a0 = a1 = 2 a2, so a torque of 1 on each is 2 + 2 + 1 on `a2`.
    assert_eq!((actuator.joint.as_str(), actuator.drive), ("a2", Drive::Torque));
    assert_eq!(actuator.limits.command, Some((-5.0, 5.0)));
}

#[test]
fn joints_that_nothing_couples_get_an_actuator_each() {
    let more = format!(
        "{SPLIT}<actuator><position name=\"grip\" tendon=\"split\" kp=\"40\" kv=\"4\"/></actuator>"
    );

    let (robot, found) = imported(FINGERS, &more);

    // Together they move as the tendon does: half of 2 (0.5^2 + 0.5^2) 40 each.
    let all: Vec<(&str, &str, Drive)> = robot
        .actuators
        .iter()
        .map(|one| (one.name.as_str(), one.joint.as_str(), one.drive))
        .collect();
    let drive = Drive::Position { kp: 20.0, kd: 2.0 };
    assert_eq!(all, [("grip_f1", "f1", drive), ("grip_f2", "f2", drive)]);
    let note = found.report.entries.iter().find(|entry| entry.is_doubtful).expect("a doubt");
    assert!(note.what.contains("`f1`, `f2`, which are independent"), "{}", note.what);
}

#[test]
fn a_joint_that_two_equalities_name_follows_once() {
    let inside = "<body name=\"x\"><joint name=\"a0\"/><geom size=\"0.1\"/></body><body name=\"y\"><joint name=\"a1\"/><geom size=\"0.1\"/></body>
        <body name=\"z\"><joint name=\"a2\"/><geom size=\"0.1\"/></body>";
    let more = "<equality><joint joint1=\"a0\" joint2=\"a1\" polycoef=\"0.1 2 0 0 0\"/>
        <joint joint1=\"a0\" joint2=\"a2\" polycoef=\"0.3 -4 0 0 0\"/>
        <joint joint1=\"a2\" joint2=\"a1\" polycoef=\"9 9 0 0 0\"/></equality>";

    let (robot, found) = imported(inside, more);

    // a0 = 0.1 + 2 a1 = 0.3 - 4 a2, so a1 = 0.1 - 2 a2.
    let coupling = |follower: &str, leader: &str, ratio: f64, offset: f64| CouplingSpec {
        follower: follower.to_owned(),
        leader: leader.to_owned(),
        ratio,
        offset,
    };
    assert_eq!(robot.couplings, [coupling("a0", "a1", 2.0, 0.1), coupling("a1", "a2", -2.0, 0.1)]);
    let lines: Vec<&str> = found.report.entries.iter().map(|entry| entry.what.as_str()).collect();
    assert!(
        lines.contains(&"an equality of `a2` and `a1`, which are already coupled"),
        "{lines:?}"
    );
}

#[test]
fn equalities_of_tendons_couple_the_joints_that_they_run_over() {
    let more = "<tendon><fixed name=\"one\"><joint joint=\"f1\" coef=\"2\"/></fixed>
        <fixed name=\"two\"><joint joint=\"f2\" coef=\"3\"/></fixed></tendon>
        <equality><tendon tendon1=\"one\" tendon2=\"two\" polycoef=\"0.06 4 0 0 0\"/></equality>";

    let coupling = robot(FINGERS, more).couplings[0].clone();

    assert_eq!((coupling.follower.as_str(), coupling.ratio, coupling.offset), ("f1", 6.0, 0.03));
}

#[test]
fn limits_of_a_follower_narrow_the_commands_of_its_leader() {
    let inside = "<body name=\"x\"><joint name=\"j\" range=\"-1 1\"/><geom size=\"0.1\"/></body>
        <body name=\"y\"><joint name=\"k\" range=\"0 0.5\"/><geom size=\"0.1\"/></body>";
    let more = "<equality><joint joint1=\"k\" joint2=\"j\" polycoef=\"0 -1 0 0 0\"/></equality>
        <actuator><position joint=\"j\" kp=\"5\" inheritrange=\"1\"/></actuator>";

    let (robot, found) = imported(inside, more);

    assert_eq!(robot.actuators[0].limits.command, Some((-0.5, 0.0)));
    let told = "joint `j` can move over [-0.5, 0] only: the limits of `k`";
    assert!(found.report.entries.iter().any(|entry| entry.what.starts_with(told)));
}

#[test]
fn what_a_tendon_does_by_itself_acts_on_the_joint_that_moves_it() {
    let more = "<tendon><fixed name=\"t\" stiffness=\"10\" springlength=\"0.03\" damping=\"2\" frictionloss=\"0.5\"
        armature=\"0.1\" range=\"0 0.06\"><joint joint=\"f1\" coef=\"2\"/></fixed></tendon>";

    let joint = robot(FINGERS, more).joints[0].clone();

    assert_eq!((joint.damping, joint.friction, joint.armature), (8.0, 1.0, 0.4));
    let spring = joint.spring.expect("a spring");
    assert_eq!((spring.stiffness, spring.rest), (40.0, Coordinate::M(0.015)));
    assert_eq!(joint.kind.limits_si(), Some((0.0, 0.03)));
}

#[test]
fn armature_and_damping_of_an_actuator_are_those_of_its_joint() {
    let more =
        "<actuator><motor joint=\"j\" gear=\"4\" armature=\"0.01\" damping=\"0.02\"/></actuator>";

    let joint = robot(LIMBS, more).joints[0].clone();

    assert_eq!((joint.armature, joint.damping), (0.16, 0.32));
}

#[test]
fn infinite_ends_of_ranges_are_no_limits() {
    let inside = "<body name=\"x\"><joint name=\"j\" range=\"-inf inf\" actuatorfrcrange=\"-inf inf\"/><geom size=\"0.1\"/></body>
        <body name=\"y\"><joint name=\"k\" range=\"-1 inf\"/><geom size=\"0.1\"/></body>";
    let more = "<actuator><position joint=\"j\" ctrlrange=\"-inf inf\" forcerange=\"-1e300 1e300\"/></actuator>";

    let robot = robot(inside, more);

    assert_eq!(robot.joints[0].kind.limits_si(), None);
    let limits = robot.joints[1].kind.limits_si();
    assert!(limits.is_some_and(|(lower, upper)| lower == -1.0 && upper >= 1e5), "{limits:?}");
    assert_eq!((robot.actuators[0].limits.torque, robot.actuators[0].limits.command), (None, None));
}

#[test]
fn ranges_that_do_not_increase_limit_only_where_limits_are_wanted() {
    let of = |joint: &str| {
        format!("<body name=\"x\"><joint name=\"j\" {joint}/><geom size=\"0.1\"/></body>")
    };

    let (robot, found) = imported(&of("range=\"1 1\""), "");

    assert_eq!(robot.joints[0].kind.limits_si(), None);
    let told =
        |entry: &randori_import::Entry| entry.kind == ImportStatus::Dropped && entry.is_doubtful;
    assert!(found.report.entries.iter().any(told));
}

#[test]
fn an_integrated_velocity_keeps_its_ranges_as_those_of_position_and_rate() {
    let more = "<actuator><intvelocity joint=\"j\" kp=\"7\" kv=\"1\" actrange=\"-2 2\" ctrlrange=\"-0.5 0.5\"/></actuator>";

    let limits = robot(LIMBS, more).actuators[0].limits;

    assert_eq!((limits.command, limits.rate), (Some((-2.0, 2.0)), Some(0.5)));
}

#[test]
fn actuators_that_no_drive_expresses_are_dropped_with_what_to_do() {
    let more = "<actuator><damper joint=\"j\" kv=\"3\" ctrlrange=\"0 1\"/><muscle joint=\"j\"/>
        <adhesion body=\"b\" gain=\"3\" ctrlrange=\"0 1\"/>
        <dcmotor joint=\"j\" motorconst=\"0.1 0.1\" resistance=\"2\"/></actuator>";

    let (robot, found) = imported(LIMBS, more);

    assert!(robot.actuators.is_empty());
    let dropped: Vec<(&str, bool)> = found
        .report
        .entries
        .iter()
        .filter(|entry| entry.element.starts_with("actuator"))
        .map(|entry| (entry.what.as_str(), entry.is_doubtful && entry.advice.is_some()))
        .collect();
    assert_eq!(
        dropped,
        [
            ("a damper, whose control is a damping", true),
            ("a muscle, whose force depends on its length and activation", true),
            ("an adhesion actuator", true),
            ("a DC motor, whose control is a voltage", true),
        ]
    );
}

#[test]
fn a_servo_of_position_and_velocity_set_points_takes_both() {
    let more = "<actuator><pid joint=\"j\" kp=\"3\" kv=\"2\" gear=\"2\"/></actuator>
        <keyframe><key name=\"home\" qpos=\"0 0 0 1 0 0 0 0 0\" ctrl=\"0.5 7\"/></keyframe>";

    let (robot, found) = imported(LIMBS, more);

    assert_eq!(robot.actuators[0].drive, Drive::Impedance { kp: 12.0, kd: 8.0 });
    assert_eq!(found.configurations[0].commands["j"], [0.25, 3.5, 0.0]);
}
