//! Messages between Randori and a keeper over their socket.
//!
//! Randori sends one request: the length of the rest in four bytes, together with the policy's
//! standard input, output and error; then the words of the command, each terminated by a zero byte.
//! All further messages are reports of the keepers, of a fixed length each: a letter and a number.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::cmsg_space;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use super::super::host::Pipes;
use super::error_number;

/// Maximum command length, bytes; the limit of Linux is of the same order.
const MAX_COMMAND: usize = 2 << 20;

/// Requests a keeper to start a policy.
pub(super) fn send_request(
    mut socket: &UnixStream,
    command: &[String],
    pipes: &Pipes,
) -> io::Result<()> {
    let words: Vec<u8> = command.iter().flat_map(|word| word.bytes().chain([0])).collect();
    let length = u32::try_from(words.len()).map_err(|_| ErrorKind::ArgumentListTooLong)?;
    let files = [pipes.stdin.as_fd(), pipes.stdout.as_fd(), pipes.stderr.as_fd()];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(3))];
    let mut files_sent = SendAncillaryBuffer::new(&mut space);
    let fits = files_sent.push(SendAncillaryMessage::ScmRights(&files));
    assert!(fits, "there is space for three files");
    let length = length.to_le_bytes();
    let sent = sendmsg(socket, &[IoSlice::new(&length)], &mut files_sent, SendFlags::NOSIGNAL)?;
    if sent != length.len() {
        return Err(ErrorKind::WriteZero.into());
    }
    socket.write_all(&words)
}

/// A request to start a policy.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) command: Vec<String>,
    pub(super) stdin: OwnedFd,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: OwnedFd,
}

/// Waits for the request.
pub(super) fn receive_request(mut socket: &UnixStream) -> io::Result<Request> {
    let mut length = [0; 4];
    let mut space = [MaybeUninit::uninit(); cmsg_space!(ScmRights(3))];
    let mut files_received = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut length)];
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::WAITALL;
    let received = recvmsg(socket, &mut parts, &mut files_received, flags)?;
    if received.bytes != length.len() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let mut files = Vec::new();
    for message in files_received.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = message {
            files.extend(some);
        }
    }
    let Ok([stdin, stdout, stderr]) = <[OwnedFd; 3]>::try_from(files) else {
        return Err(ErrorKind::InvalidData.into());
    };
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_COMMAND {
        return Err(ErrorKind::ArgumentListTooLong.into());
    }
    let mut words = vec![0; length];
    socket.read_exact(&mut words)?;
    let words = String::from_utf8(words).map_err(|_| ErrorKind::InvalidData)?;
    let command = words.split_terminator('\0').map(str::to_owned).collect();
    Ok(Request { command, stdin, stdout, stderr })
}

/// A report of a keeper.
#[derive(Debug)]
pub(super) enum Report {
    /// The policy runs, with this process ID.
    Started(u32),
    /// The temporary folder cannot be created.
    NoFolder(io::Error),
    /// There is no keeper.
    NoKeeper(io::Error),
    /// The policy's program cannot be started.
    NoProgram(io::Error),
    /// The policy ended with this exit code.
    Exited(i32),
    /// The policy was ended by this signal.
    Killed(i32),
    /// All keepers have ended.
    Lost,
}

impl Report {
    /// Sends the report to Randori. It may have ended; then the failure is ignored.
    pub(super) fn send(&self, mut socket: &UnixStream) {
        let (letter, number) = match self {
            Self::Started(process) => (b'S', *process as i32),
            Self::NoFolder(error) => (b'F', error_number(error)),
            Self::NoKeeper(error) => (b'G', error_number(error)),
            Self::NoProgram(error) => (b'P', error_number(error)),
            Self::Exited(code) => (b'E', *code),
            Self::Killed(signal) => (b'K', *signal),
            Self::Lost => return,
        };
        let [a, b, c, d] = number.to_le_bytes();
        let _ = socket.write_all(&[letter, a, b, c, d]);
    }

    /// The next report. Reports are sent in one piece, so that a non-blocking socket returns a
    /// complete one or none.
    pub(super) fn receive(mut socket: &UnixStream) -> io::Result<Self> {
        let mut letter = [0; 5];
        match socket.read_exact(&mut letter) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(Self::Lost),
            // Closed with unread data.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(Self::Lost),
            read => read?,
        }
        let [letter, number @ ..] = letter;
        let number = i32::from_le_bytes(number);
        let error = || match number {
            0 => io::Error::from(ErrorKind::InvalidInput),
            number => io::Error::from_raw_os_error(number),
        };
        Ok(match letter {
            b'S' => Self::Started(number as u32),
            b'F' => Self::NoFolder(error()),
            b'G' => Self::NoKeeper(error()),
            b'P' => Self::NoProgram(error()),
            b'E' => Self::Exited(number),
            b'K' => Self::Killed(number),
            _ => Self::Lost,
        })
    }
}
