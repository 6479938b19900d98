//! Problems of a run, as messages to the user.

use randori_core::policy::PolicyError;
use randori_sim::episode::EpisodeError;
use randori_sim::replay::ReplayError;
use randori_sim::session::SessionError;

/// A message to the user, with advice.
pub use randori_core::diagnostic::Failure as Problem;

/// The reason why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A policy does not start.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The run cannot start.
    #[error(transparent)]
    Episode(#[from] EpisodeError),
    /// A recording cannot be replayed.
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
