//! External policies: an exchange of JSON objects over a [`Transport`].
//!
//! The peer is untrusted: its messages are validated, and every wait has a timeout.
//! `docs/policy-protocol.md` describes the protocol; [`protocol`] contains Randori's messages,
//! [`reply`] parses those of the policy, [`child`] implements the transport to a child process.
//!
//! Start reading at [`RemotePolicy`].

mod child;
mod json_lines;
mod protocol;
mod reply;
mod transport;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use randori_core::policy::{
    CommandChunk, Determinism, Observation, Policy, PolicyContract, PolicyError, RobotInterface,
};

use protocol::{Message, Sensors};

pub use child::{ChildProcess, EnvVar, ProcessPolicy, keep_policies_if_asked};
pub use json_lines::{Lines, Output};
pub use protocol::PROTOCOL_VERSION;
pub use reply::{BadReply, MAX_CHUNK, Replies, Reply, is_message};
pub use transport::{Silence, Transport};

/// A policy behind a transport.
#[derive(Debug)]
pub struct RemotePolicy<T> {
    contract: PolicyContract,
    sensors: Sensors,
    replies: Replies,
    timeout: Duration,
    transport: T,
    /// Requests without a response so far.
    asked: BTreeSet<u64>,
    answers: BTreeMap<u64, CommandChunk>,
    /// The error that ended the policy; it is permanent.
    failure: Option<PolicyError>,
}

impl<T: Transport> RemotePolicy<T> {
    /// Opens a transport for messages of up to this number of bytes, and waits until the policy is
    /// ready to drive the robot. Its name is `name` unless it reports one. It fails if a response
    /// takes longer than `timeout` of wall-clock time.
    ///
    /// # Errors
    /// When the transport cannot be opened, or the policy does not report that it is ready.
    pub fn connect(
        name: String,
        interface: &RobotInterface,
        timeout: Duration,
        open: impl FnOnce(usize) -> Result<T, PolicyError>,
    ) -> Result<Self, PolicyError> {
        let replies = Replies::new(&interface.actions);
        let transport = open(replies.max_line())?;
        let mut policy = Self {
            contract: PolicyContract {
                name,
                needs: Vec::new(),
                command_len: interface.command_len(),
                max_chunk: MAX_CHUNK,
                determinism: Determinism::Unknown,
            },
            sensors: Sensors::new(interface),
            replies,
            timeout,
            transport,
            asked: BTreeSet::new(),
            answers: BTreeMap::new(),
            failure: None,
        };
        policy.send(&Message::hello(interface))?;
        policy.await_hello()?;
        Ok(policy)
    }

    fn send(&mut self, message: &Message<'_>) -> Result<(), PolicyError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.transport.send(message.json());
        Ok(())
    }

    /// Waits for the first `ready`. Until then, lines that are not messages count as diagnostic
    /// output: some modules print a banner on import.
    fn await_hello(&mut self) -> Result<(), PolicyError> {
        let deadline = Instant::now() + self.timeout;
        loop {
            let line = self.next_line(deadline, "say that it is ready")?;
            if !is_message(&line) {
                self.transport.log(&line);
                continue;
            }
            return match self.parse(&line)? {
                Reply::Ready { protocol: Some(PROTOCOL_VERSION), name } => {
                    self.contract.name = name.unwrap_or_else(|| self.contract.name.clone());
                    Ok(())
                }
                Reply::Ready { protocol, .. } => {
                    let speaks = protocol.map_or("names no protocol".to_owned(), |it| {
                        format!("speaks protocol {it}")
                    });
                    let message = format!("{} {speaks}, not {PROTOCOL_VERSION}", self.subject());
                    Err(self.fail(PolicyError::new(message).help(
                        "use the `randori_policy` module that this version of Randori brings along",
                    )))
                }
                other => Err(self.unexpected(&other, "`ready`")),
            };
        }
    }

    /// Waits for the `ready` that responds to a `reset`, and drops late responses.
    fn await_reset(&mut self) -> Result<(), PolicyError> {
        let deadline = Instant::now() + self.timeout;
        loop {
            let line = self.next_line(deadline, "get ready again after a reset")?;
            match self.parse(&line)? {
                Reply::Ready { .. } => return Ok(()),
                Reply::Command { .. } => {}
                Reply::Error { message } => return Err(self.reported(&message)),
            }
        }
    }

    fn await_answer(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        let deadline = Instant::now() + self.timeout;
        loop {
            if let Some(answer) = self.answers.remove(&request) {
                return Ok(answer);
            }
            let line = self.next_line(deadline, &format!("answer request {request}"))?;
            match self.parse(&line)? {
                Reply::Command { request, commands } => self.accept(request, commands)?,
                other => return Err(self.unexpected(&other, "`command`")),
            }
        }
    }

    fn accept(&mut self, request: u64, commands: Vec<Vec<f32>>) -> Result<(), PolicyError> {
        if self.asked.remove(&request) {
            self.answers.insert(request, CommandChunk { commands });
            return Ok(());
        }
        let open = match self.asked.iter().map(u64::to_string).collect::<Vec<_>>() {
            open if open.is_empty() => "none is open".to_owned(),
            open => format!("open: {}", open.join(", ")),
        };
        let message = format!("{} answered request {request}, which is not open", self.subject());
        let help = format!("answer each request once, by its number ({open})");
        Err(self.fail(PolicyError::new(message).help(help)))
    }

    /// The next message, or the reason why there is none. `what` completes "it did not ..".
    fn next_line(&mut self, deadline: Instant, what: &str) -> Result<String, PolicyError> {
        let silence = match self.transport.receive_until(deadline) {
            Ok(message) => return Ok(message),
            Err(silence) => silence,
        };
        let (subject, timeout_s) = (self.subject(), self.timeout.as_secs_f64());
        let error = match silence {
            Silence::Unusable { what, help } => {
                PolicyError::new(format!("{subject} {what}")).help(help)
            }
            Silence::Gone { how, help } => {
                PolicyError::new(format!("{subject} {how} before it could {what}")).help(help)
            }
            Silence::Late => PolicyError::new(format!(
                "{subject} did not {what} within {timeout_s} s"
            ))
            .help("look for an endless loop or a wait, or raise `timeout_s` in the scenario"),
        };
        Err(self.fail(error))
    }

    fn parse(&mut self, line: &str) -> Result<Reply, PolicyError> {
        let error = match self.replies.parse(line) {
            Ok(reply) => return Ok(reply),
            Err(BadReply::NoMessage(reason)) => {
                let start = reply::clip(line.trim(), 80);
                let message =
                    format!("{} wrote a line that is no message: `{start}`", self.subject());
                let help = format!("{reason}; {}", self.transport.place_for_texts());
                PolicyError::new(message).help(help)
            }
            Err(BadReply::BadCommand { request, what }) => {
                let request =
                    request.map_or(String::new(), |request| format!(" request {request}"));
                let message = format!(
                    "{} answered{request} with a command that cannot be used: {what}",
                    self.subject()
                );
                let help = format!("the actuators are {}", self.replies.actuators());
                PolicyError::new(message).help(help)
            }
        };
        Err(self.fail(error))
    }

    fn unexpected(&mut self, reply: &Reply, expected: &str) -> PolicyError {
        let got = match reply {
            Reply::Error { message } => return self.reported(message),
            Reply::Ready { .. } => "`ready`",
            Reply::Command { .. } => "`command`",
        };
        let message = format!("{} sent {got} where {expected} was due", self.subject());
        self.fail(PolicyError::new(message).help("docs/policy-protocol.md shows the order"))
    }

    fn reported(&mut self, message: &str) -> PolicyError {
        let message = format!("{} gave up: {message}", self.subject());
        self.fail(PolicyError::new(message))
    }

    fn subject(&self) -> String {
        format!("the policy `{}`", self.contract.name)
    }

    /// Ends the policy and stores the error, with its last output.
    fn fail(&mut self, mut error: PolicyError) -> PolicyError {
        error.details = self.transport.end();
        self.failure = Some(error.clone());
        error
    }
}

impl<T: Transport> Policy for RemotePolicy<T> {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, seed: u64) -> Result<(), PolicyError> {
        self.asked.clear();
        self.answers.clear();
        self.send(&Message::Reset { seed })?;
        self.await_reset()
    }

    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError> {
        if observation.values.len() != self.sensors.values()
            || observation.measured_at.len() != self.sensors.channels()
        {
            return Err(PolicyError::new("the observation does not fit the robot's interface"));
        }
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let message = Message::Observation {
            request: observation.request,
            tick: observation.tick.0,
            time: observation.time_s,
            sensors: self.sensors.reading(observation),
        };
        self.transport.send(message.json());
        self.asked.insert(observation.request);
        Ok(())
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if !self.asked.contains(&request) && !self.answers.contains_key(&request) {
            return Err(PolicyError::new(format!("request {request} was never submitted")));
        }
        self.await_answer(request)
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        // The internal state of the peer is unknown.
        None
    }

    fn restore(&mut self, _snapshot: &[u8]) -> Result<(), PolicyError> {
        Err(PolicyError::new("the state of a policy in a child process cannot be restored")
            .help("replay the recorded commands instead"))
    }
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
