//! Recordings of runs: everything that happens, as a file.
//!
//! [`Destination`] says where recordings go, [`start()`] what they say about
//! themselves, and [`Recorder`] follows a run; [`load()`] reads its scenario again.

mod destination;
mod file;
mod load;
mod recorder;
mod start;

pub use destination::{Destination, unwritable};
pub use load::load;
pub use recorder::Recorder;
pub use start::{Origin, engine, start};
