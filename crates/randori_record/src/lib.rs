//! Recordings: bytes to records and back, goldens, and what changed first
//! between two runs.
//!
//! A recording is one MCAP file that needs nothing beside it: the resolved
//! scenario, every decision, the digest of every tick, and the state itself.
//! This crate knows neither the scenario parser nor the physics; it stores and
//! compares what others give it.
//!
//! Start reading at [`header::Header`] (what a recording says about itself) and
//! [`tick::RecordedTick`] (what it says about a tick).

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
