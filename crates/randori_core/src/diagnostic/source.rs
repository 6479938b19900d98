//! The texts that diagnostics refer to.

use std::ops::Range;
use std::sync::Arc;

/// A text in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A range of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// A range of a text.
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end }
    }

    /// The bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A position in a text: line and column from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

/// The texts that diagnostics refer to, by the paths shown to the user.
///
/// Cloning is cheap: texts are shared.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    path: Arc<str>,
    text: Arc<str>,
    /// First byte of each line.
    lines: Arc<[usize]>,
}

impl SourceMap {
    /// Adds a text. `path` is shown to the user.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let text: Arc<str> = text.into();
        let starts = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        self.files.push(SourceFile { path: path.into(), text, lines });
        FileId(self.files.len() - 1)
    }

    /// The path shown to the user; empty for an id of another map.
    pub fn path(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |source| &source.path)
    }

    /// The whole text; empty for an id of another map.
    pub fn text(&self, file: FileId) -> &str {
        self.files.get(file.0).map_or("", |source| &source.text)
    }

    /// The underlined text; empty if the span does not lie in the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.range()).unwrap_or("")
    }

    /// Line and column of a byte; the end of the text for bytes beyond it.
    pub fn position(&self, file: FileId, byte: usize) -> Position {
        let text = self.text(file);
        let byte = floor_char_boundary(text, byte);
        let lines = self.files.get(file.0).map_or(&[0][..], |source| &source.lines);
        let line = lines.partition_point(|start| *start <= byte);
        let before = &text[lines[line - 1]..byte];
        Position { line, column: 1 + before.chars().count() }
    }

    /// The byte range of whole lines, both from 1 and inclusive, clamped to the
    /// lines of the text.
    pub(super) fn lines(&self, file: FileId, first: usize, last: usize) -> Range<usize> {
        let text = self.text(file);
        let lines = self.files.get(file.0).map_or(&[0][..], |source| &source.lines);
        let start_of = |line: usize| lines.get(line - 1).copied().unwrap_or(text.len());
        start_of(first.max(1))..start_of(last + 1)
    }

    /// All texts, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &str, &str)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, source)| (FileId(index), &*source.path, &*source.text))
    }
}

/// The largest character boundary at or before `byte`.
pub(super) fn floor_char_boundary(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_from_one() {
        let mut sources = SourceMap::default();
        let file = sources.add("x.ron", "a\n\u{e4}\u{4e71}x");

        assert_eq!(sources.position(file, 7), Position { line: 2, column: 3 });
    }

    #[test]
    fn a_byte_inside_a_character_or_beyond_the_end_still_has_a_position() {
        let mut sources = SourceMap::default();
        let file = sources.add("x.ron", "\u{4e71}");

        assert_eq!(sources.position(file, 1), Position { line: 1, column: 1 });
        assert_eq!(sources.position(file, 99), Position { line: 1, column: 2 });
    }
}
