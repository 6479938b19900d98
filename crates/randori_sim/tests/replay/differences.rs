//! Replays that differ, and their messages.

use randori_core::record::{Stage, TickRecord};
use randori_core::time::Tick;
use randori_sim::replay::{Difference, Mismatch, Replay, ReplayError};

use crate::fixture::always;
use crate::recording::{first_error, recording, replay, scenario};

#[track_caller]
fn mismatch(replay: &mut Replay, records: &[TickRecord]) -> Mismatch {
    match first_error(replay, records) {
        Some(ReplayError::Mismatch(mismatch)) => *mismatch,
        other => panic!("no mismatch: {other:?}"),
    }
}

#[test]
fn one_bit_of_an_answer_is_a_difference_of_the_policy_at_its_tick() {
    let mut records = recording();
    let changed = records.iter_mut().rfind(|it| !it.decisions.is_empty()).expect("it decides");
    let tick = changed.tick;
    // The second command is not even in force yet.
    let value = &mut changed.decisions[0].commands[1][0];
    *value = f32::from_bits(value.to_bits() ^ 1);

    let found = mismatch(&mut replay(&scenario()), &records);

    assert_eq!((found.tick, found.stage), (tick, Stage::Policy));
    assert!(matches!(found.difference, Difference::Digest { .. }));
}

#[test]
fn one_bit_of_a_body_is_a_difference_of_the_physics_at_its_tick() {
    let records = recording();
    for path in ["r0.arm", "r1.body"] {
        let mut replay = replay(&scenario());
        let body = replay.episode().simulation().layout().body(path).expect("it exists");
        replay.episode_mut().plant(Tick(100), body);

        let found = mismatch(&mut replay, &records);

        assert_eq!((found.tick, found.stage), (Tick(100), Stage::Physics), "{path}");
    }
}

#[test]
fn another_stream_of_noise_is_a_difference_of_the_sensor() {
    let mut records = recording();
    let mut other = scenario();
    // The name of the sensor is also the name of its stream.
    other.robots[0].sensors[0].name = "encoders".to_owned();

    let found = mismatch(&mut replay(&other), &records);
    assert_eq!(found.stage, Stage::Sensor);

    // One bit of what a policy was asked counts as well.
    let asked = records.iter_mut().rfind(|it| !it.requests.is_empty()).expect("it asks");
    let tick = asked.tick;
    let value = &mut asked.requests[0].values[0];
    *value = f32::from_bits(value.to_bits() ^ 1);
    let found = mismatch(&mut replay(&scenario()), &records);
    assert_eq!((found.tick, found.stage), (tick, Stage::Sensor));
    assert!(matches!(found.difference, Difference::Request { .. }));
}

#[test]
fn a_forgotten_intervention_is_a_difference_of_the_event() {
    let mut records = recording();
    records[91].interventions.clear();

    let found = mismatch(&mut replay(&scenario()), &records);

    assert_eq!((found.tick, found.stage), (Tick(91), Stage::Event));
}

#[test]
fn another_policy_is_found_by_its_first_answer() {
    let records = recording();
    let policies: Vec<Option<Box<dyn randori_core::policy::Policy>>> =
        vec![Some(Box::new(always(&[1.0]))), None];
    let mut replay = Replay::with_policies(&scenario(), 7, policies).expect("it starts");

    let found = mismatch(&mut replay, &records);

    let first = records.iter().find(|it| !it.decisions.is_empty()).expect("it decides");
    assert_eq!((found.tick, found.stage), (first.tick, Stage::Policy));
    let Difference::Decision { expected, actual } = found.difference else {
        panic!("{:?}", found.difference)
    };
    assert_eq!(expected.as_ref(), first.decisions.first());
    assert_eq!(actual.expect("it answered").commands, [[1.0]]);
}

#[test]
fn a_missing_answer_breaks_the_replay_and_names_the_request() {
    let mut records = recording();
    let cut = records.iter_mut().find(|it| !it.decisions.is_empty()).expect("it decides");
    let request = cut.decisions[0].request;
    cut.decisions.clear();

    let Some(ReplayError::Broken(error)) = first_error(&mut replay(&scenario()), &records) else {
        panic!("the replay goes on without an answer")
    };

    assert_eq!(error.code, "RR0102");
    assert!(error.message.contains(&format!("no response to request {request}")), "{error:?}");
}

#[test]
fn damaged_and_missing_ticks_are_told_from_differences() {
    let mut records = recording();
    records[5].hash ^= 1;
    let error = first_error(&mut replay(&scenario()), &records);
    assert_eq!(error, Some(ReplayError::Contradiction(Tick(5))));

    records.remove(5);
    let error = first_error(&mut replay(&scenario()), &records);
    let expected = ReplayError::OutOfOrder { expected: Tick(5), found: Tick(6) };
    assert_eq!(error, Some(expected));
}
