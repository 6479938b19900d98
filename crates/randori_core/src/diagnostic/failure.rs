//! Errors without a file position, in the user's terms.

/// An error message with advice. A [`Diagnostic`](super::Diagnostic) is the equivalent for a
/// position in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Message, in one line.
    pub message: String,
    /// Further lines, such as the last ones of a program's error output.
    pub details: Vec<String>,
    /// Advice.
    pub help: Option<String>,
}

impl Failure {
    /// A failure with a message only.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// Adds advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
