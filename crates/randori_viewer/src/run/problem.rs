//! What goes wrong with a run, in the words for a person.

use randori_core::policy::PolicyError;
use randori_core::report::RunError;
use randori_sim::episode::EpisodeError;
use randori_sim::replay::ReplayError;
use randori_sim::session::SessionError;

/// Something that a person should know, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problem {
    /// What is wrong, in one line.
    pub message: String,
    /// Places and last words.
    pub details: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A policy does not start.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The run cannot begin.
    #[error(transparent)]
    Episode(#[from] EpisodeError),
    /// A recording cannot be followed.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl From<RunError> for Problem {
    fn from(RunError { message, details, help, .. }: RunError) -> Self {
        Self { message, details, help }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Policy(PolicyError { message, details, help }) => {
                Self { message, details, help }
            }
            OpenError::Session(SessionError::Repeat(ReplayError::Broken(error))) => (*error).into(),
            error => Self { message: error.to_string(), ..Self::default() },
        }
    }
}
