//! `randori run --record`: everything that happens in a run, as a file.
//!
//! [`Destination`] says where recordings go, [`start()`] what they say about
//! themselves, and [`Recorder`] follows a run; [`load()`] reads its scenario again.

mod destination;
mod load;
mod recorder;
mod start;

pub(crate) use destination::{Destination, RECORDING_FAILED};
pub(crate) use load::load;
pub(crate) use recorder::Recorder;
pub(crate) use start::{Origin, engine, start};
