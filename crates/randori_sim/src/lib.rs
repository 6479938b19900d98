//! The engine: a scenario becomes a world, the world is stepped, steps become
//! records, and records are judged.
//!
//! Start reading at [`simulation::Simulation`].

pub mod actors;
pub mod actuators;
pub mod events;
pub mod fault;
pub mod hash;
pub mod scheduler;
pub mod sensors;
pub mod simulation;
pub mod snapshot;
pub mod world;
