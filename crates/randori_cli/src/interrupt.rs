//! Ctrl-C: once to stop in good order, twice to stop at once.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::console::Console;
use crate::exit::Outcome;
use crate::text::text;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static CANCEL: AtomicBool = AtomicBool::new(false);
static AT_ONCE: AtomicBool = AtomicBool::new(false);

/// Starts to listen for Ctrl-C and for requests to terminate. The returned flag
/// becomes true when runs are to be cut short; a second Ctrl-C ends the program.
pub(crate) fn listen(console: &'static Console) -> &'static AtomicBool {
    // A program without the handler still ends on Ctrl-C, only less politely.
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

/// Cuts all runs short.
pub(crate) fn stop_runs() {
    CANCEL.store(true, Ordering::Relaxed);
}

/// Lets the first Ctrl-C end the program, as is right while it waits for an
/// answer.
pub(crate) fn stop_at_once_from_now() {
    AT_ONCE.store(true, Ordering::Relaxed);
}

/// Whether a person asked to stop.
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Ends this process. Child processes of policies end with it: their keepers
/// notice.
fn stop_at_once() -> ! {
    std::process::exit(i32::from(Outcome::Interrupted.code()));
}
