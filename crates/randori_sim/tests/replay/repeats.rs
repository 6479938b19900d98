//! Replays without differences.

use randori_core::record::{TickRecord, WorldState};
use randori_sim::replay::Replay;

use crate::recording::{TICKS, first_error, recording, remembering, replay, scenario};

#[test]
fn the_recording_holds_late_answers_of_several_commands_and_a_push() {
    let records = recording();
    let late = |record: &TickRecord| {
        record
            .decisions
            .iter()
            .any(|it| it.asked_at.0 + 1 < record.tick.0 && it.commands.len() == 2)
    };

    assert!(records.iter().any(late));
    assert_eq!(records[91].interventions.len(), 1);
    assert!(records.iter().any(|record| !record.events.is_empty()));
}

#[test]
fn each_question_is_written_down_in_the_step_in_which_it_is_asked() {
    let records = recording();
    let asked: Vec<(u64, u64)> = records
        .iter()
        .flat_map(|record| record.requests.iter().map(move |it| (record.tick.0, it)))
        .map(|(tick, it)| {
            assert_eq!(tick, it.asked_at.0 + 1);
            (it.request, it.asked_at.0)
        })
        .collect();

    let ticks_per_request = 20;
    let expected: Vec<_> = (0..TICKS as u64 / ticks_per_request)
        .map(|request| (request, request * ticks_per_request))
        .collect();
    assert_eq!(asked, expected);
    let answered: Vec<u64> =
        records.iter().flat_map(|record| &record.decisions).map(|it| it.request).collect();
    assert!(asked.iter().map(|(request, _)| *request).zip(&answered).all(|(a, b)| a == *b));
}

#[test]
fn a_run_replays_from_its_recorded_answers_and_interventions_alone() {
    let records = recording();
    let mut replay = replay(&scenario());

    assert_eq!(first_error(&mut replay, &records), None);
    assert_eq!(replay.episode().record(), &records[TICKS]);
    assert_eq!(replay.episode().report().final_hash, records[TICKS].hash);
}

#[test]
fn a_run_replays_with_its_policies_deciding_anew() {
    let policies = vec![Some(remembering()), None];
    let mut replay = Replay::with_policies(&scenario(), 7, policies).expect("it starts");

    assert_eq!(first_error(&mut replay, &recording()), None);
}

#[test]
fn a_replay_needs_only_hashes_questions_and_answers() {
    let mut records = recording();
    for record in &mut records {
        record.state = WorldState::default();
        record.signals.clear();
        record.applied.clear();
    }

    assert_eq!(first_error(&mut replay(&scenario()), &records), None);
}
