//! The engine: builds a world from a scenario, steps it, records each step and
//! evaluates the records.
//!
//! Start reading at [`episode::Episode`] (one run), then
//! [`simulation::Simulation`] (one tick).

pub mod actor_path;
mod actors;
mod actuators;
pub mod batch;
mod contract;
pub mod engine;
pub mod episode;
mod events;
pub mod fault;
pub mod hash;
pub mod intervention;
mod metrics;
pub mod monitors;
pub mod observer;
pub mod replay;
mod scheduler;
pub mod sensors;
pub mod session;
pub mod signals;
pub mod simulation;
pub mod snapshot;
pub mod world;
