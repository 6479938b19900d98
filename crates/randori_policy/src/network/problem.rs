//! Diagnostics for a contract, a network or a robot, before they have a location in a text.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, Severity, Span};
use randori_core::policy::PolicyError;

/// One diagnostic, at a path within the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// True if it prevents a run.
    pub severity: Severity,
    /// Its stable code.
    pub code: DiagnosticCode,
    /// Path within the contract, such as `inputs.0.terms.2.source`.
    pub path: String,
    /// The message.
    pub message: String,
    /// The label at the location.
    pub label: String,
    /// The advice.
    pub help: Vec<String>,
}

impl Problem {
    /// A diagnostic that prevents a run.
    pub fn error(
        code: DiagnosticCode,
        path: impl Into<String>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code,
            path: path.into(),
            message: message.into(),
            label: label.into(),
            help: Vec::new(),
        }
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The diagnostic with its location in a text. `span_of` returns the span of a path within the
    /// contract; for an unknown path, the paths that enclose it are tried.
    pub fn diagnostic(&self, span_of: impl Fn(&str) -> Option<Span>) -> Diagnostic {
        let mut finding = match self.severity {
            Severity::Error => Diagnostic::error(self.code, &self.message),
            Severity::Warning => Diagnostic::warning(self.code, &self.message),
        };
        let mut path = self.path.as_str();
        finding.primary = loop {
            if let Some(span) = span_of(path) {
                break Some(Label::new(span, &self.label));
            }
            match path.rsplit_once('.') {
                Some((outer, _)) => path = outer,
                None => break None,
            }
        };
        finding.help.clone_from(&self.help);
        finding
    }
}

impl From<&Problem> for PolicyError {
    fn from(problem: &Problem) -> Self {
        let help = (!problem.help.is_empty()).then(|| problem.help.join("; "));
        Self { message: problem.message.clone(), details: Vec::new(), help }
    }
}
