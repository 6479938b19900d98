//! Broken files: each gives a diagnostic with place and advice.

use crate::common::{import, mjcf, urdf};
use randori_core::diagnostic::render_short;
use randori_core::text::{FileReader, MemoryFiles, ReadError};

/// The first diagnostic of a file that cannot be imported, as one line.
fn complaint(files: &dyn FileReader, path: &str) -> String {
    let source = if path == "r.urdf" { urdf(path) } else { mjcf(path) };
    let (found, sources) = import(files, &source);
    assert!(found.robot.is_none(), "it was imported");
    let first = found.errors.first().expect("a diagnostic");
    assert!(!first.help.is_empty(), "no advice: {}", first.message);
    render_short(std::slice::from_ref(first), &sources).lines().next().unwrap_or("").to_owned()
}

fn xml(text: &str) -> String {
    complaint(&MemoryFiles::new([("m.xml", text)]), "m.xml")
}

fn robot(text: &str) -> String {
    complaint(&MemoryFiles::new([("r.urdf", text)]), "r.urdf")
}

fn compare(table: &[(String, &str)]) {
    let wrong = table.iter().filter(|(said, expected)| said != expected);
    let wrong: Vec<String> =
        wrong.map(|(said, expected)| format!("{said}\n  not {expected}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An MJCF file with one body that holds `inside`, and more sections.
fn body(inside: &str, more: &str) -> String {
    xml(&format!(
        "<mujoco>\n<worldbody><body name=\"a\">\n{inside}\n</body></worldbody>\n{more}\n</mujoco>"
    ))
}

const BALL: &str = "<geom size=\"0.1\"/>";

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn broken_mjcf_files_are_refused_with_place() {
    let hinge = format!("<joint name=\"j\"/>{BALL}");
    let table = [
        (xml(""), "m.xml:1:1: error[RS0801]: the file is empty"),
        (
            xml("<mujoco>\n<worldbody>"),
            "m.xml:2:12: error[RS0801]: this is not well-formed XML: `<worldbody>` is not closed",
        ),
        (
            xml("\u{1}\u{2}binary"),
            "m.xml:1:1: error[RS0801]: this is not well-formed XML: it has no element",
        ),
        (
            xml("<!DOCTYPE a [<!ENTITY b \"c\">]>\n<mujoco>\n</mujoc>"),
            "m.xml:3:1: error[RS0801]: this is not well-formed XML: `</mujoc>` instead of `</mujoco>`",
        ),
        (
            xml("<robot name=\"r\"/>"),
            "m.xml:1:1: error[RS0801]: the root element is `<robot>`: this is URDF",
        ),
        (xml("<mujoco/>"), "m.xml:1:1: error[RS0806]: the file describes no body"),
        (
            xml("<mujoco>\n<include file=\"x.xml\"/></mujoco>"),
            "m.xml:2:10: error[RS0001]: `x.xml` cannot be read: it does not exist",
        ),
        (
            xml("<mujoco>\n<include file=\"m.xml\"/></mujoco>"),
            "m.xml:2:10: error[RS0802]: `m.xml` includes itself",
        ),
        (
            xml("<mujoco>\n<include file=\"../../etc/passwd\"/></mujoco>"),
            "m.xml:2:10: error[RS0802]: `../../etc/passwd` cannot be included: the path leaves the project",
        ),
        (
            xml("<mujoco>\n<include/></mujoco>"),
            "m.xml:2:1: error[RS0802]: an include names no file",
        ),
        (
            body("<inertial pos=\"0 0 0\" mass=\"-1\"/>", ""),
            "m.xml:3:23: error[RS0804]: `mass` is -1, but must not be negative",
        ),
        (
            body("<joint name=\"j\"/>", ""),
            "m.xml:2:12: error[RS0804]: body `a` moves but has no mass",
        ),
        (
            xml("<mujoco><worldbody>\n<joint/></worldbody></mujoco>"),
            "m.xml:2:1: error[RS0806]: a joint outside of a body",
        ),
        (
            body("<geom class=\"legs\" size=\"1\"/>", ""),
            "m.xml:3:7: error[RS0803]: there is no default class called `legs`",
        ),
        (
            body(&hinge, "<actuator><motor joint=\"k\"/></actuator>"),
            "m.xml:5:18: error[RS0803]: there is no joint called `k`",
        ),
        (
            body("<geom size=\"nan\"/>", ""),
            "m.xml:3:7: error[RS0804]: `size` has `nan`, which is not a finite number",
        ),
        (
            body("<geom size=\"1e999\"/>", ""),
            "m.xml:3:7: error[RS0804]: `size` has `1e999`, which is not a finite number",
        ),
        (
            body("<geom size=\"0.1\" pos=\"0 0\"/>", ""),
            "m.xml:3:18: error[RS0804]: `pos` needs 3 numbers, but has 2",
        ),
        (
            body("<geom size=\"big\"/>", ""),
            "m.xml:3:7: error[RS0804]: `size` has `big`, which is not a number",
        ),
        (
            body("<geom type=\"ball\" size=\"1\"/>", ""),
            "m.xml:3:7: error[RS0804]: `type` cannot be `ball`",
        ),
        (
            body("<geom type=\"box\" size=\"1\"/>", ""),
            "m.xml:3:18: error[RS0804]: a box needs 3 sizes greater than 0",
        ),
        (
            body(&format!("{BALL}<joint name=\"j\"/><joint name=\"j\"/>"), ""),
            "m.xml:3:43: error[RS0803]: two joints are called `j`",
        ),
        (
            body(&format!("{BALL}<joint range=\"10 -10\" limited=\"true\"/>"), ""),
            "m.xml:3:26: error[RS0804]: `range` from 10 to -10 is not a range",
        ),
        (
            body(&format!("{BALL}<joint axis=\"0 0 0\"/>"), ""),
            "m.xml:3:26: error[RS0804]: `axis` has no direction",
        ),
        (
            body(&hinge, "<keyframe><key qpos=\"0 0\"/></keyframe>"),
            "m.xml:5:16: error[RS0804]: `qpos` has 2 numbers, but the bodies have 1 coordinates",
        ),
        (
            body(
                "<joint/><geom type=\"mesh\" mesh=\"m\"/>",
                "<asset><mesh name=\"m\" file=\"m.stl\"/></asset>",
            ),
            "m.xml:3:9: error[RS0805]: the mass of body `a` depends on a mesh that cannot be read",
        ),
        (
            body("<geom type=\"mesh\" mesh=\"m\"/>", ""),
            "m.xml:3:19: error[RS0803]: there is no mesh called `m`",
        ),
        (
            body(&hinge, "<sensor><gyro site=\"s\"/></sensor>"),
            "m.xml:5:15: error[RS0803]: there is no site called `s`",
        ),
        (
            body(&hinge, "<contact><exclude body1=\"a\" body2=\"b\"/></contact>"),
            "m.xml:5:29: error[RS0803]: there is no body called `b`",
        ),
    ];
    compare(&table);
}

#[test]
fn broken_urdf_files_are_refused_with_place() {
    let links = "<link name=\"a\"/>\n<link name=\"b\"/>";
    let joint = |inside: &str| {
        robot(&format!(
            "<robot name=\"r\">\n{links}\n<joint name=\"j\" type=\"revolute\">{inside}</joint>\n</robot>"
        ))
    };
    let ends = "<parent link=\"a\"/><child link=\"b\"/>";
    let table = [
        (
            robot("<robot>\n<link name=\"a\">"),
            "r.urdf:2:16: error[RS0801]: this is not well-formed XML: `<link>` is not closed",
        ),
        (
            robot("<mujoco/>"),
            "r.urdf:1:1: error[RS0801]: the root element is `<mujoco>`: this is MJCF",
        ),
        (robot("<robot name=\"r\"/>"), "r.urdf:1:1: error[RS0806]: the file describes no link"),
        (
            joint("<parent link=\"a\"/><child link=\"c\"/>"),
            "r.urdf:4:58: error[RS0803]: there is no link called `c`",
        ),
        (joint("<child link=\"b\"/>"), "r.urdf:4:1: error[RS0803]: joint `j` has no parent"),
        (
            robot(&format!("<robot>\n{links}\n</robot>")),
            "r.urdf:3:1: error[RS0806]: the tree has 2 root links: `a`, `b`",
        ),
        (
            robot(&format!(
                "<robot>\n{links}\n<joint name=\"j\" type=\"fixed\">{ends}</joint>\n\
                 <joint name=\"k\" type=\"fixed\"><parent link=\"b\"/><child link=\"a\"/></joint></robot>"
            )),
            "r.urdf:4:1: error[RS0806]: the joints form a cycle: every link is a child",
        ),
        (
            joint(&format!("{ends}<axis xyz=\"0 0 0\"/>")),
            "r.urdf:4:74: error[RS0804]: the axis has no direction",
        ),
        (
            robot("<robot>\n<link name=\"a\"/>\n<link name=\"a\"/></robot>"),
            "r.urdf:3:1: error[RS0803]: two links are called `a`",
        ),
        (
            robot(
                "<robot>\n<link name=\"a\"><inertial><mass value=\"-2\"/></inertial></link></robot>",
            ),
            "r.urdf:2:32: error[RS0804]: `value` is -2, but must not be negative",
        ),
        (
            robot(
                "<robot>\n<link name=\"a\"><collision><geometry><sphere radius=\"inf\"/></geometry></collision></link></robot>",
            ),
            "r.urdf:2:45: error[RS0804]: `radius` has `inf`, which is not a finite number",
        ),
    ];
    compare(&table);
}

#[test]
fn numbers_that_physics_cannot_compute_with_are_refused_where_they_come_from() {
    let world = |body: &str| format!("<mujoco><worldbody>\n{body}</worldbody></mujoco>");
    let arm = "<body name=\"a\"><joint name=\"j\"/><geom size=\"0.1\"/></body>";
    let table = [
        (
            xml(&world("<body name=\"a\"><joint/><geom size=\"0.1\" mass=\"1e12\"/></body>")),
            "m.xml:2:1: error[RS0301]: `a`: `mass_kg` is 1000000000000, but must be at most 1e9 kg",
        ),
        (
            xml(&world("<body name=\"a\">\n<joint name=\"j\" damping=\"1e14\"/><geom size=\"0.1\"/></body>")),
            "m.xml:3:1: error[RS0301]: `j`: `damping` is 100000000000000, but must be at most 1e12 in SI units",
        ),
        (
            xml(&world(&format!(
                "{arm}\n<body name=\"can\"><freejoint/><geom size=\"0.1\" mass=\"1e12\"/></body>"
            ))),
            "m.xml:3:1: error[RS0301]: `can`: `mass_kg` is 1000000000000, but must be at most 1e9 kg",
        ),
        (
            robot(
                "<robot name=\"r\"><link name=\"a\"/>\n<link name=\"b\"><inertial><mass value=\"1e12\"/>
                   <inertia ixx=\"1\" iyy=\"1\" izz=\"1\" ixy=\"0\" ixz=\"0\" iyz=\"0\"/></inertial></link>
                 <joint name=\"j\" type=\"continuous\"><parent link=\"a\"/><child link=\"b\"/></joint></robot>",
            ),
            "r.urdf:2:1: error[RS0301]: `b`: `mass_kg` is 1000000000000, but must be at most 1e9 kg",
        ),
    ];
    compare(&table);
}

#[test]
fn cyclic_includes_are_told_from_repeated_ones() {
    let files = MemoryFiles::new([
        ("m.xml", "<mujoco><include file=\"n.xml\"/></mujoco>"),
        ("n.xml", "<mujoco>\n<include file=\"m.xml\"/></mujoco>"),
    ]);
    assert_eq!(complaint(&files, "m.xml"), "n.xml:2:10: error[RS0802]: `m.xml` includes itself");

    let files = MemoryFiles::new([
        ("m.xml", "<mujoco>\n<include file=\"n.xml\"/><include file=\"n.xml\"/></mujoco>"),
        ("n.xml", "<mujoco/>"),
    ]);
    assert_eq!(complaint(&files, "m.xml"), "m.xml:2:33: error[RS0802]: `n.xml` is included twice");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    struct Binary;
    impl FileReader for Binary {
        fn read(&self, _: &str) -> Result<String, ReadError> {
            Err(ReadError::NotText)
        }
    }
    assert_eq!(
        complaint(&Binary, "m.xml"),
        "error[RS0001]: `m.xml` cannot be read: it is not UTF-8 text"
    );
}

#[test]
fn deep_nesting_and_huge_lists_end_soon() {
    let deep = format!("<mujoco><worldbody>{}", "<body>".repeat(100_000));
    assert!(xml(&deep).contains("error[RS0004]"));
    let closed = format!(
        "<mujoco><worldbody>{}{}</worldbody></mujoco>",
        "<body>".repeat(10_000),
        "</body>".repeat(10_000)
    );
    assert_eq!(xml(&closed), "m.xml:1:1544: error[RS0004]: elements are nested more than 256 deep");
    let points = "0.5 ".repeat(300_000);
    let huge = body(
        "<joint/><geom type=\"mesh\" mesh=\"m\"/>",
        &format!("<asset><mesh name=\"m\" vertex=\"{points}\"/></asset>"),
    );
    assert_eq!(
        huge,
        "m.xml:3:9: error[RS0805]: the mass of body `a` depends on a mesh that cannot be read"
    );
    let large = " ".repeat(5 << 20);
    assert!(xml(&large).contains("error[RS0004]"));
}
