//! The keepers' side: the behaviour of this program when started as one.

use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, WaitStatus, getpid, getppid, pidfd_open, set_child_subreaper, setsid,
};

use super::family::{end_family, reap};
use super::message::{Report, Request, receive_request};
use super::{ROLE, this_program};
use crate::remote::child::python::PythonModule;

/// The role of a guard; the keeper's is the temporary folder.
pub(super) const GUARD: &str = "guard";
/// Interval at which a keeper reaps descendants that have ended.
const GLANCE: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
/// The same where the kernel does not report the end of the policy.
const SHORT_GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Serves as a guard or as a keeper until its work is done.
pub(super) fn serve(role: &OsStr) -> ExitCode {
    close_inherited_files();
    let Ok(socket) = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from) else {
        return ExitCode::FAILURE;
    };
    if role == GUARD { guard(&socket) } else { keep(socket, Path::new(role)) }
}

/// Closes files inherited from Randori's parent: the policy must not get them.
fn close_inherited_files() {
    let Ok(files) = std::fs::read_dir("/proc/self/fd") else { return };
    let numbers = files.filter_map(|file| file.ok()?.file_name().to_str()?.parse::<i32>().ok());
    // The list's own file is already closed, and closing it twice fails.
    for number in numbers.filter(|number| *number > 2).collect::<Vec<_>>() {
        let _ = nix::unistd::close(number);
    }
}

/// Owns the temporary folder and starts the keeper. When the keeper has ended, ends all processes
/// that it left.
fn guard(socket: &UnixStream) -> ExitCode {
    let _ = setsid();
    if let Err(error) = set_child_subreaper(Some(getpid())) {
        Report::NoKeeper(error.into()).send(socket);
        return ExitCode::FAILURE;
    }
    let module = match PythonModule::write() {
        Ok(module) => module,
        Err(error) => {
            Report::NoFolder(error).send(socket);
            return ExitCode::FAILURE;
        }
    };
    let keeper = this_program()
        .env(ROLE, module.folder())
        .stdin(Stdio::inherit())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match keeper {
        Ok(mut keeper) => {
            let _ = keeper.wait();
        }
        Err(error) => Report::NoKeeper(error).send(socket),
    }
    end_family();
    ExitCode::SUCCESS
}

/// Starts the policy and reports its end to Randori. Returns when Randori closes the socket or has
/// ended; the guard then ends the policy.
fn keep(socket: UnixStream, folder: &Path) -> ExitCode {
    let guard = getppid();
    if let Err(error) = set_child_subreaper(Some(getpid())) {
        Report::NoKeeper(error.into()).send(&socket);
        return ExitCode::FAILURE;
    }
    // Fails if Randori has already ended.
    let Ok(request) = receive_request(&socket) else { return ExitCode::FAILURE };
    match start(request, folder) {
        Ok(policy) => {
            Report::Started(policy.id()).send(&socket);
            watch(&socket, guard, Pid::from_child(&policy));
        }
        Err(error) => Report::NoProgram(error).send(&socket),
    }
    drop(socket);
    if getppid() != guard {
        // The guard was killed.
        end_family();
        let _ = std::fs::remove_dir_all(folder);
    }
    ExitCode::SUCCESS
}

fn start(request: Request, folder: &Path) -> io::Result<Child> {
    let Request { command, stdin, stdout, stderr } = request;
    let (program, arguments) = command.split_first().ok_or(ErrorKind::InvalidInput)?;
    let mut builder = Command::new(program);
    builder.args(arguments).env_remove(ROLE).process_group(0);
    builder.stdin(stdin).stdout(stdout).stderr(stderr);
    PythonModule::announce(&mut builder, folder);
    builder.spawn()
}

/// Waits until the socket closes or the guard has ended.
fn watch(socket: &UnixStream, guard: Option<Pid>, policy: Pid) {
    let open = |process: Option<Pid>| pidfd_open(process?, PidfdFlags::empty()).ok();
    let guard_file = open(guard);
    let mut policy_file = open(Some(policy));
    let mut glance = if policy_file.is_some() { GLANCE } else { SHORT_GLANCE };
    loop {
        if let Some((_, status)) = reap().into_iter().find(|(child, _)| *child == policy) {
            (policy_file, glance) = (None, GLANCE);
            report(status).send(socket);
        }
        if getppid() != guard || is_over(socket, [&guard_file, &policy_file], &glance) {
            return;
        }
    }
}

/// Waits for a moment, less on an event. True if the socket was closed.
fn is_over(socket: &UnixStream, processes: [&Option<OwnedFd>; 2], glance: &Timespec) -> bool {
    let others = processes.into_iter().flatten().map(AsFd::as_fd);
    let files: Vec<BorrowedFd<'_>> = std::iter::once(socket.as_fd()).chain(others).collect();
    let mut polled: Vec<PollFd<'_>> =
        files.iter().map(|file| PollFd::from_borrowed_fd(*file, PollFlags::IN)).collect();
    let _ = poll(&mut polled, Some(glance));
    // Randori sends nothing more: any event is the end of the stream.
    !polled[0].revents().is_empty()
}

fn report(status: WaitStatus) -> Report {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Report::Exited(code),
        (None, signal) => Report::Killed(signal.unwrap_or(0)),
    }
}
