//! Whatever the bytes are, reading them ends with an answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use randori_core::time::Tick;
use randori_record::reader::Recording;

fuzz_target!(|bytes: &[u8]| {
    let Ok(recording) = Recording::open(bytes) else { return };
    let ticks = recording.ticks().filter_map(Result::ok);
    let last = ticks.map(|tick| tick.record.tick).last();
    assert_eq!(last, recording.last_tick());
    let keyframes = recording.keyframes();
    assert!(recording.keyframe_before(Tick(u64::MAX)).is_some() != keyframes.is_empty());
});
