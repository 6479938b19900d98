//! Copies of worlds: identical bits at any time, and no allocation.

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod common;
#[path = "../../benches/engine/scene.rs"]
#[expect(dead_code, reason = "the benchmark needs more of it")]
mod scene;

mod memory;
mod moments;
