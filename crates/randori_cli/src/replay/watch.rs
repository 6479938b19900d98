//! Conditions that end a replay early.

use std::sync::atomic::{AtomicBool, Ordering};

use randori_core::report::RunError;
use randori_core::time::Tick;
use randori_project::timeout::Timeout;

/// Cancellation by the user, and the wall-clock limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch<'a> {
    pub(super) cancel: &'a AtomicBool,
    pub(super) timeout: Option<Timeout>,
}

impl Watch<'_> {
    /// True if the user cancelled it.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// The reason to end at this tick, if the time limit has passed.
    pub(super) fn over(&self, tick: Tick) -> Option<RunError> {
        self.timeout.and_then(|timeout| timeout.over(tick.0))
    }

    /// An error, unless the time limit is its cause.
    pub(super) fn judged(&self, error: RunError) -> RunError {
        match self.timeout {
            Some(timeout) => timeout.judged_error(error),
            None => error,
        }
    }
}
