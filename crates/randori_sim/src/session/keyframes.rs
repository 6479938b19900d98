//! Keyframes within a memory budget.

use std::collections::BTreeMap;

use randori_core::time::Tick;

/// Ticks between keyframes, if the budget allows it. A robot with a dozen joints
/// simulates that many in about 10 ms.
const EVERY: u64 = 200;

/// States at regular intervals, as many as the budget allows.
pub(super) struct Keyframes {
    saved: BTreeMap<Tick, Vec<u8>>,
    every: u64,
    bytes: usize,
    budget: usize,
}

impl Keyframes {
    pub(super) fn new(budget: usize) -> Self {
        Self { saved: BTreeMap::new(), every: EVERY, bytes: 0, budget }
    }

    /// Saves the state at a tick, if a keyframe is due there.
    pub(super) fn offer(&mut self, tick: Tick, state: impl FnOnce() -> Option<Vec<u8>>) {
        if !tick.0.is_multiple_of(self.every) {
            return;
        }
        let Some(state) = state() else { return };
        self.bytes += state.len();
        self.saved.insert(tick, state);
        while self.bytes > self.budget && self.saved.len() > 1 {
            self.every = self.every.saturating_mul(2);
            self.saved.retain(|tick, _| tick.0.is_multiple_of(self.every));
            self.count();
        }
    }

    /// The last keyframe at or before a tick.
    pub(super) fn before(&self, tick: Tick) -> Option<(Tick, &[u8])> {
        self.saved.range(..=tick).next_back().map(|(tick, state)| (*tick, state.as_slice()))
    }

    pub(super) fn forget_after(&mut self, tick: Tick) {
        self.saved.retain(|saved, _| *saved <= tick);
        self.count();
    }

    pub(super) fn budget(&self) -> usize {
        self.budget
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    fn count(&mut self) {
        self.bytes = self.saved.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_thin_out_evenly_when_they_take_too_much() {
        let mut keyframes = Keyframes::new(1000);
        for tick in 0..=20 * EVERY {
            keyframes.offer(Tick(tick), || Some(vec![0; 100]));
        }

        assert!(keyframes.bytes() <= 1000);
        let places: Vec<u64> = keyframes.saved.keys().map(|tick| tick.0 / EVERY).collect();
        assert_eq!(places, [0, 4, 8, 12, 16, 20]);
        assert_eq!(keyframes.before(Tick(5 * EVERY)).map(|it| it.0), Some(Tick(4 * EVERY)));

        keyframes.forget_after(Tick(9 * EVERY));
        assert_eq!(keyframes.bytes(), 300);
    }
}
