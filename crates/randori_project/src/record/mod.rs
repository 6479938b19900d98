//! Recordings of runs in files.
//!
//! [`Destination`] holds their paths, [`start()`] their header, and [`Recorder`] observes a run;
//! [`load()`] reads the scenario of a recording.

mod destination;
mod file;
mod load;
mod recorder;
mod start;

pub use destination::{Destination, unwritable};
pub use load::load;
pub use recorder::Recorder;
pub use start::{Origin, engine, start};
