//! Messages as lines of a stream of bytes.

use std::io::{BufRead, BufReader, Read};

/// What a policy process writes to its standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A line, with its end.
    Line(String),
    /// A line that is not UTF-8.
    NotText,
    /// A line that is longer than any message.
    TooLong,
    /// The end.
    Closed,
}

/// Reads the lines of an output one by one.
#[derive(Debug)]
pub struct Lines<R> {
    output: BufReader<R>,
    max_line: usize,
}

impl<R: Read> Lines<R> {
    /// Lines of more than `max_line` bytes are refused.
    pub fn new(output: R, max_line: usize) -> Self {
        Self { output: BufReader::new(output), max_line }
    }

    /// The next line, or why there is none; nothing useful follows the first
    /// that is none.
    pub fn next_line(&mut self) -> Output {
        let mut line = Vec::new();
        let mut source = self.output.by_ref().take(self.max_line as u64 + 1);
        match source.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => Output::Closed,
            Ok(_) if line.len() > self.max_line => Output::TooLong,
            Ok(_) => String::from_utf8(line).map_or(Output::NotText, Output::Line),
        }
    }
}
