//! Recordings and goldens.

use randori_core::time::Tick;
use randori_record::golden::Golden;
use randori_record::reader::Recording;

/// Reading a recording terminates with a result or an error.
pub(crate) fn recording(bytes: &[u8]) {
    let Ok(recording) = Recording::open(bytes) else { return };
    let ticks = recording.ticks().filter_map(Result::ok);
    let last = ticks.map(|tick| tick.record.tick).last();
    assert_eq!(last, recording.last_tick());
    let keyframes = recording.keyframes();
    assert!(recording.keyframe_before(Tick(u64::MAX)).is_some() != keyframes.is_empty());
}

/// Reading a golden ends with a golden or an error, and a golden's text parses to
/// the same golden.
pub(crate) fn golden(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Golden::parse(text) {
        Ok(golden) => {
            let text = golden.to_text();
            let again = Golden::parse(&text).expect("a golden can be read");
            assert_eq!(again.to_text(), text);
        }
        Err(error) => assert!(error.line > 0 && error.column > 0 && !error.help.is_empty()),
    }
}
