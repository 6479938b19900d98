//! Changes to single values, applied to the text before it is parsed.
//!
//! Work on text ensures one meaning: an override has exactly the effect of the same value in
//! the file.

use super::defaults::{LeftOut, left_out, whole};
use super::document::{Document, Origin, Role};
use super::fields::{Container, containers};
use super::outline::{Missing, Node, NodeKind, Outline, Scalar, Segment, parse_path};
use super::renamed::{RenamedField, current_path, old_segment};
use super::sources::{Route, RouteError, Sources};
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, Span, nearest, one_of};

/// A change to one value, such as `--set robots.courier.policy.rate_hz=50`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Path: see [`Sources::span_of`]. An optional field that the file leaves out is added.
    pub path: String,
    /// One RON value: `0.3`, `true`, `Deg(90)`, `Fast`. A plain number for a value with a unit
    /// keeps the unit; quotes around a text may be left out if the file has a text already.
    pub value: String,
    /// Origin, as shown to the user: `--set`.
    pub origin: String,
}

impl Override {
    /// Reads `PATH=VALUE`; `None` without an equals sign.
    pub fn parse(assignment: &str, origin: impl Into<String>) -> Option<Self> {
        let (path, value) = assignment.split_once('=')?;
        let (path, value) = (path.trim().to_owned(), value.trim().to_owned());
        Some(Self { path, value, origin: origin.into() })
    }

    /// Sets a number.
    pub fn number(path: impl Into<String>, value: f64, origin: impl Into<String>) -> Self {
        Self { path: path.into(), value: number_text(value), origin: origin.into() }
    }
}

/// A number as RON text that parses to the same number. Integers have no point, so that they
/// also fit fields that count.
pub(crate) fn number_text(value: f64) -> String {
    format!("{value}")
}

/// An override with the positions of its two halves.
pub(crate) struct Change<'c> {
    pub(crate) path: &'c str,
    pub(crate) value: &'c str,
    /// Position of the path.
    pub(crate) path_at: Origin,
    /// Position of the value.
    pub(crate) value_at: Origin,
    /// True if only a number may be replaced.
    pub(crate) is_drawn: bool,
}

impl<'c> Change<'c> {
    /// An override with a text of its own, `PATH=VALUE`.
    pub(crate) fn written(sources: &mut Sources, change: &'c Override) -> Self {
        let Override { path, value, origin } = change;
        let file = sources.map.add(origin.as_str(), format!("{path}={value}"));
        let value_start = path.len() + 1;
        let origin = |range, role| Origin { span: Span::new(file, range), exact: true, role };
        Self {
            path,
            value,
            path_at: origin(0..path.len(), Role::Path),
            value_at: origin(value_start..value_start + value.len(), Role::Value),
            is_drawn: false,
        }
    }

    /// Changes the text of the path's file.
    pub(crate) fn apply(&self, sources: &mut Sources) -> Result<(), Box<Diagnostic>> {
        let segments = parse_path(self.path);
        if let Some(empty) = segments.iter().position(|segment| segment.name.is_empty()) {
            let code = DiagnosticCode::UNKNOWN_PATH;
            let error = Diagnostic::error(code, format!("`{}` is not a path", self.path));
            return Err(error
                .primary(self.label(&segments, empty, "a name is missing here"))
                .into());
        }
        if let Some((segment, field)) = old_segment(self.path) {
            return Err(self.renamed(&segments, segment, field).into());
        }
        let route = match sources.route(&segments) {
            Ok(route) => route,
            Err(error) => return Err(self.wrong_route(&segments, error).into()),
        };
        let Some(document) = sources.documents.get(&route.part) else {
            return Ok(()); // The file could not be read, which is reported already.
        };
        let changed = self.changed(document, &segments, route)?;
        if let Some(problem) = &changed.outline.problem
            && document.outline.problem.is_none()
        {
            let error = Diagnostic::error(DiagnosticCode::INVALID_OVERRIDE, &problem.message);
            return Err(error.primary(Label::new(self.value_at.span, problem.label)).into());
        }
        sources.documents.insert(route.part, changed);
        Ok(())
    }

    fn changed(
        &self,
        document: &Document,
        segments: &[Segment],
        route: Route,
    ) -> Result<Document, Box<Diagnostic>> {
        let skip = route.skip;
        match document.outline.walk(&document.text, &segments[skip..]) {
            Ok(node) => self.replace(document, node),
            Err(Some(missing)) => self.insert(document, segments, route, &missing),
            Err(None) => Ok(document.clone()), // An empty file is reported already.
        }
    }

    /// The text of the value, if it is exactly one value.
    fn checked_value(&self) -> Result<(&str, bool), Box<Diagnostic>> {
        let outline = Outline::scan(self.value, 32);
        let refused = |message: String, label: &str| {
            Err(Diagnostic::error(DiagnosticCode::INVALID_OVERRIDE, message)
                .primary(Label::new(self.value_at.span, label))
                .help("give one value, such as `0.3`, `true`, `Deg(90)` or `\"text\"`")
                .into())
        };
        match (outline.root, outline.problem) {
            (Some(root), None) => {
                let is_number = matches!(root.kind, NodeKind::Scalar(Scalar::Number));
                Ok((&self.value[root.span], is_number))
            }
            (_, Some(problem)) => {
                refused(format!("the value of `{}` is not one value", self.path), problem.label)
            }
            (None, None) => refused(format!("the value of `{}` is empty", self.path), ""),
        }
    }

    fn replace(&self, document: &Document, node: &Node) -> Result<Document, Box<Diagnostic>> {
        let Some((inner, scalar)) = node.scalar() else {
            if let Some(value) = self.as_rotation(node) {
                return Ok(document.replaced(node.span.clone(), &[(value, self.value_at)]));
            }
            return Err(self.not_a_scalar(document, node).into());
        };
        if self.is_drawn && scalar != Scalar::Number {
            let message = format!("`{}` is not a number", self.path);
            return Err(Diagnostic::error(DiagnosticCode::NOT_A_SCALAR, message)
                .primary(Label::new(self.path_at.span, "variations draw numbers"))
                .help(format!("the file says `{}`", shortened(document.slice(node))))
                .into());
        }
        let is_text = matches!(node.kind, NodeKind::Scalar(Scalar::Text));
        let quoted = self.value.starts_with(['"', 'r']) && self.value.ends_with(['"', '#']);
        if is_text && !quoted {
            let literal = format!("{:?}", self.value);
            let origin = Origin { exact: false, ..self.value_at };
            return Ok(document.replaced(node.span.clone(), &[(&literal, origin)]));
        }
        let (value, is_number) = self.checked_value()?;
        let keeps_unit = is_number && scalar == Scalar::Number;
        let target = if keeps_unit { inner } else { node };
        Ok(document.replaced(target.span.clone(), &[(value, self.value_at)]))
    }

    /// The value, if it and the node are both choices with several numbers, such as
    /// `Rpy(Deg(0), Deg(90), Deg(0))`: one replaces the other.
    fn as_rotation(&self, node: &Node) -> Option<&str> {
        let is_choice = |node: &Node| matches!(node.kind, NodeKind::Tuple { name: Some(_), .. });
        if self.is_drawn || !is_choice(node) {
            return None;
        }
        let outline = Outline::scan(self.value, 32);
        let root = outline.root.filter(|root| outline.problem.is_none() && is_choice(root))?;
        Some(&self.value[root.span])
    }

    /// Adds a field that the file leaves out, and the structures that contain it.
    fn insert(
        &self,
        document: &Document,
        segments: &[Segment],
        route: Route,
        missing: &Missing<'_>,
    ) -> Result<Document, Box<Diagnostic>> {
        let (value, _) = self.checked_value()?;
        let first = route.skip + missing.segment;
        let fields = &segments[first..];
        let (NodeKind::Struct { inside, .. } | NodeKind::Map { inside, .. }) = missing.parent.kind
        else {
            return Err(self.unknown(&document.text, &segments[first], missing).into());
        };
        if !is_identifier(&fields[0].name) {
            return Err(self.unknown(&document.text, &segments[first], missing).into());
        }
        let path = &segments[route.skip..];
        if let Some(default) = left_out(route.part, document, path, missing.segment) {
            let is_map = matches!(missing.parent.kind, NodeKind::Map { .. });
            return self.insert_default(document, &fields[0], (inside, is_map), &default);
        }
        if let Some(part) = fields.iter().find(|field| !is_identifier(&field.name)) {
            return Err(self.misses_default(document, route, path, part).into());
        }
        let in_map = |segment: usize| {
            let names: Vec<&str> =
                segments[route.skip..].iter().map(|segment| segment.name.as_str()).collect();
            containers(route.part, &names).get(segment - route.skip) == Some(&Container::Map)
        };
        let mut closing = String::new();
        let mut texts: Vec<String> = Vec::new();
        for (offset, field) in fields.iter().enumerate() {
            let name = &field.name;
            let opening = if offset == 0 {
                let is_map = matches!(missing.parent.kind, NodeKind::Map { .. });
                if is_map { format!("{name:?}: ") } else { format!("{name}: ") }
            } else if in_map(first + offset) {
                closing.insert(0, '}');
                format!("{{{name:?}: ")
            } else {
                closing.insert(0, ')');
                format!("({name}: ")
            };
            texts.push(opening);
        }
        closing.push_str(", ");
        let mut parts: Vec<(&str, Origin)> = Vec::new();
        for (field, text) in fields.iter().zip(&texts) {
            parts.push((text, self.segment_origin(field)));
        }
        parts.push((value, self.value_at));
        parts.push((&closing, Origin { exact: false, ..self.value_at }));
        Ok(document.replaced(inside..inside, &parts))
    }

    /// Adds a field with its default, in which one value is replaced.
    fn insert_default(
        &self,
        document: &Document,
        field: &Segment,
        (inside, is_map): (usize, bool),
        default: &LeftOut,
    ) -> Result<Document, Box<Diagnostic>> {
        if self.is_drawn && default.is_other {
            let message = format!("`{}` is not a number", self.path);
            return Err(Diagnostic::error(DiagnosticCode::NOT_A_SCALAR, message)
                .primary(Label::new(self.path_at.span, "variations draw numbers"))
                .help(format!("its default is `{}`", &default.text[default.value.clone()]))
                .into());
        }
        let quoted = default.text[default.value.clone()].starts_with('"');
        let literal = format!("{:?}", self.value);
        let is_bare = quoted && !self.value.starts_with(['"', 'r']);
        let (value, is_number) =
            if is_bare { (literal.as_str(), false) } else { self.checked_value()? };
        let place = match &default.number {
            Some(number) if is_number => number,
            _ => &default.value,
        };
        let name = &field.name;
        let opening = if is_map { format!("{name:?}: ") } else { format!("{name}: ") };
        let (before, after) = &default.around;
        let before = format!("{}{before}", &default.text[..place.start]);
        let after = format!("{after}{}, ", &default.text[place.end..]);
        let derived = Origin { exact: false, ..self.value_at };
        let value_at = Origin { exact: self.value_at.exact && !is_bare, ..self.value_at };
        let parts = [
            (opening.as_str(), self.segment_origin(field)),
            (before.as_str(), derived),
            (value, value_at),
            (after.as_str(), derived),
        ];
        Ok(document.replaced(inside..inside, &parts))
    }

    fn segment_origin(&self, segment: &Segment) -> Origin {
        let mut origin = Origin { exact: false, ..self.path_at };
        if self.path_at.exact {
            let start = origin.span.start;
            origin.span.start = start + segment.start;
            origin.span.end = start + segment.end;
        }
        origin
    }

    fn label(&self, segments: &[Segment], segment: usize, text: &str) -> Label {
        Label::new(self.segment_origin(&segments[segment]).span, text)
    }

    fn wrong_route(&self, segments: &[Segment], error: RouteError) -> Diagnostic {
        match error {
            RouteError::File { segment, what } => {
                let message = format!("`{}` names {what}, which cannot be exchanged", self.path);
                Diagnostic::error(DiagnosticCode::NOT_A_SCALAR, message)
                    .primary(self.label(segments, segment, "files are read before overrides apply"))
                    .help("address a value inside of that file, or write another scenario")
            }
            RouteError::NoSuchField { segment, help } => {
                let name = &segments[segment].name;
                let message = format!("no such path: `{}`", self.path);
                Diagnostic::error(DiagnosticCode::UNKNOWN_PATH, message)
                    .primary(self.label(segments, segment, &format!("no field is called `{name}`")))
                    .help(help)
            }
        }
    }

    /// A path that uses the old name of a field.
    fn renamed(&self, segments: &[Segment], segment: usize, field: &RenamedField) -> Diagnostic {
        let (old, new) = (field.old(), field.new);
        let help = if self.is_drawn {
            field.help()
        } else {
            format!("`{old}` is called `{new}` now: write `{}`", current_path(self.path))
        };
        let message = format!("no such path: `{}`", self.path);
        Diagnostic::error(DiagnosticCode::UNKNOWN_PATH, message)
            .primary(self.label(segments, segment, &format!("no field is called `{old}`")))
            .help(help)
    }

    fn not_a_scalar(&self, document: &Document, node: &Node) -> Diagnostic {
        let names = node.child_names(&document.text);
        let message = format!("`{}` is not a single value", self.path);
        let parts = names.iter().map(|name| format!("{}.{name}", self.path)).collect::<Vec<_>>();
        let help = (!parts.is_empty())
            .then(|| format!("address one of its parts: {}", one_of(parts.iter().map(|p| &**p))));
        Diagnostic::error(DiagnosticCode::NOT_A_SCALAR, message)
            .primary(Label::new(self.path_at.span, "this has parts of its own"))
            .maybe_help(help)
    }

    /// The error for a path into a field that the file leaves out and that has no suitable
    /// default.
    fn misses_default(
        &self,
        document: &Document,
        route: Route,
        path: &[Segment],
        part: &Segment,
    ) -> Diagnostic {
        if let Some((full, outline)) = whole(route.part, document)
            && let Err(Some(missing)) = outline.walk(&full, path)
            && !matches!(missing.parent.kind, NodeKind::Scalar(_))
        {
            return self.unknown(&full, &path[missing.segment], &missing);
        }
        self.part_of_nothing(part)
    }

    /// Elements and parts have no default that one of them could differ from.
    fn part_of_nothing(&self, part: &Segment) -> Diagnostic {
        let whole = self.path[..part.start].trim_end_matches('.');
        let message = format!("`{}` is a part of something that the file leaves out", self.path);
        Diagnostic::error(DiagnosticCode::UNKNOWN_PATH, message)
            .primary(Label::new(self.segment_origin(part).span, "there is nothing to change"))
            .help(format!("write `{whole}` in the file, or set all of it"))
    }

    fn unknown(&self, text: &str, segment: &Segment, missing: &Missing<'_>) -> Diagnostic {
        let name = &segment.name;
        let label = match &missing.parent.kind {
            NodeKind::Scalar(_) => {
                let parent = &text[missing.parent.span.clone()];
                format!("`{}` is a single value without parts", shortened(parent))
            }
            NodeKind::List(_) => format!("no element has the name or index `{name}`"),
            NodeKind::Tuple { items, .. } => format!("it has {} parts, from 0", items.len()),
            _ => format!("nothing is called `{name}`"),
        };
        let names = missing.parent.child_names(text);
        let similar = nearest(name, names.iter().map(String::as_str));
        let help = match similar {
            Some(similar) => Some(format!("did you mean `{similar}`?")),
            None if names.is_empty() => None,
            None => Some(format!("there is {}", one_of(names.iter().map(|n| &**n)))),
        };
        let message = format!("no such path: `{}`", self.path);
        Diagnostic::error(DiagnosticCode::UNKNOWN_PATH, message)
            .primary(Label::new(self.segment_origin(segment).span, label))
            .maybe_help(help)
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 30 {
        return text.to_owned();
    }
    text.chars().take(27).chain("...".chars()).collect()
}

/// True if the name can be written in formulas and paths.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
