//! Cost of a tick as a function of the number of boxes.
//!
//! Boxes lie on the ground, 1 m apart. While they settle every contact is solved; at
//! rest the physics engine puts them to sleep.

use crate::scene::{episode, room};
use crate::timing::Blocks;

const TICKS: usize = 100;

pub(crate) fn run() {
    println!("| boxes | settling us/tick | at rest us/tick |\n|---|---|---|");
    for count in [1, 3, 10, 30, 100, 300, 1000] {
        let mut run = episode(&room(&boxes(count)));
        let (mut settling, mut resting) = (Blocks::default(), Blocks::default());
        let mut block = |blocks: &mut Blocks| {
            blocks.time(|| (0..TICKS).for_each(|_| drop(run.advance())));
        };
        (0..3).for_each(|_| block(&mut settling));
        (0..17).for_each(|_| block(&mut Blocks::default()));
        (0..9).for_each(|_| block(&mut resting));
        let per_tick = 1e6 / TICKS as f64;
        println!(
            "| {count} | {:.2} | {:.2} |",
            settling.median() * per_tick,
            resting.median() * per_tick
        );
    }
}

/// An environment of ground and boxes in contact with it.
pub(crate) fn boxes(count: usize) -> String {
    let one = |index: usize| {
        let (row, column) = (index / 32, index % 32);
        format!(
            "(name: \"box_{index}\", pose: (xyz: ({column}.0, {row}.0, 0.15)),
              mobility: Movable(mass_kg: 1.0), shapes: [(shape: Box(size: (0.3, 0.3, 0.3)))]),"
        )
    };
    let objects: String = (0..count).map(one).collect();
    format!("ground: (), objects: [{objects}]")
}
