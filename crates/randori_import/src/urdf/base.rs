//! The base: its link and mobility.

use std::collections::BTreeSet;

use randori_core::spec::{Base, LinkSpec};

use super::Graph;
use super::links::absorb;
use crate::geometry::Pose;
use crate::log::Log;
use crate::report::ImportStatus;

/// Names of links that represent the world.
const WORLDS: [&str; 6] = ["world", "map", "ground", "universe", "world_link", "ground_link"];

/// Determines the base: a root without mass becomes part of a link that is fixed to
/// it, and a floating link below such a root is the base. Removed links are added to
/// `gone`.
pub(super) fn settle(
    log: &mut Log,
    graph: &mut Graph<'_>,
    specs: &mut [LinkSpec],
    gone: &mut BTreeSet<usize>,
) {
    while specs[graph.root].mass_kg == 0.0 {
        let root = graph.root;
        let below: Vec<usize> =
            (0..graph.edges.len()).filter(|edge| graph.edges[*edge].parent == root).collect();
        let floats = below.len() == 1
            && graph.edges[below[0]].kind == "floating"
            && specs[root].shapes.is_empty();
        if !floats && is_world(graph, specs) {
            break;
        }
        let fixed = below.iter().copied().filter(|edge| graph.edges[*edge].kind == "fixed");
        let heaviest = fixed.max_by(|one, other| {
            let mass = |edge: usize| specs[graph.edges[edge].child].mass_kg;
            // The first one of equal masses.
            mass(*one).total_cmp(&mass(*other)).then(other.cmp(one))
        });
        let chosen = if floats { Some(below[0]) } else { heaviest };
        let Some(at) = chosen else { break };
        let edge = graph.edges.remove(at);
        let base_from_root = edge.pose.inverse();
        if floats {
            specs[root].visuals.clear();
        }
        absorb(specs, root, edge.child, &base_from_root);
        for other in graph.edges.iter_mut().filter(|other| other.parent == root) {
            other.parent = edge.child;
            other.pose = base_from_root * other.pose;
        }
        let (frame, child) = (specs[root].name.clone(), specs[edge.child].name.clone());
        if floats {
            let joint = &edge.name;
            let what = format!(
                "joint `{joint}`: the base `{child}` is floating, and starts at the pose of the joint"
            );
            log.note(ImportStatus::Kept, edge.node, what);
        } else {
            let what = format!("link `{frame}` without mass: the base is `{child}`");
            log.note(ImportStatus::Approximated, graph.links[root].1, what);
        }
        if floats || graph.free_from.is_some() {
            let before = graph.free_from.unwrap_or_else(Pose::identity);
            graph.free_from = Some(before * edge.pose);
        }
        gone.insert(root);
        graph.root = edge.child;
    }
}

/// True if the root represents the world.
fn is_world(graph: &Graph<'_>, specs: &[LinkSpec]) -> bool {
    let name = specs[graph.root].name.to_ascii_lowercase();
    graph.free_from.is_none() && WORLDS.contains(&name.as_str())
}

/// True for a floating base, guessed from the structure if the file does not define it.
pub(super) fn decide(log: &mut Log, graph: &Graph<'_>, specs: &[LinkSpec]) -> Base {
    let (link, node) = (specs[graph.root].name.clone(), graph.links[graph.root].1);
    let has_mass = specs[graph.root].mass_kg > 0.0;
    if is_world(graph, specs) {
        log.note(
            ImportStatus::Kept,
            node,
            format!("link `{link}`: the base is fixed to the world"),
        );
        return Base::Fixed { link };
    }
    let limbs = limbs(graph);
    let is_freed = graph.free_from.is_some();
    // A single arm without mass at its base is fixed anyway.
    if !has_mass && limbs != 1 && !(is_freed && limbs == 0) {
        let what =
            format!("the base `{link}` has no mass, so it cannot float: it is fixed to the world");
        let entry = log.note(ImportStatus::Guessed, node, what);
        entry.advise(format!(
            "give it a mass and write `base: Floating(link: \"{link}\")` if it is floating"
        ));
        entry.is_doubtful = is_freed;
        return Base::Fixed { link };
    }
    if is_freed && (has_mass || limbs == 0) {
        return Base::Floating { link };
    }
    let is_floating = limbs != 1;
    let what = if is_floating {
        format!("the base `{link}` is floating: it has {limbs} limbs")
    } else {
        format!("the base `{link}` is fixed to the world: the robot is a single arm")
    };
    let other = if is_floating { "Fixed" } else { "Floating" };
    log.note(ImportStatus::Guessed, node, what)
        .advise(format!("write `base: {other}(link: \"{link}\")` in the `Robot` if it is not"));
    if is_floating { Base::Floating { link } } else { Base::Fixed { link } }
}

/// Number of chains of joints at the base and the links fixed to it.
fn limbs(graph: &Graph<'_>) -> usize {
    let mut fixed = vec![graph.root];
    let mut limbs = 0;
    while let Some(link) = fixed.pop() {
        for edge in graph.edges.iter().filter(|edge| edge.parent == link) {
            if edge.kind == "fixed" {
                fixed.push(edge.child);
            } else {
                limbs += 1;
            }
        }
    }
    limbs
}
