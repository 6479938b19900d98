//! Runs again from what was recorded of them, and what tells a difference.

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod common;
#[path = "../engine/fixture.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod fixture;

mod contacts;
mod differences;
mod keyframes;
mod observer;
mod recording;
mod repeats;
mod sessions;
mod versions;
