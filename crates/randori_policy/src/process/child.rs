//! A child process with its pipes, and its certain end.
//!
//! Start reading at [`Child::start`] and [`Child::kill`].

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use randori_core::policy::PolicyError;

use super::environment::{EnvVar, environment};
use super::host::{Host, StartError};
use super::pipes::{Event, Log, Output, keep_log, read_lines, write_lines};

/// Lines of answers that wait to be read before the child has to wait.
const LINES_AHEAD: usize = 4;
/// How long a child may take to end by itself after its input has ended.
const GRACE: Duration = Duration::from_millis(500);
/// How long a child that closed its pipes may take to be seen as ended, and
/// its error output to arrive.
pub(super) const SETTLE: Duration = Duration::from_millis(300);
/// How often a silent child is looked at: it may have ended while a grandchild
/// keeps its pipes open.
const GLANCE: Duration = Duration::from_millis(100);

/// A running child.
#[derive(Debug)]
pub(super) struct Child {
    host: Host,
    input: Option<Sender<Vec<u8>>>,
    events: Receiver<Event>,
    log: Log,
    log_ended: Receiver<()>,
    ended: bool,
}

impl Child {
    /// Starts a program with pipes to and from it. Lines of more than `max_line`
    /// bytes are refused.
    pub(super) fn start(
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
        Ok(Self { host, input: Some(input), events, log, log_ended, ended: false })
    }

    pub(super) fn process_id(&self) -> u32 {
        self.host.process_id()
    }

    /// Hands over a line to be written; never blocks. If the child does not
    /// read any more, an event will say so.
    pub(super) fn send(&self, line: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(line);
        }
    }

    /// What happens next, or `None` at the deadline.
    pub(super) fn next_event(&mut self, deadline: Instant) -> Option<Event> {
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

    /// How the child ended, in words that follow its name; `None` if it runs.
    pub(super) fn exit_status(&mut self) -> Option<String> {
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

    /// Keeps a line as if the child had written it as error output.
    pub(super) fn log(&self, line: &str) {
        self.log.push(line);
    }

    /// The last lines of error output so far.
    pub(super) fn recent_output(&self) -> Vec<String> {
        self.log.lines()
    }

    /// The last lines of error output of a child that has been killed.
    pub(super) fn final_output(&self) -> Vec<String> {
        let _ = self.log_ended.recv_timeout(SETTLE);
        self.log.lines()
    }

    /// Ends the child and everything that it started, at once.
    pub(super) fn kill(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.input = None;
        self.host.end();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.ended && !std::thread::panicking() {
            // The end of its input asks the child to finish, such as to write
            // its files; that it lingers is no reason to wait.
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
