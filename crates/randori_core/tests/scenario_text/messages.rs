//! What people read, in full.

use randori_core::text::MemoryFiles;

use super::fixture::{ARM, HALL, SCENARIO, findings, told};

#[test]
fn mistakes_in_three_files_are_reported_in_one_go() {
    let files = MemoryFiles::new([
        (
            "scenarios/push.ron",
            SCENARIO.replace("duration: 4.0", "duraton: 4.0, duration: 4.0, tag: []"),
        ),
        ("assets/hall.ron", HALL.replace("Movable(", "Moveable(")),
        (
            "assets/arm.ron",
            ARM.replace("child: \"hand\"", "child: \"hnd\"").replace("kp: 30.0", "kp: -1"),
        ),
    ]);

    insta::assert_snapshot!(findings(&files).human(false), @r#"
    error[RS0102]: unknown field `duraton` in `Scenario`
     --> scenarios/push.ron:5:5
      |
    5 |     duraton: 4.0, duration: 4.0, tag: [],
      |     ^^^^^^^ no field has this name
      |
    help: did you mean `duration`?

    error[RS0102]: unknown field `tag` in `Scenario`
     --> scenarios/push.ron:5:34
      |
    5 |     duraton: 4.0, duration: 4.0, tag: [],
      |                                  ^^^ no field has this name
      |
    help: did you mean `tags`?

    error[RS0103]: unknown value `Moveable` in `Mobility`
     --> assets/hall.ron:7:65
      |
    7 |         (name: "crate", pose: (xyz: (1.0, 0.0, 0.2)), mobility: Moveable(mass_kg: 3.0), shapes: [
      |                                                                 ^^^^^^^^ not one of the possible values
      |
    help: did you mean `Movable`?

    error[RS0203]: joint `wrist` is attached to a link that does not exist
      --> assets/arm.ron:14:105
       |
    14 |         (name: "wrist", kind: Revolute(limits: (lower: Deg(5), upper: Deg(90))), parent: "base", child: "hnd",
       |                                                                                                         ^^^^^ no link has this name
       |
    help: a link with a similar name exists: `hand`

    error[RS0301]: `kp` is -1, but must not be negative
      --> assets/arm.ron:21:69
       |
    21 |     actuators: [(name: "motor", joint: "wrist", drive: Position(kp: -1, kd: 1.0), limits: (torque: 5.0), delay: 0.002)],
       |                                                                     ^^ must not be negative
    "#);
}

#[test]
fn types_are_explained_in_the_users_words() {
    insta::assert_snapshot!(told("arm", "lower: Deg(5)", "lower: 5"), @r#"
    assets/arm.ron:14:56: error[RS0105]: a value with its unit is expected here
    help: write `Deg(5)` for degrees or `Rad(5)` for radians
    "#);
    insta::assert_snapshot!(told("arm", "\"slide\": M(0.05)", "\"slide\": 0.05"), @r#"
    assets/arm.ron:28:50: error[RS0105]: a value with its unit is expected here
    help: write `Deg(0.05)` for degrees or `Rad(0.05)` for radians, `M(0.05)` for metres
    "#);
    insta::assert_snapshot!(told("scenario", "impulse: (0.0, 2.0, 0.0)", "impulse: [0.0, 2.0, 0.0]"), @r#"
    scenarios/push.ron:18:67: error[RS0105]: a value in round brackets `(...)` is expected here
    help: vectors are written in round brackets: `(0.0, 2.0, 0.0)`
    "#);
    insta::assert_snapshot!(told("scenario", "title: \"push\"", "title: push"), @r#"
    scenarios/push.ron:4:12: error[RS0105]: a text in quotes is expected here
    help: put it in quotes: `"push"`
    "#);
    insta::assert_snapshot!(told("arm", "beams: 90", "beams: 90.5"), @r#"assets/arm.ron:23:57: error[RS0105]: a whole number is expected here"#);
    insta::assert_snapshot!(told("scenario", "waypoints: {\"goal\"", "waypoints: {goal"), @r#"
    scenarios/push.ron:16:17: error[RS0105]: a text in quotes is expected here
    help: put it in quotes: `"goal"`
    "#);
    insta::assert_snapshot!(told("arm", "drive: Position(kp: 30.0, kd: 1.0)", "drive: Position"), @r#"
    assets/arm.ron:21:56: error[RS0105]: `Position` with its values is expected here
    help: write `Position(...)`
    "#);
    insta::assert_snapshot!(told("arm", "mass_kg: 5.0", "mass_kg: true"), @r#"assets/arm.ron:6:33: error[RS0105]: a number is expected here"#);
}

#[test]
fn broken_brackets_are_shown_where_they_were_opened() {
    insta::assert_snapshot!(told("hall", "size: (0.4, 0.4, 0.4)", "size: (0.4, 0.4, 0.4"), @r#"assets/hall.ron:9:9: error[RS0101]: `(` is closed by `]`"#);
    insta::assert_snapshot!(told("scenario", "title: \"push\",", "title: \"push,"), @r#"scenarios/push.ron:4:12: error[RS0101]: a text is not closed on its line"#);
    insta::assert_snapshot!(told("scenario", "// A robot", "/* A robot"), @r#"scenarios/push.ron:1:1: error[RS0101]: a comment is never closed"#);
    insta::assert_snapshot!(told("scenario", "format: 1,", "format 1,"), @r#"scenarios/push.ron:3:5: error[RS0101]: a `:` or `,` is missing after `format`"#);
}

#[test]
fn a_file_of_another_kind_is_called_by_its_name() {
    insta::assert_snapshot!(told("scenario", "assets:hall.ron", "assets:arm.ron"), @r#"assets/arm.ron:1:1: error[RS0003]: this is a Robot file, but an Environment was expected"#);
    insta::assert_snapshot!(told("hall", "Environment(", "Enviroment("), @r#"
    assets/hall.ron:1:1: error[RS0003]: `Enviroment` is no kind of file, an Environment was expected
    help: files start with `Scenario(...)`, `Robot(...)`, `Environment(...)` or `PolicyContract(...)`
    "#);
    insta::assert_snapshot!(told("hall", "Environment(", "("), @r#"
    assets/hall.ron:1:1: error[RS0003]: the file does not start with its kind
    help: write `Environment` before the bracket: `Environment(...)`
    "#);
}

#[test]
fn a_missing_file_is_reported_where_it_is_named() {
    insta::assert_snapshot!(told("scenario", "assets:hall.ron", "hall.ron"), @r#"scenarios/push.ron:7:18: error[RS0001]: `scenarios/hall.ron` cannot be read: it does not exist"#);
}

#[test]
fn a_misspelt_field_is_not_also_called_missing() {
    let text = told("arm", "mass_kg: 5.0", "mas_kg: 5.0");

    assert_eq!(text.matches("error").count(), 1, "{text}");
}

#[test]
fn a_misspelt_child_is_not_also_called_unconnected() {
    let text = told("arm", "child: \"hand\"", "child: \"hnd\"");

    assert_eq!(text.matches("error").count(), 1, "{text}");
}

#[test]
fn a_ring_of_joints_is_named_once() {
    insta::assert_snapshot!(told("arm", "parent: \"hand\"", "parent: \"ball\""), @r#"
    assets/arm.ron:16:84: error[RS0402]: the joints form a ring: ball -> finger -> ball
    help: open the ring at one joint, and close it with an entry of `loops`
    "#);
}
