//! Rewinding and branching a run.

use randori_core::policy::Policy;
use randori_core::random::RandomStream;
use randori_core::record::{Stage, TickRecord};
use randori_core::time::Tick;
use randori_sim::session::{Progress, Session, SessionError};

use crate::fixture::always;
use crate::recording::{TICKS, push, recording, remembering, scenario};

const ROOMY: usize = 1 << 30;

fn same() -> Vec<Option<Box<dyn Policy>>> {
    vec![Some(remembering()), None]
}

fn started(budget: usize) -> Session {
    Session::new(&scenario(), 7, same(), budget).expect("the scenario starts")
}

/// Goes on to a tick, with the push of the recording.
fn go_on(session: &mut Session, until: usize) {
    while (session.record().tick.0 as usize) < until {
        if session.newest() == Tick(90) && session.record().tick == Tick(90) {
            let push = push(session.live());
            session.intervene(push).expect("the cube can be pushed");
        }
        session.advance().expect("it comes out the same again");
    }
}

fn random_tick(stream: &mut RandomStream, end: u64) -> Tick {
    Tick((stream.unit() * end as f64) as u64)
}

#[test]
fn every_tick_can_be_shown_again_in_any_order() {
    let records = recording();
    // Saved states at every 200th tick, or none but the first.
    for budget in [ROOMY, 0] {
        let mut session = started(budget);
        go_on(&mut session, TICKS);
        assert_eq!(session.record(), &records[TICKS]);

        let mut stream = RandomStream::new(3, "places");
        for _ in 0..40 {
            let tick = random_tick(&mut stream, TICKS as u64 + 1);
            session.seek(tick).expect("it comes out the same again");
            assert_eq!(session.record(), &records[tick.0 as usize]);
        }
    }
}

#[test]
fn a_run_that_was_taken_back_goes_on_as_if_nothing_had_happened() {
    let records = recording();
    let mut session = started(ROOMY);
    let mut stream = RandomStream::new(4, "places");
    for part in 1..=4 {
        go_on(&mut session, TICKS * part / 4);
        let newest = session.newest();
        session.seek(random_tick(&mut stream, newest.0)).expect("it comes out the same again");
        assert_eq!(session.advance().expect("it comes out the same again"), Progress::Again);
    }
    go_on(&mut session, TICKS);

    assert_eq!(session.record(), &records[TICKS]);
    session.seek(Tick(u64::MAX)).expect("that is the newest one");
    assert_eq!(session.record(), &records[TICKS]);
}

#[test]
fn a_branch_with_the_same_policies_is_the_same_run() {
    let records = recording();
    let mut stream = RandomStream::new(5, "places");
    for _ in 0..8 {
        let mut session = started(ROOMY);
        go_on(&mut session, 150);
        let tick = random_tick(&mut stream, 150);
        session.seek(tick).expect("it comes out the same again");

        session.branch(same()).expect("it can go on");

        assert_eq!((session.newest(), session.record()), (tick, &records[tick.0 as usize]));
        go_on(&mut session, TICKS);
        assert_eq!(session.record(), &records[TICKS], "branched at {tick:?}");
    }
}

#[test]
fn another_policy_decides_from_the_branch_on_and_not_before() {
    let records = recording();
    let mut session = started(ROOMY);
    go_on(&mut session, TICKS);
    session.seek(Tick(100)).expect("it comes out the same again");

    session.branch(vec![Some(Box::new(always(&[-3.0]))), None]).expect("it can go on");
    let mut first: Option<TickRecord> = None;
    while session.newest() < Tick(TICKS as u64) {
        session.advance().expect("nothing breaks");
        let record = session.record();
        if first.is_none() && record.hash != records[record.tick.0 as usize].hash {
            first = Some(record.clone());
        }
    }

    let first = first.expect("it goes another way");
    let before = &records[first.tick.0 as usize];
    assert_eq!(first.digests.first_difference(&before.digests), Some(Stage::Policy));
    assert!(first.decisions[0].asked_at >= Tick(100), "{:?}", first.decisions);
}

#[test]
fn the_past_cannot_be_pushed_but_a_branch_of_it_can() {
    let mut session = started(ROOMY);
    go_on(&mut session, TICKS);
    let push = push(session.live());
    session.seek(Tick(20)).expect("it comes out the same again");

    assert!(matches!(session.intervene(push), Err(SessionError::InThePast(Tick(20)))));

    session.branch(same()).expect("it can go on");
    session.intervene(push).expect("now it can be pushed");
    assert_eq!(session.advance().expect("nothing breaks"), Progress::New);
    assert_eq!(session.record().interventions, [push]);
    assert_eq!(session.past().len(), 22);
    // What was done is a part of the past of this branch.
    go_on(&mut session, 60);
    session.seek(Tick(21)).expect("it comes out the same again");
    assert_eq!(session.record().interventions, [push]);
}
