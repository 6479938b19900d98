//! Tables as comma-separated values, quoted as in RFC 4180.
//!
//! Numbers have the fewest digits that reproduce the same bits; infinities are
//! `inf` and `-inf`, undefined values `NaN`.

use std::io::{self, Write};

use super::table::{Column, Sink, Value};

/// The first bytes of every table.
pub(super) const START: &[u8] = b"tick,time [s],";

/// Writes lines.
pub(super) struct CsvSink<W: Write> {
    out: W,
    line: String,
}

impl<W: Write> CsvSink<W> {
    /// Starts a table with its headings.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn new(out: W, columns: &[Column]) -> io::Result<Self> {
        let mut sink = Self { out, line: String::new() };
        let headings: Vec<_> = columns.iter().map(|column| Value::Text(&column.name)).collect();
        sink.row(&headings)?;
        Ok(sink)
    }
}

impl<W: Write> Sink for CsvSink<W> {
    fn row(&mut self, row: &[Value<'_>]) -> io::Result<()> {
        use std::fmt::Write as _;
        self.line.clear();
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                self.line.push(',');
            }
            // Writing to a string cannot fail.
            let _ = match value {
                Value::Count(value) => write!(self.line, "{value}"),
                Value::Single(value) => write!(self.line, "{value:?}"),
                Value::Double(value) => write!(self.line, "{value:?}"),
                Value::Flag(value) => write!(self.line, "{value}"),
                Value::Text(text) => write!(self.line, "{}", quoted(text)),
            };
        }
        self.line.push('\n');
        self.out.write_all(self.line.as_bytes())
    }

    fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A text, quoted if necessary.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Kind;
    use super::*;

    #[test]
    fn texts_are_quoted_where_they_need_it_and_numbers_keep_their_bits() {
        let columns = ["tick", "time [s]", "distance(a, \"b\")"];
        let columns = columns.map(|name| Column::new(name, Kind::Double));
        let mut bytes = Vec::new();
        let mut sink = CsvSink::new(&mut bytes, &columns).expect("memory");

        let values = [0.1_f32, 1e-42, f32::MAX, -0.0, f32::INFINITY];
        sink.row(&values.map(Value::Single)).expect("memory");
        sink.finish().expect("memory");

        let text = String::from_utf8(bytes).expect("text");
        assert!(text.as_bytes().starts_with(START));
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("tick,time [s],\"distance(a, \"\"b\"\")\""));
        let back = lines.next().into_iter().flat_map(|line| line.split(','));
        let back: Vec<u32> =
            back.map(|text| text.parse::<f32>().expect("a number").to_bits()).collect();
        assert_eq!(back, values.map(f32::to_bits));
    }
}
