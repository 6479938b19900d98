//! From a document to a spec, or to diagnostics in the user's terms.
//!
//! `ron` stops at its first error. Unknown and repeated fields are therefore
//! blanked out and the text is read again, so that all of them are reported.

mod explain;

use std::ops::Range;

use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::outline::{Field, NodeKind, Scalar, skip_trivia};
use super::renamed;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, one_of};
use crate::spec::FORMAT;

/// Maximum number of reported typos.
const MAX_BLANKED: usize = 20;

/// Reads a spec from a document of the expected file kind. A spec may be returned together
/// with errors, so that it can be checked further.
pub(super) fn parse<T: DeserializeOwned>(
    document: &Document,
    found: &mut Vec<Diagnostic>,
) -> Option<T> {
    if let Some(problem) = &document.outline.problem {
        found.push(syntax_error(document, problem));
        return None;
    }
    if let Some(error) = unknown_format(document) {
        found.push(error);
        return None;
    }
    let mut text = document.text.to_string();
    let mut blanked: Vec<String> = Vec::new();
    let mut renamed: Vec<&str> = Vec::new();
    loop {
        let error = match from_str::<T>(&text) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let at = byte_of(&text, error.span.end);
        if let ron::Error::MissingStructField { field, .. } = &error.code
            && (renamed.contains(field)
                || blanked.iter().any(|name| crate::diagnostic::nearest(name, [*field]).is_some()))
        {
            return None; // It is there under another name, and that is reported already.
        }
        let probe = |replaced: &str| from_str::<T>(replaced).err().map(|error| error.code);
        found.push(explain::explain(document, &text, at, &error.code, &probe));
        let unwanted = match &error.code {
            ron::Error::NoSuchStructField { found, .. } => last_field(document, &text, found, at),
            ron::Error::DuplicateStructField { field, .. } => {
                last_field(document, &text, field, at)
            }
            _ => None,
        };
        let field = unwanted.filter(|_| blanked.len() < MAX_BLANKED)?;
        blanked.push(text[field.name.clone()].to_owned());
        renamed.extend(renamed::field_at(&document.text, &field.name).map(|field| field.new));
        blank(&mut text, field);
    }
}

pub(super) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, ron::error::SpannedError> {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME).from_str(text)
}

/// The byte at a line and column of `ron`, which count characters from 1.
fn byte_of(text: &str, position: ron::error::Position) -> usize {
    let mut line_start = 0;
    for _ in 1..position.line {
        line_start += text[line_start..].find('\n').map_or(0, |newline| newline + 1);
    }
    let line = &text[line_start..];
    let column = position.col.saturating_sub(1);
    line_start + line.char_indices().nth(column).map_or(line.len(), |(offset, _)| offset)
}

/// The last field of this name that was read before `at` and is not blank.
pub(super) fn last_field<'d>(
    document: &'d Document,
    text: &str,
    name: &str,
    at: usize,
) -> Option<&'d Field> {
    let mut last: Option<&Field> = None;
    document.outline.for_each(&mut |node| {
        let NodeKind::Struct { fields, .. } = &node.kind else { return };
        for field in fields {
            let later = last.is_none_or(|last| last.name.start < field.name.start);
            if later && field.name.end <= at && text[field.name.clone()] == *name {
                last = Some(field);
            }
        }
    });
    last
}

/// Overwrites a field and its comma with spaces; all other bytes stay.
fn blank(text: &mut String, field: &Field) {
    let mut end = field.value.span.end;
    let next = skip_trivia(text, end);
    if text[next..].starts_with(',') {
        // The comments in between go as well.
        end = next + 1;
    }
    let spaces: String = text[field.name.start..end]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(field.name.start..end, &spaces);
}

fn syntax_error(document: &Document, problem: &super::outline::Problem) -> Diagnostic {
    let code =
        if problem.too_deep { DiagnosticCode::LIMIT_EXCEEDED } else { DiagnosticCode::SYNTAX };
    let place = |range: &Range<usize>| document.locate(range.clone());
    let error = Diagnostic::error(code, &problem.message)
        .primary(Label::new(place(&problem.span), problem.label));
    match &problem.related {
        Some((range, remark)) => error.secondary(Label::new(place(range), *remark)),
        None => error,
    }
}

/// A file of another version has different fields: only the version is reported.
fn unknown_format(document: &Document) -> Option<Diagnostic> {
    let text = &document.text;
    let format = document.outline.root.as_ref()?.field(text, "format")?;
    let written = document.slice(&format.value);
    let is_number = matches!(format.value.kind, NodeKind::Scalar(Scalar::Number));
    if !is_number || written == FORMAT.to_string() {
        return None;
    }
    let message = format!("format version {written} is not known");
    let label = Label::new(document.locate(format.value.span.clone()), "unknown version");
    Some(
        Diagnostic::error(DiagnosticCode::UNKNOWN_FORMAT, message)
            .primary(label)
            .help(format!("this program reads format {FORMAT}")),
    )
}

/// An error if the file does not start with the name of its kind.
pub(super) fn wrong_kind(document: &Document, wanted: &str) -> Option<Diagnostic> {
    const KINDS: [&str; 4] = ["Scenario", "Robot", "Environment", "PolicyContract"];
    let root = document.outline.root.as_ref()?;
    let code = DiagnosticCode::WRONG_FILE_KIND;
    let named = document.outline.kind(&document.text);
    let (message, range) = match named.clone() {
        Some((_, kind)) if kind == wanted => return None,
        Some((name, kind)) if KINDS.contains(&kind) => (
            format!(
                "this is {} file, but {} was expected",
                with_article(kind),
                with_article(wanted)
            ),
            name,
        ),
        Some((name, kind)) => {
            (format!("`{kind}` is no kind of file, {} was expected", with_article(wanted)), name)
        }
        None => (
            "the file does not start with its kind".to_owned(),
            root.span.start..root.span.start + 1,
        ),
    };
    let kinds = KINDS.iter().map(|kind| format!("{kind}(...)")).collect::<Vec<_>>();
    let help = match named.map(|(_, kind)| kind) {
        Some(kind) if KINDS.contains(&kind) => None,
        Some(_) => Some(format!("files start with {}", one_of(kinds.iter().map(|kind| &**kind)))),
        None => Some(format!("write `{wanted}` before the bracket: `{wanted}(...)`")),
    };
    let label =
        Label::new(document.locate(range), format!("{} is expected here", with_article(wanted)));
    Some(Diagnostic::error(code, message).primary(label).maybe_help(help))
}

fn with_article(kind: &str) -> String {
    let article = if kind.starts_with('E') { "an" } else { "a" };
    format!("{article} {kind}")
}
