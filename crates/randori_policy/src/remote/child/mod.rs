//! Policies in child processes.
//!
//! A child is untrusted: every wait has a deadline, and no process that it started is left behind.
//!
//! Start reading at [`ProcessPolicy::start`] and [`ChildProcess::kill`].

mod environment;
mod group;
mod host;
#[cfg(target_os = "linux")]
mod keeper;
mod lifeline;
mod pipes;
mod python;

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use randori_core::policy::{PolicyError, RobotInterface};

use super::RemotePolicy;
use super::json_lines::Output;
use super::transport::{Silence, Transport};
use environment::environment;
use host::{Host, StartError};
use pipes::{Event, Log, keep_log, read_lines, write_lines};

pub use environment::EnvVar;
#[cfg(target_os = "linux")]
pub use keeper::keep_policies_if_asked;

/// Lets this program supervise its policies; this system has only process groups.
#[cfg(not(target_os = "linux"))]
pub fn keep_policies_if_asked() -> Option<std::process::ExitCode> {
    None
}

/// Maximum number of unread response lines before the child blocks.
const LINES_AHEAD: usize = 4;
/// Time for a child to exit by itself after its input has ended.
const GRACE: Duration = Duration::from_millis(500);
/// Time for the exit of a child that closed its pipes to be detected, and for its error output to
/// arrive.
const SETTLE: Duration = Duration::from_millis(300);
/// Polling interval for a silent child: it may have exited while a grandchild keeps its pipes open.
const GLANCE: Duration = Duration::from_millis(100);

/// A policy in a child process.
///
/// The child is killed together with all processes that it started when this value is dropped, when
/// it violates the protocol, and also when this process dies.
pub type ProcessPolicy = RemotePolicy<ChildProcess>;

impl ProcessPolicy {
    /// Starts `command` (program and arguments, no shell) in `working_dir` and
    /// waits until it is ready to drive the robot.
    ///
    /// The child finds the Python module `randori_policy` on its path. The policy fails if a
    /// response takes longer than `timeout` of wall-clock time. It inherits few environment
    /// variables; `passed` adds to them.
    ///
    /// # Errors
    /// When the program cannot be started, or does not report that it is ready.
    pub fn start(
        command: &[String],
        working_dir: &Path,
        interface: &RobotInterface,
        timeout: Duration,
        passed: &[EnvVar],
    ) -> Result<Self, PolicyError> {
        Self::connect(command.join(" "), interface, timeout, |max_line| {
            ChildProcess::start(command, working_dir, passed, max_line)
        })
    }

    /// The process ID of the child.
    pub fn process_id(&self) -> u32 {
        self.transport.host.process_id()
    }
}

/// A running child.
#[derive(Debug)]
pub struct ChildProcess {
    host: Host,
    input: Option<Sender<Vec<u8>>>,
    max_line: usize,
    events: Receiver<Event>,
    log: Log,
    log_ended: Receiver<()>,
    ended: bool,
}

impl ChildProcess {
    /// Starts a program with pipes to and from it. Lines of more than `max_line` bytes are
    /// rejected.
    fn start(
        command: &[String],
        working_dir: &Path,
        passed: &[EnvVar],
        max_line: usize,
    ) -> Result<Self, PolicyError> {
        if command.is_empty() {
            return Err(PolicyError::new("the command of the policy is empty")
                .help("name a program, such as [\"python3\", \"policies/my_policy.py\"]"));
        }
        let (host, pipes) = Host::start(command, working_dir, &environment(passed))
            .map_err(|error| cannot_start(command, working_dir, &error))?;
        let (input, lines) = channel();
        let (report, events) = sync_channel(LINES_AHEAD);
        let (log_end, log_ended) = channel();
        let log = Log::default();
        let writer_report = report.clone();
        std::thread::spawn(move || write_lines(pipes.stdin, &lines, &writer_report));
        std::thread::spawn(move || read_lines(pipes.stdout, max_line, &report));
        let writer_log = log.clone();
        std::thread::spawn(move || keep_log(pipes.stderr, &writer_log, &log_end));
        Ok(Self { host, input: Some(input), max_line, events, log, log_ended, ended: false })
    }

    /// The next event, or `None` at the deadline.
    fn next_event(&mut self, deadline: Instant) -> Option<Event> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left.min(GLANCE)) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Disconnected) => return Some(Event::Output(Output::Closed)),
                Err(RecvTimeoutError::Timeout) if self.has_ended() => {
                    return Some(self.events.try_recv().unwrap_or(Event::Output(Output::Closed)));
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// The exit status of the child, in words that follow its name; `None` if it runs.
    fn exit_status(&mut self) -> Option<String> {
        self.settle(SETTLE);
        self.host.exit_status()
    }

    fn has_ended(&mut self) -> bool {
        self.host.exit_status().is_some()
    }

    /// Waits until the child has ended, `limit` at most.
    fn settle(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        while !self.has_ended() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Ends the child and all processes that it started, at once.
    fn kill(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.input = None;
        self.host.end();
    }
}

impl Transport for ChildProcess {
    fn send(&mut self, mut message: Vec<u8>) {
        message.push(b'\n');
        if let Some(input) = &self.input {
            let _ = input.send(message);
        }
    }

    fn receive_until(&mut self, deadline: Instant) -> Result<String, Silence> {
        let mut event = self.next_event(deadline);
        if matches!(event, Some(Event::InputClosed)) {
            // Its last output may still be in transit.
            event = self.next_event(deadline.min(Instant::now() + SETTLE));
            event = event.or(Some(Event::InputClosed));
        }
        let print = "its standard output is for answers only; print to standard error";
        Err(match event {
            Some(Event::Output(Output::Line(line))) => return Ok(line),
            Some(Event::Output(Output::TooLong)) => {
                let limit = self.max_line / 1000;
                let what = format!(
                    "wrote a line of more than {limit} kB, longer than any answer for this robot"
                );
                Silence::Unusable { what, help: print }
            }
            Some(Event::Output(Output::NotText)) => {
                let what = "wrote a line that is not UTF-8 text".to_owned();
                Silence::Unusable { what, help: print }
            }
            Some(Event::Output(Output::Closed) | Event::InputClosed) => match self.exit_status() {
                Some(how) => Silence::Gone {
                    how,
                    help: "the program exited too early; does it call `run(act)` at its end?",
                },
                None => Silence::Gone {
                    how: "closed its connection".to_owned(),
                    help: "leave standard input and output open; they carry the conversation",
                },
            },
            None => Silence::Late,
        })
    }

    fn place_for_texts(&self) -> &'static str {
        "its standard output is for answers only, print to standard error"
    }

    fn log(&self, text: &str) {
        self.log.push(text);
    }

    fn end(&mut self) -> Vec<String> {
        self.kill();
        let _ = self.log_ended.recv_timeout(SETTLE);
        self.log.lines()
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        if !self.ended && !std::thread::panicking() {
            // The end of its input asks the child to finish, for example to write its files; after
            // a grace period it is killed.
            self.input = None;
            self.settle(GRACE);
        }
        self.kill();
    }
}

fn cannot_start(command: &[String], working_dir: &Path, error: &StartError) -> PolicyError {
    let error = match error {
        StartError::Folder(error) => {
            let folder = std::env::temp_dir();
            let message = format!("cannot write to {}: {error}", folder.display());
            return PolicyError::new(message)
                .help("the Python module for policies is put there; set TMPDIR to another folder");
        }
        StartError::Keeper(_) | StartError::Program(_) if !working_dir.is_dir() => {
            let folder = working_dir.display();
            return PolicyError::new(format!("the policy cannot run in {folder}: no such folder"));
        }
        StartError::Keeper(error) => {
            let message = format!("cannot start the process that keeps the policy: {error}");
            return PolicyError::new(message).help(
                "it is this program, started once more through /proc, which has to be mounted",
            );
        }
        StartError::Program(error) => error,
    };
    let program = command.first().map_or("", String::as_str);
    let message = format!("cannot start the policy `{}`: {error}", command.join(" "));
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("the program `{program}` does not exist; check the spelling or install it")
        }
        std::io::ErrorKind::PermissionDenied => format!(
            "`{program}` is not executable; name its interpreter first, such as `python3 {program}`"
        ),
        _ => format!("try to run `{program}` yourself in {}", working_dir.display()),
    };
    PolicyError::new(message).help(help)
}
