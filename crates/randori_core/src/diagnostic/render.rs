//! Diagnostics as annotated source text, as lines and as JSON.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::source::floor_char_boundary;
use super::{Diagnostic, FileId, Label, Severity, SourceMap};

/// Diagnostics in the style of compilers: message, position, underlined text,
/// advice; separated by empty lines. With `color`, ANSI colours.
pub fn render_human(list: &[Diagnostic], sources: &SourceMap, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut rendered = String::new();
    for finding in list {
        let message = printable(&finding.message);
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(message).id(finding.code.as_str());
        let mut report = vec![with_snippets(Group::with_title(title), finding, sources)];
        for help in &finding.help {
            report.push(Group::with_title(Level::HELP.secondary_title(printable(help))));
        }
        if !rendered.is_empty() {
            rendered.push('\n');
        }
        rendered.push_str(renderer.render(&report).trim_end());
        rendered.push('\n');
    }
    rendered
}

/// Longer ranges (files without line breaks) are described, not shown.
const MAX_SHOWN_BYTES: usize = 16 << 10;

/// Adds one snippet per file of a diagnostic, the primary file first.
fn with_snippets<'a>(
    mut group: Group<'a>,
    finding: &'a Diagnostic,
    sources: &'a SourceMap,
) -> Group<'a> {
    let mut files: Vec<FileId> = Vec::new();
    let labels = || finding.primary.iter().chain(&finding.secondary);
    for label in labels() {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    for file in files {
        let here = || labels().filter(move |label| label.span.file == file);
        let line = |byte| sources.position(file, byte).line;
        // Only the relevant lines: rendering takes time for each line.
        let first = here().map(|label| line(label.span.start)).min().unwrap_or(1);
        let last = here().map(|label| line(label.span.end)).max().unwrap_or(first);
        let window = sources.lines(file, first, last);
        if window.len() > MAX_SHOWN_BYTES {
            let start = here().next().map_or(0, |label| label.span.start);
            let position = sources.position(file, start);
            let origin = Origin::path(sources.path(file)).line(position.line);
            group = group.element(origin.char_column(position.column));
            continue;
        }
        let annotation = |label: &'a Label| {
            let primary = finding.primary.as_ref();
            let is_primary = primary.is_some_and(|primary| std::ptr::eq(primary, label));
            let kind = if is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let bytes = clamped(label, sources);
            let place = kind.span(bytes.start - window.start..bytes.end - window.start);
            if label.text.is_empty() { place } else { place.label(printable(&label.text)) }
        };
        group = group.element(
            Snippet::source(&sources.text(file)[window.clone()])
                .line_start(first)
                .path(sources.path(file))
                .annotations(here().map(annotation)),
        );
    }
    group
}

/// The bytes of a label, cut to character boundaries of its text.
fn clamped(label: &Label, sources: &SourceMap) -> std::ops::Range<usize> {
    let text = sources.text(label.span.file);
    let start = floor_char_boundary(text, label.span.start);
    start..floor_char_boundary(text, label.span.end).max(start)
}

/// Text without control characters and bidirectional overrides: names in
/// untrusted files must not control a terminal or mislead a reader.
fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        let reverses = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if reverses || (character.is_control() && character != '\n') {
            clean.extend(character.escape_unicode());
        } else {
            clean.push(character);
        }
    }
    clean
}

/// One line per diagnostic, `file:line:column: error[RS0203]: message`, each
/// followed by its advice as `help: ...` lines.
pub fn render_short(list: &[Diagnostic], sources: &SourceMap) -> String {
    let one_line = |text: &str| printable(&text.replace('\n', " "));
    let mut lines: Vec<String> = Vec::new();
    for finding in list {
        let place = finding.primary.as_ref().map_or(String::new(), |primary| {
            let position = sources.position(primary.span.file, primary.span.start);
            let path = sources.path(primary.span.file);
            format!("{path}:{}:{}: ", position.line, position.column)
        });
        let (severity, code) = (finding.severity.name(), finding.code);
        lines.push(format!("{place}{severity}[{code}]: {}", one_line(&finding.message)));
        lines.extend(finding.help.iter().map(|help| format!("help: {}", one_line(help))));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    severity: &'a str,
    code: &'a str,
    message: &'a str,
    label: Option<&'a str>,
    related: Vec<JsonRelated<'a>>,
    help: &'a [String],
}

#[derive(Serialize)]
struct JsonRelated<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
}

/// A JSON array with one object per diagnostic: `file`, `line`, `column`,
/// `end_line`, `end_column` (exclusive), `severity`, `code`, `message`,
/// `label`, `related` (file, line, column, label) and `help`. The place is
/// `null` for a problem that is not in a text.
pub fn render_json(list: &[Diagnostic], sources: &SourceMap) -> String {
    let objects: Vec<JsonDiagnostic<'_>> = list
        .iter()
        .map(|finding| {
            let span = finding.primary.as_ref().map(|label| label.span);
            let start = span.map(|span| sources.position(span.file, span.start));
            let end = span.map(|span| sources.position(span.file, span.end));
            JsonDiagnostic {
                file: span.map(|span| sources.path(span.file)),
                line: start.map(|position| position.line),
                column: start.map(|position| position.column),
                end_line: end.map(|position| position.line),
                end_column: end.map(|position| position.column),
                severity: finding.severity.name(),
                code: finding.code.as_str(),
                message: &finding.message,
                label: finding.primary.as_ref().map(|label| label.text.as_str()),
                related: finding.secondary.iter().map(|label| related(label, sources)).collect(),
                help: &finding.help,
            }
        })
        .collect();
    // Strings and numbers always have a JSON form.
    serde_json::to_string_pretty(&objects).unwrap_or_default()
}

fn related<'a>(label: &'a Label, sources: &'a SourceMap) -> JsonRelated<'a> {
    let position = sources.position(label.span.file, label.span.start);
    JsonRelated {
        file: sources.path(label.span.file),
        line: position.line,
        column: position.column,
        label: &label.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{DiagnosticCode, Span};

    fn finding() -> (Vec<Diagnostic>, SourceMap) {
        let mut sources = SourceMap::default();
        let text = "links: [(name: \"gripper\")],\njoints: [(child: \"griper\")]";
        let file = sources.add("assets/robots/arm.ron", text);
        let message = "joint `wrist` is attached to a link that does not exist";
        let finding = Diagnostic::error(DiagnosticCode::UNKNOWN_LINK, message)
            .primary(Label::new(Span::new(file, 46..54), "no link has this name"))
            .help("a link with a similar name is defined on line 1: `gripper`");
        (vec![finding], sources)
    }

    #[test]
    fn people_see_the_line_underlined_and_then_the_advice() {
        let (list, sources) = finding();

        insta::assert_snapshot!(render_human(&list, &sources, false), @r#"
        error[RS0203]: joint `wrist` is attached to a link that does not exist
         --> assets/robots/arm.ron:2:19
          |
        2 | joints: [(child: "griper")]
          |                   ^^^^^^^^ no link has this name
          |
        help: a link with a similar name is defined on line 1: `gripper`
        "#);
    }

    #[test]
    fn scripts_get_lines_and_columns_from_one_and_exclusive_ends() {
        let (list, sources) = finding();

        insta::assert_snapshot!(render_json(&list, &sources), @r#"
        [
          {
            "file": "assets/robots/arm.ron",
            "line": 2,
            "column": 19,
            "end_line": 2,
            "end_column": 27,
            "severity": "error",
            "code": "RS0203",
            "message": "joint `wrist` is attached to a link that does not exist",
            "label": "no link has this name",
            "related": [],
            "help": [
              "a link with a similar name is defined on line 1: `gripper`"
            ]
          }
        ]
        "#);
    }

    #[test]
    fn escape_sequences_in_names_are_shown_and_not_obeyed() {
        let (_, sources) = finding();
        let hostile = Diagnostic::error(DiagnosticCode::SYNTAX, "a \u{1b}[31mred name");

        assert!(!render_human(std::slice::from_ref(&hostile), &sources, false).contains('\u{1b}'));
        assert!(!render_short(&[hostile], &sources).contains('\u{1b}'));
    }

    #[test]
    fn a_span_that_cuts_a_character_or_leaves_the_text_is_cut_back() {
        let mut sources = SourceMap::default();
        let file = sources.add("x.ron", "\u{4e71}");
        let odd = Diagnostic::error(DiagnosticCode::SYNTAX, "odd")
            .primary(Label::new(Span::new(file, 1..99), ""));

        assert!(render_human(&[odd], &sources, false).contains("x.ron:1:1"));
    }
}
