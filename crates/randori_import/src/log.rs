//! The log of an import: lines of the report, and errors.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, Span};

use crate::report::{Entry, ImportStatus, Report};
use crate::xml::{Attribute, Node};

/// Collects the report and the errors of an import.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) report: Report,
    pub(crate) errors: Vec<Diagnostic>,
    /// True if `keep` or `drop` left something out.
    pub(crate) is_pruned: bool,
    /// Maximum number of bodies of a robot.
    pub(crate) most_bodies: usize,
}

impl Log {
    /// Adds the status of an element.
    pub(crate) fn note(
        &mut self,
        kind: ImportStatus,
        node: Node<'_>,
        what: impl Into<String>,
    ) -> &mut Entry {
        self.push(kind, node.path(), Some(node.span()), what.into())
    }

    /// Adds the status of an attribute.
    pub(crate) fn note_value(
        &mut self,
        kind: ImportStatus,
        node: Node<'_>,
        attribute: &str,
        what: impl Into<String>,
    ) -> &mut Entry {
        let span = node.attribute(attribute).map_or(node.span(), |found| found.span);
        self.push(kind, node.path(), Some(span), what.into())
    }

    /// Adds a line about something that is not in the file.
    pub(crate) fn note_whole(&mut self, kind: ImportStatus, what: impl Into<String>) -> &mut Entry {
        self.push(kind, String::new(), None, what.into())
    }

    fn push(
        &mut self,
        kind: ImportStatus,
        element: String,
        place: Option<Span>,
        what: String,
    ) -> &mut Entry {
        let entry = Entry { kind, what, element, place, advice: None, is_doubtful: false };
        self.report.entries.push(entry);
        let last = self.report.entries.len() - 1;
        &mut self.report.entries[last]
    }

    /// Adds an error about an attribute.
    pub(crate) fn refuse(
        &mut self,
        attribute: &Attribute,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.error(DiagnosticCode::IMPORT_VALUE, attribute.span, message, help);
    }

    /// Adds an error.
    pub(crate) fn error(
        &mut self,
        code: DiagnosticCode,
        at: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> &mut Diagnostic {
        let label = Label::new(at, "");
        self.errors.push(Diagnostic::error(code, message).primary(label).help(help));
        let last = self.errors.len() - 1;
        &mut self.errors[last]
    }

    /// Adds an error about an unknown name.
    pub(crate) fn unknown<'n>(
        &mut self,
        attribute: &Attribute,
        what: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) {
        let known: Vec<&str> = known.into_iter().collect();
        let name = &attribute.value;
        let similar = randori_core::diagnostic::nearest(name, known.iter().copied());
        let help = match similar {
            Some(similar) => format!("a {what} with a similar name exists: `{similar}`"),
            None if known.is_empty() => format!("the file defines no {what}"),
            None => {
                let names = randori_core::diagnostic::one_of(known.iter().copied());
                format!("there is {names}")
            }
        };
        let message = format!("there is no {what} called `{name}`");
        self.error(DiagnosticCode::IMPORT_REFERENCE, attribute.span, message, help);
    }
}

impl Entry {
    /// Adds advice.
    pub(crate) fn advise(&mut self, advice: impl Into<String>) -> &mut Self {
        self.advice = Some(advice.into());
        self
    }

    /// Marks it as doubtful, to be shown at load time too.
    pub(crate) fn doubt(&mut self) -> &mut Self {
        self.is_doubtful = true;
        self
    }
}
