//! Scanner for tokens: names, numbers, strings, comments, white space.

use super::Scanner;
use crate::text::outline::{Node, NodeKind, Scalar};

impl<'t> Scanner<'t> {
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next_char_len(&self) -> usize {
        self.peek().map_or(0, char::len_utf8)
    }

    /// Skips to `needle` and past it; to the end if it never comes.
    pub(super) fn skip_past(&mut self, needle: &str) -> bool {
        let found = self.rest().find(needle);
        self.at = found.map_or(self.text.len(), |offset| self.at + offset + needle.len());
        found.is_some()
    }

    pub(super) fn skip_trivia(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(is_whitespace);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.skip_past("\n");
            } else if trimmed.starts_with("/*") {
                self.skip_block_comment();
            } else {
                return;
            }
        }
    }

    /// Block comments nest in RON.
    pub(super) fn skip_block_comment(&mut self) {
        let start = self.at;
        let mut level = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                level += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                level -= 1;
                self.at += 2;
                if level == 0 {
                    return;
                }
            } else if rest.is_empty() {
                self.fail("a comment is never closed", start..start + 2, "opened here");
                return;
            } else {
                self.at += self.next_char_len();
            }
        }
    }

    /// `#![enable(...)]` at the top of a file.
    pub(super) fn skip_attributes(&mut self) {
        self.skip_trivia();
        while self.rest().starts_with("#!") {
            self.skip_past("]");
            self.skip_trivia();
        }
    }

    pub(super) fn ident(&mut self) {
        if self.rest().starts_with("r#") {
            self.at += 2;
        }
        let rest = self.rest();
        self.at += rest.find(|c| !is_ident_continue(c)).unwrap_or(rest.len());
    }

    pub(super) fn number(&mut self, start: usize) -> Option<Node> {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '+' | '-' | '.' | '_');
        let len = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if len == 0 {
            let end = start + self.next_char_len();
            let message = match self.peek() {
                Some(found) => format!("a value is expected, but `{found}` was found"),
                None => "the text ends where a value is expected".to_owned(),
            };
            self.fail(&message, start..end, "a value is expected here");
            return None;
        }
        self.at += len;
        Some(Node { span: start..self.at, kind: NodeKind::Scalar(Scalar::Number) })
    }

    pub(super) fn starts_string(&self) -> bool {
        let rest = self.rest().trim_start_matches(['b', 'r']);
        let prefix = self.rest().len() - rest.len();
        let quote = rest.trim_start_matches('#');
        prefix <= 2 && (quote.starts_with('"') || (prefix == 1 && rest.starts_with('\'')))
    }

    pub(super) fn quoted(&mut self, start: usize) -> Option<Node> {
        self.at += 1;
        loop {
            match self.peek() {
                Some('\\') => {
                    self.at += 1;
                    self.at += self.next_char_len();
                }
                Some('"') => {
                    self.at += 1;
                    let kind = NodeKind::Scalar(Scalar::Text);
                    return Some(Node { span: start..self.at, kind });
                }
                Some(other) => self.at += other.len_utf8(),
                None => {
                    let line_end = self.text[start..].find('\n').map_or(self.at, |n| start + n);
                    self.fail("a text is never closed", start..line_end, "opened here");
                    return None;
                }
            }
        }
    }

    /// `r"..."`, `r#"..."#`, `b"..."`, `br"..."`, `b'x'`.
    pub(super) fn prefixed_string(&mut self, start: usize) -> Option<Node> {
        let rest = self.rest();
        let after = rest.trim_start_matches(['b', 'r']);
        let prefix = &rest[..rest.len() - after.len()];
        self.at += prefix.len();
        let scalar = if prefix.contains('b') { Scalar::Other } else { Scalar::Text };
        if after.starts_with('\'') {
            return self.character(start);
        }
        if !prefix.contains('r') {
            let node = self.quoted(self.at)?;
            return Some(Node { span: start..node.span.end, kind: NodeKind::Scalar(scalar) });
        }
        let hashes = after.len() - after.trim_start_matches('#').len();
        let closing = format!("\"{}", "#".repeat(hashes));
        self.at += hashes + 1;
        if !self.skip_past(&closing) {
            let opened = start..start + prefix.len() + hashes + 1;
            self.fail("a text is never closed", opened, "opened here");
            return None;
        }
        Some(Node { span: start..self.at, kind: NodeKind::Scalar(scalar) })
    }

    pub(super) fn character(&mut self, start: usize) -> Option<Node> {
        self.at += 1;
        if self.peek() == Some('\\') {
            self.at += 1;
        }
        self.at += self.next_char_len();
        if !self.skip_past("'") {
            self.fail("a character is never closed", start..start + 1, "opened here");
            return None;
        }
        Some(Node { span: start..self.at, kind: NodeKind::Scalar(Scalar::Other) })
    }
}

/// White space as RON defines it (Unicode's `Pattern_White_Space`).
fn is_whitespace(c: char) -> bool {
    matches!(c, '\t'..='\r' | ' ' | '\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn is_ident_start(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn is_ident_continue(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
