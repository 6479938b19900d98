//! The outline of a RON text: a tree of positions without values.
//!
//! The scanner recognises brackets, names, strings and comments, but parses no number and
//! checks no type; `ron` and serde do that. It is tolerant: a broken text has an outline of
//! its valid parts, and a [`Problem`].
//!
//! Start reading at [`Outline::scan`] and [`Outline::walk`].

mod path;
mod scanner;
mod strings;

use std::ops::Range;

pub(crate) use scanner::skip_trivia;

pub use path::{Missing, Segment, parse_path};
pub use strings::{byte_in_literal, decode};

/// The positions of all values in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The value that the file consists of; absent in an empty text.
    pub root: Option<Node>,
    /// The first reason why the text is not well-formed.
    pub problem: Option<Problem>,
}

/// A value and its position.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// All bytes of the value, from its name or first bracket to the last one.
    pub span: Range<usize>,
    /// Kind and children of the value.
    pub kind: NodeKind,
}

/// The kind of a value, with its children.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// A number, name, string or character.
    Scalar(Scalar),
    /// `(field: value, ...)` or `Name(field: value, ...)`.
    Struct {
        /// The name before the bracket.
        name: Option<Range<usize>>,
        /// The byte after the opening bracket.
        inside: usize,
        /// The fields in their order.
        fields: Vec<Field>,
    },
    /// `(a, b)` or `Name(a, b)`.
    Tuple {
        /// The name before the bracket.
        name: Option<Range<usize>>,
        /// The values in their order.
        items: Vec<Node>,
    },
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{key: value, ...}`.
    Map {
        /// The byte after the opening bracket.
        inside: usize,
        /// Keys and values in their order.
        entries: Vec<(Node, Node)>,
    },
}

/// The lexical kind of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Starts like a number.
    Number,
    /// A bare word: `true`, `None`, `Z`, `inf`.
    Word,
    /// Quoted text of any form.
    Text,
    /// `'c'` and bytes.
    Other,
}

/// A field of a structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Range of its name.
    pub name: Range<usize>,
    /// Its value.
    pub value: Node,
}

/// A reason why a text is not well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Message, as for a diagnostic.
    pub message: String,
    /// Position.
    pub span: Range<usize>,
    /// The label at the position.
    pub label: &'static str,
    /// A related position, with its label.
    pub related: Option<(Range<usize>, &'static str)>,
    /// True if the text is nested too deeply.
    pub too_deep: bool,
}

impl Outline {
    /// Scans a text. Brackets nested deeper than `max_depth` are a problem.
    pub fn scan(text: &str, max_depth: usize) -> Self {
        scanner::scan(text, max_depth)
    }

    /// The name that the text starts with: `Robot` of `Robot(...)`.
    pub fn kind<'t>(&self, text: &'t str) -> Option<(Range<usize>, &'t str)> {
        let name = self.root.as_ref()?.name_span()?;
        Some((name.clone(), &text[name]))
    }

    /// Calls `visit` for every value and key, outermost first, in the order of the text.
    pub fn for_each<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        if let Some(root) = &self.root {
            root.for_each(visit);
        }
    }
}

impl Node {
    /// The word that names the value: a variant, a structure or a bare word.
    pub fn name_span(&self) -> Option<Range<usize>> {
        match &self.kind {
            NodeKind::Struct { name, .. } | NodeKind::Tuple { name, .. } => name.clone(),
            NodeKind::Scalar(Scalar::Word) => Some(self.span.clone()),
            _ => None,
        }
    }

    /// The direct children, in their order (map keys are not values).
    pub fn children(&self) -> Vec<&Self> {
        match &self.kind {
            NodeKind::Scalar(_) => Vec::new(),
            NodeKind::Struct { fields, .. } => fields.iter().map(|field| &field.value).collect(),
            NodeKind::Tuple { items, .. } | NodeKind::List(items) => items.iter().collect(),
            NodeKind::Map { entries, .. } => entries.iter().map(|(_, value)| value).collect(),
        }
    }

    /// The field with this name.
    pub fn field(&self, text: &str, name: &str) -> Option<&Field> {
        match &self.kind {
            NodeKind::Struct { fields, .. } => {
                fields.iter().find(|field| text[field.name.clone()] == *name)
            }
            _ => None,
        }
    }

    /// The text of a string literal, escapes resolved.
    pub fn string(&self, text: &str) -> Option<String> {
        matches!(self.kind, NodeKind::Scalar(Scalar::Text))
            .then(|| decode(&text[self.span.clone()]))
            .flatten()
    }

    /// The value inside of `Some(...)`, or the value itself.
    pub fn unwrap_some(&self, text: &str) -> &Self {
        match &self.kind {
            NodeKind::Tuple { name: Some(name), items }
                if items.len() == 1 && text[name.clone()] == *"Some" =>
            {
                items[0].unwrap_some(text)
            }
            _ => self,
        }
    }

    /// The range to underline for the value as a whole: all of a short one; of a long one its
    /// `name`, the word before its bracket or the bracket itself.
    pub fn anchor(&self, text: &str) -> Range<usize> {
        if !text[self.span.clone()].contains('\n') {
            return self.span.clone();
        }
        if let Some(name) = self.field(text, "name") {
            return name.value.span.clone();
        }
        self.name_span().unwrap_or(self.span.start..self.span.start + 1)
    }

    fn for_each<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        visit(self);
        match &self.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Struct { fields, .. } => {
                for field in fields {
                    field.value.for_each(visit);
                }
            }
            NodeKind::Tuple { items, .. } | NodeKind::List(items) => {
                for item in items {
                    item.for_each(visit);
                }
            }
            NodeKind::Map { entries, .. } => {
                for (key, value) in entries {
                    key.for_each(visit);
                    value.for_each(visit);
                }
            }
        }
    }
}
