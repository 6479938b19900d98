//! What a recording says about one tick.

use randori_core::record::{Contact, TickRecord};
use randori_core::time::Tick;

/// A tick as it was recorded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RecordedTick {
    /// The record. Without a sample its `state`, `signals` and `applied` are
    /// empty; everything else is always there.
    pub record: TickRecord,
    /// Whether the state was written for this tick.
    pub sampled: bool,
    /// What presses against what after the step, if the state was written.
    pub contacts: Vec<Contact>,
}

/// A goal whose verdict became certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// Index of the goal in the scenario.
    pub goal: usize,
    /// Whether it holds.
    pub holds: bool,
    /// When.
    pub tick: Tick,
}

/// Everything of the simulation but its policies, from which a replay can go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyframe {
    /// When it was taken: after this tick's step.
    pub tick: Tick,
    /// Bytes that only the engine understands.
    pub bytes: Vec<u8>,
}
