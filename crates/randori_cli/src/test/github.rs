//! Results for GitHub Actions: annotations on standard output, and a summary of
//! the step in the file that the variable `GITHUB_STEP_SUMMARY` names.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::result::CaseResult;
use super::text::{describe, remark, totals};
use crate::console::{Console, WorkflowCommand};
use crate::text::clean;

/// Annotates the file of a failure; does nothing for other results.
///
/// # Errors
/// When standard output cannot be written.
pub(super) fn annotate(result: &CaseResult<'_>, console: &Console) -> io::Result<()> {
    if !result.status().is_failure() {
        return Ok(());
    }
    let file = result.case.shown.as_str();
    let title = format!("{} {file}", result.status().word());
    let properties = vec![("file", file), ("line", "1"), ("title", &title)];
    let message = &describe(result);
    console.command(&WorkflowCommand { name: "error", properties, message })
}

/// Appends a summary for readers of the page of the run.
pub(super) fn append_summary(results: &[CaseResult<'_>], console: &Console) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return };
    let written = append(Path::new(&path), summary(results).as_bytes());
    if let Err(error) = written {
        let path = path.to_string_lossy();
        console.warning(&format!("the step summary `{path}` cannot be written: {error}"));
    }
}

/// Appends to a file created by GitHub; opening a named pipe would block.
fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let is_other = path.metadata().is_ok_and(|metadata| !metadata.is_file());
    if is_other {
        return Err(io::Error::other("it is not a file"));
    }
    OpenOptions::new().create(true).append(true).open(path)?.write_all(bytes)
}

/// The summary in Markdown.
fn summary(results: &[CaseResult<'_>]) -> String {
    let mut text = format!("### Randori\n\n{}\n", totals(results).plain());
    text += "| | scenario | |\n|---|---|---|\n";
    for result in results {
        let cells = [result.status().word(), &result.case.shown, &remark(result)].map(cell);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    for result in results.iter().filter(|result| result.status().is_failure()) {
        let quoted = describe(result).plain().replace('\n', "\n    ");
        let _ = write!(text, "\n    {}\n", quoted.trim_end());
    }
    text + "\n"
}

/// Text in a Markdown table.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in clean(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' => safe.extend(['\\', character]),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_cell() {
        assert_eq!(cell("a|b <b>\n`c`"), "a\\|b &lt;b>\\\\u{a}\\`c\\`");
    }
}
