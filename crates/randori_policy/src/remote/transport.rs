//! The transport interface for messages to and from a policy.

use std::fmt::Debug;
use std::time::Instant;

/// A connection to an external policy. Messages are JSON objects.
///
/// A child process is one implementation ([`ChildProcess`](super::ChildProcess)); a transport can
/// be anything that carries texts both ways and can wait for them until a deadline.
pub trait Transport: Debug + Send {
    /// Sends a message; never blocks. If the peer has stopped reading, [`Self::receive_until`]
    /// reports it.
    fn send(&mut self, message: Vec<u8>);

    /// The next message, as a text of limited length.
    ///
    /// # Errors
    /// The reason why there is none.
    fn receive_until(&mut self, deadline: Instant) -> Result<String, Silence>;

    /// Advice for a policy that mixes other output into the protocol.
    fn place_for_texts(&self) -> &'static str;

    /// Stores a line of diagnostic output, as one of the last.
    fn log(&self, text: &str);

    /// Ends the policy, or the connection to it, at once, and returns its last diagnostic output.
    fn end(&mut self) -> Vec<String>;
}

/// The reason why there is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silence {
    /// Timeout.
    Late,
    /// The data received is not a message.
    Unusable {
        /// The violation, in words that follow the policy's name.
        what: String,
        /// Advice on the error.
        help: &'static str,
    },
    /// The connection has ended.
    Gone {
        /// The exit status, in words that follow the policy's name.
        how: String,
        /// Advice on the error.
        help: &'static str,
    },
}
