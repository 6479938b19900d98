//! A child process with its pipes, and its certain end.
//!
//! Start reading at [`Child::start`] and [`Child::kill`].

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use randori_core::policy::PolicyError;

use super::lifeline::Lifeline;
use super::pipes::{Event, Log, keep_log, read_lines, write_lines};
use super::protocol::PROTOCOL_VERSION;
use super::python::PythonModule;

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
    process: std::process::Child,
    /// Names the child and all its descendants, wherever they hide.
    mark: String,
    input: Option<Sender<Vec<u8>>>,
    events: Receiver<Event>,
    log: Log,
    log_ended: Receiver<()>,
    ended: bool,
    lifeline: Option<Lifeline>,
    _module: PythonModule,
}

impl Child {
    /// Starts a program with pipes to and from it, in a process group of its own.
    pub(super) fn start(command: &[String], working_dir: &Path) -> Result<Self, PolicyError> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(PolicyError::new("the command of the policy is empty")
                .help("name a program, such as [\"python3\", \"policies/my_policy.py\"]"));
        };
        let module = PythonModule::write().map_err(|error| {
            let folder = std::env::temp_dir();
            PolicyError::new(format!("cannot write to {}: {error}", folder.display()))
                .help("the Python module for policies is put there; set TMPDIR to another folder")
        })?;
        let mark = module.folder().display().to_string();
        let mut builder = Command::new(program);
        builder
            .args(arguments)
            .current_dir(working_dir)
            .env("PYTHONPATH", module.python_path())
            .env("PYTHONUNBUFFERED", "1")
            .env("RANDORI_POLICY_PROTOCOL", PROTOCOL_VERSION.to_string())
            .env(MARK, &mark)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut builder, 0);
        let mut process =
            builder.spawn().map_err(|error| cannot_start(program, command, working_dir, &error))?;
        let lifeline = Lifeline::attach(process.id(), module.folder());

        let (input, lines) = channel();
        let (report, events) = sync_channel(LINES_AHEAD);
        let (log_end, log_ended) = channel();
        let log = Log::default();
        if let Some(stdin) = process.stdin.take() {
            let report = report.clone();
            std::thread::spawn(move || write_lines(stdin, &lines, &report));
        }
        if let Some(stdout) = process.stdout.take() {
            std::thread::spawn(move || read_lines(stdout, &report));
        }
        if let Some(stderr) = process.stderr.take() {
            let log = log.clone();
            std::thread::spawn(move || keep_log(stderr, &log, &log_end));
        }
        Ok(Self {
            process,
            mark,
            input: Some(input),
            events,
            log,
            log_ended,
            ended: false,
            lifeline: Some(lifeline),
            _module: module,
        })
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Hands over a line to be written; never blocks. If the child does not
    /// read any more, an event will say so.
    pub(super) fn send(&self, line: Vec<u8>) {
        if let Some(input) = &self.input {
            let _ = input.send(line);
        }
    }

    /// What happens next, or `None` at the deadline.
    pub(super) fn next_event(&self, deadline: Instant) -> Option<Event> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left.min(GLANCE)) {
                Ok(event) => return Some(event),
                Err(RecvTimeoutError::Disconnected) => return Some(Event::OutputClosed),
                Err(RecvTimeoutError::Timeout) if self.has_ended() => {
                    return Some(self.events.try_recv().unwrap_or(Event::OutputClosed));
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// How the child ended, in words that follow its name; `None` if it runs.
    pub(super) fn exit_status(&self) -> Option<String> {
        self.settle(SETTLE);
        exit_status(&self.process)
    }

    fn has_ended(&self) -> bool {
        exit_status(&self.process).is_some()
    }

    /// Waits until the child has ended, `limit` at most.
    fn settle(&self, limit: Duration) {
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
        // The group first: as long as the child is not waited for, its number
        // and its group's cannot belong to anybody else.
        kill_group(&mut self.process);
        kill_marked(&self.mark);
        let _ = self.process.wait();
        self.lifeline = None;
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

/// Environment variable that every descendant of the child inherits.
const MARK: &str = "RANDORI_POLICY_HOME";

fn cannot_start(
    program: &str,
    command: &[String],
    working_dir: &Path,
    error: &std::io::Error,
) -> PolicyError {
    if !working_dir.is_dir() {
        let folder = working_dir.display();
        return PolicyError::new(format!("the policy cannot run in {folder}: no such folder"));
    }
    let message = format!("cannot start the policy `{}`: {error}", command.join(" "));
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("there is no program `{program}`; check the spelling or install it")
        }
        std::io::ErrorKind::PermissionDenied => format!(
            "`{program}` is not executable; name its interpreter first, such as `python3 {program}`"
        ),
        _ => format!("try to run `{program}` yourself in {}", working_dir.display()),
    };
    PolicyError::new(message).help(help)
}

/// How a child ended, without clearing its remains.
#[cfg(unix)]
fn exit_status(process: &std::process::Child) -> Option<String> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    let pid = Pid::from_child(process);
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let status = waitid(WaitId::Pid(pid), options).ok()??;
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Some(format!("ended with exit code {code}")),
        (None, Some(signal)) => Some(format!("was ended by signal {signal}")),
        (None, None) => None,
    }
}

/// Without `waitid` the child's end shows only in its pipes.
#[cfg(not(unix))]
fn exit_status(_process: &std::process::Child) -> Option<String> {
    None
}

#[cfg(unix)]
fn kill_group(process: &mut std::process::Child) {
    use rustix::process::{Pid, Signal, kill_process_group};

    // Fails only if nothing is left to kill.
    let _ = kill_process_group(Pid::from_child(process), Signal::KILL);
}

#[cfg(not(unix))]
fn kill_group(process: &mut std::process::Child) {
    let _ = process.kill();
}

/// Kills descendants that left the process group: they still carry the mark in
/// their environment. Repeats until none is left, since they may be starting
/// more of their kind.
#[cfg(target_os = "linux")]
fn kill_marked(mark: &str) {
    use rustix::process::{Pid, Signal, kill_process};

    let entry = format!("{MARK}={mark}\0").into_bytes();
    for _ in 0..16 {
        let Ok(processes) = std::fs::read_dir("/proc") else { return };
        let marked: Vec<Pid> = processes
            .filter_map(|process| process.ok()?.file_name().to_str()?.parse().ok())
            .filter(|number: &i32| {
                // Unreadable means foreign, and empty means already dead.
                std::fs::read(format!("/proc/{number}/environ"))
                    .is_ok_and(|vars| vars.windows(entry.len()).any(|part| part == entry))
            })
            .filter_map(Pid::from_raw)
            .collect();
        if marked.is_empty() {
            return;
        }
        for process in marked {
            let _ = kill_process(process, Signal::KILL);
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn kill_marked(_mark: &str) {}
