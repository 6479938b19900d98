//! Results for GitHub Actions: annotations on standard output, and a summary of
//! the step in the file that the variable `GITHUB_STEP_SUMMARY` names.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use super::result::CaseResult;
use super::text::{describe, remark, totals};
use crate::console::Console;

/// The annotation of a failure, as a line; nothing for anything else.
pub(super) fn annotation(result: &CaseResult<'_>) -> String {
    if !result.status().is_failure() {
        return String::new();
    }
    let file = property(&result.case.shown);
    let title = property(&format!("{} {}", result.status().word(), result.case.shown));
    format!("::error file={file},line=1,title={title}::{}\n", message(&plain(&describe(result))))
}

/// Appends a summary for those who look at the page of the run.
pub(super) fn append_summary(results: &[CaseResult<'_>], console: &Console) {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return };
    let opened = OpenOptions::new().create(true).append(true).open(&path);
    let written = opened.and_then(|mut file| file.write_all(summary(results).as_bytes()));
    if let Err(error) = written {
        let path = path.to_string_lossy();
        console.warning(&format!("the step summary `{path}` cannot be written: {error}"));
    }
}

/// The summary in Markdown.
fn summary(results: &[CaseResult<'_>]) -> String {
    let mut text = format!("### Randori\n\n{}\n", plain(&totals(results)));
    text += "| | scenario | |\n|---|---|---|\n";
    for result in results {
        let cells = [result.status().word(), &result.case.shown, &remark(result)].map(cell);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    for result in results.iter().filter(|result| result.status().is_failure()) {
        let quoted = plain(&describe(result)).replace('\n', "\n    ");
        let _ = write!(text, "\n    {}\n", quoted.trim_end());
    }
    text + "\n"
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// Text in a table of Markdown.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => safe.push(' '),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' => safe.extend(['\\', character]),
            other => safe.push(other),
        }
    }
    safe
}

/// The message of a workflow command, as its toolkit escapes it.
fn message(text: &str) -> String {
    text.trim_end().replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_can_end_a_command_or_begin_another() {
        assert_eq!(property("a,b:c%\n::error::x"), "a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax");
        assert_eq!(message("50 %\r\nmore\n"), "50 %25%0D%0Amore");
        assert_eq!(cell("a|b <b>\n`c`"), "a\\|b &lt;b> \\`c\\`");
    }
}
