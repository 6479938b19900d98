//! Cost of rewinding a run: time and memory.

use randori_core::random::RandomStream;
use randori_core::time::Tick;
use randori_sim::session::Session;

use crate::scene::{policies, shipped};
use crate::timing::Blocks;

const JUMPS: usize = 60;

pub(crate) fn run() {
    println!(
        "| 60 s of | budget MB | kept MB | median jump ms | slowest ms |\n|---|---|---|---|---|"
    );
    // The second budget is too small for all keyframes.
    for budget in [64, 2] {
        row("pup/stand", &["duration=60", "events.shove.at=5.9"], budget);
        row("courier/corridor", &["duration=60"], budget);
    }
}

fn row(name: &str, settings: &[&str], budget: usize) {
    let scenario = shipped(name, settings);
    let policies = policies(&scenario);
    let mut session =
        Session::new(&scenario, 0, policies, budget << 20).expect("a shipped scenario starts");
    let end = session.live().end();
    while session.newest() < end {
        session.advance().expect("it goes on");
    }
    let mut stream = RandomStream::new(0, "jumps");
    let mut jump = Blocks::default();
    let mut slowest: f64 = 0.0;
    for _ in 0..JUMPS {
        let tick = Tick((stream.unit() * end.0 as f64) as u64);
        let begun = std::time::Instant::now();
        jump.time(|| session.seek(tick)).expect("it comes out the same again");
        slowest = slowest.max(begun.elapsed().as_secs_f64());
    }
    println!(
        "| `{name}` | {budget} | {:.1} | {:.1} | {:.1} |",
        session.saved_bytes() as f64 / f64::from(1 << 20),
        jump.median() * 1e3,
        slowest * 1e3
    );
}
