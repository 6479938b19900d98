//! `randori explain`: explains a diagnostic code.

use std::io;

use randori_core::diagnostic::{DiagnosticCode, RunCode, nearest};

use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{HEADING, paint};
use crate::text::{Text, text};

/// Prints the explanation of a code.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn explain(code: &str, console: &Console) -> io::Result<Outcome> {
    let wanted = code.trim();
    let files = DiagnosticCode::ALL.iter().map(|it| (it.as_str(), it.title(), it.explain()));
    let runs = RunCode::ALL.iter().map(|it| (it.as_str(), it.title(), it.explain()));
    let all = files.chain(runs);
    if let Some((code, title, text)) =
        all.clone().find(|(code, ..)| code.eq_ignore_ascii_case(wanted))
    {
        let heading = paint(HEADING, format!("{code}: {title}"));
        console.data(&text!("{}\n\n{}\n", heading, Text::lines(&wrapped(text, 78))))?;
        return Ok(Outcome::Pass);
    }
    console.error(&format!("there is no code `{wanted}`"));
    let known = all.map(|(code, ..)| code);
    match nearest(wanted, known) {
        Some(similar) => console.help(&format!("did you mean `{similar}`?")),
        None => console.help("codes look like RS0203 (in a file) or RR0102 (during a run)"),
    }
    Ok(Outcome::Usage)
}

/// Text in lines of at most `width` characters, broken at spaces.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("a verylongword b", 5), "a\nverylongword\nb");
    }
}
