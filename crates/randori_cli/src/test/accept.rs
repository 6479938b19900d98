//! Writes goldens.

use std::fs;
use std::io;
use std::path::Path;

use super::result::{CaseResult, Status};
use super::suite::Suite;
use crate::console::Console;
use crate::exit::Outcome;
use crate::style::clean;

/// Writes the goldens of all results that can be accepted, and tells which.
pub(super) fn all(suite: &Suite, results: &[CaseResult<'_>], console: &Console) -> Outcome {
    let mut worst = Outcome::Pass;
    for result in results {
        worst = worst.max(one(suite, result, console));
    }
    worst
}

/// Writes the golden of a result, if it can be accepted and says anything new.
pub(super) fn one(suite: &Suite, result: &CaseResult<'_>, console: &Console) -> Outcome {
    let shown = &result.case.golden_shown;
    match (result.status(), result.accepted(suite)) {
        (Status::Pass | Status::New | Status::Changed, Some(golden)) => {
            let text = golden.to_text();
            let before = fs::read_to_string(&result.case.golden_path).ok();
            if before.as_ref() == Some(&text) {
                return Outcome::Pass;
            }
            if let Err(error) = replace(&result.case.golden_path, &text) {
                console.error(&format!("`{shown}` cannot be written: {error}"));
                return Outcome::Usage;
            }
            let what = if before.is_some() { "replaced" } else { "written" };
            console.note(&format!("{what}: {}\n", clean(shown)));
            Outcome::Pass
        }
        (Status::NotDeterministic, _) => {
            console.error(&format!("`{shown}` was not written: two runs of it differ"));
            console
                .help("a lower `--level`, such as `verdict`, can be accepted if they agree in it");
            Outcome::Pass
        }
        _ => Outcome::Pass,
    }
}

/// Writes a file such that it is never half there.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("ron.new");
    fs::write(&draft, text)?;
    fs::rename(&draft, path)
}
