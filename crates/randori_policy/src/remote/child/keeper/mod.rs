//! Supervisor processes between Randori and a policy, so that no process of the policy outlives
//! either.
//!
//! ```text
//! randori --- guard --- keeper --- policy --- whatever it starts
//! ```
//!
//! Guard and keeper are this program, started again. Both are *subreapers*: a process whose parent
//! ends becomes a child of the keeper, whatever its group or session, and of the guard once the
//! keeper has ended. The guard owns the policy's temporary folder. When the keeper ends, the guard
//! kills its own descendants until it has none, removes the folder and ends.
//!
//! The keeper ends when its socket to Randori closes, thus also when Randori is killed, at any
//! moment: the socket exists before the policy does. There are two processes so that a policy that
//! kills its parent is still supervised.
//!
//! A program has to call [`keep_policies_if_asked`] for this; programs that do not, and systems
//! other than Linux, use process groups (`group.rs`). Start reading at [`Kept::start`] for
//! Randori's side, and at `serve.rs` for the keepers' side.

mod family;
mod message;
mod serve;

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use message::{Report, send_request};

use super::host::{Pipes, StartError};

/// Selects the role of a copy of this program.
const ROLE: &str = "RANDORI_POLICY_KEEPER";
/// Maximum time that Randori waits for the end of a policy's processes. A process that cannot be
/// killed, such as one that waits for a broken disk, may take longer; the guard then waits alone.
const LONGEST_END: Duration = Duration::from_secs(10);

/// True if this program can run as its own keeper.
static CAN_KEEP: AtomicBool = AtomicBool::new(false);

/// Lets this program supervise its policies. Must be called first in `main`, before there is
/// another thread or an open file:
///
/// ```no_run
/// # use std::process::ExitCode;
/// fn main() -> ExitCode {
///     if let Some(code) = randori_policy::keep_policies_if_asked() {
///         return code;
///     }
///     // ...
///     # ExitCode::SUCCESS
/// }
/// ```
///
/// Returns an exit code if this process was started as a keeper; its work is then done.
pub fn keep_policies_if_asked() -> Option<ExitCode> {
    let Some(role) = std::env::var_os(ROLE) else {
        CAN_KEEP.store(true, Ordering::Relaxed);
        return None;
    };
    Some(serve::serve(&role))
}

/// True if policies of this program get a keeper.
pub(super) fn can_keep() -> bool {
    CAN_KEEP.load(Ordering::Relaxed)
}

/// A policy with its keepers.
#[derive(Debug)]
pub(super) struct Kept {
    guard: Child,
    /// Closes when all keepers have ended.
    socket: UnixStream,
    policy: u32,
    ended: Option<Report>,
}

impl Kept {
    /// Starts the keepers, and has them start the policy.
    pub(super) fn start(
        command: &[String],
        working_dir: &Path,
        environment: &[(OsString, OsString)],
        pipes: Pipes,
    ) -> Result<Self, StartError> {
        let keeperless = StartError::Keeper;
        let (socket, theirs) = UnixStream::pair().map_err(keeperless)?;
        let mut program = this_program();
        program
            .current_dir(working_dir)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .env(ROLE, serve::GUARD)
            .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let guard = program.spawn().map_err(keeperless)?;
        // It holds the keepers' end of the socket.
        drop(program);
        let mut kept = Self { guard, socket, policy: 0, ended: None };
        // If this fails, the report has the reason.
        let _ = send_request(&kept.socket, command, &pipes);
        drop(pipes);
        match Report::receive(&kept.socket).map_err(keeperless)? {
            Report::Started(policy) => kept.policy = policy,
            Report::NoFolder(error) => return Err(StartError::Folder(error)),
            Report::NoKeeper(error) => return Err(StartError::Keeper(error)),
            Report::NoProgram(error) => return Err(StartError::Program(error)),
            Report::Exited(_) | Report::Killed(_) | Report::Lost => {
                return Err(StartError::Keeper(ErrorKind::UnexpectedEof.into()));
            }
        }
        kept.socket.set_nonblocking(true).map_err(keeperless)?;
        Ok(kept)
    }

    pub(super) fn process_id(&self) -> u32 {
        self.policy
    }

    /// The exit status of the policy, in words that follow its name; `None` if it runs.
    pub(super) fn exit_status(&mut self) -> Option<String> {
        if self.ended.is_none() {
            self.ended = match Report::receive(&self.socket) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => None,
                Ok(report) => Some(report),
                Err(_) => Some(Report::Lost),
            };
        }
        Some(match self.ended.as_ref()? {
            Report::Exited(code) => format!("ended with exit code {code}"),
            Report::Killed(signal) => format!("was ended by signal {signal}"),
            _ => "was ended because its keeper process had been killed".to_owned(),
        })
    }

    /// Ends the policy and all processes that it started; returns when none is left.
    pub(super) fn end(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Write);
        let _ = self.socket.set_nonblocking(false);
        let _ = self.socket.set_read_timeout(Some(LONGEST_END));
        let mut rest = [0; 64];
        while let Ok(1..) = self.socket.read(&mut rest) {}
        if matches!(self.guard.try_wait(), Ok(None)) && self.is_closed() {
            // It is ending at this moment.
            let _ = self.guard.wait();
        }
    }

    fn is_closed(&self) -> bool {
        matches!((&self.socket).read(&mut [0]), Ok(0))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.end();
    }
}

/// The path of this program, even if its file was replaced or deleted.
fn this_program() -> Command {
    let mut program = Command::new("/proc/self/exe");
    program.arg0("randori-policy-keeper");
    program
}

/// The error number to send in a report; 0 if there is none.
fn error_number(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(0)
}
