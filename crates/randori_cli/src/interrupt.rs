//! Ctrl-C: once to stop in good order, twice to stop at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::console::Console;
use crate::exit::Outcome;
use crate::text::text;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CANCEL: AtomicBool = AtomicBool::new(false);
static AT_ONCE: AtomicBool = AtomicBool::new(false);

/// Starts to listen for Ctrl-C and for requests to terminate. The returned flag
/// becomes true when runs are to be cancelled; a second Ctrl-C ends the program.
pub(crate) fn listen(console: &'static Console) -> &'static AtomicBool {
    // Without the handler, Ctrl-C still ends the program, but without cleanup.
    let _ = ctrlc::set_handler(move || {
        let again = INTERRUPTED.swap(true, Ordering::Relaxed);
        if again || AT_ONCE.load(Ordering::Relaxed) {
            stop_at_once();
        }
        stop_runs();
        console.note(&text!("stopping; press Ctrl-C again to stop at once\n"));
    });
    &CANCEL
}

/// Cancels all runs.
pub(crate) fn stop_runs() {
    CANCEL.store(true, Ordering::Relaxed);
}

/// Makes the first Ctrl-C end the program, as is right while it waits for input.
pub(crate) fn stop_at_once_from_now() {
    AT_ONCE.store(true, Ordering::Relaxed);
}

/// True if the user asked to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Ends this process. Child processes of policies end with it, because their
/// keepers detect that.
fn stop_at_once() -> ! {
    std::process::exit(i32::from(Outcome::Interrupted.code()));
}
