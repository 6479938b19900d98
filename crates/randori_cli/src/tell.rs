//! Messages shared by several commands.

use randori_project::project::SelectError;

use crate::console::Console;
use crate::exit::Outcome;

/// Reports why a selection matches nothing; returns the exit status.
pub(crate) fn unselected(console: &Console, error: &SelectError) -> Outcome {
    console.error(&error.to_string());
    if let Some(help) = error.help() {
        console.help(&help);
    }
    match error {
        SelectError::Empty { .. } => Outcome::NothingSelected,
        _ => Outcome::Usage,
    }
}

/// Reports files that were left out because their assets were not found.
pub(crate) fn skipped(console: &Console, skipped: &str) {
    console.warning(&format!("skipped {skipped} whose assets were not found"));
    console.help("run `randori test` to list them; run one to learn where its assets come from");
}
