//! Overhead of a judged tick over the bare physics step.
//!
//! The pup stands with its sensors, policy, goals, metrics and state hashes. Its world
//! is copied, and the copy makes physics steps only, with the same motor targets. Both
//! advance through the same simulated time in blocks, alternately.

use crate::scene::{episode, shipped};
use crate::timing::Blocks;
use randori_core::record::WorldState;
use randori_sim::hash::StateHasher;

const TICKS: usize = 50;
const BLOCKS_PER_RUN: usize = 28;
const RUNS: usize = 12;

pub(crate) fn run() {
    // The shove would move one of the two out of its stand.
    let scenario = shipped("pup/stand", &["events.shove.at=5.9"]);
    let (mut judged, mut stepped, mut advanced, mut bare) =
        (Blocks::default(), Blocks::default(), Blocks::default(), Blocks::default());
    for _ in 0..RUNS {
        let mut run = episode(&scenario);
        while run.record().tick.0 < 1250 {
            run.advance();
        }
        let (mut world, mut rapier) =
            (run.simulation().world().clone(), run.simulation().world().clone());
        let mut state = WorldState::default();
        for block in 0..BLOCKS_PER_RUN {
            judged.time(|| (0..TICKS).for_each(|_| drop(run.advance())));
            bare.time(|| (0..TICKS).for_each(|_| rapier.bare_step()));
            advanced.time(|| {
                for _ in 0..TICKS {
                    world.advance().expect("it stands");
                }
            });
            stepped.time(|| {
                for _ in 0..TICKS {
                    world.write_state(&mut state);
                    let mut hasher = StateHasher::new();
                    world.digest(&mut hasher);
                    std::hint::black_box(hasher.finish());
                }
            });
            // The first block of a run still fills caches and workspaces.
            if block == 0 {
                for blocks in [&mut judged, &mut bare, &mut advanced, &mut stepped] {
                    blocks.drop_last();
                }
            }
        }
        assert!(run.error().is_none() && !run.is_over(), "the pup stands to the end");
    }
    println!("| what | median us/tick | least us/tick | ratio to bare |\n|---|---|---|---|");
    let rows = [
        ("bare physics step", &bare),
        ("world advance (drives, state)", &advanced),
        ("state copy and hash", &stepped),
        ("judged tick (all of it)", &judged),
    ];
    for (name, blocks) in rows {
        let per_tick = 1e6 / TICKS as f64;
        println!(
            "| {name} | {:.3} | {:.3} | {:.3} (least/least {:.3}) |",
            blocks.median() * per_tick,
            blocks.least() * per_tick,
            blocks.median_ratio(&bare),
            blocks.least() / bare.least(),
        );
    }
}
