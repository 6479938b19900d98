//! The public interface of the engine: effects of one tick, their order, and
//! reproducibility.

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
