//! Duplicate keys, fields and names in a text, of which only one can count.
//!
//! `serde` silently keeps the last of two equal keys of a map, so duplicates are detected in
//! the outline, which still holds both.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::Document;
use super::outline::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label};

/// Maximum number of reported duplicates.
const MAX_FOUND: usize = 100;

/// An error for each duplicate key of a map in the text.
pub(super) fn of_keys(document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    document.outline.for_each(&mut |node| keys(document, node, &mut found));
    found
}

/// An error for each duplicate that would be merged with an imported file: keys of maps,
/// fields of structures, and elements of lists by name.
pub(super) fn of_anything(document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    document.outline.for_each(&mut |node| {
        keys(document, node, &mut found);
        match &node.kind {
            NodeKind::Struct { fields, .. } => {
                let named = fields.iter().map(|field| {
                    let name = document.text[field.name.clone()].to_owned();
                    (name, field.name.clone())
                });
                twice(document, ("field", DiagnosticCode::DUPLICATE_FIELD), named, &mut found);
            }
            NodeKind::List(items) => {
                let named = items.iter().filter_map(|item| {
                    let name = &item.field(&document.text, "name")?.value;
                    Some((name.string(&document.text)?, name.span.clone()))
                });
                twice(document, ("name", DiagnosticCode::DUPLICATE_NAME), named, &mut found);
            }
            _ => {}
        }
    });
    found
}

fn keys(document: &Document, node: &Node, found: &mut Vec<Diagnostic>) {
    if let NodeKind::Map { entries, .. } = &node.kind {
        let named = entries.iter().map(|(key, _)| (key.key(&document.text), key.span.clone()));
        twice(document, ("key", DiagnosticCode::DUPLICATE_FIELD), named, found);
    }
}

fn twice(
    document: &Document,
    (what, code): (&str, DiagnosticCode),
    named: impl Iterator<Item = (String, Range<usize>)>,
    found: &mut Vec<Diagnostic>,
) {
    let mut seen: BTreeMap<String, Range<usize>> = BTreeMap::new();
    for (name, place) in named {
        let Some(first) = seen.get(&name) else {
            seen.insert(name, place);
            continue;
        };
        if found.len() < MAX_FOUND {
            let label =
                |range: &Range<usize>, text| Label::new(document.locate(range.clone()), text);
            found.push(
                Diagnostic::error(code, format!("the {what} `{name}` is given twice"))
                    .primary(label(&place, "given again here"))
                    .secondary(label(first, "given here already"))
                    .help("remove one of the two"),
            );
        }
    }
}
