//! The Bevy app.
fn main() {}
