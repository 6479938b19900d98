//! What may end a replay early.

use std::sync::atomic::{AtomicBool, Ordering};

use randori_core::report::RunError;
use randori_core::time::Tick;
use randori_project::timeout::Timeout;

/// A person at the keyboard, and the clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    pub(super) cancel: &'a AtomicBool,
    pub(super) timeout: Option<Timeout>,
}

impl Watch<'_> {
    /// Whether a person has stopped it.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Why it has to end at this tick, if its time is up.
    pub(super) fn over(&self, tick: Tick) -> Option<RunError> {
        self.timeout.and_then(|timeout| timeout.over(tick.0))
    }

    /// An error, unless the clock is its cause.
    pub(super) fn judged(&self, error: RunError) -> RunError {
        match self.timeout {
            Some(timeout) => timeout.judged_error(error),
            None => error,
        }
    }
}
