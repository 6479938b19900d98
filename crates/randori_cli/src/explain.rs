//! `randori explain`: what a code means.

use std::io;

use randori_core::diagnostic::{DiagnosticCode, nearest};

use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{HEADING, paint};
use crate::text::{Text, text};

/// Codes of runs that broke (`RR01..`), could not begin (`RR02..`) or
/// could not be recorded (`RR03..`).
const RUN_CODES: [(&str, &str, &str); 12] = [
    (
        "RR0101",
        "The state is not finite",
        "The position or velocity of a body, or a signal, stopped being a finite number, or the \
         physics engine failed at a body. Usual causes are very stiff drives, very light links \
         next to heavy ones, large pushes and shapes of extreme sizes. Try `--set \
         physics.preset=Reference`; the message names the body with its last finite state, or \
         the signal.",
    ),
    (
        "RR0102",
        "A policy failed",
        "The policy ended, printed something that is no answer, or took longer than its \
         wall-clock limit. The last lines of its error output are part of the message.",
    ),
    (
        "RR0103",
        "An answer is not a command",
        "A policy answered with the wrong number of values, or with a value that is not finite. \
         A command holds one value per actuator input, in the order of the robot file.",
    ),
    (
        "RR0104",
        "A run was ended by hand",
        "A person played the run and saved it before its time was up. Goals that were not certain \
         by then have no verdict. The recording is whole, and replays.",
    ),
    (
        "RR0105",
        "A run took too long",
        "The run was not over within the real time that `--timeout` allows. Its policies were ended, \
         and its recording is whole up to there. Give it more time, or find out what is slow.",
    ),
    (
        "RR0201",
        "The world cannot be built",
        "The scenario passed its checks, but physics cannot represent something in it, such as a \
         hull whose points enclose no volume.",
    ),
    (
        "RR0202",
        "A policy needs other sensors",
        "The policy needs channels that the robot does not measure. Give the robot the sensors, \
         or take another policy.",
    ),
    (
        "RR0203",
        "A policy gives other commands",
        "The policy's commands do not have one value per actuator input of the robot.",
    ),
    (
        "RR0204",
        "A policy did not start",
        "The program could not be started, or it refused the robot. The last lines of its error \
         output are part of the message.",
    ),
    (
        "RR0205",
        "An unchecked scenario",
        "The scenario asks for something that `randori check` refuses.",
    ),
    (
        "RR0301",
        "A recording cannot be written",
        "The file cannot be made or written to, for instance because the disk is full. What was \
         written until then can be read up to its last chunk. Only recordings are overwritten, and \
         none into which another run is recording.",
    ),
    (
        "RR0302",
        "A snapshot cannot be used",
        "A recording holds a snapshot that is damaged, or of another scenario, or the run cannot \
         go on from one. Record the run again.",
    ),
];

/// Prints what a code means.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn explain(code: &str, console: &Console) -> io::Result<Outcome> {
    let wanted = code.trim();
    let codes =
        DiagnosticCode::ALL.iter().map(|code| (code.as_str(), code.title(), code.explain()));
    let mut all = codes.chain(RUN_CODES);
    if let Some((code, title, text)) = all.find(|(code, ..)| code.eq_ignore_ascii_case(wanted)) {
        let heading = paint(HEADING, format!("{code}: {title}"));
        console.data(&text!("{}\n\n{}\n", heading, Text::lines(&wrapped(text, 78))))?;
        return Ok(Outcome::Pass);
    }
    console.error(&format!("there is no code `{wanted}`"));
    let known = DiagnosticCode::ALL.iter().map(|code| code.as_str());
    let known = known.chain(RUN_CODES.iter().map(|(code, ..)| *code));
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
    fn the_page_lists_every_code_of_runs() {
        let page = include_str!("../../../docs/cli.md");
        for (code, title, text) in RUN_CODES {
            let row = format!("| {code} | {title}. {text} |");
            assert!(page.contains(&row), "{row}");
        }
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("a verylongword b", 5), "a\nverylongword\nb");
    }
}
