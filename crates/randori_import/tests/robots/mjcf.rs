//! What MJCF files become.

use crate::common::{import, import_mjcf, mjcf, read_back};
use randori_core::spec::{Axis, Base, Coordinate, Drive, JointKind, LoopKind, RobotSpec, Shape};
use randori_core::text::{Limits, MemoryFiles};
use randori_import::ImportStatus;

/// A robot of one free body with `inside`, and more sections.
fn robot(inside: &str, more: &str) -> RobotSpec {
    let text = format!(
        "<mujoco model=\"test bot\"><compiler angle=\"radian\"/><worldbody>
           <body name=\"a\"><freejoint/><geom name=\"hull\" type=\"box\" size=\"0.1 0.2 0.3\"/>{inside}</body>
         </worldbody>{more}</mujoco>"
    );
    let found = import_mjcf(&text);
    let robot = read_back(&found);
    assert_eq!(Some(&robot), found.robot.as_ref(), "the text reads back equal");
    robot
}

const LIMB: &str =
    "<body name=\"b\" pos=\"0 0 1\"><joint name=\"j\" axis=\"0 1 0\"/><geom size=\"0.1\"/></body>";

#[test]
fn mass_and_inertia_come_from_geoms_where_none_are_given() {
    let robot = robot("", "");

    let link = &robot.links[0];
    assert_eq!((robot.name.as_str(), link.mass_kg), ("test_bot", 48.0));
    assert_eq!(robot.base, Base::Floating { link: "a".to_owned() });
    assert_eq!(link.shapes[0].shape, Shape::Box { size: [0.2, 0.4, 0.6] });
}

#[test]
fn a_link_has_its_origin_at_the_anchor_of_its_joint() {
    let robot = robot(
        "<body name=\"b\" pos=\"1 0 0\"><joint name=\"j\" pos=\"0 0 0.5\" axis=\"1 0 0\"/>
           <geom name=\"g\" size=\"0.1\" pos=\"0 0 0.2\"/></body>",
        "",
    );

    assert_eq!(robot.joints[0].pose.xyz, [1.0, 0.0, 0.5]);
    assert_eq!(robot.joints[0].axis, Axis::X);
    assert_eq!(robot.links[1].shapes[0].pose.xyz, [0.0, 0.0, -0.3]);
    assert_eq!(robot.links[1].com, Some([0.0, 0.0, -0.3]));
}

#[test]
fn several_joints_of_a_body_become_a_chain_of_links_without_mass() {
    let robot = robot(
        "<body name=\"b\"><joint name=\"x\" axis=\"1 0 0\"/><joint name=\"y\" axis=\"0 1 0\" pos=\"0 0 0.1\"/><geom size=\"0.1\"/></body>",
        "",
    );

    let ends: Vec<(&str, &str)> =
        robot.joints.iter().map(|joint| (joint.parent.as_str(), joint.child.as_str())).collect();
    assert_eq!(ends, [("a", "b_x"), ("b_x", "b")]);
    assert_eq!(robot.joints[1].pose.xyz, [0.0, 0.0, 0.1]);
    assert_eq!(
        robot.links.iter().find(|link| link.name == "b_x").map(|link| link.mass_kg),
        Some(0.0)
    );
}

#[test]
fn the_nearest_class_decides_and_numbers_of_joints_survive() {
    let more = "<default><joint damping=\"1\"/><default class=\"leg\"><joint armature=\"0.01\" range=\"-1 2\"/>
        <default class=\"knee\"><joint damping=\"3\" frictionloss=\"0.5\"/></default></default></default>";
    let robot = robot(
        "<body childclass=\"leg\"><joint name=\"k\" class=\"knee\" stiffness=\"7\" springref=\"0.2\"/><geom size=\"0.1\"/>
           <body><joint name=\"l\"/><geom size=\"0.1\"/></body></body>",
        more,
    );

    let knee = &robot.joints[0];
    assert_eq!((knee.damping, knee.friction, knee.armature), (3.0, 0.5, 0.01));
    assert_eq!(knee.kind.limits_si(), Some((-1.0, 2.0)));
    assert_eq!(
        knee.spring.map(|spring| (spring.stiffness, spring.rest)),
        Some((7.0, Coordinate::Rad(0.2)))
    );
    assert_eq!((robot.joints[1].damping, robot.joints[1].armature), (1.0, 0.01));
}

#[test]
fn coordinates_count_from_the_reference_of_the_file() {
    let robot = robot(
        "<body name=\"b\" pos=\"0 0 1\"><joint name=\"j\" type=\"slide\" axis=\"0 0 1\" ref=\"0.4\"/><geom size=\"0.1\"/></body>",
        "",
    );

    // At 0.4 the body is where the file draws it, 1 m up.
    assert_eq!(robot.joints[0].pose.xyz, [0.0, 0.0, 0.6]);
    assert_eq!(robot.poses["initial"]["j"], Coordinate::M(0.4));
}

#[test]
fn servos_keep_gains_ranges_and_the_smaller_of_two_force_limits() {
    let inside = "<body><joint name=\"j\" range=\"-1 2\" actuatorfrcrange=\"-5 5\"/><geom size=\"0.1\"/></body>";
    let more = "<actuator><position name=\"p\" joint=\"j\" kp=\"20\" kv=\"3\" inheritrange=\"1\" forcerange=\"-9 9\" gear=\"2\"/></actuator>";

    let robot = robot(inside, more);

    let servo = &robot.actuators[0];
    assert_eq!(servo.drive, Drive::Position { kp: 80.0, kd: 12.0 });
    assert_eq!((servo.limits.torque, servo.limits.command), (Some(5.0), Some((-0.5, 1.0))));
}

#[test]
fn a_position_and_a_velocity_servo_of_one_joint_become_one_drive() {
    let more =
        "<actuator><position joint=\"j\" kp=\"9\"/><velocity joint=\"j\" kv=\"2\"/></actuator>";

    let robot = robot(LIMB, more);

    assert_eq!(robot.actuators.len(), 1);
    assert_eq!(robot.actuators[0].drive, Drive::Impedance { kp: 9.0, kd: 2.0 });
}

#[test]
fn geoms_of_listed_contacts_get_shapes_with_the_friction_of_the_pair() {
    let found = import_mjcf(
        "<mujoco><default><geom contype=\"0\" conaffinity=\"0\"/></default><worldbody>
           <geom name=\"floor\" type=\"plane\" size=\"0 0 1\"/>
           <body name=\"a\"><freejoint/><geom name=\"foot\" size=\"0.1\"/><geom name=\"looks\" size=\"0.2\" mass=\"0\"/></body>
         </worldbody><contact><pair geom1=\"foot\" geom2=\"floor\" condim=\"3\" friction=\"0.6 0.6\"/></contact></mujoco>",
    );
    let robot = read_back(&found);

    let shapes = &robot.links[0].shapes;
    assert_eq!(shapes.len(), 1, "what touches nothing is no collision shape");
    assert_eq!(shapes[0].friction, Some(0.6));
    assert!(shapes[0].priority > 0 && !shapes[0].ignores.contains(&"default".to_owned()));
    assert!(found.environment.expect("a floor").ground.is_some());
}

#[test]
fn bits_of_contact_types_become_groups() {
    let inside = "<geom name=\"one\" size=\"0.1\" contype=\"2\" conaffinity=\"4\"/>
        <body><joint/><geom name=\"two\" size=\"0.1\" contype=\"4\" conaffinity=\"8\"/></body>";

    let robot = robot(inside, "");

    let one = &robot.links[0].shapes[1];
    let two = &robot.links[1].shapes[0];
    assert_eq!((one.group.as_deref(), two.group.as_deref()), (Some("c2_a4"), Some("c4_a8")));
    assert_eq!(one.ignores, ["default", "c2_a4"]);
    assert_eq!(two.ignores, ["default", "c4_a8"]);
}

#[test]
fn condim_decides_which_kinds_of_friction_there_are() {
    let geom = |condim: u32| {
        let inside = format!(
            "<geom name=\"g\" size=\"0.1\" condim=\"{condim}\" friction=\"0.7 0.02 0.01\"/>"
        );
        let robot = robot(&inside, "");
        let shape = &robot.links[0].shapes[1];
        (shape.friction, shape.torsional_friction, shape.rolling_friction)
    };

    assert_eq!(geom(1), (Some(0.0), 0.0, 0.0));
    assert_eq!(geom(3), (Some(0.7), 0.0, 0.0));
    assert_eq!(geom(4), (Some(0.7), 0.02, 0.0));
    assert_eq!(geom(6), (Some(0.7), 0.02, 0.01));
}

#[test]
fn neighbours_and_excluded_bodies_pass_through_each_other() {
    let inside = "<body name=\"b\"><joint/><joint axis=\"1 0 0\"/><geom size=\"0.1\"/><body name=\"c\"><joint/><geom size=\"0.1\"/></body></body>
        <body name=\"d\"><joint/><geom size=\"0.1\"/></body>";
    let more = "<contact><exclude body1=\"a\" body2=\"c\"/></contact>";

    let robot = robot(inside, more);

    assert!(robot.self_contact);
    // Two joints lie between `a` and `b`.
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    assert_eq!(robot.contact_exclusions, [pair("a", "b"), pair("a", "c")]);
}

#[test]
fn sensors_keep_their_names_and_places() {
    let inside = "<site name=\"imu\" pos=\"0 0 0.1\"/>";
    let more = "<sensor><gyro name=\"gyro\" site=\"imu\" cutoff=\"30\"/><accelerometer name=\"acc\" site=\"imu\"/>
        <velocimeter name=\"vel\" site=\"imu\"/><framequat name=\"quat\" objtype=\"site\" objname=\"imu\"/>
        <framelinvel name=\"lin\" objtype=\"site\" objname=\"imu\"/></sensor>";

    let robot = robot(inside, more);

    let kinds: Vec<(&str, String)> =
        robot.sensors.iter().map(|sensor| (sensor.name.as_str(), sensor.kind.text())).collect();
    assert_eq!(
        kinds,
        [
            ("joints", "JointState()"),
            ("gyro", "Gyro"),
            ("acc", "Accelerometer"),
            ("vel", "Velocimeter"),
            ("quat", "Orientation"),
            ("lin", "GroundTruth"),
        ]
        .map(|(name, kind)| (name, kind.to_owned()))
    );
    assert_eq!(robot.sensors[1].pose.xyz, [0.0, 0.0, 0.1]);
    assert_eq!(robot.sensors[1].errors.saturation, Some((-30.0, 30.0)));
}

#[test]
fn equalities_become_loops_and_couplings() {
    let inside = format!(
        "{LIMB}<body name=\"c\" pos=\"0 1 0\"><joint name=\"k\"/><geom size=\"0.1\"/></body>"
    );
    let more = "<equality><connect body1=\"b\" body2=\"c\" anchor=\"0 0.5 0\"/>
        <joint joint1=\"j\" joint2=\"k\" polycoef=\"0.1 2 0 0 0\"/></equality>";

    let robot = robot(&inside, more);

    let closed = &robot.loops[0];
    assert_eq!(
        (closed.kind, closed.pose_a.xyz, closed.pose_b.xyz),
        (LoopKind::Spherical, [0.0, 0.5, 0.0], [0.0, -0.5, 1.0])
    );
    let pair = &robot.couplings[0];
    assert_eq!(
        (pair.follower.as_str(), pair.leader.as_str(), pair.ratio, pair.offset),
        ("j", "k", 2.0, 0.1)
    );
}

#[test]
fn what_is_not_the_robot_becomes_the_environment() {
    let text = format!(
        "<mujoco><worldbody><geom type=\"plane\" size=\"0 0 1\" priority=\"1\" friction=\"0.5\"/>
           <geom name=\"step\" type=\"box\" size=\"1 1 0.1\" pos=\"3 0 0\"/>
           <body name=\"ball\" pos=\"1 0 1\"><freejoint/><geom size=\"0.1\" mass=\"2\"/></body>
           <body name=\"a\"><freejoint/><geom size=\"1\"/>{LIMB}</body></worldbody></mujoco>"
    );

    let found = import_mjcf(&text);

    let environment = found.environment.as_ref().expect("an environment");
    let text = randori_import::environment_text(environment);
    let files = MemoryFiles::new([("e.ron", text)]);
    let read = randori_core::text::load_environment(&files, "e.ron", &Limits::default());
    assert_eq!(read.map(|(read, _)| read).as_ref().ok(), Some(environment));
    assert_eq!(
        environment.ground.as_ref().map(|ground| (ground.friction, ground.priority)),
        Some((0.5, 1))
    );
    let names: Vec<&str> = environment.objects.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(names, ["step", "ball"]);
}

#[test]
fn robots_without_a_free_joint_are_bolted_to_the_world() {
    let found = import_mjcf(
        "<mujoco><worldbody><body name=\"cart\" pos=\"0 0 1\"><joint name=\"slide\" type=\"slide\" axis=\"1 0 0\"/><geom size=\"0.1\"/></body></worldbody></mujoco>",
    );

    let robot = read_back(&found);

    assert_eq!(robot.base, Base::Fixed { link: "world".to_owned() });
    assert_eq!(robot.joints[0].kind, JointKind::Prismatic { limits: None });
    assert_eq!(robot.joints[0].pose.xyz, [0.0, 0.0, 1.0]);
}

#[test]
fn what_is_dropped_by_name_takes_with_it_what_refers_to_it() {
    let text = format!(
        "<mujoco><worldbody><body name=\"a\"><freejoint/><geom size=\"1\"/>{LIMB}</body></worldbody>
         <actuator><motor joint=\"j\"/></actuator><sensor><jointpos joint=\"j\"/></sensor></mujoco>"
    );
    let files = MemoryFiles::new([("m.xml", text)]);
    let mut source = mjcf("m.xml");
    if let randori_core::spec::ImportSpec::Mjcf { drop, .. } = &mut source {
        drop.push("b".to_owned());
    }

    let (found, _) = import(&files, &source);

    let robot = found.robot.expect("a robot");
    assert_eq!((robot.links.len(), robot.joints.len(), robot.actuators.len()), (1, 0, 0));
    assert!(found.report.count(ImportStatus::Dropped) >= 3);
}

#[test]
fn a_report_says_what_became_of_things_with_their_place() {
    let text = "<mujoco><worldbody><body name=\"a\"><freejoint/><geom size=\"1\"/>\n<camera name=\"eye\"/></body></worldbody></mujoco>";
    let files = MemoryFiles::new([("m.xml", text)]);

    let (found, sources) = import(&files, &mjcf("m.xml"));

    let text = found.report.text(&sources);
    assert!(text.contains("m.xml:2: dropped: a camera (worldbody/body[a]/camera[eye])"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&found.report.json(&sources)).expect("JSON");
    assert_eq!(json["entries"][0]["line"], 2);
}

#[test]
fn the_scenario_beside_an_import_passes_the_check() {
    let text = format!("<mujoco model=\"m\"><worldbody><body name=\"a\" pos=\"0 0 2\"><freejoint/><geom size=\"1\"/>{LIMB}</body></worldbody>
        <actuator><position joint=\"j\" kp=\"5\"/></actuator></mujoco>");
    let mut found = import_mjcf(&text);
    let environment = randori_import::surroundings(&mut found);
    let robot = found.robot.as_ref().expect("a robot");
    let files = MemoryFiles::new([
        ("m.ron", randori_import::robot_text(robot)),
        ("e.ron", randori_import::environment_text(&environment)),
        ("s.ron", randori_import::scenario_text(&found, "m.ron", "e.ron")),
    ]);

    let (_, findings) = randori_core::text::check_file(&files, "s.ron", &Limits::default());

    assert_eq!(findings.errors(), 0, "{}", findings.short());
}

#[test]
fn what_would_add_energy_is_left_out_and_told() {
    let found = import_mjcf(
        "<mujoco><worldbody><body name=\"b\"><joint name=\"j\" damping=\"-0.01\" stiffness=\"-2\"/>
           <geom size=\"0.1\" friction=\"-1\"/></body></worldbody></mujoco>",
    );

    let joint = &read_back(&found).joints[0];
    assert_eq!((joint.damping, joint.spring), (0.0, None));
    let clamped = found.report.entries.iter().filter(|entry| entry.kind == ImportStatus::Clamped);
    let said: Vec<&str> = clamped.map(|entry| entry.what.as_str()).collect();
    assert_eq!(
        said,
        [
            "joint `j`: a negative damping of -0.01, which adds energy: set to 0",
            "joint `j`: a negative stiffness of -2, which adds energy: set to 0",
            "negative friction: 0",
        ]
    );
}
