//! A tick of a recording.

use randori_core::record::{Contact, TickRecord};
use randori_core::time::Tick;

/// A recorded tick.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordedTick {
    /// The record. Without a sample its `state`, `signals` and `applied` are
    /// empty; all other fields are always present.
    pub record: TickRecord,
    /// True if the state was recorded for this tick.
    pub sampled: bool,
    /// Contacts after the step, if the state was recorded.
    pub contacts: Vec<Contact>,
}

/// A decided goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// Index of the goal in the scenario.
    pub goal: usize,
    /// True if it holds.
    pub holds: bool,
    /// Time.
    pub tick: Tick,
}

/// The state of the simulation without policies, from which a replay can resume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyframe {
    /// It is the state after this tick's step.
    pub tick: Tick,
    /// Opaque bytes of the engine.
    pub bytes: Vec<u8>,
}
