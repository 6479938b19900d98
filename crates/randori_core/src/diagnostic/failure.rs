//! What goes wrong apart from files, in the words for the user.

/// Why something cannot be done, with advice. A [`Diagnostic`](super::Diagnostic) says the
/// same of a place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What is wrong, in one line.
    pub message: String,
    /// Further lines, such as the last ones of a program's error output.
    pub details: Vec<String>,
    /// What to do about it.
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
