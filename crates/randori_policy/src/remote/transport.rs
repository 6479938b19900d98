//! How messages get to a policy and back.

use std::fmt::Debug;
use std::time::Instant;

/// A connection to a policy elsewhere. Messages are JSON objects.
///
/// A child process is one ([`ChildProcess`](super::ChildProcess)); whatever else can carry
/// texts both ways and wait for them until a deadline can be another.
pub trait Transport: Debug + Send {
    /// Hands over a message; never blocks. If the other side does not read any more, that
    /// shows in [`Self::receive_until`].
    fn send(&mut self, message: Vec<u8>);

    /// The next message, as a text of limited length.
    ///
    /// # Errors
    /// Why there is none.
    fn receive_until(&mut self, deadline: Instant) -> Result<String, Silence>;

    /// Advice for a policy that mixes other texts into the conversation.
    fn place_for_texts(&self) -> &'static str;

    /// Keeps a text for people, as one of its last words.
    fn log(&self, text: &str);

    /// Ends the policy, or the connection to it, at once, and returns what it last said to
    /// people.
    fn end(&mut self) -> Vec<String>;
}

/// Why there is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// None came in time.
    Late,
    /// What came can be none.
    Unusable {
        /// What it did, in words that follow its name.
        what: String,
        /// What to do about it.
        help: &'static str,
    },
    /// No more will come.
    Gone {
        /// How it ended, in words that follow its name.
        how: String,
        /// What to do about it.
        help: &'static str,
    },
}
