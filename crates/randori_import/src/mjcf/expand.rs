//! Expansion of `<replicate>` and `<attach>`.
//!
//! Bodies are copied into frames, with names as in `MuJoCo`. Elements that refer to
//! replicated ones (actuators, sensors) are replicated with them. Attached models
//! keep their own settings and default classes.
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

/// Attribute of frames and assets of an attached model: the index of its settings.
/// It is not a valid XML name, so no file contains it.
pub(crate) const SCOPE: &str = " scope";

/// Maximum elements of an expanded document per allowed body of a scenario.
const ELEMENTS_PER_BODY: usize = 4;

/// Maximum nesting of attached models.
const MAX_DEPTH: usize = 8;

/// A document without `<replicate>` and `<attach>`.
#[derive(Debug)]
pub(crate) struct Expanded {
    pub(crate) tree: Tree,
    /// Settings of attached models, by the number in [`SCOPE`].
    pub(crate) scopes: Vec<Settings>,
}

/// The expanded document. Problems are added to the log.
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

/// A document during its copy.
struct Document<'t> {
    root: Node<'t>,
    settings: &'t Settings,
    /// Relative to the root of the reader.
    path: String,
    /// Prefix and suffix of its names in the result.
    prefix: String,
    suffix: String,
    is_attached: bool,
}

/// Enclosing replicates of an element.
type Chain = Vec<usize>;

/// One copy of the content of a replicate.
struct Instance {
    chain: Chain,
    /// Suffix of names, for each leading part of a chain.
    suffixes: Vec<String>,
}

/// Index of the copied bodies of a document.
#[derive(Default)]
struct Found {
    /// By kind and name, without suffixes of replicates.
    chains: BTreeMap<(Kind, String), Chain>,
    /// By kind: all names in the enclosing document, without its prefix.
    all: Vec<(Kind, String)>,
    instances: Vec<Instance>,
}

/// Position of the copy in the document.
struct Position {
    /// Target element of the copies in the result.
    below: usize,
    chain: Chain,
    /// Suffixes of the replicates of this document, for each of the chain.
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
    /// Remaining budget of elements and bytes of text.
    left: [usize; 2],
    is_full: bool,
    /// Sections of the result with copies, and true for those of attached models, which
    /// come last.
    sections: BTreeMap<(String, bool), usize>,
    /// Models with copied assets and classes, by path and prefix.
    taken: BTreeSet<(String, String)>,
    /// Paths of the models under attachment.
    open: Vec<String>,
    /// Parsed models, by path.
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
                let message = "`<replicate>` and `<attach>` expand to too many elements";
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

    /// Copies an element with its subtree.
    fn verbatim(&mut self, node: Node<'_>, below: usize) {
        self.copy(node, below, |node| node.attributes().to_vec());
    }

    /// Copies an element with its subtree, with these attributes.
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

    /// Copies the content of a body, a frame or the world. The XML reader limits nesting.
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
            // Bodies are copied many times, but indexed once.
            let (chain, suffixes) = (inner.chain.clone(), inner.suffixes.clone());
            found.instances.push(Instance { chain, suffixes });
            self.content(document, models, node, &inner, found);
            pose *= copies.step;
        }
    }
}

/// Parameters of a `<replicate>`.
struct Copies {
    count: usize,
    separator: String,
    step: Pose,
}

impl Copies {
    fn read(log: &mut Log, document: &Document<'_>, node: Node<'_>) -> Option<Self> {
        let Some(attribute) = node.attribute("count") else {
            let message = "a replicate has no `count`";
            let help = "write the number of copies: `count=\"3\"`";
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
            let message = format!("a {} cannot be replicated without a body", joint.tag());
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
