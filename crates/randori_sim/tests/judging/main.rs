//! Signals, goals, metrics, episodes and batches, on scenes with known answers.

mod batch;
mod episodes;
mod fixture;
mod formulas;
mod goals;
mod lints;
mod signals;
