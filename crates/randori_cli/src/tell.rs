//! What several commands tell in the same words.

use randori_project::project::SelectError;

use crate::console::Console;
use crate::exit::Outcome;

/// Says why a selection names nothing; returns how the command ends.
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

/// Says that files which nobody named were left out.
pub(crate) fn skipped(console: &Console, skipped: &str) {
    console.warning(&format!("skipped {skipped} whose assets were not found"));
    console.help("run `randori test` to list them; run one to learn where its assets come from");
}
