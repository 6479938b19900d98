//! A text with patches, which keeps the origin of each of its bytes.

use std::ops::Range;
use std::sync::Arc;

use super::outline::{Node, Outline};
use crate::diagnostic::{FileId, Span};

/// A text with its outline and the origin of each stretch.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) text: Arc<str>,
    pub(crate) outline: Arc<Outline>,
    /// In ascending order; the first one starts at 0.
    pieces: Arc<[Piece]>,
    max_depth: usize,
}

/// A stretch of a document with a single origin.
#[derive(Debug, Clone, PartialEq)]
struct Piece {
    /// First byte in the document.
    start: usize,
    /// Its origin.
    origin: Origin,
}

/// A stretch of a document and its replacement by parts of known origin.
pub(crate) struct Edit<'e> {
    pub(crate) range: Range<usize>,
    pub(crate) parts: Vec<(&'e str, Origin)>,
}

/// The origin of a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Origin {
    /// The position.
    pub(crate) span: Span,
    /// True if the stretch is there byte by byte, false if it is derived from the text there.
    pub(crate) exact: bool,
    /// Kind of the stretch.
    pub(crate) role: Role,
}

/// The kind of a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Text of the file itself.
    File,
    /// A part of the path of an override.
    Path,
    /// The value of an override.
    Value,
}

impl Document {
    /// The unchanged text of a file.
    pub(crate) fn new(file: FileId, text: Arc<str>, max_depth: usize) -> Self {
        let outline = Arc::new(Outline::scan(&text, max_depth));
        let span = Span::new(file, 0..text.len());
        let origin = Origin { span, exact: true, role: Role::File };
        let pieces = Arc::new([Piece { start: 0, origin }]);
        Self { text, outline, pieces, max_depth }
    }

    /// True if both share one text.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.text, &other.text)
    }

    /// The text of a value.
    pub(crate) fn slice(&self, node: &Node) -> &str {
        &self.text[node.span.clone()]
    }

    /// The document with `range` replaced by parts of known origin.
    pub(crate) fn replaced(&self, range: Range<usize>, parts: &[(&str, Origin)]) -> Self {
        self.edited(&[Edit { range, parts: parts.to_vec() }])
    }

    /// The document with several changes at once, in ascending order without overlap.
    pub(crate) fn edited(&self, edits: &[Edit<'_>]) -> Self {
        let mut text = String::with_capacity(self.text.len() + 64);
        let mut pieces = Vec::with_capacity(self.pieces.len() + 3 * edits.len());
        let mut kept_from = 0;
        for edit in edits {
            self.keep(kept_from..edit.range.start, &mut text, &mut pieces);
            for (part, origin) in &edit.parts {
                pieces.push(Piece { start: text.len(), origin: *origin });
                text.push_str(part);
            }
            kept_from = edit.range.end;
        }
        // Even an empty remainder has an origin: the end of the text.
        pieces.push(Piece { start: text.len(), origin: self.origin_from(kept_from) });
        self.keep(kept_from..self.text.len(), &mut text, &mut pieces);
        let outline = Arc::new(Outline::scan(&text, self.max_depth));
        Self { text: text.into(), outline, pieces: pieces.into(), max_depth: self.max_depth }
    }

    /// Copies a stretch with its origins.
    fn keep(&self, range: Range<usize>, text: &mut String, pieces: &mut Vec<Piece>) {
        if range.is_empty() {
            return;
        }
        let start = text.len();
        pieces.push(Piece { start, origin: self.origin_from(range.start) });
        let inside = self.pieces.iter().filter(|p| p.start > range.start && p.start < range.end);
        pieces.extend(inside.map(|piece| Piece {
            start: start + (piece.start - range.start),
            origin: piece.origin,
        }));
        text.push_str(&self.text[range]);
    }

    /// The origin of a stretch of the document.
    pub(crate) fn locate(&self, range: Range<usize>) -> Span {
        self.origin(range).span
    }

    /// The origin of a stretch of the document, with its kind. For a stretch of several
    /// origins it is the first position, or the whole range if both ends come from the same
    /// text.
    pub(crate) fn origin(&self, range: Range<usize>) -> Origin {
        let first = self.origin_from(range.start);
        let last_byte = range.end.saturating_sub(1).max(range.start);
        let (last_piece, last) = self.piece_at(last_byte);
        let mut origin = first;
        if last.origin.span.file != first.span.file || !last.origin.exact || !first.exact {
            return origin;
        }
        let offset = range.end - self.pieces[last_piece].start;
        let end = last.origin.span.start + offset;
        origin.span.end = end.max(first.span.start);
        origin
    }

    /// The origin of the text from `byte` to the end of its piece.
    fn origin_from(&self, byte: usize) -> Origin {
        let (_, piece) = self.piece_at(byte);
        let mut origin = piece.origin;
        if origin.exact {
            origin.span.start = (origin.span.start + (byte - piece.start)).min(origin.span.end);
        }
        origin
    }

    fn piece_at(&self, byte: usize) -> (usize, &Piece) {
        let index = self.pieces.partition_point(|piece| piece.start <= byte).saturating_sub(1);
        (index, &self.pieces[index])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::SourceMap;

    #[test]
    fn places_survive_patches_before_and_after_them() {
        let mut sources = SourceMap::default();
        let file = sources.add("x.ron", "(a: 1, b: 22, c: 3)");
        let set = sources.add("--set", "b=44444");
        let document = Document::new(file, "(a: 1, b: 22, c: 3)".into(), 8);
        let value = Origin { span: Span::new(set, 2..7), exact: true, role: Role::Value };

        let patched = document.replaced(10..12, &[("44444", value)]);
        let patched = patched.replaced(4..5, &[("", value), ("7", value)]);

        assert_eq!(&*patched.text, "(a: 7, b: 44444, c: 3)");
        assert_eq!(sources.slice(patched.locate(20..21)), "3");
        assert_eq!(sources.slice(patched.locate(10..15)), "44444");
        assert_eq!(sources.slice(patched.locate(11..13)), "44");
        assert_eq!(sources.slice(patched.locate(7..8)), "b");
        assert_eq!(sources.slice(patched.locate(7..21)), "b: 22, c: 3");
    }
}
