//! Links and joints as a tree.

use std::collections::{BTreeMap, BTreeSet};

use randori_core::diagnostic::{DiagnosticCode, Label};

use crate::geometry::{self, Pose};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// The link that requires no declaration.
const WORLD: &str = "world";

/// A joint with its links, before its conversion.
#[derive(Debug, Clone)]
pub(super) struct Edge<'t> {
    pub(super) node: Node<'t>,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) parent: usize,
    pub(super) child: usize,
    pub(super) pose: Pose,
}

/// The links and joints of a file.
#[derive(Debug)]
pub(super) struct Graph<'t> {
    pub(super) links: Vec<(String, Node<'t>)>,
    pub(super) edges: Vec<Edge<'t>>,
    pub(super) root: usize,
    /// Initial pose of the base, if the file has a floating joint.
    pub(super) free_from: Option<Pose>,
}

impl<'t> Graph<'t> {
    pub(super) fn read(log: &mut Log, root: Node<'t>) -> Option<Self> {
        let errors = log.errors.len();
        let mut names = Names::default();
        let mut links: Vec<(String, Node<'t>)> = Vec::new();
        let mut index: BTreeMap<&'t str, usize> = BTreeMap::new();
        for node in root.children_called("link") {
            let Some(name) = named(log, node, "link") else { continue };
            if let Some(first) = index.get(name) {
                duplicate(log, node, links[*first].1, "link", name);
                continue;
            }
            index.insert(name, links.len());
            links.push((names.give(name), node));
        }
        if let Some(node) = implied_world(root, &index) {
            log.note(ImportStatus::Kept, node, "link `world` is not declared: it is the world");
            index.insert(WORLD, links.len());
            links.push((names.give(WORLD), node));
        }
        let most = log.most_bodies;
        if links.len() > most {
            let message = format!("the file describes more than {most} links");
            let help = "raise the limit on bodies with `--limit bodies=N`";
            log.error(DiagnosticCode::LIMIT_EXCEEDED, root.span(), message, help);
            return None;
        }
        if links.is_empty() {
            let (code, message) = (DiagnosticCode::IMPORT_STRUCTURE, "the file describes no link");
            log.error(code, root.span(), message, "a robot has at least one `<link name=\"...\">`");
            return None;
        }
        let edges = edges(log, root, &index);
        let mut graph = Self { links, edges, root: 0, free_from: None };
        graph.root = graph.find_root(log)?;
        (log.errors.len() == errors).then_some(graph)
    }

    /// The root link; an error unless there is exactly one, and all
    /// other links are connected to it.
    fn find_root(&self, log: &mut Log) -> Option<usize> {
        let mut carried: BTreeMap<usize, &Edge<'t>> = BTreeMap::new();
        for edge in &self.edges {
            if let Some(first) = carried.get(&edge.child) {
                let name = &self.links[edge.child].0;
                let message = format!("link `{name}` is the child of two joints");
                let code = DiagnosticCode::IMPORT_STRUCTURE;
                let help = "a link has one parent joint; close kinematic loops with `loops` in the `Robot`";
                let error = log.error(code, edge.node.span(), message, help);
                error.secondary.push(Label::new(first.node.span(), "already a child here"));
                return None;
            }
            carried.insert(edge.child, edge);
        }
        let code = DiagnosticCode::IMPORT_STRUCTURE;
        let roots: Vec<usize> =
            (0..self.links.len()).filter(|link| !carried.contains_key(link)).collect();
        match roots[..] {
            [] => {
                let message = "the joints form a cycle: every link is a child";
                let at = self.edges.first().map_or(self.links[0].1, |edge| edge.node);
                log.error(code, at.span(), message, "open the cycle at one joint");
                None
            }
            [root] => self.all_hang_on(log, root).then_some(root),
            [_, second, ..] => {
                let names = roots.iter().take(8).map(|root| format!("`{}`", self.links[*root].0));
                let names = names.collect::<Vec<String>>().join(", ");
                let message = format!("the tree has {} root links: {names}", roots.len());
                let other = &self.links[second].0;
                let help = format!(
                    "connect `{other}` by a joint, `fixed` if it does not move, or `drop` it"
                );
                log.error(code, self.links[second].1.span(), message, help);
                None
            }
        }
    }

    fn all_hang_on(&self, log: &mut Log, root: usize) -> bool {
        let mut reached = BTreeSet::from([root]);
        let mut waiting = vec![root];
        while let Some(link) = waiting.pop() {
            for edge in self.edges.iter().filter(|edge| edge.parent == link) {
                if reached.insert(edge.child) {
                    waiting.push(edge.child);
                }
            }
        }
        let lost = self.edges.iter().find(|edge| !reached.contains(&edge.child));
        if let Some(lost) = lost {
            let message = format!("joint `{}` is part of a cycle", lost.name);
            let code = DiagnosticCode::IMPORT_STRUCTURE;
            log.error(code, lost.node.span(), message, "open the cycle at one joint");
        }
        lost.is_none()
    }
}

/// The first `<parent link="world"/>`, if no link has this name. Drake reserves it for
/// the world.
fn implied_world<'t>(root: Node<'t>, index: &BTreeMap<&'t str, usize>) -> Option<Node<'t>> {
    let parents = root.children_called("joint").filter_map(|joint| joint.child("parent"));
    let mut worlds = parents.filter(|parent| parent.text("link") == Some(WORLD));
    worlds.next().filter(|_| !index.contains_key(WORLD))
}

fn edges<'t>(log: &mut Log, root: Node<'t>, index: &BTreeMap<&'t str, usize>) -> Vec<Edge<'t>> {
    const KINDS: [&str; 7] =
        ["revolute", "continuous", "prismatic", "fixed", "floating", "planar", "spherical"];
    let mut names = Names::default();
    let mut seen: BTreeMap<&str, Node<'t>> = BTreeMap::new();
    let mut edges = Vec::new();
    for node in root.children_called("joint") {
        let Some(name) = named(log, node, "joint") else { continue };
        if let Some(first) = seen.get(name) {
            duplicate(log, node, *first, "joint", name);
            continue;
        }
        seen.insert(name, node);
        let Some(kind) = node.attribute("type") else {
            let message = format!("joint `{name}` has no type");
            log.error(
                DiagnosticCode::IMPORT_VALUE,
                node.span(),
                message,
                "write `type=\"revolute\"`",
            );
            continue;
        };
        let kind = values::word(log, kind, &KINDS);
        let parent = end(log, node, name, "parent", index);
        let child = end(log, node, name, "child", index);
        let (Some(kind), Some(parent), Some(child)) = (kind, parent, child) else { continue };
        if parent == child {
            let message = format!("joint `{name}` connects a link with itself");
            log.error(DiagnosticCode::IMPORT_STRUCTURE, node.span(), message, "name two links");
            continue;
        }
        let pose = origin(log, node);
        edges.push(Edge { node, name: names.give(name), kind, parent, child, pose });
    }
    edges
}

fn end(
    log: &mut Log,
    node: Node<'_>,
    joint: &str,
    side: &str,
    index: &BTreeMap<&str, usize>,
) -> Option<usize> {
    let Some(link) = node.child(side).and_then(|end| end.attribute("link")) else {
        let message = format!("joint `{joint}` has no {side}");
        let help = format!("write `<{side} link=\"...\"/>`");
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, help);
        return None;
    };
    let found = index.get(link.value.as_str()).copied();
    if found.is_none() {
        log.unknown(link, "link", index.keys().copied());
    }
    found
}

fn named<'t>(log: &mut Log, node: Node<'t>, what: &str) -> Option<&'t str> {
    let name = node.name();
    if name.is_none() {
        let message = format!("a {what} has no name");
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, "write `name=\"...\"`");
    }
    name
}

fn duplicate(log: &mut Log, node: Node<'_>, first: Node<'_>, what: &str, name: &str) {
    let message = format!("two {what}s are called `{name}`");
    let code = DiagnosticCode::IMPORT_REFERENCE;
    let error = log.error(code, node.span(), message, "give one of the two another name");
    error.secondary.push(Label::new(first.span(), "first here"));
}

/// The pose of an element's `<origin>`.
pub(super) fn origin(log: &mut Log, node: Node<'_>) -> Pose {
    let Some(origin) = node.child("origin") else { return Pose::identity() };
    let mut three = |name: &str| -> [f64; 3] {
        let found = origin.attribute(name).filter(|found| !found.value.trim().is_empty());
        found.and_then(|found| values::exactly(log, found)).unwrap_or_default()
    };
    let (xyz, rpy) = (three("xyz"), three("rpy"));
    geometry::pose(geometry::vector(xyz), geometry::from_rpy(rpy))
}
