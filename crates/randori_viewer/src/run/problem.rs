//! What goes wrong with a run, in the words for a person.

use randori_core::policy::PolicyError;
use randori_sim::episode::EpisodeError;
use randori_sim::replay::ReplayError;
use randori_sim::session::SessionError;

/// Something that the user should know, with what to do about it.
pub use randori_core::diagnostic::Failure as Problem;

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

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Policy(error) => error,
            OpenError::Session(SessionError::Repeat(ReplayError::Broken(error))) => (*error).into(),
            error => Self { message: error.to_string(), ..Self::default() },
        }
    }
}
