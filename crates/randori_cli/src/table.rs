//! Aligned columns for the terminal.
//!
//! [`Columns`] fixes the widths first and prints row by row, for results that
//! arrive one at a time; [`table`] measures all its rows first.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::style::{FAINT, PLAIN, paint};
use crate::text::{Text, clean, text};

/// The alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A text in a table. It may come from an untrusted file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// Plain text.
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self::styled(text, PLAIN)
    }

    /// Coloured text.
    pub(crate) fn styled(text: impl AsRef<str>, style: Style) -> Self {
        Self { text: clean(text.as_ref()), style }
    }

    fn width(&self) -> usize {
        self.text.width()
    }
}

/// Columns of fixed width.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    columns: Vec<(&'static str, Align, usize)>,
}

impl Columns {
    /// Columns by heading, alignment and the width of the widest text.
    pub(crate) fn new(columns: &[(&'static str, Align, usize)]) -> Self {
        let fit = |&(heading, align, width): &(&'static str, Align, usize)| {
            (heading, align, width.max(heading.width()))
        };
        Self { columns: columns.iter().map(fit).collect() }
    }

    /// The line above the rows.
    pub(crate) fn heading(&self) -> Text {
        let cells: Vec<Cell> =
            self.columns.iter().map(|(heading, ..)| Cell::styled(heading, FAINT)).collect();
        self.row(&cells)
    }

    /// One line, with its end.
    pub(crate) fn row(&self, cells: &[Cell]) -> Text {
        let mut line = Text::new();
        for ((_, align, width), cell) in self.columns.iter().zip(cells) {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            let text = paint(cell.style, &cell.text);
            line += match align {
                Align::Left => text!("  {}{}", text, padding),
                Align::Right => text!("  {}{}", padding, text),
            };
        }
        text!("{}\n", line.trimmed())
    }
}

/// A whole table, each column as wide as its widest text.
pub(crate) fn table(columns: &[(&'static str, Align)], rows: &[Vec<Cell>]) -> Text {
    let widest = |index: usize| rows.iter().map(|row| row[index].width()).max().unwrap_or(0);
    let columns: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(index, &(heading, align))| (heading, align, widest(index)))
        .collect();
    let columns = Columns::new(&columns);
    let rows = rows.iter().map(|row| columns.row(row));
    std::iter::once(columns.heading()).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_line_up_on_the_left_and_numbers_on_the_right() {
        let rows = [
            vec![Cell::new("arrives"), Cell::new("+0.1")],
            vec![Cell::new("\u{4e71}\u{53d6}\u{308a}"), Cell::new("-12.5")],
        ];

        let text = table(&[("goal", Align::Left), ("margin", Align::Right)], &rows);

        assert_eq!(
            text.plain(),
            "  goal     margin\n  arrives    +0.1\n  \u{4e71}\u{53d6}\u{308a}    -12.5\n"
        );
    }
}
