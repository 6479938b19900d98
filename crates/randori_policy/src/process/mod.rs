//! A policy that lives in a child process and speaks one JSON object per line.
//!
//! The child may do anything: this module trusts nothing it says, waits for
//! nothing longer than its timeout, and leaves no process behind. The
//! conversation itself is described in `docs/policy-protocol.md`.
//!
//! Start reading at [`ProcessPolicy`].

mod child;
mod environment;
mod group;
mod host;
#[cfg(target_os = "linux")]
mod keeper;
mod lifeline;
mod pipes;
mod protocol;
mod python;
mod reply;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use randori_core::policy::{
    CommandChunk, Determinism, Observation, Policy, PolicyContract, PolicyError, RobotInterface,
};

use child::Child;
use pipes::Event;
use protocol::{Message, Sensors};

pub use environment::EnvVar;
#[cfg(target_os = "linux")]
pub use keeper::keep_policies_if_asked;
pub use pipes::{Lines, Output};
pub use protocol::PROTOCOL_VERSION;
pub use reply::{BadReply, MAX_CHUNK, Replies, Reply, is_message};

/// Lets this program keep its policies; here there are only process groups.
#[cfg(not(target_os = "linux"))]
pub fn keep_policies_if_asked() -> Option<std::process::ExitCode> {
    None
}

/// A policy in a child process.
///
/// The child is killed together with all processes that it started when this
/// value is dropped, when it misbehaves, and also when this process dies.
#[derive(Debug)]
pub struct ProcessPolicy {
    contract: PolicyContract,
    sensors: Sensors,
    replies: Replies,
    timeout: Duration,
    child: Child,
    /// Requests that the child has not answered yet.
    asked: BTreeSet<u64>,
    answers: BTreeMap<u64, CommandChunk>,
    /// Why the policy ended; it stays ended.
    failure: Option<PolicyError>,
}

impl ProcessPolicy {
    /// Starts `command` (program and arguments, no shell) in `working_dir` and
    /// waits until it is ready to drive the robot.
    ///
    /// The child finds the Python module `randori_policy` on its path. Whenever
    /// it owes an answer for longer than `timeout` of wall-clock time, the
    /// policy fails. It inherits few environment variables; `passed` are more.
    ///
    /// # Errors
    /// When the program cannot be started, or does not say that it is ready.
    pub fn start(
        command: &[String],
        working_dir: &Path,
        interface: &RobotInterface,
        timeout: Duration,
        passed: &[EnvVar],
    ) -> Result<Self, PolicyError> {
        let replies = Replies::new(&interface.actions);
        let child = Child::start(command, working_dir, passed, replies.max_line())?;
        let mut policy = Self {
            contract: PolicyContract {
                name: command.join(" "),
                needs: Vec::new(),
                command_len: interface.command_len(),
                max_chunk: MAX_CHUNK,
                determinism: Determinism::Unknown,
            },
            sensors: Sensors::new(interface),
            replies,
            timeout,
            child,
            asked: BTreeSet::new(),
            answers: BTreeMap::new(),
            failure: None,
        };
        policy.send(&Message::hello(interface))?;
        policy.await_hello()?;
        Ok(policy)
    }

    /// The operating system's number of the child.
    pub fn process_id(&self) -> u32 {
        self.child.process_id()
    }

    /// The last lines that the child wrote for people (its error output).
    pub fn recent_output(&self) -> Vec<String> {
        self.child.recent_output()
    }

    fn send(&mut self, message: &Message<'_>) -> Result<(), PolicyError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.child.send(message.line());
        Ok(())
    }

    /// Waits for the first `ready`. Until then, lines that are no messages
    /// count as output for people: modules like to greet when they are loaded.
    fn await_hello(&mut self) -> Result<(), PolicyError> {
        let deadline = Instant::now() + self.timeout;
        loop {
            let line = self.next_line(deadline, "say that it is ready")?;
            if !is_message(&line) {
                self.child.log(&line);
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

    /// Waits for the `ready` that answers a `reset`, and drops late answers.
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

    /// The next line of the child, or why there is none. `what` completes "it
    /// did not ..".
    fn next_line(&mut self, deadline: Instant, what: &str) -> Result<String, PolicyError> {
        let timeout_s = self.timeout.as_secs_f64();
        let mut event = self.child.next_event(deadline);
        if matches!(event, Some(Event::InputClosed)) {
            // Its last words may still be under way.
            event = self.child.next_event(deadline.min(Instant::now() + child::SETTLE));
            event = event.or(Some(Event::InputClosed));
        }
        let subject = self.subject();
        let error = match event {
            Some(Event::Output(Output::Line(line))) => return Ok(line),
            Some(Event::Output(Output::TooLong)) => PolicyError::new(format!(
                "{subject} wrote a line of more than {} kB, longer than any answer for this robot",
                self.replies.max_line() / 1000
            ))
            .help("its standard output is for answers only; print to standard error"),
            Some(Event::Output(Output::NotText)) => {
                PolicyError::new(format!("{subject} wrote a line that is not UTF-8 text"))
                    .help("its standard output is for answers only; print to standard error")
            }
            Some(Event::Output(Output::Closed) | Event::InputClosed) => {
                match self.child.exit_status() {
                    Some(status) => PolicyError::new(format!(
                        "{subject} {status} before it could {what}"
                    ))
                    .help("the program exited too early; does it call `run(act)` at its end?"),
                    None => PolicyError::new(format!(
                        "{subject} closed its connection before it could {what}"
                    ))
                    .help("leave standard input and output open; they carry the conversation"),
                }
            }
            None => PolicyError::new(format!("{subject} did not {what} within {timeout_s} s"))
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
                PolicyError::new(message).help(format!(
                    "{reason}; its standard output is for answers only, print to standard error"
                ))
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

    /// Ends the child and remembers why, with what it said last.
    fn fail(&mut self, mut error: PolicyError) -> PolicyError {
        self.child.kill();
        error.details = self.child.final_output();
        self.failure = Some(error.clone());
        error
    }
}

impl Policy for ProcessPolicy {
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
        let sensors = self.sensors.reading(observation);
        let line = Message::Observation {
            request: observation.request,
            tick: observation.tick.0,
            time: observation.time_s,
            sensors,
        }
        .line();
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        self.child.send(line);
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
        // What the child remembers is its own secret.
        None
    }

    fn restore(&mut self, _snapshot: &[u8]) -> Result<(), PolicyError> {
        Err(PolicyError::new("the state of a policy in a child process cannot be restored")
            .help("replay the recorded commands instead"))
    }
}
