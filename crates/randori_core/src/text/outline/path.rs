//! Paths to values, in the syntax of `--set` and `vary`.

use super::{Node, NodeKind, Outline, Scalar};

/// One segment of a path, with its position in the path's own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Name of a field, key or element, or an index.
    pub name: String,
    /// First byte in the path's text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// Splits a path at its dots. A segment in double quotes may itself hold dots:
/// `vary."robots.courier.pose.xyz.0".0`.
pub fn parse_path(path: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut start = 0;
    loop {
        let rest = &path[start..];
        let quoted = rest.strip_prefix('"').and_then(|inner| inner.find('"')).map(|end| end + 2);
        let end = match quoted {
            Some(end) => start + end + rest[end..].find('.').unwrap_or(rest.len() - end),
            None => start + rest.find('.').unwrap_or(rest.len()),
        };
        let name = path[start..end].trim_matches('"').to_owned();
        segments.push(Segment { name, start, end });
        if end == path.len() {
            return segments;
        }
        start = end + 1;
    }
}

/// The position at which a path fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing<'n> {
    /// The last value that was found.
    pub parent: &'n Node,
    /// Index of the segment that the parent does not have.
    pub segment: usize,
}

impl Outline {
    /// Follows a path from the root: fields by name, elements of lists by index or by their
    /// `name`, entries of maps by key, parts of `A(x, y)` by index. `Some(...)` and names of
    /// variants are passed through.
    ///
    /// # Errors
    /// The position at which the path fails, or `None` for a text without a value.
    pub fn walk<'n>(
        &'n self,
        text: &str,
        path: &[Segment],
    ) -> Result<&'n Node, Option<Missing<'n>>> {
        let mut node = self.root.as_ref().ok_or(None)?.unwrap_some(text);
        for (segment, step) in path.iter().enumerate() {
            let child = node.child(text, &step.name);
            let missing = || Some(Missing { parent: node, segment });
            node = child.ok_or_else(missing)?.unwrap_some(text);
        }
        Ok(node)
    }
}

impl Node {
    /// The direct child of a value for a path segment.
    pub fn child(&self, text: &str, name: &str) -> Option<&Self> {
        let index = || name.parse::<usize>().ok();
        match &self.kind {
            NodeKind::Scalar(_) => None,
            NodeKind::Struct { .. } => self.field(text, name).map(|field| &field.value),
            NodeKind::Tuple { items, .. } => items.get(index()?),
            NodeKind::List(items) => {
                // Names never look like numbers, and an index is found at once.
                let named = |item: &&Self| item.own_name(text).as_deref() == Some(name);
                index().and_then(|index| items.get(index)).or_else(|| items.iter().find(named))
            }
            NodeKind::Map { entries, .. } => {
                entries.iter().find(|(key, _)| key.is_key(text, name)).map(|(_, value)| value)
            }
        }
    }

    /// The names of a value's direct children.
    pub fn child_names(&self, text: &str) -> Vec<String> {
        match &self.kind {
            NodeKind::Scalar(_) => Vec::new(),
            NodeKind::Struct { fields, .. } => {
                fields.iter().map(|field| text[field.name.clone()].to_owned()).collect()
            }
            NodeKind::Tuple { items, .. } => (0..items.len()).map(|i| i.to_string()).collect(),
            NodeKind::List(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| item.own_name(text).unwrap_or_else(|| index.to_string()))
                .collect(),
            NodeKind::Map { entries, .. } => entries.iter().map(|(key, _)| key.key(text)).collect(),
        }
    }

    /// The value of the field `name`.
    fn own_name(&self, text: &str) -> Option<String> {
        self.field(text, "name")?.value.unwrap_some(text).string(text)
    }

    /// True for the key with this name.
    fn is_key(&self, text: &str, name: &str) -> bool {
        let written = &text[self.span.clone()];
        match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(content) if !content.contains('\\') => content == name,
            _ => self.key(text) == name,
        }
    }

    /// The name of a key in paths.
    pub(crate) fn key(&self, text: &str) -> String {
        self.string(text).unwrap_or_else(|| text[self.span.clone()].to_owned())
    }

    /// The range to replace for a path: a single value, or the number inside of a unit such as
    /// `Deg(90)` or `Fixed(0.05)`.
    pub fn scalar(&self) -> Option<(&Self, Scalar)> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some((self, *scalar)),
            NodeKind::Tuple { name: Some(_), items } if items.len() == 1 => items[0].scalar(),
            _ => None,
        }
    }
}
