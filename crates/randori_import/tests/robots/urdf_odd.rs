//! Odd but harmless parts of URDF files: used, or told.

use crate::common::{import_urdf, read_back};
use randori_core::spec::Shape;
use randori_import::Import;

const MASS: &str = "<inertial><mass value=\"1\"/><inertia ixx=\"0.01\" iyy=\"0.01\" izz=\"0.01\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial>";

fn link(inside: &str, more: &str) -> Import {
    import_urdf(&format!("<robot name=\"r\"><link name=\"a\">{inside}</link>{more}</robot>"))
}

fn doubts(found: &Import) -> Vec<String> {
    found.report.warnings().into_iter().map(|warning| warning.message).collect()
}

#[test]
fn collisions_without_volume_are_dropped_with_a_word() {
    for geometry in [
        "",
        "<geometry/>",
        "<geometry><box/></geometry>",
        "<geometry><box size=\"0 1 1\"/></geometry>",
        "<geometry><sphere radius=\"0\"/></geometry>",
        "<geometry><sphere radius=\"1e-300\"/></geometry>",
        "<geometry><cylinder radius=\"1\" length=\"-1\"/></geometry>",
        "<geometry><superquadric/></geometry>",
    ] {
        let found = link(&format!("{MASS}<collision>{geometry}</collision>"), "");

        assert!(read_back(&found).links[0].shapes.is_empty(), "{geometry}");
        assert_eq!(doubts(&found).len(), 1, "{geometry}: {:?}", doubts(&found));
    }
}

#[test]
fn all_collisions_of_a_link_and_capsules_count() {
    let found = link(
        &format!(
            "{MASS}<collision><geometry><capsule radius=\"0.1\" length=\"0.2\"/></geometry></collision>\
             <collision><geometry><sphere radius=\"0.1\"/></geometry></collision>"
        ),
        "",
    );

    let shapes = &read_back(&found).links[0].shapes;

    assert_eq!(shapes.len(), 2);
    assert!(matches!(shapes[0].shape, Shape::Capsule { .. }));
}

#[test]
fn friction_for_pybullet_and_gazebo_is_used() {
    let ball = "<collision><geometry><sphere radius=\"0.1\"/></geometry></collision>";
    let contact = "<contact><lateral_friction value=\"0.3\"/><rolling_friction value=\"0.01\"/>\
         <spinning_friction value=\"0.02\"/><contact_cfm value=\"0.0\"/></contact>";

    let found = link(&format!("{MASS}{ball}{contact}"), "");

    let shape = &read_back(&found).links[0].shapes[0];
    assert_eq!((shape.friction, shape.priority), (Some(0.3), 1));
    assert_eq!((shape.rolling_friction, shape.torsional_friction), (0.01, 0.02));
    let dropped = found.report.entries.iter().any(|entry| entry.what.contains("`<contact_cfm>`"));
    assert!(dropped);

    let gazebo = "<gazebo reference=\"a\"><mu1>0.2</mu1><mu2>0.4</mu2><kp>1e6</kp>\
         <selfCollide>true</selfCollide><gravity>0</gravity><sensor type=\"imu\"/></gazebo>";
    let found = link(&format!("{MASS}{ball}"), gazebo);
    let friction = read_back(&found).links[0].shapes[0].friction;
    assert!(friction.is_some_and(|friction| (friction - 0.3).abs() < 1e-12), "{friction:?}");
    let told = |part: &str| found.report.entries.iter().any(|entry| entry.what.contains(part));
    assert!(told("`<kp>`") && told("collide with other links") && told("of the kind `imu`"));
    assert_eq!(doubts(&found), ["gravity is disabled for link `a` in Gazebo: gravity acts on it"]);
}

#[test]
fn springs_of_gazebo_reach_the_joint() {
    let found = import_urdf(&format!(
        "<robot name=\"r\"><link name=\"a\">{MASS}</link><link name=\"b\">{MASS}</link>\
         <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint>\
         <gazebo reference=\"j\"><springStiffness>3</springStiffness><springReference>0.5</springReference></gazebo></robot>"
    ));

    let spring = read_back(&found).joints[0].spring.expect("a spring");

    assert_eq!((spring.stiffness, spring.rest.si()), (3.0, 0.5));
}

#[test]
fn an_inertial_without_mass_is_told_and_a_negative_damping_clamped() {
    let found = link(&MASS.replace("<mass value=\"1\"/>", ""), "");
    assert!(doubts(&found)[0].contains("which has no mass"), "{:?}", doubts(&found));

    let found = import_urdf(&format!(
        "<robot name=\"r\"><link name=\"a\">{MASS}</link><link name=\"b\">{MASS}</link>\
         <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/>\
         <dynamics damping=\"-1\" friction=\"inf\"/></joint></robot>"
    ));
    assert_eq!(read_back(&found).joints[0].damping, 0.0);
    assert_eq!(doubts(&found).len(), 2);
}

#[test]
fn second_elements_of_one_kind_are_told() {
    let found = link(&format!("{MASS}{MASS}"), "");

    assert_eq!(doubts(&found), ["a second `<inertial>` in `<link>`"]);
}

#[test]
fn moments_of_a_link_without_mass_count_for_what_it_is_fixed_to() {
    let point = MASS.replace("<mass value=\"1\"/>", "<mass value=\"0\"/>");
    let found = import_urdf(&format!(
        "<robot name=\"r\"><link name=\"a\">{MASS}</link><link name=\"b\">{point}</link>\
         <joint name=\"j\" type=\"fixed\"><parent link=\"a\"/><child link=\"b\"/><origin xyz=\"1 0 0\"/></joint></robot>"
    ));

    let robot = read_back(&found);

    let randori_core::spec::InertiaSpec::Moments { ixx, iyy, .. } = robot.links[0].inertia else {
        panic!("moments");
    };
    assert_eq!((robot.links[0].mass_kg, ixx, iyy), (1.0, 0.02, 0.02));
    assert_eq!(doubts(&found), ["the moments of link `b`, which has no mass, are added to `a`"]);
}

#[test]
fn links_that_move_nothing_heavy_get_a_mass() {
    let link = |name: &str, inside: &str| format!("<link name=\"{name}\">{inside}</link>");
    let joint = |parent: &str, child: &str| {
        format!(
            "<joint name=\"{child}_joint\" type=\"continuous\"><parent link=\"{parent}\"/><child link=\"{child}\"/></joint>"
        )
    };
    let arm = |tip: &str| {
        let parts = [
            link("base", ""),
            link("a", ""),
            link("b", ""),
            link("tip", tip),
            joint("base", "a"),
            joint("a", "b"),
            joint("b", "tip"),
        ];
        read_back(&import_urdf(&format!("<robot name=\"r\">{}</robot>", parts.concat())))
    };
    let masses = |tip: &str| -> Vec<f64> { arm(tip).links.iter().map(|it| it.mass_kg).collect() };

    assert_eq!(masses(""), [0.0, 0.001, 0.001, 0.001], "several joints would move nothing");
    assert_eq!(masses(MASS), [0.0, 0.0, 0.0, 1.0], "together they are a joint of several axes");
}

#[test]
fn more_joints_than_a_robot_may_have_are_refused_at_once() {
    let parts: Vec<String> = (0..1001)
        .map(|it| {
            format!(
                "<link name=\"l{it}\">{MASS}</link><joint name=\"j{it}\" type=\"continuous\">\
                 <parent link=\"base\"/><child link=\"l{it}\"/><mimic joint=\"j{}\"/></joint>",
                (it + 1) % 1001
            )
        })
        .collect();
    let text =
        format!("<robot name=\"r\"><link name=\"base\">{MASS}</link>{}</robot>", parts.concat());
    let files = randori_core::text::MemoryFiles::new([("m.urdf", text)]);

    let (found, _) = crate::common::import(&files, &crate::common::urdf("m.urdf"));

    assert_eq!(found.errors[0].message, "the robot has more than 1000 joints");
}
