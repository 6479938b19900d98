//! What is wrong with a user's text: where, why, and what to do about it.
//!
//! Whoever finds a problem builds a [`Diagnostic`]; rendering is separate, so
//! the same finding serves people, editors and scripts.
//!
//! ```
//! use randori_core::diagnostic::{
//!     Diagnostic, DiagnosticCode, Label, SourceMap, Span, render_short,
//! };
//!
//! let mut sources = SourceMap::default();
//! let file = sources.add("arm.ron", "(child: \"griper\")");
//! let finding = Diagnostic::error(DiagnosticCode::UNKNOWN_LINK, "no link is called `griper`")
//!     .primary(Label::new(Span::new(file, 8..16), "unknown link"))
//!     .help("a link with a similar name exists: `gripper`");
//!
//! assert_eq!(
//!     render_short(&[finding], &sources),
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

/// Whether a finding prevents a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does.
    Error,
    /// It does not, but is probably not what was meant.
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

/// A place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text to underline.
    pub span: Span,
    /// The remark beside it; may be empty.
    pub text: String,
}

impl Label {
    /// A place with a remark.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// One finding.
///
/// Messages are lower case, without a full stop, with names in backticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it prevents a run.
    pub severity: Severity,
    /// Its stable code, for `randori explain`.
    pub code: DiagnosticCode,
    /// What is wrong.
    pub message: String,
    /// Where; absent if the problem is not in a text (a file that is missing).
    pub primary: Option<Label>,
    /// Other places that matter, such as the first definition of a name.
    pub secondary: Vec<Label>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A finding that prevents a run.
    pub fn error(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message.into())
    }

    /// A finding that does not.
    pub fn warning(code: DiagnosticCode, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message.into())
    }

    fn new(severity: Severity, code: DiagnosticCode, message: String) -> Self {
        let (secondary, help) = (Vec::new(), Vec::new());
        Self { severity, code, message, primary: None, secondary, help }
    }

    /// Says where it is.
    #[must_use]
    pub fn primary(mut self, label: Label) -> Self {
        self.primary = Some(label);
        self
    }

    /// Points at another place that matters.
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

/// Findings with the texts that they point into.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    /// The findings, in the order of files and places.
    pub list: Vec<Diagnostic>,
    /// The texts.
    pub sources: SourceMap,
}

impl Diagnostics {
    /// Number of findings that prevent a run.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// Number of findings that do not.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    /// Whether nothing was found.
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
