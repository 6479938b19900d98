//! The engine as its users see it: what one tick does, in which order, and how
//! it repeats.

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "the fixture serves other chapters too")]
mod common;
mod fixture;

mod actuators;
mod events;
mod faults;
mod lidar;
mod motion_sensors;
mod scheduler;
mod sensor_errors;
mod sensors;
mod snapshot;
