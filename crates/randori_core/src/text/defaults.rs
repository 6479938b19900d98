//! Explicit defaults: the value of a path that the file leaves out.
//!
//! The text is parsed and serialised with all defaults. The value of a path there is the value
//! that the file would hold.

use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::outline::{Node, NodeKind, Outline, Scalar, Segment};
use super::parse::from_str;
use super::sources::Part;
use crate::spec::{ContractSpec, EnvironmentSpec, RobotSpec, ScenarioSpec};

/// The text of a default value, and the part of it to replace.
#[derive(Debug, PartialEq)]
pub(super) struct LeftOut {
    pub(super) text: String,
    /// The single value at the path, with its unit; empty for a new entry of a map.
    pub(super) value: Range<usize>,
    /// The number in the unit.
    pub(super) number: Option<Range<usize>>,
    /// True if it is neither a number nor empty.
    pub(super) is_other: bool,
    /// The text before and after an entry of a map.
    pub(super) around: (String, &'static str),
}

/// The default of the field at `path[first]`, which the text does not have, and in it the
/// value at the whole `path`. `None` if there is no default, or if the text cannot be parsed.
pub(super) fn left_out(
    part: Part,
    document: &Document,
    path: &[Segment],
    first: usize,
) -> Option<LeftOut> {
    let (full, outline) = whole(part, document)?;
    let field = outline.walk(&full, &path[..=first]).ok()?;
    let (text, rest) = (full[field.span.clone()].to_owned(), &path[first + 1..]);
    if text == "None" && !rest.is_empty() {
        let template = template(document, path, first)?;
        return within(template, rest);
    }
    within(&text, rest)
}

/// The text with all defaults; `None` if it cannot be parsed.
pub(super) fn whole(part: Part, document: &Document) -> Option<(String, Outline)> {
    let full = match part {
        Part::Scenario => written_out::<ScenarioSpec>(document),
        Part::Environment => written_out::<EnvironmentSpec>(document),
        Part::Robot(_) => written_out::<RobotSpec>(document),
        Part::Contract(_) => written_out::<ContractSpec>(document),
    }?;
    let outline = Outline::scan(&full, usize::MAX);
    Some((full, outline))
}

/// Finds the remainder of a path in the text of a value.
fn within(text: &str, rest: &[Segment]) -> Option<LeftOut> {
    let outline = Outline::scan(text, usize::MAX);
    let around = (String::new(), "");
    let found = match outline.walk(text, rest) {
        Ok(node) => {
            let (inner, scalar) = node.scalar()?;
            let is_number = scalar == Scalar::Number;
            let number = is_number.then(|| inner.span.clone());
            let is_other = !is_number && text[node.span.clone()] != *"None";
            LeftOut { value: node.span.clone(), number, is_other, around, text: String::new() }
        }
        Err(Some(missing)) if missing.segment + 1 == rest.len() => {
            let inside = empty_map(missing.parent)?;
            let around = (format!("{:?}: ", rest[missing.segment].name), ", ");
            let value = inside..inside;
            LeftOut { value, number: None, is_other: false, around, text: String::new() }
        }
        Err(_) => return None,
    };
    Some(without_nothing(text, &outline, found))
}

/// Removes fields that are `None` from the text, so that a later path can still add them, but
/// keeps the value that is to be replaced.
fn without_nothing(text: &str, outline: &Outline, found: LeftOut) -> LeftOut {
    let mut cuts: Vec<Range<usize>> = Vec::new();
    outline.for_each(&mut |node| {
        let NodeKind::Struct { fields, .. } = &node.kind else { return };
        for field in fields {
            let end = field.value.span.end;
            if text[field.value.span.clone()] == *"None" && field.value.span != found.value {
                let comma = usize::from(text[end..].starts_with(','));
                cuts.push(field.name.start..end + comma);
            }
        }
    });
    cuts.sort_by_key(|cut| cut.start);
    let before =
        |byte: usize| -> usize { cuts.iter().filter(|cut| cut.end <= byte).map(Range::len).sum() };
    let moved = |range: Range<usize>| {
        let shift = before(range.start);
        range.start - shift..range.end - shift
    };
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for cut in &cuts {
        kept.push_str(&text[from..cut.start]);
        from = cut.end;
    }
    kept.push_str(&text[from..]);
    LeftOut { value: moved(found.value), number: found.number.map(moved), text: kept, ..found }
}

fn empty_map(node: &Node) -> Option<usize> {
    match &node.kind {
        NodeKind::Map { inside, .. } => Some(*inside),
        _ => None,
    }
}

/// Values that are omitted as `None` but represent a vector.
fn template(document: &Document, path: &[Segment], first: usize) -> Option<&'static str> {
    let outer = document.outline.walk(&document.text, &path[..first]);
    let has = |name| outer.as_ref().is_ok_and(|it| it.field(&document.text, name).is_some());
    match path[first].name.as_str() {
        "rpy" if !has("quat") => Some("(Rad(0.0), Rad(0.0), Rad(0.0))"),
        "gravity" if path[0].name == "physics" => Some("(0.0, 0.0, -9.81)"),
        _ => None,
    }
}

fn written_out<T: DeserializeOwned + Serialize>(document: &Document) -> Option<String> {
    ron::to_string(&from_str::<T>(&document.text).ok()?).ok()
}
