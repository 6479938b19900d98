//! What URDF files become.

use crate::common::{import_urdf, read_back};
use randori_core::spec::{Base, Drive, JointKind, RobotSpec};
use randori_import::ImportStatus;

const BODY: &str = "<inertial><mass value=\"2\"/><inertia ixx=\"1\" iyy=\"2\" izz=\"2.5\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial>";

fn arm(joint: &str) -> RobotSpec {
    read_back(&import_urdf(&format!(
        "<robot name=\"arm\"><link name=\"world\"/><link name=\"base\">{BODY}</link><link name=\"tip\">{BODY}</link>
           <joint name=\"mount\" type=\"fixed\"><parent link=\"world\"/><child link=\"base\"/><origin xyz=\"0 0 1\"/></joint>
           <joint name=\"j\" {joint}</joint></robot>"
    )))
}

const ENDS: &str = "<parent link=\"base\"/><child link=\"tip\"/>";

#[test]
fn a_link_called_world_bolts_the_base_to_the_world() {
    let robot =
        arm(&format!("type=\"continuous\">{ENDS}<origin xyz=\"1 0 0\"/><axis xyz=\"0 0 2\"/>"));

    assert_eq!(robot.base, Base::Fixed { link: "world".to_owned() });
    assert_eq!(robot.joints[0].kind, JointKind::Fixed);
    assert_eq!(
        (robot.joints[1].kind, robot.joints[1].pose.xyz),
        (JointKind::Continuous, [1.0, 0.0, 0.0])
    );
}

#[test]
fn limits_of_effort_and_speed_reach_the_drive() {
    let robot = arm(&format!(
        "type=\"revolute\">{ENDS}<limit lower=\"-1\" upper=\"2\" effort=\"50\" velocity=\"3\"/><dynamics damping=\"0.5\" friction=\"0.1\"/>"
    ));

    let joint = &robot.joints[1];
    assert_eq!(
        (joint.kind.limits_si(), joint.damping, joint.friction),
        (Some((-1.0, 2.0)), 0.5, 0.1)
    );
    let limits = robot.actuators[0].limits;
    assert_eq!(
        (limits.torque, limits.speed, limits.command),
        (Some(50.0), Some(3.0), Some((-1.0, 2.0)))
    );
    assert!(
        matches!(robot.actuators[0].drive, Drive::Position { kp, kd } if kp >= 200.0 && kd > 0.0)
    );
}

#[test]
fn guesses_are_reported() {
    let text = format!("<robot name=\"r\"><link name=\"a\">{BODY}</link><link name=\"b\"/>
        <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint></robot>");

    let found = import_urdf(&text);

    let guesses: Vec<&str> = found
        .report
        .entries
        .iter()
        .filter(|entry| entry.kind == ImportStatus::Guessed)
        .map(|entry| entry.what.split(':').next().unwrap_or_default())
        .collect();
    assert_eq!(
        guesses,
        [
            "the base `a` is fixed to the world",
            "link `b` has no mass",
            "links of the robot do not collide with each other",
            "drive of joint `j`"
        ]
    );
}

#[test]
fn frames_without_mass_become_parts_of_their_neighbours() {
    let found = import_urdf(&format!(
        "<robot name=\"r\"><link name=\"base_footprint\"/><link name=\"base\">{BODY}</link>
           <link name=\"pad\"><collision><geometry><sphere radius=\"0.1\"/></geometry></collision></link>
           <joint name=\"f\" type=\"fixed\"><parent link=\"base_footprint\"/><child link=\"base\"/></joint>
           <joint name=\"p\" type=\"fixed\"><parent link=\"base\"/><child link=\"pad\"/><origin xyz=\"0 0 -0.5\"/></joint></robot>"
    ));

    let robot = read_back(&found);

    assert_eq!(robot.base, Base::Floating { link: "base".to_owned() });
    assert_eq!((robot.links.len(), robot.joints.len()), (1, 0));
    assert_eq!(robot.links[0].shapes[0].pose.xyz, [0.0, 0.0, -0.5]);
    assert_eq!(found.configurations[0].base.xyz, [0.0, 0.0, 0.601]);
}

#[test]
fn mimics_become_couplings_and_planar_joints_chains() {
    let found = import_urdf(&format!(
        "<robot name=\"r\"><link name=\"a\">{BODY}</link><link name=\"b\">{BODY}</link><link name=\"c\">{BODY}</link><link name=\"d\">{BODY}</link>
           <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint>
           <joint name=\"k\" type=\"continuous\"><parent link=\"a\"/><child link=\"c\"/><mimic joint=\"j\" multiplier=\"-2\" offset=\"0.5\"/></joint>
           <joint name=\"p\" type=\"planar\"><parent link=\"c\"/><child link=\"d\"/><axis xyz=\"0 0 1\"/></joint></robot>"
    ));

    let robot = read_back(&found);

    let pair = &robot.couplings[0];
    assert_eq!(
        (pair.follower.as_str(), pair.leader.as_str(), pair.ratio, pair.offset),
        ("k", "j", -2.0, 0.5)
    );
    assert!(!robot.actuators.iter().any(|actuator| actuator.joint == "k"));
    let names: Vec<&str> = robot.joints.iter().map(|joint| joint.name.as_str()).collect();
    assert_eq!(names, ["j", "k", "p_x", "p_y", "p_turn"]);
}

#[test]
fn inertia_turns_with_its_origin() {
    let robot = read_back(&import_urdf(
        "<robot name=\"r\"><link name=\"a\"><inertial><origin rpy=\"0 0 1.5707963267948966\"/><mass value=\"1\"/>
           <inertia ixx=\"1\" iyy=\"2\" izz=\"2.5\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link></robot>",
    ));

    let randori_core::spec::InertiaSpec::Moments { ixx, iyy, .. } = robot.links[0].inertia else {
        panic!("moments");
    };
    assert!((ixx - 2.0).abs() < 1e-9 && (iyy - 1.0).abs() < 1e-9, "{ixx} {iyy}");
}

#[test]
fn limbs_of_a_trunk_that_is_fixed_to_the_root_count_as_those_of_the_root() {
    let link = |name: &str| format!("<link name=\"{name}\">{BODY}</link>");
    let leg = |name: &str| {
        format!(
            "<joint name=\"to_{name}\" type=\"continuous\"><parent link=\"trunk\"/><child link=\"{name}\"/></joint>"
        )
    };
    let robot = read_back(&import_urdf(&format!(
        "<robot name=\"dog\">{}{}{}{}{}{}<joint name=\"weld\" type=\"fixed\">\
         <parent link=\"root\"/><child link=\"trunk\"/></joint></robot>",
        link("root"),
        link("trunk"),
        link("left"),
        link("right"),
        leg("left"),
        leg("right")
    )));

    assert_eq!(robot.base, Base::Floating { link: "root".to_owned() });
}

#[test]
fn what_is_fixed_follows_nothing() {
    let text = format!(
        "<robot name=\"r\"><link name=\"a\">{BODY}</link><link name=\"b\">{BODY}</link><link name=\"c\">{BODY}</link>
         <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint>
         <joint name=\"k\" type=\"fixed\"><parent link=\"b\"/><child link=\"c\"/><mimic joint=\"j\"/></joint></robot>"
    );

    let found = import_urdf(&text);

    assert!(read_back(&found).couplings.is_empty());
    let dropped = found
        .report
        .entries
        .iter()
        .any(|e| e.kind == ImportStatus::Dropped && e.what.contains("`k` follows `j`"));
    assert!(dropped, "{:?}", found.report.entries);
}

#[test]
fn light_coupled_joints_get_the_inertia_of_a_rotor() {
    let light = BODY
        .replace("value=\"2\"", "value=\"0.002\"")
        .replace("\"1\"", "\"1e-7\"")
        .replace("\"2\"", "\"1e-7\"")
        .replace("\"2.5\"", "\"1e-7\"");
    let text = format!(
        "<robot name=\"r\"><link name=\"a\">{BODY}</link><link name=\"b\">{light}</link><link name=\"c\">{light}</link>
         <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint>
         <joint name=\"k\" type=\"continuous\"><parent link=\"a\"/><child link=\"c\"/><mimic joint=\"j\"/></joint></robot>"
    );

    let robot = read_back(&import_urdf(&text));

    let armatures: Vec<f64> = robot.joints.iter().map(|joint| joint.armature).collect();
    assert_eq!(armatures, [1e-3, 1e-3]);
}
