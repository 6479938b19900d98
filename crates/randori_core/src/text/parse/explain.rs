//! Errors of `ron` and serde in the terms of scenario files.

use std::ops::Range;

use super::super::document::{Document, Role};
use super::super::outline::{Node, NodeKind, Scalar};
use super::super::renamed;
use super::last_field;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, nearest, one_of};

/// The error of `ron` for the text with one stretch replaced.
type Probe<'p> = &'p dyn Fn(&str) -> Option<ron::Error>;

/// `at` is the byte at which `ron` stopped reading `text`, which is the document except for
/// blanked fields.
pub(super) fn explain(
    document: &Document,
    text: &str,
    at: usize,
    error: &ron::Error,
    probe: Probe<'_>,
) -> Diagnostic {
    match error {
        ron::Error::NoSuchStructField { expected, found, outer } => {
            let range =
                last_field(document, text, found, at).map_or(at..at, |field| field.name.clone());
            let place = Place { document, range };
            unknown_name(&place, "field", found, outer.as_deref(), expected)
        }
        ron::Error::NoSuchEnumVariant { expected, found, outer } => {
            let place = Place { document, range: word_before(text, at, found) };
            unknown_name(&place, "value", found, outer.as_deref(), expected)
        }
        ron::Error::MissingStructField { field, outer } => {
            missing_field(document, at, field, outer.as_deref())
        }
        ron::Error::DuplicateStructField { field, .. } => {
            duplicate_field(document, text, at, field)
        }
        _ => wrong_value(document, text, at, error, probe),
    }
}

struct Place<'d> {
    document: &'d Document,
    range: Range<usize>,
}

impl Place<'_> {
    fn label(&self, text: impl Into<String>) -> Label {
        Label::new(self.document.locate(self.range.clone()), text)
    }
}

fn unknown_name(
    place: &Place<'_>,
    what: &str,
    found: &str,
    outer: Option<&str>,
    expected: &[&str],
) -> Diagnostic {
    let renamed = renamed::field_at(&place.document.text, &place.range);
    let help = match (renamed, nearest(found, expected.iter().copied())) {
        (Some(field), _) => field.help(),
        (None, Some(similar)) => format!("did you mean `{similar}`?"),
        (None, None) if expected.is_empty() => format!("there is no {what} at all here"),
        (None, None) => format!("expected one of {}", one_of(expected.iter().copied())),
    };
    if place.document.origin(place.range.clone()).role == Role::Path {
        let message = format!("no such path: no field is called `{found}`");
        return Diagnostic::error(DiagnosticCode::UNKNOWN_PATH, message)
            .primary(place.label("no such field"))
            .help(help);
    }
    let code = match what {
        "field" => DiagnosticCode::UNKNOWN_FIELD,
        _ => DiagnosticCode::UNKNOWN_VARIANT,
    };
    let within = outer.map_or(String::new(), |outer| format!(" in {}", plain(outer)));
    Diagnostic::error(code, format!("unknown {what} `{found}`{within}"))
        .primary(place.label(match what {
            "field" => "no field has this name",
            _ => "not one of the possible values",
        }))
        .help(help)
}

fn missing_field(document: &Document, at: usize, field: &str, outer: Option<&str>) -> Diagnostic {
    let holder = innermost(document, at, &|node| matches!(node.kind, NodeKind::Struct { .. }));
    let range = holder.map_or(at..at, |node| node.anchor(&document.text));
    let within = outer.map_or(String::new(), |outer| format!(" in {}", plain(outer)));
    Diagnostic::error(DiagnosticCode::MISSING_FIELD, format!("`{field}` is missing{within}"))
        .primary(Place { document, range }.label(format!("`{field}` has to be given here")))
        .help(format!("add `{field}: ...`"))
}

fn duplicate_field(document: &Document, text: &str, at: usize, name: &str) -> Diagnostic {
    let second = last_field(document, text, name, at);
    let first = second.and_then(|second| last_field(document, text, name, second.name.start));
    let place = |range| Place { document, range };
    let range = second.map_or(at..at, |field| field.name.clone());
    let message = format!("`{name}` is given twice");
    let error = Diagnostic::error(DiagnosticCode::DUPLICATE_FIELD, message)
        .primary(place(range).label("given again"))
        .help("remove one of the two");
    match first {
        Some(first) => error.secondary(place(first.name.clone()).label("first given here")),
        None => error,
    }
}

/// All other errors: the value at `at` does not fit its field.
fn wrong_value(
    document: &Document,
    text: &str,
    at: usize,
    error: &ron::Error,
    probe: Probe<'_>,
) -> Diagnostic {
    let node = value_at(document, at);
    let Some(node) = node else {
        return Diagnostic::error(DiagnosticCode::SYNTAX, lower_case(&error.to_string()))
            .primary(Place { document, range: at..at }.label("here"));
    };
    let place = Place { document, range: node.anchor(&document.text) };
    let written = document.slice(node);
    if let Some(error) = wrong_length(document, at, error) {
        return error;
    }
    let Some((wanted, help)) = expectation(document, text, at, node, (error, probe)) else {
        return Diagnostic::error(DiagnosticCode::WRONG_TYPE, lower_case(&error.to_string()))
            .primary(place.label("this value"));
    };
    Diagnostic::error(DiagnosticCode::WRONG_TYPE, format!("{wanted} is expected here"))
        .primary(place.label(format!("this is {}", described(node, written))))
        .maybe_help(help)
}

/// The expected form of `node`, with its syntax.
fn expectation(
    document: &Document,
    text: &str,
    at: usize,
    node: &Node,
    (error, probe): (&ron::Error, Probe<'_>),
) -> Option<(String, Option<String>)> {
    let written = document.slice(node);
    if let Some(choices) = choices(text, node, probe) {
        let name = node.name_span().map_or("", |name| &document.text[name]);
        return Some(if choices.contains(&"Deg") && !choices.contains(&name) {
            ("a value with its unit".to_owned(), Some(unit_help(node, written, choices)))
        } else if choices.contains(&name) && name == written {
            (format!("`{name}` with its values"), Some(format!("write `{name}(...)`")))
        } else if choices.contains(&name) {
            (format!("`{name}` in another form"), Some(format!("write `{name}` without brackets")))
        } else {
            let possible = one_of(choices.iter().copied());
            ("another value".to_owned(), Some(format!("expected one of {possible}")))
        });
    }
    if is_number(node) && is_with_unit(written) {
        let help = "write the number alone, in SI units".to_owned();
        return Some(("a number".to_owned(), Some(help)));
    }
    if is_number(node) && at > node.span.start {
        return Some(("a whole number".to_owned(), None));
    }
    if *error == ron::Error::ExpectedIdentifier {
        return Some(("a field `name: value`".to_owned(), None));
    }
    let help = match &node.kind {
        NodeKind::List(items) if *error == ron::Error::ExpectedStructLike => {
            let parts: Vec<&str> = items.iter().map(|item| document.slice(item)).collect();
            let vector = format!("({})", parts.join(", "));
            Some(format!("vectors are written in round brackets: `{vector}`"))
        }
        NodeKind::Tuple { name: None, .. } if *error == ron::Error::ExpectedArray => {
            Some("lists are written in square brackets: `[...]`".to_owned())
        }
        NodeKind::Scalar(Scalar::Word) if *error == ron::Error::ExpectedString => {
            Some(format!("put it in quotes: `\"{written}\"`"))
        }
        _ => None,
    };
    Some((wanted(error)?.to_owned(), help))
}

/// A vector with too few or too many elements.
fn wrong_length(document: &Document, at: usize, error: &ron::Error) -> Option<Diagnostic> {
    let is_tuple = |node: &Node| matches!(node.kind, NodeKind::Tuple { .. });
    let tuple = innermost(document, at, &is_tuple)?;
    let NodeKind::Tuple { items, .. } = &tuple.kind else { return None };
    let wanted = match error {
        ron::Error::ExpectedDifferentLength { expected, .. } => {
            expected.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?
        }
        // The list is well-formed, so its end came too late.
        ron::Error::ExpectedStructLikeEnd => {
            items.iter().filter(|item| item.span.end <= at).count()
        }
        _ => return None,
    };
    let message = format!("{wanted} values are expected, but there are {}", items.len());
    let place = Place { document, range: tuple.anchor(&document.text) };
    Some(
        Diagnostic::error(DiagnosticCode::WRONG_LENGTH, message)
            .primary(place.label(format!("{} values", items.len()))),
    )
}

/// The choices of the enumeration at `node`: the names in the error of `ron` for a choice that
/// cannot exist.
fn choices(text: &str, node: &Node, probe: Probe<'_>) -> Option<&'static [&'static str]> {
    let mut replaced = text.to_owned();
    replaced.replace_range(node.span.clone(), "NoSuchChoice_");
    match probe(&replaced)? {
        ron::Error::NoSuchEnumVariant { expected, found, .. } if found == "NoSuchChoice_" => {
            Some(expected)
        }
        _ => None,
    }
}

fn unit_help(node: &Node, written: &str, choices: &[&str]) -> String {
    let number = if is_number(node) { written } else { "90" };
    let length =
        if choices.contains(&"M") { format!(", `M({number})` for metres") } else { String::new() };
    format!("write `Deg({number})` for degrees or `Rad({number})` for radians{length}")
}

fn wanted(error: &ron::Error) -> Option<&'static str> {
    Some(match error {
        ron::Error::ExpectedFloat
        | ron::Error::FloatUnderscore
        | ron::Error::UnderscoreAtBeginning => "a number",
        ron::Error::ExpectedInteger
        | ron::Error::IntegerOutOfBounds
        | ron::Error::InvalidIntegerDigit { .. } => "a whole number in range",
        ron::Error::ExpectedBoolean => "`true` or `false`",
        ron::Error::ExpectedString | ron::Error::ExpectedStringEnd => "a text in quotes",
        ron::Error::ExpectedArray => "a list `[...]`",
        ron::Error::ExpectedMap => "a map `{\"name\": value}`",
        ron::Error::ExpectedStructLike
        | ron::Error::ExpectedNamedStructLike(_)
        | ron::Error::ExpectedDifferentStructName { .. } => "a value in round brackets `(...)`",
        _ => return None,
    })
}

fn described(node: &Node, written: &str) -> String {
    match &node.kind {
        NodeKind::Scalar(Scalar::Number) => "a number".to_owned(),
        NodeKind::Scalar(Scalar::Text) => "a string".to_owned(),
        NodeKind::Scalar(Scalar::Word) => format!("the identifier `{written}`"),
        NodeKind::Scalar(Scalar::Other) => {
            "a character literal (strings take double quotes)".to_owned()
        }
        NodeKind::Struct { .. } => "a structure".to_owned(),
        NodeKind::Tuple { name: Some(_), .. } => "a named value".to_owned(),
        NodeKind::Tuple { .. } => "a vector".to_owned(),
        NodeKind::List(_) => "a list".to_owned(),
        NodeKind::Map { .. } => "a map".to_owned(),
    }
}

/// The value that begins at `at`, or else the innermost enclosing value.
fn value_at(document: &Document, at: usize) -> Option<&Node> {
    let mut begins = None;
    document.outline.for_each(&mut |node| {
        if node.span.start == at && begins.is_none() {
            begins = Some(node);
        }
    });
    begins.or_else(|| innermost(document, at, &|_| true))
}

/// The innermost value around `at` (its end included) that `fits`.
fn innermost<'d>(
    document: &'d Document,
    at: usize,
    fits: &dyn Fn(&Node) -> bool,
) -> Option<&'d Node> {
    let mut found: Option<&Node> = None;
    document.outline.for_each(&mut |node| {
        if node.span.start <= at && at <= node.span.end && fits(node) {
            let smaller = found.is_none_or(|found| node.span.len() <= found.span.len());
            // At a border, the value that ends there was being read.
            if smaller {
                found = Some(node);
            }
        }
    });
    found
}

fn word_before(text: &str, at: usize, word: &str) -> Range<usize> {
    let start = text[..at].rfind(word).unwrap_or(at);
    start..(start + word.len()).min(text.len()).max(start)
}

fn is_number(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Scalar(Scalar::Number))
}

/// True if letters follow the digits: `27kg`, but not `1e3`, `0xFF` or `1u8`.
fn is_with_unit(written: &str) -> bool {
    let digits = written.trim_start_matches(|c: char| c.is_ascii_digit() || "+-._eE".contains(c));
    digits.starts_with(|c: char| c.is_alphabetic() && !"xobuif".contains(c))
}

/// Rust names of spec types mean nothing to users.
fn plain(outer: &str) -> String {
    let name = outer.strip_suffix("Spec").unwrap_or(outer);
    format!("`{name}`")
}

fn lower_case(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
}
