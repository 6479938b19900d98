//! What does it cost to copy, save and restore a world?

use crate::boxes::boxes;
use crate::scene::{episode, room, shipped};
use crate::timing::Blocks;
use randori_core::spec::Scenario;

const ROUNDS: usize = 200;

pub(crate) fn run() {
    println!(
        "| scene | step us | copy us | copy/step | save us | restore us | bytes |\n\
         |---|---|---|---|---|---|---|"
    );
    row("cartpole", &shipped("cartpole/balance", &[]));
    row("courier", &shipped("courier/corridor", &[]));
    row("pup, standing", &shipped("pup/stand", &["events.shove.at=5.9"]));
    row("100 boxes", &room(&boxes(100)));
}

fn row(name: &str, scenario: &Scenario) {
    let mut run = episode(scenario);
    while run.record().tick.0 < 1250 {
        run.advance();
    }
    let mut world = run.simulation().world().clone();
    let [mut step, mut copy, mut save, mut restore] = std::array::from_fn(|_| Blocks::default());
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        step.time(|| world.advance()).expect("it goes on");
        // A copy that is dropped again, as a planner or a search makes it.
        copy.time(|| drop(world.clone()));
        let snapshot = save.time(|| world.snapshot());
        bytes = snapshot.len();
        restore.time(|| world.restore(&snapshot)).expect("its own snapshot");
    }
    println!(
        "| {name} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {bytes} |",
        step.median() * 1e6,
        copy.median() * 1e6,
        copy.median_ratio(&step),
        save.median() * 1e6,
        restore.median() * 1e6
    );
}
