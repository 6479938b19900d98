//! `<replicate>` and `<attach>`: a document becomes one without them.
//!
//! Bodies are copied into frames, with names as `MuJoCo` gives them. What refers
//! to something that is replicated (an actuator, a sensor) is replicated with
//! it. Attached models come with their own settings and default classes.
//!
//! Start reading at [`expanded`].

mod attach;
mod names;
mod sections;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, Span};

use super::settings::Settings;
use crate::geometry::{self, Pose};
use crate::log::Log;
use crate::paths;
use crate::values;
use crate::xml::{Attribute, Files, Node, Tree};

use attach::Models;
use names::Kind;

/// Attribute of frames and assets that come from an attached model: the index of
/// the settings that they are written for. No file can spell it.
pub(crate) const SCOPE: &str = " scope";

/// Elements of an expanded document, per body that a scenario may have.
const ELEMENTS_PER_BODY: usize = 4;

/// Attached models may be nested this deep.
const MAX_DEPTH: usize = 8;

/// A document without `<replicate>` and `<attach>`.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) tree: Tree,
    /// Settings of attached models, by the number in [`SCOPE`].
    pub(crate) scopes: Vec<Settings>,
}

/// The document with everything in place that it replicates or attaches.
/// Problems are in the log.
pub(crate) fn expanded(log: &mut Log, files: &mut Files<'_>, tree: Tree) -> Expanded {
    let needs_it = |node: Node<'_>| matches!(node.tag(), "replicate" | "attach");
    if tree.root().tag() != "mujoco" || !tree.nodes().any(needs_it) {
        return Expanded { tree, scopes: Vec::new() };
    }
    let settings = Settings::read(&mut Log::default(), tree.root());
    let document = Document {
        root: tree.root(),
        settings: &settings,
        path: files.main().to_owned(),
        prefix: String::new(),
        suffix: String::new(),
        is_attached: false,
    };
    let (elements, bytes) =
        (files.limits.bodies.saturating_mul(ELEMENTS_PER_BODY), files.limits.total_bytes);
    let mut expansion = Expansion {
        log,
        files,
        out: Tree::like(tree.root()),
        scopes: Vec::new(),
        left: [elements, bytes],
        is_full: false,
        sections: BTreeMap::new(),
        taken: BTreeSet::new(),
        open: Vec::new(),
        models: BTreeMap::new(),
    };
    expansion.whole(&document);
    Expanded { tree: expansion.out.ordered(), scopes: expansion.scopes }
}

/// A document that is being copied.
struct Document<'t> {
    root: Node<'t>,
    settings: &'t Settings,
    /// From the root of the reader.
    path: String,
    /// What stands before and behind its names in the result.
    prefix: String,
    suffix: String,
    is_attached: bool,
}

/// Where something of a document lies: the replicates around it.
type Chain = Vec<usize>;

/// One copy of what a replicate holds.
struct Instance {
    chain: Chain,
    /// What stands behind names, for each length of a chain that it begins with.
    suffixes: Vec<String>,
}

/// What was found while the bodies of a document were copied.
#[derive(Default)]
struct Found {
    /// By kind and name, before replicates add to it.
    chains: BTreeMap<(Kind, String), Chain>,
    /// By kind: all names as the document around this one knows them, without
    /// its prefix.
    all: Vec<(Kind, String)>,
    instances: Vec<Instance>,
}

/// Where in the document the copy is.
struct Position {
    /// The element of the result that gets the copies.
    below: usize,
    chain: Chain,
    /// What replicates of this document add to names, for each of the chain.
    suffixes: Vec<String>,
}

impl Position {
    fn suffix(&self) -> &str {
        self.suffixes.last().map_or("", String::as_str)
    }

    fn at(&self, below: usize) -> Self {
        Self { below, chain: self.chain.clone(), suffixes: self.suffixes.clone() }
    }
}

/// The result under construction.
struct Expansion<'e, 'f> {
    log: &'e mut Log,
    files: &'e mut Files<'f>,
    out: Tree,
    scopes: Vec<Settings>,
    /// Elements and bytes of text that may be added yet.
    left: [usize; 2],
    is_full: bool,
    /// Sections of the result that hold copies, and whether these are of attached
    /// models, which come last.
    sections: BTreeMap<(String, bool), usize>,
    /// Models whose assets and classes are there, by path and prefix.
    taken: BTreeSet<(String, String)>,
    /// Paths of the models that are being attached.
    open: Vec<String>,
    /// Models that were read, by path.
    models: BTreeMap<String, Rc<attach::Model>>,
}

impl Expansion<'_, '_> {
    /// Copies the main document.
    fn whole(&mut self, document: &Document<'_>) {
        let mut found = Found::default();
        let models = self.models(document);
        for section in sections::ORDER {
            if let Some(node) = document.root.child(section) {
                self.section(document, section, node);
            }
        }
        for node in document.root.children() {
            match node.tag() {
                "worldbody" => {
                    let below = self.push(0, "worldbody", node.attributes().to_vec(), node.span());
                    let position = Position { below, chain: Vec::new(), suffixes: Vec::new() };
                    self.content(document, &models, node, &position, &mut found);
                }
                tag if sections::ORDER.contains(&tag) => {}
                _ => self.verbatim(node, 0),
            }
        }
        self.sections(document, &found);
    }

    /// Adds an element, unless there are too many.
    fn push(&mut self, below: usize, tag: &str, attributes: Vec<Attribute>, at: Span) -> usize {
        let bytes: usize =
            attributes.iter().map(|attribute| attribute.name.len() + attribute.value.len()).sum();
        let [elements, texts] = self.left;
        match (elements.checked_sub(1), texts.checked_sub(bytes)) {
            (Some(elements), Some(texts)) => self.left = [elements, texts],
            _ if self.is_full => return 0,
            _ => {
                self.is_full = true;
                let most = self.files.limits.bodies * ELEMENTS_PER_BODY;
                let message = "`<replicate>` and `<attach>` make too much of this file";
                let help = format!(
                    "at most {most} elements: lower `count`, or raise the limit with `--limit bodies=N`"
                );
                let error = Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message);
                self.log.errors.push(error.primary(Label::new(at, "here")).help(help));
                return 0;
            }
        }
        self.out.push(below, tag, attributes, at)
    }

    /// Copies an element with all that it holds.
    fn verbatim(&mut self, node: Node<'_>, below: usize) {
        self.copy(node, below, |node| node.attributes().to_vec());
    }

    /// Copies an element with all that it holds, with these attributes.
    fn copy(
        &mut self,
        node: Node<'_>,
        below: usize,
        attributes: impl Fn(Node<'_>) -> Vec<Attribute>,
    ) {
        let mut waiting = vec![(node, below)];
        while let Some((node, below)) = waiting.pop() {
            if self.is_full {
                return;
            }
            let id = self.push(below, node.tag(), attributes(node), node.span());
            let mut children: Vec<_> = node.children().map(|child| (child, id)).collect();
            children.reverse();
            waiting.extend(children);
        }
    }

    /// Copies what a body, a frame or the world holds. Nesting is limited by the
    /// reader of the text.
    fn content(
        &mut self,
        document: &Document<'_>,
        models: &Models,
        node: Node<'_>,
        position: &Position,
        found: &mut Found,
    ) {
        for child in node.children() {
            if self.is_full {
                return;
            }
            match child.tag() {
                "replicate" => self.replicate(document, models, child, position, found),
                "attach" => self.attach(document, models, child, position, found),
                _ => {
                    let below = self.element(document, child, position, found);
                    self.content(document, models, child, &position.at(below), found);
                }
            }
        }
    }

    /// Copies one element of the bodies.
    fn element(
        &mut self,
        document: &Document<'_>,
        node: Node<'_>,
        position: &Position,
        found: &mut Found,
    ) -> usize {
        if let (Some(kind), Some(name)) = (Kind::of_element(node.tag()), node.name()) {
            found.chains.entry((kind, name.to_owned())).or_insert_with(|| position.chain.clone());
            found.all.push((kind, format!("{name}{}", position.suffix())));
        }
        let attributes = document.renamed(node, position.suffix());
        self.push(position.below, node.tag(), attributes, node.span())
    }

    fn replicate(
        &mut self,
        document: &Document<'_>,
        models: &Models,
        node: Node<'_>,
        position: &Position,
        found: &mut Found,
    ) {
        let Some(copies) = Copies::read(self.log, document, node) else { return };
        let mut pose = Pose::identity();
        for number in 0..copies.count {
            if self.is_full {
                return;
            }
            let frame = frame(node, &pose, document.renamed_class(node));
            let below = self.push(position.below, "frame", frame, node.span());
            let mut inner = position.at(below);
            inner.chain.push(node.id());
            let digits = (copies.count - 1).to_string().len();
            inner.suffixes.push(format!(
                "{}{number:0digits$}{}",
                copies.separator,
                position.suffix()
            ));
            // Bodies are copied many times, but found once.
            let (chain, suffixes) = (inner.chain.clone(), inner.suffixes.clone());
            found.instances.push(Instance { chain, suffixes });
            self.content(document, models, node, &inner, found);
            pose *= copies.step;
        }
    }
}

/// What a `<replicate>` says.
struct Copies {
    count: usize,
    separator: String,
    step: Pose,
}

impl Copies {
    fn read(log: &mut Log, document: &Document<'_>, node: Node<'_>) -> Option<Self> {
        let Some(attribute) = node.attribute("count") else {
            let message = "a replicate has no `count`";
            let help = "write how often it is there: `count=\"3\"`";
            log.error(DiagnosticCode::IMPORT_VALUE, node.span(), message, help);
            return None;
        };
        let count = values::whole(log, attribute)?;
        let Ok(count) = usize::try_from(count) else {
            log.refuse(attribute, "`count` must not be negative", "write 1 or more");
            return None;
        };
        if let Some(joint) =
            node.children().find(|child| matches!(child.tag(), "joint" | "freejoint" | "inertial"))
        {
            let message = format!("a {} cannot be replicated by itself", joint.tag());
            let help = "put it into a body inside the replicate";
            log.error(DiagnosticCode::IMPORT_STRUCTURE, joint.span(), message, help);
            return None;
        }
        let look = super::defaults::Look::bare(node);
        let offset = look.exactly::<3>(log, "offset").unwrap_or_default();
        let turn = document.settings.rotation(log, &look);
        let separator = node.text("sep").unwrap_or_default().to_owned();
        Some(Self { count, separator, step: geometry::pose(geometry::vector(offset), turn) })
    }
}

/// Attributes of a frame at a pose.
fn frame(node: Node<'_>, pose: &Pose, childclass: Option<Attribute>) -> Vec<Attribute> {
    let attribute =
        |name: &str, value: String| Attribute { name: name.to_owned(), value, span: node.span() };
    let at = pose.translation.vector;
    let turn = pose.rotation.into_inner();
    let mut attributes = vec![
        attribute("pos", format!("{:?} {:?} {:?}", at.x, at.y, at.z)),
        attribute("quat", format!("{:?} {:?} {:?} {:?}", turn.w, turn.i, turn.j, turn.k)),
    ];
    attributes.extend(childclass);
    attributes
}

impl Document<'_> {
    /// The attributes of an element of the bodies, with names as in the result.
    fn renamed(&self, node: Node<'_>, suffix: &str) -> Vec<Attribute> {
        let mut attributes = node.attributes().to_vec();
        for attribute in &mut attributes {
            if attribute.value.is_empty() {
                continue;
            }
            let value = &attribute.value;
            let (prefix, behind) = (&self.prefix, &self.suffix);
            if attribute.name == "name" || Kind::of_reference(node, &attribute.name).is_some() {
                attribute.value = format!("{prefix}{value}{suffix}{behind}");
            } else if names::is_of_model(&attribute.name) {
                attribute.value = format!("{prefix}{value}");
            }
        }
        attributes
    }

    /// The attributes of an element outside of the bodies, with the names of this
    /// model's classes and assets as in the result.
    fn prefixed(&self, node: Node<'_>) -> Vec<Attribute> {
        let mut attributes = node.attributes().to_vec();
        for attribute in &mut attributes {
            if names::is_of_model(&attribute.name) && !attribute.value.is_empty() {
                attribute.value = format!("{}{}", self.prefix, attribute.value);
            }
        }
        attributes
    }

    fn renamed_class(&self, node: Node<'_>) -> Option<Attribute> {
        let mut attribute = node.attribute("childclass")?.clone();
        attribute.value = format!("{}{}", self.prefix, attribute.value);
        Some(attribute)
    }

    fn folder(&self) -> &str {
        paths::folder(&self.path)
    }
}
