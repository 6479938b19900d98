//! Recordings, goldens, and the comparison of runs.
//!
//! A recording is one self-contained MCAP file: the resolved scenario, every action,
//! the digest of every tick, and the state. This crate depends neither on the
//! scenario parser nor on the physics; it stores and compares records.
//!
//! Start reading at [`header::Header`] (data of a run) and [`tick::RecordedTick`] (data
//! of a tick).

pub mod compare;
pub mod golden;
pub mod header;
pub mod quantity;
pub mod reader;
pub mod tick;
pub mod writer;

mod distance;
mod verdicts;
mod wire;
