//! Errors in formulas, with their position.

use std::fmt;

use crate::ast::Span;

/// An error in parsing a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// The problem, in lower case and without a full stop.
    pub message: String,
    /// Advice.
    pub help: Option<String>,
    /// Position in the text; empty at the end of the text.
    pub span: Span,
}

/// An error in compiling a formula for given signals and sample period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The problem, in lower case and without a full stop.
    pub message: String,
    /// Advice.
    pub help: Option<String>,
    /// Position in the parsed text; `0..0` for a tree that was not parsed.
    pub span: Span,
}

impl ParseError {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), help: None, span }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl CompileError {
    pub(crate) fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), help: None, span }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

fn write_error(f: &mut fmt::Formatter<'_>, message: &str, help: Option<&str>) -> fmt::Result {
    f.write_str(message)?;
    help.map_or(Ok(()), |help| write!(f, " (help: {help})"))
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(f, &self.message, self.help.as_deref())
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(f, &self.message, self.help.as_deref())
    }
}

impl std::error::Error for ParseError {}
impl std::error::Error for CompileError {}
