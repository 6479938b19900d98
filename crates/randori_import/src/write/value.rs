//! Specifications as trees of values, between serde and the text.

use std::fmt;

use randori_core::text::outline::{Node, NodeKind, Outline};
use ron::Options;
use ron::error::SpannedResult;
use ron::extensions::Extensions;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::quoted;

/// A value as RON writes it. Names of structures and variants come before their
/// brackets, and are empty where RON needs none.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// A number, word or string.
    Scalar(String),
    /// `Name(field: value)`.
    Struct(String, Vec<(String, Value)>),
    /// `Name(a, b)`.
    Tuple(String, Vec<Value>),
    /// `[a, b]`.
    List(Vec<Value>),
    /// `{key: value}`.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// The whole value, with everything that has a default. A value without a
    /// textual form, which no specification is, gives nothing.
    pub(super) fn of(value: &impl Serialize) -> Self {
        let text = options().to_string(value).unwrap_or_default();
        let root = Outline::scan(&text, usize::MAX).root;
        root.map_or_else(|| Self::Tuple(String::new(), Vec::new()), |root| Self::at(&root, &text))
    }

    fn at(node: &Node, text: &str) -> Self {
        let word = |span: &std::ops::Range<usize>| text[span.clone()].to_owned();
        let name = node.name_span().map_or_else(String::new, |span| word(&span));
        let all = |nodes: &[Node]| nodes.iter().map(|node| Self::at(node, text)).collect();
        match &node.kind {
            NodeKind::Scalar(_) => Self::Scalar(scalar(node, text)),
            NodeKind::Struct { fields, .. } => {
                let fields = fields.iter();
                let fields = fields.map(|field| (word(&field.name), Self::at(&field.value, text)));
                Self::Struct(name, fields.collect())
            }
            NodeKind::Tuple { items, .. } => Self::Tuple(name, all(items)),
            NodeKind::List(items) => Self::List(all(items)),
            NodeKind::Map { entries, .. } => {
                let entries = entries.iter();
                Self::Map(entries.map(|(k, v)| (scalar(k, text), Self::at(v, text))).collect())
            }
        }
    }

    /// What its text is read as.
    pub(super) fn read<T: DeserializeOwned>(&self) -> SpannedResult<T> {
        options().from_str(&self.to_string())
    }

    /// Whether it is read as an equal value: 0 and -0 are equal numbers.
    pub(super) fn equals(&self, other: &Self) -> bool {
        let all = |a: &[Self], b: &[Self]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b))
        };
        let named = |a: &[(String, Self)], b: &[(String, Self)]| {
            let mut pairs = a.iter().zip(b);
            a.len() == b.len() && pairs.all(|((n, a), (m, b))| n == m && a.equals(b))
        };
        match (self, other) {
            (Self::Scalar(a), Self::Scalar(b)) => {
                let numbers = a.parse::<f64>().ok().zip(b.parse::<f64>().ok());
                a == b || numbers.is_some_and(|(a, b)| a == b)
            }
            (Self::Struct(n, a), Self::Struct(m, b)) => n == m && named(a, b),
            (Self::Tuple(n, a), Self::Tuple(m, b)) => n == m && all(a, b),
            (Self::List(a), Self::List(b)) => all(a, b),
            (Self::Map(a), Self::Map(b)) => named(a, b),
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    /// All on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let join = |parts: &[(String, Self)]| {
            let parts: Vec<_> = parts.iter().map(|(name, it)| format!("{name}: {it}")).collect();
            parts.join(", ")
        };
        let list =
            |items: &[Self]| items.iter().map(Self::to_string).collect::<Vec<_>>().join(", ");
        match self {
            Self::Scalar(text) => f.write_str(text),
            Self::Struct(name, fields) => write!(f, "{name}({})", join(fields)),
            Self::Tuple(name, items) => write!(f, "{name}({})", list(items)),
            Self::List(items) => write!(f, "[{}]", list(items)),
            Self::Map(entries) => write!(f, "{{{}}}", join(entries)),
        }
    }
}

fn scalar(node: &Node, text: &str) -> String {
    node.string(text).map_or_else(|| text[node.span.clone()].to_owned(), |text| quoted(&text))
}

/// Files are read with this extension.
fn options() -> Options {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME)
}
