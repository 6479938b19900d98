//! `randori import --verify`, with a program that stands in for Python and the
//! other reader: `randori_import/tests/mujoco` has the real ones.

#![cfg(unix)]

use crate::project::{Ended, Project};

/// Says what `STAND_IN_SAYS` holds, and ends with `STAND_IN_CODE`.
const STAND_IN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/reader_stand_in.sh");

const ARM: &str = r#"<robot name="arm">
  <link name="base"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>
  <link name="tip"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>
  <joint name="turn" type="revolute"><parent link="base"/><child link="tip"/><axis xyz="0 0 1"/>
    <limit lower="-1" upper="1" effort="1" velocity="1"/></joint>
</robot>"#;

/// An answer with one row that is well and one of the given status.
fn answer(status: &str, told: &str) -> String {
    format!(
        r#"{{"reader": "Pinocchio 4.1.0", "notes": [], "quantities": [
          {{"quantity": "total mass", "difference": 0.0, "where": "robot", "ours": null, "theirs": null,
            "tolerance": 1e-6, "status": "ok", "told": null}},
          {{"quantity": "joint limits", "difference": null, "where": "tu\u001brn", "ours": "none", "theirs": "[-1, 1]",
            "tolerance": 1e-8, "status": "{status}", "told": {told}}}]}}"#
    )
    .replace('\n', " ")
}

fn import(says: &str, code: &str, more: &[&str]) -> Ended {
    let project = Project::new();
    project.write("arm.urdf", ARM);
    let words = ["import", "arm.urdf", "-o", "out", "--verify", "--python", STAND_IN];
    let mut command = project.command(&[&words[..], more].concat());
    command.env("STAND_IN_SAYS", says).env("STAND_IN_CODE", code);
    let ended: Ended = command.output().expect("the program starts").into();
    assert!(project.path().join("out/scenarios/arm.ron").is_file(), "{}", ended.stderr);
    ended
}

#[test]
fn a_difference_is_in_the_table_and_in_the_exit_code() {
    let ended = import(&answer("differs", "null"), "0", &[]).expect_code(5);

    assert!(ended.stdout.contains("compared with Pinocchio 4.1.0"), "{}", ended.stdout);
    let line = |start: &str| {
        let found = ended.stdout.lines().find(|line| line.trim().starts_with(start));
        found.expect(start).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("total mass"), "total mass 0 1.0e-6 ok");
    assert_eq!(line("joint limits "), "joint limits no value 1.0e-8 tu\\u{1b}rn differs");
    assert!(ended.stdout.contains("none here, [-1, 1] in Pinocchio 4.1.0"));
}

#[test]
fn a_difference_that_the_report_declares_is_no_failure() {
    let ended = import(&answer("declared", r#""joint `turn` has no limits""#), "0", &[]);

    let ended = ended.expect_code(0);
    assert!(ended.stdout.contains("    the report says: joint `turn` has no limits\n"));
}

#[test]
fn the_report_as_json_holds_the_comparison() {
    let ended = import(&answer("differs", "null"), "0", &["--json"]).expect_code(5);

    let report: serde_json::Value = serde_json::from_str(&ended.stdout).expect("JSON");
    assert_eq!(report["verification"]["reader"], "Pinocchio 4.1.0");
    assert_eq!(report["verification"]["quantities"][1]["status"], "differs");
    assert!(report["counts"]["kept"].as_u64() > Some(0));
}

#[test]
fn a_file_that_the_other_reader_does_not_load_is_told_with_its_reason() {
    let says = r#"{"reader": "MuJoCo", "error": "mass and inertia must be larger than mjMINVAL"}"#;

    let ended = import(says, "0", &[]).expect_code(6);

    assert!(
        ended.stdout.contains(
            "MuJoCo does not load the file: mass and inertia must be larger than mjMINVAL"
        )
    );
}

#[test]
fn without_a_reader_the_advice_says_what_to_install() {
    let ended = import(r#"{"missing": true}"#, "0", &[]).expect_code(2);

    assert!(ended.stderr.contains("neither Pinocchio nor MuJoCo is installed for `"));
    assert!(ended.stderr.contains("python3 -m pip install pin"));
}

#[test]
fn a_comparison_that_breaks_is_told_with_its_exit_code() {
    let ended = import("Traceback", "7", &[]).expect_code(2);

    assert!(ended.stderr.contains("the comparison ended with exit status: 7"), "{}", ended.stderr);
}

#[test]
fn a_python_that_does_not_exist_is_named() {
    let project = Project::new();
    project.write("arm.urdf", ARM);
    let words = ["import", "arm.urdf", "--verify", "--python", "no/such/python"];

    let ended = project.randori(&words).expect_code(2);

    assert!(
        ended.stderr.contains("the program `no/such/python` does not exist"),
        "{}",
        ended.stderr
    );
}
