//! Places in specs, and the list of what was found at them.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, Span, nearest, one_of};
use crate::text::outline::Segment;
use crate::text::{Part, Sources};

/// A place in a spec: a chain of steps that lives on the stack, so that it
/// costs nothing until something is wrong there.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    outer: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root(Part),
    Named(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    pub(super) fn root(part: Part) -> Self {
        Self { outer: None, step: Step::Root(part) }
    }

    /// A field, or an entry of a map.
    pub(super) fn field(&'a self, name: &'a str) -> Self {
        Self { outer: Some(self), step: Step::Named(name) }
    }

    /// An element of a list, or a position of `A(x, y)`.
    pub(super) fn index(&'a self, index: usize) -> Self {
        Self { outer: Some(self), step: Step::Index(index) }
    }

    fn resolve(&self) -> (Part, Vec<Segment>) {
        let mut segments = Vec::new();
        let mut at = self;
        loop {
            let name = match at.step {
                Step::Root(part) => {
                    segments.reverse();
                    return (part, segments);
                }
                Step::Named(name) => name.to_owned(),
                Step::Index(index) => index.to_string(),
            };
            segments.push(Segment { name, start: 0, end: 0 });
            match at.outer {
                Some(outer) => at = outer,
                None => return (Part::Scenario, segments),
            }
        }
    }
}

/// The list of what was found, and the texts to find places in.
pub(super) struct Report<'s> {
    pub(super) sources: &'s Sources,
    pub(super) list: Vec<Diagnostic>,
}

impl<'s> Report<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self { sources, list: Vec::new() }
    }

    /// Adds an error at a place; the answer can be given more remarks.
    pub(super) fn error(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Diagnostic::error(code, message), at, label.into())
    }

    /// Adds a warning at a place.
    pub(super) fn warning(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        self.add(Diagnostic::warning(code, message), at, label.into())
    }

    fn add(&mut self, mut finding: Diagnostic, at: &At<'_>, label: String) -> &mut Diagnostic {
        finding.primary = self.span(at).map(|span| Label::new(span, label));
        let index = self.list.len();
        self.list.push(finding);
        &mut self.list[index]
    }

    /// The place in the text; of a value that was left out, the one around it.
    pub(super) fn span(&self, at: &At<'_>) -> Option<Span> {
        let (part, segments) = at.resolve();
        self.sources.nearest_span(part, &segments)
    }

    /// Line on which a value stands, for remarks.
    pub(super) fn line(&self, at: &At<'_>) -> Option<usize> {
        let span = self.span(at)?;
        Some(self.sources.map.position(span.file, span.start).line)
    }

    /// An error about a name that does not exist, with the nearest that does.
    /// `what` is the kind of thing, such as `link`.
    pub(super) fn unknown_name(
        &mut self,
        code: DiagnosticCode,
        at: &At<'_>,
        message: impl Into<String>,
        name: &str,
        what: &str,
        known: &[&str],
    ) {
        let help = match nearest(name, known.iter().copied()) {
            Some(similar) => format!("a {what} with a similar name exists: `{similar}`"),
            None if known.is_empty() => format!("there is no {what} at all"),
            None => format!("there is {}", one_of(known.iter().copied())),
        };
        self.error(code, at, message, format!("no {what} has this name")).help.push(help);
    }
}

/// `1 tick`, `2 ticks`.
pub(super) fn counted(count: usize, what: &str) -> String {
    let mut text = format!("{count} {what}");
    if count != 1 {
        let _ = write!(text, "s");
    }
    text
}
