//! What is wrong with a contract, a network or a robot, before it has a place
//! in a text.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, Severity, Span};
use randori_core::policy::PolicyError;

/// One finding, at a path within the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether it prevents a run.
    pub severity: Severity,
    /// Its stable code.
    pub code: DiagnosticCode,
    /// Where in the contract, such as `inputs.0.terms.2.source`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// The remark beside the place.
    pub label: String,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Problem {
    /// A finding that prevents a run.
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

    /// The finding with its place in a text. `span_of` finds the place of a path
    /// within the contract; where it knows none, those around it are tried.
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
