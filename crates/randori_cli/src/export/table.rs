//! What a table is.

use std::io;

use randori_record::tick::RecordedTick;

/// Kind of the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number.
    Count,
    /// A number of 32 bits.
    Single,
    /// A number of 64 bits.
    Double,
    /// True or false.
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

/// Makes rows of ticks. The first columns are `tick` and `time [s]`.
pub(super) trait Table {
    /// The columns.
    fn columns(&self) -> &[Column];

    /// Whether nothing but the time was selected.
    fn is_empty(&self) -> bool;

    /// Some names that could have been selected.
    fn names(&self) -> &[String];

    /// Hands on the rows of a tick, with a value for each column.
    ///
    /// # Errors
    /// What `write` gives.
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
    /// When the system refuses.
    fn row(&mut self, row: &[Value<'_>]) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    /// When the system refuses.
    fn finish(self) -> io::Result<()>;
}

/// Simulated time of a tick, s.
pub(super) fn time_s(tick: u64, period_ns: u64) -> f64 {
    tick as f64 * period_ns as f64 / 1e9
}

/// Whether a name is among those that were asked for; all are if none was.
pub(super) fn selected(name: &str, asked: &[String]) -> bool {
    asked.is_empty() || asked.iter().any(|text| name.contains(text.as_str()))
}
