//! `keep` and `drop`: selection of parts of a file.

use std::collections::BTreeSet;

use crate::xml::{Node, Tree};

/// The removed elements of a document.
#[derive(Debug, Default)]
pub(crate) struct Pruning {
    /// Indices in the tree.
    pub(crate) elements: BTreeSet<usize>,
    /// Unknown names of `keep` and `drop`.
    pub(crate) unknown: Vec<String>,
}

/// Attributes that are references.
const REFERENCES: [&str; 17] = [
    "joint",
    "jointinparent",
    "joint1",
    "joint2",
    "site",
    "site1",
    "site2",
    "body",
    "body1",
    "body2",
    "geom",
    "geom1",
    "geom2",
    "objname",
    "refname",
    "tendon1",
    "tendon",
];

/// Elements of an MJCF document that can be selected by name.
const CHOICES: [&str; 6] = ["body", "joint", "geom", "key", "composite", "flexcomp"];

/// The removed elements of an MJCF document.
pub(crate) fn mjcf(tree: &Tree, keep: &[String], drop: &[String]) -> Pruning {
    let mut pruning = Pruning { elements: BTreeSet::new(), unknown: unknown(tree, keep, drop) };
    let named = |node: &Node<'_>, list: &[String]| {
        node.name().is_some_and(|name| list.iter().any(|other| other == name))
    };
    let all: Vec<Node<'_>> = tree.nodes().collect();
    let is_choice = |node: &Node<'_>| {
        let parent = node.parent().map_or("", Node::tag);
        CHOICES.contains(&node.tag()) || matches!(parent, "actuator" | "sensor")
    };
    let chosen: BTreeSet<&str> =
        all.iter().filter(|node| is_choice(node) && named(node, keep)).map(kind).collect();
    for node in all.iter().filter(|node| is_choice(node)) {
        let around = || std::iter::successors(node.parent(), |node| node.parent());
        let is_inside = || around().any(|outer| outer.tag() == "body" && named(&outer, keep));
        let is_around =
            || node.tag() == "body" && node.all_below().any(|inner| named(&inner, keep));
        let is_wanted =
            !chosen.contains(kind(node)) || named(node, keep) || is_inside() || is_around();
        if !is_wanted || named(node, drop) {
            pruning.elements.insert(node.id());
            pruning.elements.extend(node.all_below().map(Node::id));
        }
    }
    drop_references(&all, &mut pruning);
    pruning
}

/// For each kind with a name in `keep`, only the named elements are kept.
fn kind<'t>(node: &Node<'t>) -> &'t str {
    match node.parent().map_or("", Node::tag) {
        section @ ("actuator" | "sensor") => section,
        _ => node.tag(),
    }
}

/// Removes elements that refer to removed ones.
fn drop_references(all: &[Node<'_>], pruning: &mut Pruning) {
    let gone: BTreeSet<&str> = all
        .iter()
        .filter(|node| pruning.elements.contains(&node.id()))
        .filter_map(|node| node.name())
        .collect();
    for node in all {
        let refers = |name: &&str| node.text(name).is_some_and(|value| gone.contains(value));
        let section = node.parent().map_or("", Node::tag);
        let is_list = matches!(section, "actuator" | "sensor" | "contact" | "equality" | "fixed");
        if is_list && REFERENCES.iter().any(refers) {
            pruning.elements.insert(node.id());
        }
    }
}

/// The removed elements of a URDF document.
pub(crate) fn urdf(tree: &Tree, keep: &[String], drop: &[String]) -> Pruning {
    let mut pruning = Pruning { elements: BTreeSet::new(), unknown: unknown(tree, keep, drop) };
    let root = tree.root();
    let end = |joint: &Node<'_>, side: &str| {
        joint.child(side).and_then(|end| end.text("link")).unwrap_or_default().to_owned()
    };
    let joints: Vec<(Node<'_>, String, String)> = root
        .children_called("joint")
        .map(|joint| (joint, end(&joint, "parent"), end(&joint, "child")))
        .collect();
    let is_in = |name: &str, list: &[String]| list.iter().any(|other| other == name);
    let spread = |mut links: BTreeSet<String>, down: bool| {
        loop {
            let before = links.len();
            for (_, parent, child) in &joints {
                let (from, to) = if down { (parent, child) } else { (child, parent) };
                if links.contains(from) {
                    links.insert(to.clone());
                }
            }
            if links.len() == before {
                return links;
            }
        }
    };
    let listed = |list: &[String]| -> BTreeSet<String> {
        let links = root.children_called("link").filter_map(Node::name);
        let below = joints
            .iter()
            .filter(|(joint, ..)| joint.name().is_some_and(|name| is_in(name, list)))
            .map(|(.., child)| child.clone());
        links.filter(|name| is_in(name, list)).map(str::to_owned).chain(below).collect()
    };
    let dropped = spread(listed(drop), true);
    let kept = listed(keep);
    let mut wanted = spread(kept.clone(), true);
    wanted.extend(spread(kept.clone(), false));
    let is_gone =
        |link: &str| dropped.contains(link) || (!kept.is_empty() && !wanted.contains(link));
    for node in root.children() {
        let gone = match node.tag() {
            "link" => node.name().is_some_and(&is_gone),
            "joint" => is_gone(&end(&node, "child")) || is_gone(&end(&node, "parent")),
            _ => false,
        };
        if gone {
            pruning.elements.insert(node.id());
        }
    }
    pruning
}

fn unknown(tree: &Tree, keep: &[String], drop: &[String]) -> Vec<String> {
    let names: BTreeSet<&str> = tree.nodes().filter_map(Node::name).collect();
    keep.iter().chain(drop).filter(|name| !names.contains(name.as_str())).cloned().collect()
}
