//! Text that is safe to print, the only kind that the console accepts.
//!
//! Titles, names, paths and the output of policies come from untrusted files.
//! Printed unchanged, they could control the terminal (escape sequences,
//! reversals of direction), forge lines, or give commands to the system that runs
//! a CI job (`::error ..` at the start of a line, `##[..]`). So every value that
//! gets into a [`Text`] through [`text!`] is cleaned, and only the program's own
//! text is left unchanged.
//!
//! Start reading at [`text!`] and [`clean`].

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::{Add, AddAssign};

use anstyle::Style;
use randori_core::diagnostic::Diagnostics;
use serde::Serialize;

/// Text without untrusted control sequences. It may contain the program's own
/// colours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(String);

/// Like `format!`, for text that is printed: the format is the program's own, and
/// every argument is cleaned unless it is a [`Text`] already. Arguments cannot be
/// named inside the format (`{name}`), since those would not be cleaned.
macro_rules! text {
    ($format:literal $(, $argument:expr)* $(,)?) => {
        $crate::text::Text::of_format(format_args!(
            concat!($format) $(, $crate::text::Shown(&$argument))*
        ))
    };
}
pub(crate) use text;

impl Text {
    /// The empty text.
    pub(crate) const fn new() -> Self {
        Self(String::new())
    }

    /// For [`text!`], which cleans the arguments.
    pub(crate) fn of_format(format: fmt::Arguments<'_>) -> Self {
        Self(format.to_string())
    }

    /// One line from any source.
    pub(crate) fn clean(text: &str) -> Self {
        Self(clean(text))
    }

    /// Lines from any source; the text may have many lines, so readers must be
    /// able to see their source.
    pub(crate) fn lines(text: &str) -> Self {
        let lines = text.split('\n').map(clean);
        Self(lines.collect::<Vec<_>>().join("\n"))
    }

    /// A value as one line of JSON, with its end. Characters that would control a
    /// terminal are written as JSON escapes, so readers get the same value.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        // Strings and numbers always have a JSON form.
        Self::json_text(&(serde_json::to_string(value).unwrap_or_default() + "\n"))
    }

    /// Text that is JSON already.
    pub(crate) fn json_text(json: &str) -> Self {
        let mut line = String::with_capacity(json.len());
        let mut before = ' ';
        for character in json.chars() {
            // Between values the only control characters are line ends.
            let steers = steers(character) && character != '\n';
            if steers || (character == '#' && before == '#') {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            } else {
                line.push(character);
            }
            before = character;
        }
        Self(line)
    }

    /// A whole XML document. Characters that are invalid in XML, or would control
    /// a terminal, are shown as escapes.
    pub(crate) fn xml(document: &str) -> Self {
        let mut text = String::with_capacity(document.len());
        for line in document.split_inclusive('\n') {
            let start = line.len() - line.trim_start().len();
            let (indent, rest) = line.split_at(start);
            text.extend(indent.chars().filter(|it| matches!(it, ' ' | '\t' | '\n')));
            // A character reference is equivalent to an XML reader.
            let rest = rest.strip_prefix("::").map_or(("", rest), |rest| ("&#58;:", rest));
            text.push_str(rest.0);
            for character in rest.1.chars() {
                match character {
                    '\n' | '\t' => text.push(character),
                    '#' if text.ends_with('#') => text.push_str("&#35;"),
                    _ if steers(character) => text.extend(character.escape_unicode()),
                    _ => text.push(character),
                }
            }
        }
        Self(text)
    }

    /// Diagnostics in human-readable form, with their end; empty for none.
    pub(crate) fn findings(found: &Diagnostics, colours: bool) -> Self {
        let plain = found.human(false);
        // Without colours there must be no escape sequence; any that exists is
        // from a file.
        if !colours || plain.contains('\u{1b}') {
            return Self::lines(&plain);
        }
        let mut text = String::new();
        for character in found.human(true).chars() {
            match character {
                '\n' | '\u{1b}' => text.push(character),
                _ if steers(character) => text.extend(character.escape_unicode()),
                _ => text.push(character),
            }
        }
        Self(text)
    }

    /// Help from the argument parser, which is the program's own text.
    pub(crate) fn styled_help(help: &clap::builder::StyledStr) -> Self {
        Self(help.ansi().to_string())
    }

    /// The same in a style.
    pub(crate) fn painted(style: Style, text: &Self) -> Self {
        Self(format!("{style}{}{style:#}", text.0))
    }

    /// The characters, with the program's colours.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The characters without colours.
    pub(crate) fn plain(&self) -> String {
        anstream::adapter::strip_str(&self.0).to_string()
    }

    /// True if the text is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends formatted text, as [`text!`] makes it.
    pub(crate) fn push(&mut self, more: &Self) {
        self.0.push_str(&more.0);
    }

    /// The same without trailing white space.
    pub(crate) fn trimmed(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    /// Indents every line.
    pub(crate) fn indented(&self, indent: &'static str) -> Self {
        let lines = self.0.split_inclusive('\n');
        Self(lines.flat_map(|line| [indent, line]).collect())
    }

    /// The printed form: lines that would be commands to a CI system are broken.
    pub(crate) fn without_commands(&self) -> Cow<'_, str> {
        without_commands(&self.0)
    }
}

impl Add<Text> for Text {
    type Output = Self;

    fn add(mut self, more: Self) -> Self {
        self.push(&more);
        self
    }
}

impl AddAssign<Text> for Text {
    fn add_assign(&mut self, more: Self) {
        self.push(&more);
    }
}

impl FromIterator<Text> for Text {
    fn from_iter<I: IntoIterator<Item = Text>>(texts: I) -> Self {
        let mut all = Self::new();
        all.extend(texts);
        all
    }
}

impl Extend<Text> for Text {
    fn extend<I: IntoIterator<Item = Text>>(&mut self, texts: I) {
        for text in texts {
            self.push(&text);
        }
    }
}

/// An argument type of [`text!`].
pub(crate) trait Show {
    /// Writes it without control characters. Only a width counts, no precision.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl<T: fmt::Display + ?Sized> Show for T {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&clean(&self.to_string()))
    }
}

impl Show for Text {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Show for &Text {
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An argument of [`text!`].
pub(crate) struct Shown<'a, T: Show + ?Sized>(pub(crate) &'a T);

impl<T: Show + ?Sized> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

/// A text as one line, with escapes for characters that could control a terminal,
/// mislead a reader or end a line.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => clean.push_str("    "),
            _ if steers(character) => clean.extend(character.escape_unicode()),
            _ => clean.push(character),
        }
    }
    clean
}

/// True if a character controls a terminal instead of being visible there, or is
/// invalid in XML: controls, ends of lines, directions of writing, and invisible
/// characters.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character,
            // Directions of writing.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Ends of lines and paragraphs.
            | '\u{2028}' | '\u{2029}'
            // Zero width; joiners are not among them, since scripts need them.
            | '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
            // Noncharacters.
            | '\u{fffe}' | '\u{ffff}')
}

/// Lines that GitHub Actions, Azure Pipelines or `TeamCity` would obey, broken:
/// `::` at the start of a line, and `##[`, `##vso[` and the like anywhere.
fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for line in text.split_inclusive('\n') {
        let start = line.len() - after_blanks(line).len();
        let (blanks, mut rest) = line.split_at(start);
        safe.push_str(blanks);
        if rest.starts_with("::") {
            safe.push_str("\\u{3a}");
            rest = &rest[1..];
        }
        while let Some(at) = rest.find("##") {
            let (before, after) = rest.split_at(at);
            safe.push_str(before);
            let word = after[2..].trim_start_matches(|it: char| it.is_ascii_alphabetic());
            safe.push_str(if word.starts_with('[') { "\\u{23}" } else { "#" });
            rest = &after[1..];
        }
        safe.push_str(rest);
    }
    Cow::Owned(safe)
}

/// The line from its first visible character on.
fn after_blanks(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        let Some(style) = rest.strip_prefix("\u{1b}[") else { return rest };
        rest = style.trim_start_matches(|it: char| it.is_ascii_digit() || it == ';');
        rest = rest.strip_prefix('m').unwrap_or(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::HEADING;

    #[test]
    fn escape_sequences_are_shown_and_not_obeyed() {
        assert_eq!(clean("a\u{1b}[31mred\u{202e}"), "a\\u{1b}[31mred\\u{202e}");
        assert_eq!(clean("\u{9b}2J\u{7f}\u{200b}\r\n"), "\\u{9b}2J\\u{7f}\\u{200b}\\u{d}\\u{a}");
        assert_eq!(clean("\u{fffe}\u{2028}\u{e0041}"), "\\u{fffe}\\u{2028}\\u{e0041}");
        let fine = "\u{4e71}\u{53d6}\u{308a}, na\u{ef}ve, \u{645}\u{6cc}\u{200c}\u{62e}";
        assert_eq!(clean(fine), fine);
    }

    #[test]
    fn what_a_format_takes_is_clean_and_its_own_colours_stay() {
        let title = Text::painted(HEADING, &Text::clean("a\u{1b}b"));

        let text = text!("{}: {} of {:>4}\n", title, "x\ny", 2);

        assert_eq!(text.plain(), "a\\u{1b}b: x\\u{a}y of    2\n");
        assert!(text.as_str().starts_with("\u{1b}[1ma\\u{1b}b\u{1b}[0m:"));
    }

    #[test]
    fn json_reads_back_as_it_was_without_steering_anything() {
        let value = "\u{1b}\u{9b}\u{202e}\u{e0041} ##[error]x";

        let line = Text::json(&value);

        assert!(!line.as_str().trim_end().contains(steers) && !line.as_str().contains("##["));
        let back: String = serde_json::from_str(line.as_str()).expect("JSON");
        assert_eq!(back, value);
    }

    #[test]
    fn no_line_is_a_command_to_a_ci_system() {
        let broken = |text: &str| Text::lines(text).without_commands().into_owned();

        assert_eq!(
            broken("::error::x\n  ::warning::y\n"),
            "\\u{3a}:error::x\n  \\u{3a}:warning::y\n"
        );
        assert_eq!(broken("a ##[error]x ##vso[task]"), "a \\u{23}#[error]x \\u{23}#vso[task]");
        assert_eq!(broken("###[x] ## title a::b"), "#\\u{23}#[x] ## title a::b");
        let styled = Text::painted(HEADING, &Text::clean("::stop-commands::x"));
        assert!(!styled.without_commands().contains("m::stop"));
    }

    #[test]
    fn a_document_keeps_its_meaning() {
        let text = Text::xml("<a>\n  ::error::x ##[y]\u{ffff}\u{9b}</a>");

        assert_eq!(text.as_str(), "<a>\n  &#58;:error::x #&#35;[y]\\u{ffff}\\u{9b}</a>");
    }
}
