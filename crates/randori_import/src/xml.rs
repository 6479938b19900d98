//! XML documents as trees with the position of each part.
//!
//! Include files are expanded here, so that readers see one document, and every
//! diagnostic still refers to its own file.
//!
//! Start reading at [`Files::document`] and [`Tree`].

mod assembly;
mod encoding;
mod files;
mod parse;

use std::collections::{BTreeMap, BTreeSet};

use randori_core::diagnostic::{SourceMap, Span};

pub(crate) use files::Files;

/// Maximum depth and number of elements of other documents, such as meshes.
const TEXT_DEPTH: usize = 256;
const TEXT_ELEMENTS: usize = 200_000;

/// A document with its include files.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    elements: Vec<Element>,
}

/// Data of an element.
#[derive(Debug, Clone)]
struct Element {
    tag: String,
    attributes: Vec<Attribute>,
    children: Vec<usize>,
    parent: Option<usize>,
    text: String,
    span: Span,
    /// Index among the siblings with the same tag, from 1, if it has no name and is not
    /// the only one.
    order: Option<usize>,
}

/// `name="value"`.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Position of the value.
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

    /// The tree of a text without diagnostics, such as a mesh.
    ///
    /// # Errors
    /// The reason, if it is not XML.
    pub(crate) fn of_text(text: &str) -> Result<Self, String> {
        let bounds = parse::Bounds { depth: TEXT_DEPTH, elements: TEXT_ELEMENTS };
        let parsed = parse::parse(text, bounds).map_err(|error| error.reason)?;
        let file = SourceMap::default().add(String::new(), String::new());
        let elements = parsed.elements.into_iter().map(|raw| {
            let parent = raw.parent;
            assembly::element(raw, parent, file)
        });
        let mut elements: Vec<Element> = elements.collect();
        for id in 0..elements.len() {
            if let Some(parent) = elements[id].parent {
                elements[parent].children.push(id);
            }
        }
        Ok(Self::new(elements))
    }

    /// A tree of elements, each after its parent.
    fn new(mut elements: Vec<Element>) -> Self {
        let mut seen: BTreeMap<(usize, &str), (usize, usize)> = BTreeMap::new();
        let mut orders: Vec<(usize, usize)> = Vec::new();
        for (id, element) in elements.iter().enumerate() {
            let Some(parent) = element.parent else { continue };
            let (first, count) = seen.entry((parent, &element.tag)).or_insert((id, 0));
            *count += 1;
            match *count {
                1 => {}
                2 => orders.extend([(*first, 1), (id, 2)]),
                _ => orders.push((id, *count)),
            }
        }
        for (id, order) in orders {
            elements[id].order = Some(order);
        }
        Self { elements }
    }

    /// The same tree, with the indices of elements among their siblings.
    pub(crate) fn ordered(self) -> Self {
        Self::new(self.elements)
    }

    /// A tree of one element: a copy of an element without its children.
    pub(crate) fn like(node: Node<'_>) -> Self {
        let mut root = node.element().clone();
        root.children.clear();
        (root.parent, root.order) = (None, None);
        Self { elements: vec![root] }
    }

    /// Adds an element below another one, given by its index.
    pub(crate) fn push(
        &mut self,
        parent: usize,
        tag: &str,
        attributes: Vec<Attribute>,
        span: Span,
    ) -> usize {
        let id = self.elements.len();
        self.elements.push(Element {
            tag: tag.to_owned(),
            attributes,
            children: Vec::new(),
            parent: Some(parent),
            text: String::new(),
            span,
            order: None,
        });
        self.elements[parent].children.push(id);
        id
    }

    /// Removes elements from the document.
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

    /// Its index in the tree.
    pub(crate) fn id(self) -> usize {
        self.id
    }

    /// All elements of its document, in the order of the text.
    pub(crate) fn tree_nodes(self) -> impl Iterator<Item = Node<'t>> {
        self.tree.nodes()
    }

    /// All descendants, in no particular order.
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

    /// Position of the start tag.
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

    /// Text between its tags, without that of its children.
    pub(crate) fn inner_text(self) -> &'t str {
        &self.element().text
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

    /// Readable path of the element: `worldbody/body[trunk]/geom[2]`.
    pub(crate) fn path(self) -> String {
        let mut steps: Vec<String> = Vec::new();
        let mut current = Some(self);
        while let Some(node) = current {
            let parent = node.parent();
            steps.push(match (node.name(), parent, node.element().order) {
                (Some(name), Some(_), _) => format!("{}[{name}]", node.tag()),
                (None, Some(_), Some(order)) => format!("{}[{order}]", node.tag()),
                (None, Some(_), None) => node.tag().to_owned(),
                (_, None, _) => String::new(),
            });
            current = parent;
        }
        steps.pop();
        steps.reverse();
        // Deeply nested bodies are identified by their own name.
        let skip = steps.len().saturating_sub(3);
        let front = if skip > 0 { ".../" } else { "" };
        format!("{front}{}", steps[skip..].join("/"))
    }
}
