use serde_json::{Value, json};

use super::*;
use crate::fixture::{COURIER, LEG, Snapshot, interface};

fn text(message: &Message<'_>) -> String {
    String::from_utf8(message.json()).expect("JSON is text")
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
            r#""odometry":{"measured_at":null,"pose":null,"twist":null}}}"#
        )
    );
}

#[test]
fn the_largest_seed_stays_exact() {
    assert_eq!(
        text(&Message::Reset { seed: u64::MAX }),
        "{\"type\":\"reset\",\"seed\":18446744073709551615}"
    );
}
