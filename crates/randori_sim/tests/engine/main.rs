//! The engine as its users see it: what one tick does, in which order, and how
//! it repeats.

#[path = "../common/mod.rs"]
mod common;
mod fixture;

mod actuators;
mod events;
mod faults;
mod lidar;
mod scheduler;
mod sensor_errors;
mod sensors;
mod snapshot;
