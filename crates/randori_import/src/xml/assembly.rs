//! Assembles the elements of a file and its includes into one tree.

use std::collections::BTreeSet;
use std::ops::Range;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, FileId, Label, Span};

use super::parse::{Bounds, Malformed, Parsed, RawElement, parse};
use super::{Attribute, Element, Files, Tree};
use crate::paths;
use crate::report::ImportStatus;

/// Limit on nesting of elements relative to that of brackets in scenarios.
const NESTING_PER_BRACKET: usize = 8;

/// Maximum average number of elements per body.
const ELEMENTS_PER_BODY: usize = 20;

/// A tree under construction.
pub(super) struct Assembly<'a, 'f> {
    files: &'a mut Files<'f>,
    /// Folder of the main file, the base of include paths.
    folder: String,
    elements: Vec<Element>,
    /// The open files, outermost first.
    open: Vec<String>,
    seen: BTreeSet<String>,
}

impl<'a, 'f> Assembly<'a, 'f> {
    /// The document at `path`; `None` with a diagnostic.
    pub(super) fn document(files: &'a mut Files<'f>, path: &str) -> Option<Tree> {
        let at = files.named_at;
        let mut assembly = Self {
            folder: paths::folder(path).to_owned(),
            files,
            elements: Vec::new(),
            open: vec![path.to_owned()],
            seen: BTreeSet::from([path.to_owned()]),
        };
        assembly.add_file(path, at, None)?;
        let elements = assembly.elements;
        (!elements.is_empty()).then(|| Tree::new(elements))
    }

    /// Adds the root of a file, or, for an include, the root's children below an element.
    fn add_file(&mut self, path: &str, at: Option<Span>, below: Option<usize>) -> Option<()> {
        let (file, text) = self.files.text(path, at)?;
        if below.is_some() {
            self.files.is_included(file, path);
        }
        let limits = self.files.limits;
        let bounds = Bounds {
            depth: limits.nesting.saturating_mul(NESTING_PER_BRACKET),
            elements: limits
                .bodies
                .saturating_mul(ELEMENTS_PER_BODY)
                .saturating_sub(self.elements.len()),
        };
        let above = below.map_or(0, |id| self.depth(id));
        let bounds = Bounds { depth: bounds.depth.saturating_sub(above), ..bounds };
        let parsed = match parse(&text, bounds) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.files.found.push(diagnostic(*error, file, &text));
                return None;
            }
        };
        self.remark(&parsed, file, &text);
        // Index in the tree of each element of the file; `None` for the root of an
        // included file, and for includes.
        let mut places: Vec<Option<usize>> = Vec::with_capacity(parsed.elements.len());
        for raw in parsed.elements {
            let parent = match raw.parent {
                None if below.is_some() => {
                    places.push(below);
                    continue;
                }
                None => None,
                Some(parent) => match places[parent] {
                    None => {
                        places.push(None);
                        continue;
                    }
                    place => place,
                },
            };
            if let Some(parent) = parent.filter(|_| raw.tag == "include") {
                self.include(&raw, file, parent)?;
                places.push(None);
                continue;
            }
            let id = self.elements.len();
            self.elements.push(element(raw, parent, file));
            if let Some(parent) = parent {
                self.elements[parent].children.push(id);
            }
            places.push(Some(id));
        }
        Some(())
    }

    /// Reports parts of a text without effect.
    fn remark(&mut self, parsed: &Parsed, file: FileId, text: &str) {
        if let Some(range) = parsed.outside.clone() {
            let what = "content outside of the root element is ignored";
            self.files.remark(
                ImportStatus::Dropped,
                Some(Span::new(file, range)),
                what.to_owned(),
                None,
            );
        }
        if let Some(range) = parsed.unexpanded.clone() {
            let what = format!("`{}` is literal: entities are not expanded", &text[range.clone()]);
            let advice = "write the value of the entity";
            let span = Some(Span::new(file, range));
            self.files.remark(ImportStatus::Dropped, span, what, Some(advice));
        }
    }

    fn include(&mut self, raw: &RawElement, file: FileId, parent: usize) -> Option<()> {
        let Some(named) = raw.attributes.iter().find(|attribute| attribute.name == "file") else {
            self.refuse(
                file,
                "an include names no file".into(),
                raw.range.clone(),
                "write `file=\"...\"`",
            );
            return None;
        };
        let range = named.range.clone();
        let path = paths::resolve(&self.folder, &named.value);
        let path = match self.files.or_beside(path, &named.value, file) {
            Ok(path) => path,
            Err(reason) => {
                let message = format!("`{}` cannot be included: {reason}", named.value);
                let help = "name a folder around all files of the robot by `--root DIR`, or put \
                            the file beside the main file, and name it from there";
                self.refuse(file, message, range, help);
                let beyond = paths::beyond(&self.folder, &named.value);
                self.files.outside.extend(beyond);
                return None;
            }
        };
        if self.open.contains(&path) {
            let message = format!("`{}` includes itself", named.value);
            self.refuse(file, message, range, "remove this include");
            return None;
        }
        if !self.seen.insert(path.clone()) {
            let message = format!("`{}` is included twice", named.value);
            self.refuse(file, message, range, "remove one of the two includes");
            return None;
        }
        self.open.push(path.clone());
        let added = self.add_file(&path, Some(Span::new(file, range)), Some(parent));
        self.open.pop();
        added
    }

    fn refuse(&mut self, file: FileId, message: String, range: Range<usize>, help: &str) {
        let label = Label::new(Span::new(file, range), "");
        let error = Diagnostic::error(DiagnosticCode::IMPORT_INCLUDE, message);
        self.files.found.push(error.primary(label).help(help));
    }

    fn depth(&self, mut id: usize) -> usize {
        let mut depth = 1;
        while let Some(parent) = self.elements[id].parent {
            depth += 1;
            id = parent;
        }
        depth
    }
}

pub(super) fn element(raw: RawElement, parent: Option<usize>, file: FileId) -> Element {
    let attributes = raw.attributes.into_iter().map(|attribute| Attribute {
        name: attribute.name,
        value: attribute.value,
        span: Span::new(file, attribute.range),
    });
    Element {
        tag: raw.tag,
        attributes: attributes.collect(),
        children: Vec::new(),
        parent,
        text: raw.text,
        span: Span::new(file, raw.range),
        order: None,
    }
}

fn diagnostic(error: Malformed, file: FileId, text: &str) -> Diagnostic {
    let Malformed { at, reason, help, other, exceeds } = error;
    let (code, message) = if exceeds {
        (DiagnosticCode::LIMIT_EXCEEDED, reason)
    } else if text.trim().is_empty() {
        (DiagnosticCode::MALFORMED_XML, "the file is empty".to_owned())
    } else {
        (DiagnosticCode::MALFORMED_XML, format!("this is not well-formed XML: {reason}"))
    };
    let help = if text.trim().is_empty() {
        "an MJCF file starts with `<mujoco>`, a URDF file with `<robot>`"
    } else {
        help
    };
    let mut found =
        Diagnostic::error(code, message).primary(Label::new(Span::new(file, at), "")).help(help);
    let other = other.map(|(range, what)| Label::new(Span::new(file, range), what));
    found.secondary.extend(other);
    found
}
