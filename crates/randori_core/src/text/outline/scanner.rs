//! Scanner for brackets and their contents.

mod tokens;

use std::ops::Range;

use tokens::is_ident_start;

use super::{Field, Node, NodeKind, Outline, Problem, Scalar};

pub(super) fn scan(text: &str, max_depth: usize) -> Outline {
    let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut scanner = Scanner { text, at, depth: 0, max_depth, problem: None, stopped: false };
    scanner.skip_attributes();
    let root = if scanner.rest().is_empty() { None } else { scanner.value() };
    scanner.skip_trivia();
    if root.is_none() && scanner.problem.is_none() {
        scanner.fail("the file is empty", 0..0, "a value is expected here");
    } else if !scanner.stopped && !scanner.rest().is_empty() {
        let end = scanner.at + scanner.next_char_len();
        scanner.fail("there is text after the end of the value", scanner.at..end, "not expected");
    }
    Outline { root, problem: scanner.problem }
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    max_depth: usize,
    problem: Option<Problem>,
    /// Set by problems after which the rest cannot be scanned.
    stopped: bool,
}

impl Scanner<'_> {
    fn fail(&mut self, message: &str, span: Range<usize>, label: &'static str) {
        self.fail_with(message, span, label, None);
    }

    /// A recoverable problem.
    fn fail_mildly(&mut self, message: &str, span: Range<usize>, label: &'static str) {
        let stopped = self.stopped;
        self.fail(message, span, label);
        self.stopped = stopped;
    }

    /// Keeps the first problem: later ones are mostly its consequences.
    fn fail_with(
        &mut self,
        message: &str,
        span: Range<usize>,
        label: &'static str,
        related: Option<(Range<usize>, &'static str)>,
    ) {
        self.stopped = true;
        let message = message.to_owned();
        self.problem.get_or_insert(Problem { message, span, label, related, too_deep: false });
    }

    /// A value; `None` (with a problem) where none begins.
    fn value(&mut self) -> Option<Node> {
        self.skip_trivia();
        let start = self.at;
        match self.peek() {
            Some('[') => self.list(),
            Some('{') => self.map(),
            Some('(') => self.parenthesised(start, None),
            Some('"') => self.quoted(start),
            Some('\'') => self.character(start),
            Some('r' | 'b') if self.starts_string() => self.prefixed_string(start),
            Some(first) if is_ident_start(first) || self.rest().starts_with("r#") => {
                self.ident();
                let name = start..self.at;
                self.skip_trivia();
                if self.peek() == Some('(') {
                    return self.parenthesised(start, Some(name));
                }
                self.at = name.end;
                Some(Node { span: name, kind: NodeKind::Scalar(Scalar::Word) })
            }
            _ => self.number(start),
        }
    }

    fn list(&mut self) -> Option<Node> {
        let open = self.open()?;
        let mut items = Vec::new();
        while self.more(open, ']') {
            let Some(item) = self.value() else { break };
            self.separator(open, ']', &item);
            items.push(item);
        }
        Some(Node { span: open..self.close(), kind: NodeKind::List(items) })
    }

    fn map(&mut self) -> Option<Node> {
        let open = self.open()?;
        let mut entries = Vec::new();
        while self.more(open, '}') {
            let Some(key) = self.value() else { break };
            self.colon(&key.span);
            let Some(value) = self.value() else { break };
            self.separator(open, '}', &value);
            entries.push((key, value));
        }
        Some(Node { span: open..self.close(), kind: NodeKind::Map { inside: open + 1, entries } })
    }

    fn parenthesised(&mut self, start: usize, name: Option<Range<usize>>) -> Option<Node> {
        let open = self.open()?;
        let inside = open + 1;
        if !self.starts_field() {
            let mut items = Vec::new();
            while self.more(open, ')') {
                let Some(item) = self.value() else { break };
                self.separator(open, ')', &item);
                items.push(item);
            }
            let kind = if items.is_empty() {
                NodeKind::Struct { name, inside, fields: Vec::new() }
            } else {
                NodeKind::Tuple { name, items }
            };
            return Some(Node { span: start..self.close(), kind });
        }
        let mut fields = Vec::new();
        while self.more(open, ')') {
            let name_start = self.at;
            self.ident();
            let name = name_start..self.at;
            if self.text[name.clone()].starts_with(|first: char| first.is_ascii_digit()) {
                let label = "decimal numbers are written with a point: `0.5`";
                self.fail("a field name is expected, but a number was found", name, label);
                break;
            }
            if name.is_empty() {
                let end = name_start + self.next_char_len();
                self.fail("a field name is expected", name_start..end, "`name: value` is expected");
                break;
            }
            self.colon(&name);
            let Some(value) = self.value() else { break };
            self.separator(open, ')', &value);
            fields.push(Field { name, value });
        }
        Some(Node { span: start..self.close(), kind: NodeKind::Struct { name, inside, fields } })
    }

    /// True if `name:` follows.
    fn starts_field(&mut self) -> bool {
        let before = self.at;
        self.skip_trivia();
        let first = self.peek().is_some_and(is_ident_start) || self.rest().starts_with("r#");
        if first {
            self.ident();
            self.skip_trivia();
        }
        let found = first && self.peek() == Some(':');
        self.at = before;
        found
    }

    fn open(&mut self) -> Option<usize> {
        let open = self.at;
        if self.depth == self.max_depth {
            self.stopped = true;
            self.problem.get_or_insert(Problem {
                message: format!("brackets are nested more than {} deep", self.max_depth),
                span: open..open + 1,
                label: "one too many",
                related: None,
                too_deep: true,
            });
            return None;
        }
        self.depth += 1;
        self.at += 1;
        Some(open)
    }

    /// True if another element follows; reports a mismatched bracket.
    fn more(&mut self, open: usize, closing: char) -> bool {
        self.skip_trivia();
        let opened = Some((open..open + 1, "opened here"));
        match self.peek() {
            _ if self.stopped => false,
            Some(found) if found == closing => false,
            Some(found @ (')' | ']' | '}')) => {
                let opening = &self.text[open..=open];
                let message = format!("`{opening}` is closed by `{found}`");
                self.fail_with(&message, self.at..self.at + 1, "does not fit", opened);
                false
            }
            Some(_) => true,
            None => {
                self.never_closed(open);
                false
            }
        }
    }

    /// Skips the closing bracket if it is there; the end of the value.
    fn close(&mut self) -> usize {
        self.depth -= 1;
        if !self.stopped {
            self.at += 1;
        }
        self.at
    }

    fn colon(&mut self, name: &Range<usize>) {
        self.skip_trivia();
        if self.peek() == Some(':') {
            self.at += 1;
        } else {
            let found = self.text[name.clone()].to_owned();
            let message = format!("a `:` is missing after `{found}`");
            self.fail_mildly(&message, name.clone(), "`: value` is expected after this");
        }
    }

    /// Skips a comma, or reports that it is missing before another element.
    fn separator(&mut self, open: usize, closing: char, last: &Node) {
        let end = self.at;
        self.skip_trivia();
        let found = match self.peek() {
            Some(',') => {
                self.at += 1;
                return;
            }
            Some(found) => found,
            None => return,
        };
        let is_end = found == closing || matches!(found, ')' | ']' | '}');
        if is_end || self.problem.is_some() {
            return; // Only the first problem is kept.
        }
        let written = &self.text[last.span.clone()];
        if let Some(line) = written.find('\n').filter(|_| written.starts_with('"')) {
            let first_line = last.span.start..last.span.start + line;
            let label = "opened here, and closed by the next quote of another line";
            self.fail("a text is not closed on its line", first_line, label);
        } else if self.is_outside(open) {
            self.never_closed(open);
        } else if closing == ')' && last.kind == NodeKind::Scalar(Scalar::Word) {
            let message = format!("a `:` or `,` is missing after `{written}`");
            self.fail_mildly(&message, last.span.clone(), "`:` or `,` is expected after this");
        } else {
            let last = self.text[..end].chars().next_back().map_or(0, char::len_utf8);
            self.fail_mildly("a comma is missing", end - last..end, "`,` is expected after this");
        }
    }

    /// True if the layout indicates that the following text is outside of the bracket: it
    /// starts a line that is indented no deeper than the bracket's.
    fn is_outside(&self, open: usize) -> bool {
        let line_start = |at: usize| self.text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = |line: usize| {
            let line = &self.text[line..];
            line.len() - line.trim_start_matches([' ', '\t']).len()
        };
        let (own, other) = (line_start(self.at), line_start(open));
        own != other && self.at - own <= indent(own) && indent(own) <= indent(other)
    }

    fn never_closed(&mut self, open: usize) {
        let message = format!("`{}` is never closed", &self.text[open..=open]);
        self.fail(&message, open..open + 1, "opened here");
    }
}

/// The first byte at or after `at` that is neither white space nor comment.
pub(crate) fn skip_trivia(text: &str, at: usize) -> usize {
    let mut scanner = Scanner { text, at, depth: 0, max_depth: 0, problem: None, stopped: false };
    scanner.skip_trivia();
    scanner.at
}
