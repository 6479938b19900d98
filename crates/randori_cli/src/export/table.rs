//! The interface of tables and their writers.

use std::io;

use randori_record::tick::RecordedTick;

/// The type of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An integer.
    Count,
    /// A single-precision number.
    Single,
    /// A double-precision number.
    Double,
    /// A boolean.
    Flag,
    /// A text.
    Text,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its heading: a name, and a unit in brackets.
    pub(super) name: String,
    pub(super) kind: Kind,
}

impl Column {
    pub(super) fn new(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind }
    }
}

/// A value in a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Count(u64),
    Single(f32),
    Double(f64),
    Flag(bool),
    Text(&'a str),
}

/// Converts ticks to rows. The first columns are `tick` and `time [s]`.
pub(super) trait Table {
    /// The columns.
    fn columns(&self) -> &[Column];

    /// True if only the time was selected.
    fn is_empty(&self) -> bool;

    /// Examples of names that can be selected.
    fn names(&self) -> &[String];

    /// Writes the rows of a tick, with a value for each column.
    ///
    /// # Errors
    /// Any error of `write`.
    fn rows(
        &self,
        tick: &RecordedTick,
        write: &mut dyn FnMut(&[Value<'_>]) -> io::Result<()>,
    ) -> io::Result<()>;
}

/// Writes rows.
pub(super) trait Sink {
    /// Writes a row.
    ///
    /// # Errors
    /// When the system refuses the write.
    fn row(&mut self, row: &[Value<'_>]) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    /// When the system refuses the write.
    fn finish(self) -> io::Result<()>;
}

/// Simulated time of a tick, s.
pub(super) fn time_s(tick: u64, period_ns: u64) -> f64 {
    tick as f64 * period_ns as f64 / 1e9
}

/// True if a name contains one of the requested texts, or none was requested.
pub(super) fn selected(name: &str, asked: &[String]) -> bool {
    asked.is_empty() || asked.iter().any(|text| name.contains(text.as_str()))
}
