//! Comparison of recordings: artificial ticks, truncated files, different scenes.

mod common;

use std::io::Cursor;

use randori_core::math::Vector;
use randori_core::record::{Contact, Stage, TickRecord};
use randori_core::time::Tick;
use randori_record::compare::{Basis, Comparison, Growth, Values, compare};
use randori_record::header::Start;
use randori_record::reader::Recording;
use randori_record::writer::{Options, RecordingWriter};

const TICKS: u64 = 60;

/// A recording of these ticks.
fn written(start: &Start, ticks: &[(TickRecord, Vec<Contact>)], options: Options) -> Recording {
    let out = Cursor::new(Vec::new());
    let scenario = common::scenario();
    let mut writer =
        RecordingWriter::create(out, start, &scenario, options).expect("memory can be written to");
    for (record, contacts) in ticks {
        writer.tick(record, contacts).expect("memory can be written to");
    }
    let report = common::report(ticks.len() as u64);
    let bytes = writer.finish(&report).expect("memory can be written to").into_inner();
    Recording::open(bytes).expect("it is a recording")
}

fn plain() -> Options {
    Options { viewers: false, ..Options::default() }
}

/// Odd ticks against the same ones with a change.
fn changed(options: [Options; 2], change: impl Fn(&mut TickRecord)) -> Comparison {
    let before = common::odd_ticks(5, TICKS);
    let mut after = before.clone();
    for (record, _) in &mut after {
        change(record);
    }
    let start = common::start();
    compare(&written(&start, &before, options[0]), &written(&start, &after, options[1]))
}

/// From a tick on, the place of the ball and the digest of the world differ.
fn moves_at(tick: u64) -> impl Fn(&mut TickRecord) {
    let ball = common::start().layout.body("ball").expect("there is a ball");
    move |record| {
        let place = &mut record.state.bodies[ball.0].pose.translation;
        *place = Vector::new(1.0, 0.0, 0.0);
        if record.tick.0 >= tick {
            place.x = place.x.next_up();
            record.digests[Stage::Physics] ^= 1;
            record.hash ^= 1;
        }
    }
}

#[test]
fn equal_recordings_are_equal_whatever_bits_they_hold() {
    let found = changed([plain(), Options::default()], |_| {});

    assert!(found.is_equal() && found.is_whole());
    assert_eq!((found.ticks, found.states), (TICKS, TICKS));
    assert_eq!((found.basis, found.growth), (Basis::Digests, Growth::None));
}

#[test]
fn a_moved_body_is_named_with_its_field_and_its_distance() {
    let before = |record: &mut TickRecord| moves_at(u64::MAX)(record);
    let after = |record: &mut TickRecord| moves_at(20)(record);
    let (mut a, mut b) = (common::odd_ticks(5, TICKS), common::odd_ticks(5, TICKS));
    for (record, _) in &mut a {
        before(record);
    }
    for (record, _) in &mut b {
        after(record);
    }
    let start = common::start();

    let found = compare(&written(&start, &a, plain()), &written(&start, &b, plain()));

    let first = found.first.as_ref().expect("it differs");
    assert_eq!((first.at.ticks, first.stage), ([Tick(20), Tick(20)], Stage::Physics));
    assert_eq!((first.seen_at, first.contradiction), (Some(first.at), false));
    let field = &first.fields.first[0];
    assert_eq!((field.entity.as_str(), field.field.as_str()), ("ball", "position.x"));
    assert_eq!((first.fields.count, field.ulps()), (1, Some(1)));
    assert_eq!(field.distance(), Some(f64::from(f32::EPSILON)));
    assert_eq!(field.values, Values::Numbers([1.0, 1.0 + f32::EPSILON]));
    assert_eq!((found.bodies.len(), found.bodies[0].body.as_str()), (1, "ball"));
    assert_eq!(found.samples.len(), 40);
    assert!(matches!(found.growth, Growth::Constant { .. }));
    assert_eq!(found.contacts.expect("states are known").at, first.at);
}

#[test]
fn a_difference_between_two_states_is_found_at_its_tick_and_seen_at_the_next() {
    let sparse = Options { state_every: 8, ..plain() };

    let found = changed([sparse, plain()], |record| {
        if record.tick.0 >= 21 {
            record.digests[Stage::Physics] ^= 1;
            record.state.velocities[0] = 0.5;
        }
    });

    let first = found.first.expect("it differs");
    assert_eq!((first.at.ticks[0], first.stage), (Tick(21), Stage::Physics));
    assert_eq!(first.seen_at.map(|at| at.ticks[0]), Some(Tick(24)));
    assert!(first.fields.first[0].entity.starts_with("joint "));
}

#[test]
fn what_stays_inside_still_names_its_stage() {
    let found = changed([plain(), plain()], |record| {
        record.digests[Stage::Sensor] ^= u64::from(record.tick.0 >= 3);
    });

    let first = found.first.expect("it differs");
    assert_eq!((first.at.ticks[0], first.stage, first.seen_at), (Tick(3), Stage::Sensor, None));
}

#[test]
fn values_that_contradict_their_digests_are_told() {
    let found = changed([plain(), plain()], |record| {
        if record.tick == Tick(7) {
            record.readings[0].measured = vec![0.25; 10];
        }
    });

    let first = found.first.expect("it differs");
    assert_eq!((first.at.ticks[0], first.stage), (Tick(7), Stage::Sensor));
    assert!(first.contradiction);
    assert_eq!(first.fields.first[0].entity, "rover.imu");
}

#[test]
fn without_measurements_what_policies_were_asked_tells_the_difference() {
    let silent = Options { sensor_frames: false, ..plain() };

    let found = changed([silent, plain()], |record| {
        for request in &mut record.requests {
            record.digests[Stage::Sensor] ^= 1;
            request.values[0] = 0.125;
        }
    });

    let first = found.first.expect("it differs");
    assert_eq!(first.stage, Stage::Sensor);
    assert!(first.fields.first[0].entity.starts_with("request "));
}

#[test]
fn other_scenes_are_compared_in_what_both_have() {
    let before = common::odd_ticks(5, TICKS);
    let mut after = before.clone();
    let mut start = common::start();
    let ball = start.layout.body("ball").expect("there is a ball").0;
    // The ball comes last, and the rock is called otherwise.
    let last = start.layout.bodies.len() - 1;
    start.layout.bodies.swap(ball, last);
    "boulder".clone_into(&mut start.layout.bodies[ball + 1].path);
    for (record, _) in &mut after {
        record.state.bodies.swap(ball, last);
        record.digests[Stage::Physics] ^= 9;
    }

    let found =
        compare(&written(&common::start(), &before, plain()), &written(&start, &after, plain()));

    assert_eq!(found.basis, Basis::OtherScene);
    let only: Vec<_> = found.only.iter().map(|it| (it.name.as_str(), it.in_second)).collect();
    assert_eq!(only, [("rock", false), ("boulder", true)]);
    assert!(!found.is_equal());
    let moved = found.first.map(|first| first.fields.first);
    let moved = moved.into_iter().flatten().find(|field| field.stage == Stage::Physics);
    assert_eq!(moved, None, "bodies are compared by their paths");
}

#[test]
fn what_only_one_scene_has_is_told_once_and_not_as_a_difference_of_its_values() {
    let ticks = common::odd_ticks(5, TICKS);
    let mut other = common::start();
    "scanner".clone_into(&mut other.layout.robots[0].sensors[1].name);
    let [one, other] = [common::start(), other].map(|start| written(&start, &ticks, plain()));

    for (found, names) in [
        (compare(&one, &other), ["rover.lidar", "rover.scanner"]),
        (compare(&other, &one), ["rover.scanner", "rover.lidar"]),
    ] {
        let only: Vec<_> = found.only.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(only, names);
        assert_eq!(found.first, None);
        assert!(!found.is_equal());
    }
}

#[test]
fn ticks_of_other_lengths_are_compared_at_equal_times() {
    let ticks = common::odd_ticks(5, TICKS);
    let mut start = common::start();
    start.header.period_ns = common::PERIOD_NS / 2;
    // Twice as many ticks; each second one is one of the others.
    let mut dense = Vec::new();
    for (record, contacts) in &ticks {
        let tick = record.tick.0 * 2;
        dense.push((TickRecord { tick: Tick(tick), ..record.clone() }, contacts.clone()));
        dense.push((
            TickRecord { tick: Tick(tick + 1), interventions: Vec::new(), ..record.clone() },
            Vec::new(),
        ));
    }

    let found = compare(
        &written(&common::start(), &ticks, Options { sensor_frames: false, ..plain() }),
        &written(&start, &dense, plain()),
    );

    assert_eq!((found.basis, found.ticks), (Basis::OtherTicks, TICKS));
    assert_eq!(found.first, None);
    assert!(found.settings.iter().any(|it| it.what.starts_with("length of a tick")));
    assert!(!found.lengths_differ());
}

#[test]
fn a_cut_recording_is_compared_as_far_as_it_goes() {
    let whole = common::recording(5, TICKS, Options::default());
    let open = |bytes: &[u8]| Recording::open(bytes.to_vec()).ok();
    let complete = open(&whole).expect("it is whole");
    let mut compared = 0;
    for tenth in 0..10 {
        let Some(cut) = open(&whole[..whole.len() * tenth / 10]) else { continue };
        for found in [compare(&complete, &cut), compare(&cut, &complete)] {
            assert!(found.is_equal() && !found.is_whole(), "{tenth}");
            compared += 1;
        }
    }
    assert!(compared > 0);
}

#[test]
fn a_longer_run_is_another_run() {
    let ticks = common::odd_ticks(5, TICKS);
    let start = common::start();
    let shorter = &ticks[..40];

    let found = compare(&written(&start, shorter, plain()), &written(&start, &ticks, plain()));

    assert_eq!((found.first.is_none(), found.ticks), (true, 40));
    assert!(found.lengths_differ() && !found.is_equal());
}

#[test]
fn what_runs_depend_on_is_told_with_both_values() {
    let ticks = common::odd_ticks(5, 3);
    let mut start = common::start();
    start.header.seed = 8;
    start.header.engine.rapier = "0.37.0".to_owned();
    "goto_fast".clone_into(&mut start.header.policies[0].as_mut().expect("it has one").name);
    start.texts[1].1 = start.texts[1].1.replace("Sphere(radius: 0.2)", "Sphere(radius: 0.25)");

    let found =
        compare(&written(&common::start(), &ticks, plain()), &written(&start, &ticks, plain()));

    assert!(found.is_equal(), "the runs themselves are the same");
    let whats: Vec<_> = found.settings.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(whats, ["seed", "policy", "rapier"]);
    let [input] = found.inputs.as_slice() else { panic!("{:?}", found.inputs) };
    assert!(input.change.path.ends_with("radius"), "{input:?}");
    assert_eq!(input.before.as_deref(), Some("0.2"));
}
