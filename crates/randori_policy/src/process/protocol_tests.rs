use serde_json::json;

use super::*;
use crate::fixture::{COURIER, LEG, Snapshot, interface};

fn text(message: &Message<'_>) -> String {
    String::from_utf8(message.line()).expect("JSON is text")
}

#[test]
fn hello_names_everything_that_the_robot_offers() {
    let interface = interface(LEG);
    let hello: Value =
        serde_json::from_str(&text(&Message::hello(&interface))).expect("one JSON object");

    assert_eq!(hello["type"], "hello");
    assert_eq!(hello["protocol"], 1);
    assert_eq!(hello["robot"], "leg");
    assert_eq!(hello["period_s"], 0.02);
    assert_eq!(
        hello["observations"][1],
        json!({"sensor": "joints", "channel": "velocity", "len": 3,
               "unit": "rad/s or m/s", "elements": ["hip", "knee", "ankle"]})
    );
    assert_eq!(
        hello["actions"][2],
        json!({"name": "ankle_motor", "joint": "ankle", "inputs": ["torque"],
               "ranges": [[-2.0, 2.0]], "initial": [0.0]})
    );
}

#[test]
fn an_observation_is_one_line_with_null_for_what_is_missing_or_infinite() {
    let interface = interface(&COURIER.replace("beams: 180", "beams: 3"));
    let sensors = Sensors::new(&interface);
    let values = vec![1.5, f32::INFINITY, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0];
    let mut seen = Snapshot::at(&interface, 0.2, values);
    seen.measured_at = vec![Some(Tick(90)), None, None];
    let observation = seen.observation(7);

    let line = text(&Message::Observation {
        request: 7,
        tick: 100,
        time: 0.2,
        sensors: sensors.reading(&observation),
    });

    assert_eq!(
        line,
        concat!(
            r#"{"type":"observation","request":7,"tick":100,"time":0.2,"sensors":{"#,
            r#""lidar":{"measured_at":0.18,"ranges":[1.5,null,0.1]},"#,
            r#""odometry":{"measured_at":null,"pose":null,"twist":null}}}"#,
            "\n"
        )
    );
}

#[test]
fn the_largest_seed_stays_exact() {
    assert_eq!(
        text(&Message::Reset { seed: u64::MAX }),
        "{\"type\":\"reset\",\"seed\":18446744073709551615}\n"
    );
}

#[test]
fn single_precision_numbers_come_back_with_the_same_bits() {
    let actions = interface(COURIER).actions;
    let mut stream = randori_core::random::RandomStream::new(3, "protocol");
    for _ in 0..10_000 {
        let value = f32::from_bits(stream.next_u64() as u32);
        if !value.is_finite() {
            continue;
        }
        let line = serde_json::to_string(&vec![vec![value, -value]]).expect("numbers");
        let back: Vec<Value> = serde_json::from_str(&line).expect("a list");

        let decoded = decode(&back, &actions).expect("two finite numbers");

        assert_eq!(
            decoded[0].iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            [value.to_bits(), (-value).to_bits()]
        );
    }
}

#[test]
fn commands_come_as_lists_or_by_name_one_or_several() {
    let actions = interface(LEG).actions;
    let commands = [
        json!([1, 2, 3, 4, 5]),
        json!({"ankle_motor": 0.5, "hip_motor": [1.0], "knee_motor": [2, 3, 4]}),
        json!({"ankle_motor": 0.5, "hip_motor": 1.0, "knee_motor": 2}),
    ];

    let decoded = decode(&commands, &actions).expect("three commands");

    assert_eq!(decoded[0], [1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(decoded[1], [1.0, 2.0, 3.0, 4.0, 0.5]);
    assert_eq!(decoded[2], [1.0, 2.0, 0.0, 0.0, 0.5]);
}

#[test]
fn commands_that_do_not_fit_are_explained() {
    let actions = interface(LEG).actions;
    let what = |command: Value| decode(&[command], &actions).expect_err("refused").what;

    assert_eq!(what(json!([1, 2])), "it has 2 values, but the robot takes 5");
    assert_eq!(what(json!([1, 2, 3, 4, null])), "`ankle_motor` got null, not a number");
    assert_eq!(what(json!("go")), "it is neither a list of numbers nor an object by actuator name");
    assert_eq!(
        what(json!({"hip_moter": 1})),
        "the robot has no actuator `hip_moter`, did you mean `hip_motor`?"
    );
    assert_eq!(what(json!({"hip_motor": 1})), "it says nothing about `knee_motor`");
    assert_eq!(
        what(json!({"hip_motor": 1, "knee_motor": [1, 2], "ankle_motor": 0})),
        "`knee_motor` got 2 values for its inputs `position`, `velocity` and `torque`"
    );
    assert_eq!(
        what(json!([1e300, 0, 0, 0, 0])),
        "`hip_motor` got 1e+300, which is too large for a single-precision number"
    );
    assert_eq!(
        decode(&[], &actions).expect_err("refused").what,
        "it holds 0 commands, not 1 to 1000"
    );
}
