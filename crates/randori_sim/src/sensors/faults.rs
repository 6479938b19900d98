//! Sensor faults caused by events, applied after measurement errors.
//!
//! They draw from a separate stream (`pup.imu.fault`), so measurement errors are the
//! same with and without a fault. Faults apply in the order in which they began.

use std::ops::Range;

use randori_core::random::RandomStream;
use serde::{Deserialize, Serialize};

use crate::hash::StateHasher;

/// A fault of a sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Fault {
    /// These of its values repeat the previous measurement.
    Frozen(Range<usize>),
    /// Each measurement is lost with this probability.
    Lost(f64),
}

/// Faults of one sensor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Faults {
    state: FaultState,
    /// The stream at the start of a run.
    start: RandomStream,
}

/// The state of the faults of a sensor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FaultState {
    in_force: Vec<InForce>,
    stream: RandomStream,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct InForce {
    /// The event that caused it.
    event: usize,
    fault: Fault,
    /// The frozen values; empty before the first measurement.
    held: Vec<f32>,
}

impl Faults {
    /// An initial state without faults, for the sensor at `path`.
    pub(super) fn new(path: &str, seed: u64) -> Self {
        let stream = RandomStream::new(seed, &format!("{path}.fault"));
        let state = FaultState { in_force: Vec::new(), stream: stream.clone() };
        Self { state, start: stream }
    }

    pub(super) fn begin(&mut self, event: usize, fault: Fault) {
        self.state.in_force.push(InForce { event, fault, held: Vec::new() });
    }

    pub(super) fn end(&mut self, event: usize) {
        self.state.in_force.retain(|it| it.event != event);
    }

    /// Applies active faults to a measurement. Returns true if it is lost.
    pub(super) fn apply(&mut self, measured: &mut [f32]) -> bool {
        let FaultState { in_force, stream } = &mut self.state;
        let mut lost = false;
        for InForce { fault, held, .. } in in_force {
            match fault {
                Fault::Frozen(values) => {
                    let measured = &mut measured[values.clone()];
                    if held.is_empty() {
                        held.extend_from_slice(measured);
                    }
                    measured.copy_from_slice(held);
                }
                Fault::Lost(probability) => lost |= stream.unit() < *probability,
            }
        }
        lost
    }

    /// True if the state is that of the start.
    fn is_as_at_start(&self) -> bool {
        self.state.in_force.is_empty() && self.state.stream == self.start
    }

    /// Feeds the state that later measurements depend on to a digest; nothing without faults.
    pub(super) fn digest(&self, hasher: &mut StateHasher) {
        if self.is_as_at_start() {
            return;
        }
        hasher.write_u64(self.state.stream.clone().next_u64());
        for InForce { event, held, .. } in &self.state.in_force {
            hasher.write_u64(*event as u64);
            hasher.write_f32s(held);
        }
    }

    /// The state, or `None` if it is that of the start.
    pub(super) fn state(&self) -> Option<FaultState> {
        (!self.is_as_at_start()).then(|| self.state.clone())
    }

    /// Restores a state. Returns true if it fits a sensor with this number of values.
    pub(super) fn set_state(&mut self, state: Option<FaultState>, len: usize) -> bool {
        let fits = |it: &InForce| match &it.fault {
            Fault::Frozen(values) => {
                values.end <= len
                    && values.start <= values.end
                    && (it.held.is_empty() || it.held.len() == values.len())
            }
            Fault::Lost(_) => it.held.is_empty(),
        };
        let start = || FaultState { in_force: Vec::new(), stream: self.start.clone() };
        let state = state.unwrap_or_else(start);
        let all_fit = state.in_force.iter().all(fits);
        if all_fit {
            self.state = state;
        }
        all_fit
    }
}
