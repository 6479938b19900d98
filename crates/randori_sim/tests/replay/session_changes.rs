//! Sessions that continue with changed values.

use randori_core::spec::Scenario;
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;
use randori_sim::episode::Episode;
use randori_sim::session::{Session, SessionError};

use crate::recording::{TICKS, push, recording, remembering, scenario};

fn started() -> Session {
    let policies = vec![Some(remembering()), None];
    let mut session = Session::new(&scenario(), 7, policies, 1 << 30).expect("it starts");
    go_on(&mut session, TICKS);
    session
}

fn go_on(session: &mut Session, until: usize) {
    while (session.record().tick.0 as usize) < until {
        if session.newest() == Tick(90) && session.record().tick == Tick(90) {
            let push = push(session.live());
            session.intervene(push).expect("the cube can be pushed");
        }
        session.advance().expect("nothing breaks");
    }
}

fn changed(change: impl FnOnce(&mut Scenario)) -> PreparedRun {
    let mut scenario = scenario();
    change(&mut scenario);
    PreparedRun { scenario, seed: 7, varied: vec![("mass".to_owned(), 2.0)] }
}

fn branched(session: &mut Session, changed: &PreparedRun) -> Result<Option<Tick>, SessionError> {
    session.branch_with(changed, vec![Some(remembering()), None])
}

#[test]
fn a_number_that_did_not_matter_yet_leaves_the_past_as_it_was() {
    let mut session = started();
    session.seek(Tick(100)).expect("it comes out the same again");

    let other = branched(&mut session, &changed(|_| {})).expect("it can go on");

    assert_eq!((other, session.newest()), (None, Tick(100)));
    assert_eq!(session.record(), &recording()[100]);
    assert_eq!(session.live().report().varied, [("mass".to_owned(), 2.0)]);
    go_on(&mut session, TICKS);
    assert_eq!(session.record(), &recording()[TICKS]);
}

#[test]
fn a_number_that_mattered_makes_another_past_and_says_from_where() {
    let mut session = started();
    session.seek(Tick(120)).expect("it comes out the same again");
    // The cube weighs twice as much: nobody can tell before the push of tick 91.
    let heavy = changed(|scenario| scenario.robots[1].links[0].mass_kg = 2.0);

    let other = branched(&mut session, &heavy).expect("it can go on");

    let first = other.expect("a heavier cube moves otherwise");
    assert!(first <= Tick(91), "{first:?}");
    assert_eq!(session.record().tick, Tick(120));
    assert_eq!(session.past()[91].interventions.len(), 1);
    assert_ne!(session.record().hash, recording()[120].hash);
    // What is shown again is the new past.
    let hash = session.past()[100].hash;
    session.seek(Tick(100)).expect("it comes out the same again");
    assert_eq!(session.record().hash, hash);
    assert_eq!(session.scenario().robots[1].links[0].mass_kg, 2.0);
}

#[test]
fn the_changed_run_is_the_run_of_the_changed_scenario() {
    let heavy = changed(|scenario| scenario.robots[1].links[0].mass_kg = 2.0);
    let policies = vec![Some(remembering()), None];
    let mut episode = Episode::new(&heavy.scenario, 7, policies).expect("it starts");
    for tick in 0..TICKS {
        if tick == 90 {
            episode.intervene(push(&episode)).expect("the cube can be pushed");
        }
        episode.advance();
    }
    let mut session = started();
    session.seek(Tick(50)).expect("it comes out the same again");

    branched(&mut session, &heavy).expect("it can go on");
    go_on(&mut session, TICKS);

    assert_eq!(session.record().hash, episode.record().hash);
}

#[test]
fn another_scene_is_refused_and_nothing_happens() {
    let mut session = started();
    let refusals = [
        (changed(|it| it.robots[1].links[0].name = "crate".to_owned()), "bodies"),
        (changed(|it| it.spec.physics.rate_hz = Some(250)), "ticks"),
        (changed(|it| it.robots[0].actuators.clear()), "sensors or actuators"),
    ];
    for (other, expected) in refusals {
        let refused = branched(&mut session, &other);

        assert!(
            matches!(refused, Err(SessionError::OtherScene { what }) if what == expected),
            "{expected}: {refused:?}"
        );
        assert_eq!(session.record(), &recording()[TICKS]);
    }
}

#[test]
fn a_run_that_would_be_over_before_the_shown_tick_is_refused() {
    let mut session = started();

    let short = branched(&mut session, &changed(|it| it.spec.duration = 0.1));

    assert!(matches!(short, Err(SessionError::Repeat(_))), "{short:?}");
    assert_eq!(session.newest(), Tick(TICKS as u64));
}
