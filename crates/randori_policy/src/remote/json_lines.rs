//! Messages as lines of a byte stream.

use std::io::{BufRead, BufReader, Read};

/// An item of a policy process's standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A line, including its line break.
    Line(String),
    /// A line that is not UTF-8.
    NotText,
    /// A line over the length limit.
    TooLong,
    /// End of file.
    Closed,
}

/// Reads an output line by line.
#[derive(Debug)]
pub struct Lines<R> {
    output: BufReader<R>,
    max_line: usize,
}

impl<R: Read> Lines<R> {
    /// Creates a reader; lines of more than `max_line` bytes are rejected.
    pub fn new(output: R, max_line: usize) -> Self {
        Self { output: BufReader::new(output), max_line }
    }

    /// The next line, or the reason why there is none; after the first failure, further results are
    /// meaningless.
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
