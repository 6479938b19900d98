//! Which link of a URDF file is the base, and whether it is free.

use crate::common::{import_urdf, read_back};
use randori_core::spec::{Base, JointKind};
use randori_import::{Import, ImportStatus};

const BODY: &str = "<inertial><mass value=\"1\"/><inertia ixx=\"0.01\" iyy=\"0.01\" izz=\"0.01\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial>\
    <collision><geometry><box size=\"0.1 0.1 0.1\"/></geometry></collision>";

fn link(name: &str) -> String {
    format!("<link name=\"{name}\">{BODY}</link>")
}

fn joint(kind: &str, parent: &str, child: &str, xyz: &str) -> String {
    format!(
        "<joint name=\"{parent}_{child}\" type=\"{kind}\"><parent link=\"{parent}\"/><child link=\"{child}\"/>\
         <origin xyz=\"{xyz}\"/></joint>"
    )
}

fn robot(parts: &[String]) -> Import {
    import_urdf(&format!("<robot name=\"r\">{}</robot>", parts.concat()))
}

fn floating(link: &str) -> Base {
    Base::Floating { link: link.to_owned() }
}

fn fixed(link: &str) -> Base {
    Base::Fixed { link: link.to_owned() }
}

#[test]
fn what_floats_below_the_world_starts_where_the_joint_puts_it() {
    let found = robot(&[
        "<link name=\"world\"/>".to_owned(),
        joint("floating", "world", "base", "0 0 1"),
        link("base"),
        link("a"),
        joint("continuous", "base", "a", "0 0 0.2"),
    ]);

    assert_eq!(read_back(&found).base, floating("base"));
    assert_eq!(found.configurations[0].base.xyz, [0.0, 0.0, 1.0]);
}

#[test]
fn what_floats_from_the_ground_or_inside_it_rests_on_it() {
    for (origin, height) in [("0 0 0", 0.051), ("0.5 0 -1", 0.051)] {
        let found = robot(&[
            "<link name=\"world\"/>".to_owned(),
            joint("floating", "world", "base", origin),
            link("base"),
        ]);

        assert_eq!(read_back(&found).base, floating("base"));
        assert!((found.configurations[0].base.xyz[2] - height).abs() < 1e-9, "{origin}");
    }
}

#[test]
fn frames_between_a_floating_joint_and_the_base_move_its_start() {
    let found = robot(&[
        "<link name=\"odom\"/><link name=\"footprint\"/>".to_owned(),
        joint("floating", "odom", "footprint", "0 0 1"),
        joint("fixed", "footprint", "base", "0 0 0.5"),
        link("base"),
    ]);

    assert_eq!(read_back(&found).base, floating("base"));
    assert_eq!(found.configurations[0].base.xyz, [0.0, 0.0, 1.5]);
}

#[test]
fn a_floating_joint_inside_a_robot_leaves_all_six_ways_to_move() {
    let found = robot(&[link("base"), joint("floating", "base", "part", "0 0 1"), link("part")]);

    let robot = read_back(&found);

    let kinds: Vec<usize> = robot.joints.iter().map(|joint| joint.kind.dofs()).collect();
    assert_eq!(kinds, [1, 1, 1, 3]);
    assert_eq!(robot.joints[3].kind, JointKind::Spherical);
    assert_eq!((robot.joints[0].pose.xyz, robot.actuators.len()), ([0.0, 0.0, 1.0], 0));
}

#[test]
fn a_planar_joint_below_the_world_slides_and_is_not_driven() {
    let found = robot(&[
        "<link name=\"world\"/>".to_owned(),
        joint("planar", "world", "base", "0 0 0.1"),
        link("base"),
    ]);

    let robot = read_back(&found);

    assert_eq!((&robot.base, robot.joints.len()), (&fixed("world"), 3));
    assert!(robot.actuators.is_empty());
}

#[test]
fn a_base_without_mass_that_carries_several_limbs_is_bolted() {
    let finger = |name: &str| link(name) + &joint("continuous", "base_link", name, "0 0 0.3");

    let found =
        robot(&["<link name=\"base_link\"/>".to_owned(), finger("f0"), finger("f1"), finger("f2")]);

    assert_eq!(read_back(&found).base, fixed("base_link"));
    let said = found.report.entries.iter().find(|entry| entry.what.contains("has no mass, so"));
    assert_eq!(said.map(|entry| entry.kind), Some(ImportStatus::Guessed));
}

#[test]
fn a_base_without_mass_is_what_is_fixed_to_it() {
    let found = robot(&[
        "<link name=\"base_link\"/>".to_owned(),
        link("sensor").replace("value=\"1\"", "value=\"0.1\""),
        joint("fixed", "base_link", "sensor", "0 0 1"),
        link("chassis"),
        joint("fixed", "base_link", "chassis", "0 0 0.25"),
        link("left_wheel"),
        joint("continuous", "base_link", "left_wheel", "0 0.5 0"),
        link("right_wheel"),
        joint("continuous", "base_link", "right_wheel", "0 -0.5 0"),
    ]);

    let robot = read_back(&found);

    assert_eq!(robot.base, floating("chassis"));
    let of = |name: &str| robot.joints.iter().find(|joint| joint.name == name).expect(name);
    assert_eq!(of("base_link_left_wheel").pose.xyz, [0.0, 0.5, -0.25]);
    assert_eq!(of("base_link_sensor").pose.xyz, [0.0, 0.0, 0.75]);
    assert_eq!(of("base_link_sensor").parent, "chassis");
}

#[test]
fn shapes_of_a_bolted_base_need_no_mass() {
    let shapes = "<link name=\"world\"><collision><geometry><box size=\"1 1 0.1\"/></geometry></collision></link>";

    let found = robot(&[
        shapes.to_owned(),
        link("base"),
        joint("fixed", "world", "base", "0 0 1"),
        link("a"),
        link("b"),
        joint("continuous", "base", "a", "0 0 1"),
        joint("continuous", "base", "b", "0 0 1"),
    ]);

    assert_eq!(read_back(&found).base, fixed("world"));
    assert!(found.report.warnings().is_empty(), "{:?}", found.report.warnings());
}

#[test]
fn several_roots_are_named() {
    let files = randori_core::text::MemoryFiles::new([(
        "m.urdf",
        format!("<robot name=\"r\">{}{}{}</robot>", link("a"), link("b"), link("c")),
    )]);

    let (found, _) = crate::common::import(&files, &crate::common::urdf("m.urdf"));

    assert_eq!(found.errors[0].message, "the tree has 3 root links: `a`, `b`, `c`");
}

#[test]
fn the_world_needs_no_declaration() {
    let found = robot(&[
        joint("fixed", "world", "base", "0 0 1"),
        link("base"),
        link("arm"),
        joint("continuous", "base", "arm", "0 0 0.2"),
    ]);

    assert_eq!(read_back(&found).base, fixed("world"));
    let said = "link `world` is not declared: it is the world";
    assert!(found.report.entries.iter().any(|entry| entry.what == said));
}
