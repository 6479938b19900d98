use super::*;
use crate::fixture::{COURIER, LEG, interface};

fn replies(robot: &str) -> Replies {
    Replies::new(&interface(robot).actions)
}

/// The actions of a response.
fn decode(robot: &str, commands: &str) -> Result<Vec<Vec<f32>>, BadReply> {
    let line = format!(r#"{{"type":"command","request":3,"commands":{commands}}}"#);
    match replies(robot).parse(&line)? {
        Reply::Command { request: 3, commands } => Ok(commands),
        other => panic!("a command, not {other:?}"),
    }
}

/// The error in the actions of a response.
fn what(robot: &str, commands: &str) -> String {
    match decode(robot, commands).expect_err("refused") {
        BadReply::BadCommand { request: Some(3), what } => what,
        other => panic!("a bad command, not {other:?}"),
    }
}

#[test]
fn single_precision_numbers_come_back_with_the_same_bits() {
    let mut stream = randori_core::random::RandomStream::new(3, "protocol");
    let robot = replies(COURIER);
    for _ in 0..10_000 {
        let value = f32::from_bits(stream.next_u64() as u32);
        if !value.is_finite() {
            continue;
        }
        let commands = serde_json::to_string(&vec![vec![value, -value]]).expect("numbers");
        let line = format!(r#"{{"commands":{commands},"request":0,"type":"command"}}"#);

        let Ok(Reply::Command { commands, .. }) = robot.parse(&line) else { panic!("{line}") };
        assert_eq!(
            commands[0].iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            [value.to_bits(), (-value).to_bits()]
        );
    }
}

#[test]
fn commands_come_as_lists_or_by_name_one_or_several() {
    let commands = r#"[[1, 2, 3, 4, 5],
        {"ankle_motor": 0.5, "hip_motor": [1.0], "knee_motor": [2, 3, 4]},
        {"ankle_motor": 0.5, "hip_motor": 1.0, "knee_motor": 2}]"#;

    let decoded = decode(LEG, commands).expect("three commands");

    assert_eq!(decoded[0], [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(decoded[1], [1.0, 2.0, 3.0, 4.0, 0.5]);
    assert_eq!(decoded[2], [1.0, 2.0, 0.0, 0.0, 0.5]);
}

#[test]
fn commands_that_do_not_fit_are_explained() {
    let cases = [
        ("[[1, 2]]", "it has 2 values, but the robot takes 5"),
        ("[[1, 2, 3, 4, 5, 6, 7]]", "it has more than the 5 values that the robot takes"),
        ("[[1, 2, 3, 4, null]]", "invalid type: null, expected a number for `ankle_motor`"),
        (
            r#"["go"]"#,
            "invalid type: string \"go\", expected a list of numbers or an object by actuator name \
             as a command",
        ),
        (
            r#"[{"hip_moter": 1}]"#,
            "the robot has no actuator `hip_moter`, did you mean `hip_motor`?",
        ),
        (r#"[{"hip_motor": 1}]"#, "it says nothing about `knee_motor`"),
        (r#"[{"hip_motor": 1, "hip_motor": 1}]"#, "it names `hip_motor` twice"),
        (
            r#"[{"hip_motor": 1, "knee_motor": [1, 2], "ankle_motor": 0}]"#,
            "`knee_motor` got 2 values for its inputs `position`, `velocity` and `torque`",
        ),
        (
            r#"[{"hip_motor": true}]"#,
            "invalid type: boolean `true`, expected a number or a list of numbers for `hip_motor`",
        ),
        (
            "[[1e300, 0, 0, 0, 0]]",
            "`hip_motor` got 1e300, which is too large for a single-precision number",
        ),
        ("[[1e999, 0, 0, 0, 0]]", "number out of range"),
        ("[]", "it holds no command, not 1 to 1000"),
    ];
    for (commands, expected) in cases {
        assert_eq!(what(LEG, commands), expected, "{commands}");
    }
}

#[test]
fn reading_stops_at_what_the_robot_takes() {
    let many = |item: &str| format!("[{}0]", format!("{item},").repeat(200_000));

    assert_eq!(what(COURIER, &many("[1,2]")), "it holds more than 1000 commands");
    assert_eq!(what(COURIER, &many(r#"{"":0}"#)), "the robot has no actuator ``");
    let long = format!("[{{\"{}\":0}}]", "x".repeat(60_000));
    assert!(what(COURIER, &long).len() < 200);
    let long = format!("[\"{}\"]", "x".repeat(60_000));
    assert!(what(COURIER, &long).len() < 2000);
}

#[test]
fn the_longest_line_holds_the_longest_answer_by_name() {
    let robot = replies(LEG);
    let one = r#"{"hip_motor": -1.2345678901234567e-300, "knee_motor": [-1.2345678901234567e-300, -1.2345678901234567e-300, -1.2345678901234567e-300], "ankle_motor": -1.2345678901234567e-300}, "#;

    assert!(robot.max_line() > MAX_CHUNK * one.len());
    assert!(robot.max_line() < 500_000, "{}", robot.max_line());
}

#[test]
fn lines_that_are_no_message_are_told_apart_from_bad_commands() {
    let robot = replies(COURIER);
    let nested = format!(r#"{{"type":"command","commands":{}"#, "[".repeat(100_000));
    let cases = [
        ("garbage", "expected value"),
        (r#"{"type":"command","request":0,"comands":[[1,2]]}"#, "unknown field `comands`"),
        (r#"{"type":"command","request":0}"#, "missing field `commands`"),
        (r#"{"type":"command","request":-1,"commands":[[1,2]]}"#, "invalid value: integer `-1`"),
        (r#"{"type":"ready","request":1}"#, "a `ready` has no `request`"),
        (r#"{"type":"ready","type":"ready"}"#, "`type` comes twice"),
        (r#"{"type":"hello"}"#, "unknown variant `hello`"),
        (r#"{"type":"ready"} {"type":"ready"}"#, "trailing characters"),
        ("{\"type\":\"ready\0\"}", "control character"),
        (r#"{"type":"command","request":0,"commands":[[1,NaN]]}"#, "expected value"),
    ];
    for (line, expected) in cases {
        match robot.parse(line) {
            Err(BadReply::NoMessage(reason)) => {
                assert!(reason.contains(expected), "{line}: {reason}");
            }
            other => panic!("{line}: {other:?}"),
        }
    }
    assert!(robot.parse(&nested).is_err());
}

#[test]
fn texts_of_a_policy_are_cut() {
    let robot = replies(COURIER);
    let long = "x".repeat(50_000);

    let ready = robot.parse(&format!(r#"{{"type":"ready","protocol":1,"name":"{long}"}}"#));
    let error = robot.parse(&format!(r#"{{"type":"error","message":"{long}"}}"#));

    let Ok(Reply::Ready { name: Some(name), .. }) = ready else { panic!("{ready:?}") };
    let Ok(Reply::Error { message }) = error else { panic!("{error:?}") };
    assert!(name.len() < 300 && message.len() < 3000);
}

#[test]
fn only_an_object_with_a_type_means_to_be_a_message() {
    assert!(is_message(r#"{"a": [1, {}], "type": 3}"#));
    assert!(!is_message(r#"{"a": 1}"#));
    assert!(!is_message("welcome"));
}
