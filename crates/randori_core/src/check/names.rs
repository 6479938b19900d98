//! Names are unique and can be written in paths and formulas.

use std::collections::BTreeMap;

use super::report::{At, Report};
use crate::diagnostic::{DiagnosticCode, Label};
use crate::text::{Part, is_identifier};

/// The location of an element's name: a field of the element of a list, or its key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'n> {
    pub(super) part: Part,
    pub(super) list: &'n str,
    /// `None` if names are keys.
    pub(super) index: Option<usize>,
    /// The kind of element.
    pub(super) what: &'n str,
}

impl Place<'_> {
    fn with<T>(&self, name: &str, action: impl FnOnce(&At<'_>) -> T) -> T {
        let root = At::root(self.part);
        let list = root.field(self.list);
        match self.index {
            Some(index) => action(&list.index(index).field("name")),
            None => action(&list.field(name)),
        }
    }
}

/// Elements of several kinds that share one set of names.
pub(super) struct Names<'n> {
    seen: BTreeMap<&'n str, Place<'n>>,
}

impl<'n> Names<'n> {
    pub(super) fn new() -> Self {
        Self { seen: BTreeMap::new() }
    }

    /// Adds a name; an error if it is invalid or taken.
    pub(super) fn add(&mut self, report: &mut Report<'_>, place: Place<'n>, name: &'n str) {
        place.with(name, |at| spelling(report, at, place.what, name));
        let Some(first) = self.seen.get(name) else {
            self.seen.insert(name, place);
            return;
        };
        let message = if first.what == place.what {
            format!("two {}s are called `{name}`", place.what)
        } else {
            format!("a {} and a {} are both called `{name}`", first.what, place.what)
        };
        let label = first.with(name, |at| report.label(at, "first used here"));
        place.with(name, |at| duplicate(report, at, message, label));
    }
}

fn duplicate(report: &mut Report<'_>, at: &At<'_>, message: String, first: Option<Label>) {
    let error = report.error(DiagnosticCode::DUPLICATE_NAME, at, message, "used again here");
    error.secondary.extend(first);
    error.help.push("give one of the two another name".to_owned());
}

/// Names are repeated in paths of all elements below them.
const MAX_LETTERS: usize = 256;

/// An error if the name cannot be part of a path or formula.
pub(super) fn spelling(report: &mut Report<'_>, at: &At<'_>, what: &str, name: &str) {
    if name.len() > MAX_LETTERS && is_identifier(name) {
        let message = format!("the name of a {what} has {} letters", name.len());
        let label = format!("{MAX_LETTERS} letters at most");
        let error = report.error(DiagnosticCode::INVALID_NAME, at, message, label);
        error.help.push(format!("names have {MAX_LETTERS} letters at most"));
        return;
    }
    if is_identifier(name) {
        return;
    }
    let message = format!("`{name}` cannot be the name of a {what}");
    let help = match corrected(name) {
        Some(corrected) => format!("write `{corrected}`"),
        None => "use letters, digits and underscores".to_owned(),
    };
    let label = "only letters, digits and `_`, not starting with a digit";
    report.error(DiagnosticCode::INVALID_NAME, at, message, label).help.push(help);
}

fn corrected(name: &str) -> Option<String> {
    let corrected: String = name
        .trim()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' })
        .collect();
    is_identifier(&corrected).then_some(corrected)
}

/// Checks names of a list of elements of one kind: spelling and uniqueness.
pub(super) fn list<'n>(
    report: &mut Report<'_>,
    at: &At<'_>,
    what: &str,
    names: impl Iterator<Item = &'n str>,
) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, name) in names.enumerate() {
        let (element, first_use) = (at.index(index), seen.get(name).copied());
        let place = element.field("name");
        spelling(report, &place, what, name);
        let Some(first_use) = first_use else {
            seen.insert(name, index);
            continue;
        };
        let label = report.label(&at.index(first_use).field("name"), "first used here");
        let message = format!("two {what}s are called `{name}`");
        duplicate(report, &place, message, label);
    }
}
