//! Diagnostics: problems of user files with position, reason and advice.
//!
//! A check builds a [`Diagnostic`]; rendering is separate, so the same
//! diagnostic serves terminals, editors and scripts.
//!
//! ```
//! use randori_core::diagnostic::{
//!     Diagnostic, DiagnosticCode, Label, SourceMap, Span, render_short,
//! };
//!
//! let mut sources = SourceMap::default();
//! let file = sources.add("arm.ron", "(child: \"griper\")");
//! let diagnostic = Diagnostic::error(DiagnosticCode::UNKNOWN_LINK, "no link is called `griper`")
//!     .primary(Label::new(Span::new(file, 8..16), "unknown link"))
//!     .help("a link with a similar name exists: `gripper`");
//!
//! assert_eq!(
//!     render_short(&[diagnostic], &sources),
//!     "arm.ron:1:9: error[RS0203]: no link is called `griper`\n\
//!      help: a link with a similar name exists: `gripper`\n",
//! );
//! ```
//!
//! Start reading at [`Diagnostic`].

mod code;
mod failure;
mod render;
mod source;
mod suggest;

use std::fmt;

pub use code::{DiagnosticCode, RunCode};
pub use failure::Failure;
pub use render::{render_human, render_json, render_short};
pub use source::{FileId, Position, SourceMap, Span};
pub use suggest::{nearest, one_of, shortened};

/// Severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Prevents a run.
    Error,
    /// Does not prevent a run, but probably indicates a mistake.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A position with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The underlined text.
    pub span: Span,
    /// The text beside it; may be empty.
    pub text: String,
}

impl Label {
    /// A position with a text.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// A problem of a file.
///
/// Messages are lower case, without a full stop, with names in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Severity.
    pub severity: Severity,
    /// Stable code, for `randori explain`.
    pub code: DiagnosticCode,
    /// Description of the problem.
    pub message: String,
    /// Position; absent if the problem is not in a text (a missing file).
    pub primary: Option<Label>,
    /// Related positions, such as the first definition of a name.
    pub secondary: Vec<Label>,
    /// Advice.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error, which prevents a run.
    pub fn error(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A warning, which does not prevent a run.
    pub fn warning(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: DiagnosticCode, message: String) -> Self {
        let (secondary, help) = (Vec::new(), Vec::new());
        Self { severity, code, message, primary: None, secondary, help }
    }

    /// Sets the position.
    #[must_use]
    pub fn primary(mut self, label: Label) -> Self {
        self.primary = Some(label);
        self
    }

    /// Adds a related position.
    #[must_use]
    pub fn secondary(mut self, label: Label) -> Self {
        self.secondary.push(label);
        self
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds advice if there is any.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }
}

/// Diagnostics with the texts that they refer to.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// The diagnostics, in the order of files and positions.
    pub list: Vec<Diagnostic>,
    /// The texts.
    pub sources: SourceMap,
}

impl Diagnostics {
    /// Number of errors.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// Number of warnings.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    /// True without diagnostics.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// See [`render_human`].
    pub fn human(&self, color: bool) -> String {
        render_human(&self.list, &self.sources, color)
    }

    /// See [`render_short`].
    pub fn short(&self) -> String {
        render_short(&self.list, &self.sources)
    }

    /// See [`render_json`].
    pub fn json(&self) -> String {
        render_json(&self.list, &self.sources)
    }

    fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|finding| finding.severity == severity).count()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.short().trim_end())
    }
}

impl std::error::Error for Diagnostics {}
