//! `randori run --record`: everything that happens in a run, as a file.
//!
//! [`Destination`] says where recordings go, [`start()`] what they say about
//! themselves, and [`Recorder`] follows a run.

mod destination;
mod recorder;
mod start;

pub(crate) use destination::{Destination, RECORDING_FAILED};
pub(crate) use recorder::Recorder;
pub(crate) use start::{Origin, engine, start};
