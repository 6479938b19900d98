//! XML texts as one tree that knows where each of its parts is written.
//!
//! Include files are put in place here, so that whoever reads the tree sees one
//! document, and every finding still points into the file that it is about.
//! Document type declarations are refused: nothing expands.

use std::collections::BTreeSet;
use std::sync::Arc;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, FileId, Label, SourceMap, Span};
use randori_core::text::{FileReader, Limits};

use crate::paths;

/// Elements may be nested this many times deeper than brackets in scenario text.
const NESTING_PER_BRACKET: usize = 8;

/// A document with its include files.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    elements: Vec<Element>,
}

/// An element's own data.
#[derive(Debug, Clone)]
struct Element {
    tag: String,
    attributes: Vec<Attribute>,
    children: Vec<usize>,
    parent: Option<usize>,
    span: Span,
}

/// `name="value"`.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Place of the value.
    pub(crate) span: Span,
}

/// An element of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    tree: &'t Tree,
    id: usize,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.tree, other.tree)
    }
}

impl Tree {
    pub(crate) fn root(&self) -> Node<'_> {
        Node { tree: self, id: 0 }
    }

    /// All elements, the root first.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.elements.len()).map(|id| Node { tree: self, id })
    }

    /// Takes elements out of the document.
    pub(crate) fn remove(&mut self, gone: &BTreeSet<usize>) {
        for element in &mut self.elements {
            element.children.retain(|child| !gone.contains(child));
        }
    }
}

impl<'t> Node<'t> {
    fn element(self) -> &'t Element {
        &self.tree.elements[self.id]
    }

    /// Its place in the tree.
    pub(crate) fn id(self) -> usize {
        self.id
    }

    /// Everything inside, in no particular order.
    pub(crate) fn all_below(self) -> impl Iterator<Item = Node<'t>> {
        let mut waiting: Vec<Node<'t>> = self.children().collect();
        std::iter::from_fn(move || {
            let node = waiting.pop()?;
            waiting.extend(node.children());
            Some(node)
        })
    }

    pub(crate) fn tag(self) -> &'t str {
        &self.element().tag
    }

    /// Place of the start tag.
    pub(crate) fn span(self) -> Span {
        self.element().span
    }

    pub(crate) fn attributes(self) -> &'t [Attribute] {
        &self.element().attributes
    }

    pub(crate) fn attribute(self, name: &str) -> Option<&'t Attribute> {
        self.attributes().iter().find(|attribute| attribute.name == name)
    }

    pub(crate) fn text(self, name: &str) -> Option<&'t str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }

    pub(crate) fn name(self) -> Option<&'t str> {
        self.text("name").filter(|name| !name.is_empty())
    }

    pub(crate) fn children(self) -> impl Iterator<Item = Node<'t>> {
        let tree = self.tree;
        self.element().children.iter().map(move |&id| Node { tree, id })
    }

    pub(crate) fn children_called(self, tag: &'t str) -> impl Iterator<Item = Node<'t>> {
        self.children().filter(move |child| child.tag() == tag)
    }

    pub(crate) fn child(self, tag: &str) -> Option<Node<'t>> {
        self.children().find(|child| child.tag() == tag)
    }

    pub(crate) fn parent(self) -> Option<Node<'t>> {
        self.element().parent.map(|id| Node { tree: self.tree, id })
    }

    /// Where the element is, for people: `worldbody/body[trunk]/geom[2]`.
    pub(crate) fn path(self) -> String {
        let mut steps: Vec<String> = Vec::new();
        let mut current = Some(self);
        while let Some(node) = current {
            let parent = node.parent();
            steps.push(match (node.name(), parent) {
                (Some(name), Some(_)) => format!("{}[{name}]", node.tag()),
                (None, Some(parent)) => {
                    let same: Vec<Self> = parent.children_called(node.tag()).collect();
                    let place = same.iter().position(|other| *other == node).unwrap_or(0);
                    let alone = same.len() == 1;
                    if alone { node.tag().into() } else { format!("{}[{}]", node.tag(), place + 1) }
                }
                (_, None) => String::new(),
            });
            current = parent;
        }
        steps.pop();
        steps.reverse();
        // Bodies deep in a tree are found by their own name.
        let skip = steps.len().saturating_sub(3);
        let front = if skip > 0 { ".../" } else { "" };
        format!("{front}{}", steps[skip..].join("/"))
    }
}

/// What the documents of one import are read with, and what was found.
pub(crate) struct Files<'f> {
    pub(crate) reader: &'f dyn FileReader,
    pub(crate) limits: &'f Limits,
    pub(crate) sources: &'f mut SourceMap,
    pub(crate) found: Vec<Diagnostic>,
    /// Where the import is named, if it is.
    pub(crate) named_at: Option<Span>,
    total_bytes: usize,
    count: usize,
    main: String,
}

impl<'f> Files<'f> {
    pub(crate) fn new(
        reader: &'f dyn FileReader,
        limits: &'f Limits,
        sources: &'f mut SourceMap,
        named_at: Option<Span>,
    ) -> Self {
        let (found, main) = (Vec::new(), String::new());
        Self { reader, limits, sources, found, named_at, total_bytes: 0, count: 0, main }
    }

    /// Path of the document from the root of the reader.
    pub(crate) fn main(&self) -> &str {
        &self.main
    }

    /// What the user calls the document.
    pub(crate) fn shown_main(&self) -> String {
        self.reader.shown(&self.main)
    }

    /// The document at `path` with its include files; `None` with a finding.
    pub(crate) fn document(&mut self, path: &str) -> Option<Tree> {
        path.clone_into(&mut self.main);
        let mut assembly = Assembly {
            folder: paths::folder(path).to_owned(),
            files: self,
            elements: Vec::new(),
            open: vec![path.to_owned()],
            seen: BTreeSet::from([path.to_owned()]),
        };
        let at = assembly.files.named_at;
        assembly.add_file(path, at, None)?;
        let elements = assembly.elements;
        (!elements.is_empty()).then_some(Tree { elements })
    }

    /// The bytes of a file that is no text, or why there are none.
    pub(crate) fn bytes(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.count += 1;
        let bytes = self.reader.read_bytes(path).map_err(|error| error.to_string())?;
        // A mesh is many times the text that stands for it.
        let limit = self.limits.file_bytes.saturating_mul(16);
        if bytes.len() > limit {
            return Err(format!("it is larger than {limit} bytes"));
        }
        Ok(bytes)
    }

    fn text(&mut self, path: &str, at: Option<Span>) -> Option<(FileId, Arc<str>)> {
        match self.read(path) {
            Ok(text) => {
                let text: Arc<str> = text.into();
                Some((self.sources.add(self.reader.shown(path), Arc::clone(&text)), text))
            }
            Err(mut error) => {
                error.primary = at.map(|place| Label::new(place, "named here"));
                self.found.push(*error);
                None
            }
        }
    }

    fn read(&mut self, path: &str) -> Result<String, Box<Diagnostic>> {
        let shown = self.reader.shown(path);
        let exceeded = |message: String, name: &str| {
            Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                .help(format!("raise the limit with `--limit {name}=N`"))
        };
        self.count += 1;
        if self.count > self.limits.files {
            let message = format!("the import needs more than {} files", self.limits.files);
            return Err(exceeded(message, "files").into());
        }
        let text = self.reader.read(path).map_err(|error| {
            let message = format!("`{shown}` cannot be read: {error}");
            Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message)
                .help("check the path; paths of include files start at the folder of the main file")
        })?;
        self.total_bytes += text.len();
        let limits = [
            (text.len(), self.limits.file_bytes, "file_bytes"),
            (self.total_bytes, self.limits.total_bytes, "total_bytes"),
        ];
        for (size, limit, name) in limits {
            if size > limit {
                let message =
                    format!("`{shown}`, or all files together, are larger than {limit} bytes");
                return Err(exceeded(message, name).into());
            }
        }
        Ok(text)
    }
}

/// A tree that is being put together.
struct Assembly<'a, 'f> {
    files: &'a mut Files<'f>,
    /// Folder of the main file, from which include files are named.
    folder: String,
    elements: Vec<Element>,
    /// The files that are being read, outermost first.
    open: Vec<String>,
    seen: BTreeSet<String>,
}

impl Assembly<'_, '_> {
    /// Adds the root of a file, or, below an element that includes it, the
    /// root's children.
    fn add_file(&mut self, path: &str, at: Option<Span>, below: Option<usize>) -> Option<()> {
        let (file, text) = self.files.text(path, at)?;
        let parsed = match roxmltree::Document::parse(&text) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.files.found.push(malformed(&error, file, &text));
                return None;
            }
        };
        let most = self.files.limits.nesting.saturating_mul(NESTING_PER_BRACKET);
        let depth_below = below.map_or(0, |id| self.depth(id));
        let root = parsed.root_element();
        // Elements that wait for their turn, with their parent and depth; the
        // last one is next.
        let mut waiting = match below {
            None => vec![(root, None, 1)],
            Some(id) => reversed(root, Some(id), depth_below + 1),
        };
        while let Some((node, parent, depth)) = waiting.pop() {
            if depth > most {
                let message = format!("elements are nested more than {most} deep");
                self.files.found.push(
                    Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                        .primary(Label::new(start_tag(node, file, &text), "too deep"))
                        .help("raise the limit on nested brackets with `--limit nesting=N`"),
                );
                return None;
            }
            if node.tag_name().name() == "include" && below.or(parent).is_some() {
                self.include(node, file, parent?)?;
                continue;
            }
            let id = self.elements.len();
            self.elements.push(element(node, parent, file, &text));
            if let Some(parent) = parent {
                self.elements[parent].children.push(id);
            }
            waiting.extend(reversed(node, Some(id), depth + 1));
        }
        Some(())
    }

    fn include(
        &mut self,
        node: roxmltree::Node<'_, '_>,
        file: FileId,
        parent: usize,
    ) -> Option<()> {
        let code = DiagnosticCode::IMPORT_INCLUDE;
        let mut refuse = |message: String, range, help: &str| {
            let label = Label::new(Span::new(file, range), "");
            self.files.found.push(Diagnostic::error(code, message).primary(label).help(help));
        };
        let Some(named) = node.attributes().find(|attribute| attribute.name() == "file") else {
            refuse("an include names no file".into(), node.range(), "write `file=\"...\"`");
            return None;
        };
        let range = named.range();
        let path = match paths::resolve(&self.folder, named.value()) {
            Ok(path) => path,
            Err(reason) => {
                let message = format!("`{}` cannot be included: {reason}", named.value());
                refuse(message, range, "put the file beside the main file, and name it from there");
                return None;
            }
        };
        if self.open.contains(&path) {
            let message = format!("`{}` includes itself", named.value());
            refuse(message, range, "remove this include");
            return None;
        }
        if !self.seen.insert(path.clone()) {
            let message = format!("`{}` is included twice", named.value());
            refuse(message, range, "remove one of the two includes");
            return None;
        }
        self.open.push(path.clone());
        let added = self.add_file(&path, Some(Span::new(file, range)), Some(parent));
        self.open.pop();
        added
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

type Waiting<'x, 'i> = (roxmltree::Node<'x, 'i>, Option<usize>, usize);

fn reversed<'x, 'i>(
    node: roxmltree::Node<'x, 'i>,
    parent: Option<usize>,
    depth: usize,
) -> Vec<Waiting<'x, 'i>> {
    let mut children: Vec<Waiting<'x, 'i>> = node
        .children()
        .filter(roxmltree::Node::is_element)
        .map(|child| (child, parent, depth))
        .collect();
    children.reverse();
    children
}

fn element(
    node: roxmltree::Node<'_, '_>,
    parent: Option<usize>,
    file: FileId,
    text: &str,
) -> Element {
    let attributes = node
        .attributes()
        .map(|attribute| Attribute {
            name: attribute.name().to_owned(),
            value: attribute.value().to_owned(),
            span: Span::new(file, attribute.range()),
        })
        .collect();
    Element {
        tag: node.tag_name().name().to_owned(),
        attributes,
        children: Vec::new(),
        parent,
        span: start_tag(node, file, text),
    }
}

/// The place of `<tag ...>`: the first line of it, if it has several.
fn start_tag(node: roxmltree::Node<'_, '_>, file: FileId, text: &str) -> Span {
    let range = node.range();
    let inside = &text[range.clone()];
    let length = inside
        .find(['\n', '>'])
        .map_or(inside.len(), |end| end + usize::from(inside.as_bytes()[end] == b'>'));
    Span::new(file, range.start..range.start + length)
}

fn malformed(error: &roxmltree::Error, file: FileId, text: &str) -> Diagnostic {
    let position = error.pos();
    let line_start: usize = text
        .split_inclusive('\n')
        .take(position.row.saturating_sub(1) as usize)
        .map(str::len)
        .sum();
    let column: usize = text[line_start.min(text.len())..]
        .chars()
        .take(position.col.saturating_sub(1) as usize)
        .map(char::len_utf8)
        .sum();
    let start = match error {
        // The end is where something is missing.
        roxmltree::Error::UnclosedRootNode => text.trim_end().len(),
        roxmltree::Error::DtdDetected => text.find("<!").unwrap_or(0),
        _ => (line_start + column).min(text.len()),
    };
    let is_declaration = matches!(error, roxmltree::Error::DtdDetected);
    let (message, help) = if is_declaration {
        ("document type declarations are not read", "remove the `<!DOCTYPE ...>`")
    } else if text.trim().is_empty() {
        ("the file is empty", "an MJCF file starts with `<mujoco>`, a URDF file with `<robot>`")
    } else {
        ("this is not well-formed XML", "check that every tag is closed, in the right order")
    };
    let said = error.to_string();
    let said = said.split(" at ").next().unwrap_or_default().to_owned();
    Diagnostic::error(DiagnosticCode::MALFORMED_XML, message)
        .primary(Label::new(Span::new(file, start..start), said))
        .help(help)
}
