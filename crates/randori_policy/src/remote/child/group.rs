//! A policy in a process group, for systems and programs without keepers.
//!
//! Processes that leave the group are found by their environment on Linux, and not at all
//! elsewhere. If Randori itself is killed, a shell script kills the group.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Child, Command};

use super::host::{Pipes, StartError};
use super::lifeline::Lifeline;
use super::python::PythonModule;

/// A policy that leads a process group.
#[derive(Debug)]
pub(super) struct Group {
    process: Child,
    /// Marks the child and its descendants, including those that left the group.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux shows it"))]
    mark: String,
    ended: bool,
    lifeline: Option<Lifeline>,
    _module: PythonModule,
}

impl Group {
    pub(super) fn start(
        command: &[String],
        working_dir: &Path,
        environment: &[(OsString, OsString)],
        pipes: Pipes,
    ) -> Result<Self, StartError> {
        let module = PythonModule::write().map_err(StartError::Folder)?;
        let (program, arguments) = command.split_first().ok_or_else(no_words)?;
        let mut builder = Command::new(program);
        builder
            .args(arguments)
            .current_dir(working_dir)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(pipes.stdin)
            .stdout(pipes.stdout)
            .stderr(pipes.stderr);
        PythonModule::announce(&mut builder, module.folder());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut builder, 0);
        let process = builder.spawn().map_err(StartError::Program)?;
        let lifeline = Lifeline::attach(process.id(), module.folder());
        let mark = module.folder().display().to_string();
        Ok(Self { process, mark, ended: false, lifeline: Some(lifeline), _module: module })
    }

    pub(super) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The exit status of the policy, in words that follow its name; `None` if it runs.
    pub(super) fn exit_status(&self) -> Option<String> {
        exit_status(&self.process)
    }

    /// Ends the policy and those of its descendants that can be found.
    pub(super) fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        // The group first: until the child is waited for, its process ID and group ID cannot be
        // reused.
        kill_group(&mut self.process);
        #[cfg(target_os = "linux")]
        kill_marked(&self.mark);
        let _ = self.process.wait();
        self.lifeline = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

fn no_words() -> StartError {
    StartError::Program(std::io::ErrorKind::InvalidInput.into())
}

/// The exit status of a child, without reaping it.
#[cfg(unix)]
fn exit_status(process: &Child) -> Option<String> {
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

/// Without `waitid`, the child's end is detected only by its pipes.
#[cfg(not(unix))]
fn exit_status(_process: &Child) -> Option<String> {
    None
}

#[cfg(unix)]
fn kill_group(process: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};

    // Fails only if no process is left.
    let _ = kill_process_group(Pid::from_child(process), Signal::KILL);
}

#[cfg(not(unix))]
fn kill_group(process: &mut Child) {
    let _ = process.kill();
}

/// Kills descendants that left the process group: they still have the mark in their environment.
/// Repeats until none is left, since they may be forking.
#[cfg(target_os = "linux")]
fn kill_marked(mark: &str) {
    use rustix::process::{Pid, Signal, kill_process};

    let entry = format!("{}={mark}\0", super::python::HOME).into_bytes();
    for _ in 0..16 {
        let Ok(processes) = std::fs::read_dir("/proc") else { return };
        let marked: Vec<Pid> = processes
            .filter_map(|process| process.ok()?.file_name().to_str()?.parse().ok())
            .filter(|number: &i32| {
                // Unreadable: another user's process; empty: already dead.
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
