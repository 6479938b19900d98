//! The threads that serve a child's pipes, so that no caller blocks on it.
//!
//! One writes messages, one reads lines of responses, one stores the last lines of error output.
//! They end when the pipes close.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Read, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};

use super::super::json_lines::{Lines, Output};

/// Maximum number of stored lines of error output.
const LOG_LINES: usize = 20;
/// Maximum length of a stored line of error output, bytes.
const LOG_LINE: usize = 2000;

/// Events of the pipes.
#[derive(Debug)]
pub(super) enum Event {
    Output(Output),
    InputClosed,
}

/// Writes lines until there are no more senders or the child stops reading.
pub(super) fn write_lines(
    mut stdin: PipeWriter,
    lines: &Receiver<Vec<u8>>,
    report: &SyncSender<Event>,
) {
    for line in lines {
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            let _ = report.send(Event::InputClosed);
            return;
        }
    }
}

/// Reads lines until the child closes its output or writes an invalid line.
pub(super) fn read_lines(stdout: PipeReader, max_line: usize, report: &SyncSender<Event>) {
    let mut lines = Lines::new(stdout, max_line);
    loop {
        let output = lines.next_line();
        let goes_on = matches!(output, Output::Line(_));
        if report.send(Event::Output(output)).is_err() || !goes_on {
            return;
        }
    }
}

/// The last lines of a child's diagnostic output.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// Adds a line, truncated to the maximum length.
    pub(super) fn push(&self, line: &str) {
        let line = line.trim_end().chars().take(LOG_LINE).collect();
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LOG_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// The lines so far.
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

/// Stores the last lines of error output; reports the end of the stream.
pub(super) fn keep_log(stderr: PipeReader, log: &Log, end: &Sender<()>) {
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while let Ok(1..) = reader.by_ref().take(LOG_LINE as u64).read_until(b'\n', &mut line) {
        log.push(&String::from_utf8_lossy(&line));
        line.clear();
    }
    let _ = end.send(());
}
