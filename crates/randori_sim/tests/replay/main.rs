//! Replays of recorded runs, and detection of differences.

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod common;
#[path = "../engine/fixture.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod fixture;

mod contacts;
mod differences;
mod drops;
mod keyframes;
mod observer;
mod recording;
mod repeats;
mod session_changes;
mod session_recordings;
mod sessions;
mod versions;
