//! Speed of the engine, and its overhead over the physics engine.
//!
//! `cargo bench -p randori_sim --bench engine` prints one table per benchmark; words
//! after `--` select tables (`-- overhead boxes`). Compared subjects are measured
//! alternately, block by block, so that a busy machine slows both; the table shows the
//! median over all blocks, and the fastest block beside it.

#![expect(clippy::print_stdout, reason = "a benchmark reports to the terminal")]

mod boxes;
mod clones;
mod jumps;
mod overhead;
mod piles;
mod robots;
mod scene;
mod threads;
mod timing;

fn main() {
    let questions: [(&str, &str, fn()); 7] = [
        (
            "overhead",
            "How much does a judged tick cost beyond the bare physics step?",
            overhead::run,
        ),
        ("robots", "How many ticks per second does each shipped scenario make?", robots::run),
        ("boxes", "How does the cost of a tick grow with the number of boxes?", boxes::run),
        ("piles", "What does a robot amid boxes cost, with either dynamics?", piles::run),
        ("clones", "What does it cost to copy, save and restore a world?", clones::run),
        ("jumps", "What does it cost to go back in a run?", jumps::run),
        ("threads", "How many runs per second do one and two threads finish?", threads::run),
    ];
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    for (name, question, run) in questions {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n{name}: {question}");
            run();
        }
    }
}
