//! A policy's process and the mechanism that guarantees its end.

use std::ffi::OsString;
use std::io::{self, PipeReader, PipeWriter};
use std::path::Path;

use super::group::Group;
#[cfg(target_os = "linux")]
use super::keeper::{Kept, can_keep};

/// The policy's ends of its pipes.
#[derive(Debug)]
pub(super) struct Pipes {
    pub(super) stdin: PipeReader,
    pub(super) stdout: PipeWriter,
    pub(super) stderr: PipeWriter,
}

/// Randori's ends of a policy's pipes.
#[derive(Debug)]
pub(super) struct OwnPipes {
    pub(super) stdin: PipeWriter,
    pub(super) stdout: PipeReader,
    pub(super) stderr: PipeReader,
}

/// The reason why a policy could not be started.
#[derive(Debug)]
pub(super) enum StartError {
    /// The temporary folder cannot be created.
    Folder(io::Error),
    /// Pipes or supervising processes cannot be created.
    Keeper(io::Error),
    /// The program itself cannot be started.
    Program(io::Error),
}

/// The supervision of a policy's process.
#[derive(Debug)]
pub(super) enum Host {
    #[cfg(target_os = "linux")]
    Kept(Kept),
    Group(Group),
}

impl Host {
    /// Starts a program. It gets `environment` and the variables of `docs/policy-protocol.md`, and
    /// no open files except its pipes.
    pub(super) fn start(
        command: &[String],
        working_dir: &Path,
        environment: &[(OsString, OsString)],
    ) -> Result<(Self, OwnPipes), StartError> {
        let pipe = || io::pipe().map_err(StartError::Keeper);
        let (stdin, own_stdin) = pipe()?;
        let (own_stdout, stdout) = pipe()?;
        let (own_stderr, stderr) = pipe()?;
        let own = OwnPipes { stdin: own_stdin, stdout: own_stdout, stderr: own_stderr };
        let pipes = Pipes { stdin, stdout, stderr };
        #[cfg(target_os = "linux")]
        if can_keep() {
            let kept = Kept::start(command, working_dir, environment, pipes)?;
            return Ok((Self::Kept(kept), own));
        }
        let group = Group::start(command, working_dir, environment, pipes)?;
        Ok((Self::Group(group), own))
    }

    pub(super) fn process_id(&self) -> u32 {
        match self {
            #[cfg(target_os = "linux")]
            Self::Kept(kept) => kept.process_id(),
            Self::Group(group) => group.process_id(),
        }
    }

    /// The exit status of the policy, in words that follow its name; `None` if it runs.
    pub(super) fn exit_status(&mut self) -> Option<String> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Kept(kept) => kept.exit_status(),
            Self::Group(group) => group.exit_status(),
        }
    }

    /// Ends the policy and all processes that it started.
    pub(super) fn end(&mut self) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Kept(kept) => kept.end(),
            Self::Group(group) => group.end(),
        }
    }
}
