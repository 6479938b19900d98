//! Continuing from keyframes.

use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_sim::intervention::InterventionError;
use randori_sim::snapshot::RestoreError;

use crate::recording::{TICKS, first_error, push, recording, replay, scenario, start};

#[test]
fn a_replay_goes_on_from_every_keyframe() {
    let records = recording();
    let mut original = start();
    let mut keyframes = Vec::new();
    for tick in 0..TICKS {
        // Answers that are under way are not waited for.
        keyframes.push(original.simulation().keyframe().expect("signals have a state"));
        if tick == 90 {
            let push = push(&original);
            original.intervene(push).expect("the cube can be pushed");
        }
        original.advance();
    }
    assert_eq!(original.record(), &records[TICKS], "keyframes change nothing");

    let scenario = scenario();
    let mut replay = replay(&scenario);
    // Backwards, so that no answer or state of an earlier pass can help.
    for (tick, keyframe) in keyframes.iter().enumerate().rev().step_by(13) {
        replay.restore_keyframe(keyframe).expect("it is the same scenario");
        assert_eq!(replay.episode().record().tick.0, tick as u64);

        assert_eq!(first_error(&mut replay, &records[tick + 1..]), None, "from tick {tick} on");
    }
}

#[test]
fn a_damaged_keyframe_is_refused() {
    let keyframe = start().simulation().keyframe().expect("signals have a state");
    let mut replay = replay(&scenario());
    for place in (0..keyframe.len()).step_by(101) {
        let mut damaged = keyframe.clone();
        damaged[place] ^= 4;

        let refused = replay.restore_keyframe(&damaged);
        assert!(matches!(refused, Err(RestoreError::Malformed(_))), "{refused:?}");
        let refused = replay.restore_keyframe(&keyframe[..place]);
        assert!(matches!(refused, Err(RestoreError::Malformed(_))), "{refused:?}");
    }
}

#[test]
fn what_cannot_be_pushed_is_refused() {
    let mut episode = start();
    let push = |body, at, impulse| Intervention::Push { body: BodyId(body), at, impulse };

    let unknown = episode.intervene(push(99, Vector::ZERO, Vector::X));
    let endless = episode.intervene(push(0, Vector::ZERO, Vector::X * f32::INFINITY));

    assert!(matches!(unknown, Err(InterventionError::UnknownBody { body: 99, .. })));
    assert!(matches!(endless, Err(InterventionError::NotFinite { .. })));
    assert!(episode.advance().record.interventions.is_empty());
}
