//! The engine: a scenario becomes a world, the world is stepped, steps become
//! records, and records are judged.
//!
//! Start reading at [`episode::Episode`] (one run), then
//! [`simulation::Simulation`] (one tick).

pub mod actors;
pub mod actuators;
pub mod batch;
mod contract;
pub mod engine;
pub mod episode;
pub mod events;
pub mod fault;
pub mod hash;
pub mod intervention;
pub mod metrics;
pub mod monitors;
pub mod observer;
pub mod replay;
pub mod scheduler;
pub mod sensors;
pub mod session;
pub mod signals;
pub mod simulation;
pub mod snapshot;
pub mod world;
