//! `<mimic>`: followers of other joints.

use std::collections::BTreeMap;

use randori_core::spec::{Coordinate, CouplingSpec, PoseSpec, RobotSpec};

use super::{Edge, Graph};
use crate::couplings::Leaders;
use crate::geometry::{self, Vector, pose_spec, spec_axis, spec_pose, tidy};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// A `<mimic>`: coordinate = ratio * coordinate of the leader + offset.
#[derive(Debug, Clone, Copy)]
struct Mimic<'t> {
    node: Node<'t>,
    /// Indices of the follower and of the leader among the edges.
    follower: usize,
    leader: usize,
    ratio: f64,
    offset: f64,
}

/// Adds a coupling for each follower. Followers of followers are coupled to the first
/// leader of the chain.
pub(super) fn build(log: &mut Log, graph: &Graph<'_>, robot: &mut RobotSpec) {
    let mut mimics: BTreeMap<usize, Mimic<'_>> = BTreeMap::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let mimic = edge.node.child("mimic");
        if let Some(mimic) = mimic.and_then(|node| read(log, graph, index, edge, node)) {
            mimics.insert(index, mimic);
        }
    }
    for mimic in mimics.values() {
        if let Some(root) = leader_of_all(log, graph, &mimics, mimic) {
            couple(log, graph, robot, mimic, root);
        }
    }
}

fn read<'t>(
    log: &mut Log,
    graph: &Graph<'t>,
    follower: usize,
    edge: &Edge<'t>,
    node: Node<'t>,
) -> Option<Mimic<'t>> {
    let name = &edge.name;
    let mut number = |word: &str, default: f64| -> f64 {
        node.attribute(word).and_then(|found| values::number(log, found)).unwrap_or(default)
    };
    let (ratio, offset) = (number("multiplier", 1.0), number("offset", 0.0));
    let Some(named) = node.text("joint") else {
        let what = format!("joint `{name}` mimics no joint: it moves independently");
        log.note(ImportStatus::Dropped, node, what).advise("write `joint=\"...\"`").doubt();
        return None;
    };
    let leader = graph.edges.iter().position(|other| other.node.name() == Some(named));
    let Some(leader) = leader else {
        let what = format!(
            "joint `{name}` mimics `{named}`, which does not exist: it moves independently"
        );
        log.note(ImportStatus::Dropped, node, what).advise("correct the name of the joint").doubt();
        return None;
    };
    Some(Mimic { node, follower, leader, ratio, offset })
}

/// The first leader of a chain of mimics, and the coupling to it; `None` for a cycle.
fn leader_of_all(
    log: &mut Log,
    graph: &Graph<'_>,
    mimics: &BTreeMap<usize, Mimic<'_>>,
    first: &Mimic<'_>,
) -> Option<(usize, f64, f64)> {
    let (mut at, mut ratio, mut offset) = (first.leader, first.ratio, first.offset);
    for _ in 0..=mimics.len() {
        if at == first.follower {
            let name = &graph.edges[first.follower].name;
            let by = &graph.edges[first.leader].name;
            let what = if first.leader == first.follower {
                format!("joint `{name}` mimics itself: it moves independently")
            } else {
                format!("joint `{name}` mimics itself through `{by}`: it moves independently")
            };
            log.note(ImportStatus::Dropped, first.node, what)
                .advise("name the leading joint")
                .doubt();
            return None;
        }
        let Some(next) = mimics.get(&at) else { return Some((at, ratio, offset)) };
        (ratio, offset) = (ratio * next.ratio, offset + ratio * next.offset);
        at = next.leader;
    }
    // It leads into a cycle of other joints, which move independently.
    Some((first.leader, first.ratio, first.offset))
}

fn couple(
    log: &mut Log,
    graph: &Graph<'_>,
    robot: &mut RobotSpec,
    mimic: &Mimic<'_>,
    (leader, ratio, offset): (usize, f64, f64),
) {
    let (follower, direct) = (&graph.edges[mimic.follower].name, &graph.edges[mimic.leader].name);
    let leader = &graph.edges[leader].name;
    let dofs = |name: &str| {
        let joint = robot.joints.iter().find(|joint| joint.name == name);
        joint.map_or(0, |joint| joint.kind.dofs())
    };
    let (of_follower, of_leader) = (dofs(follower), dofs(leader));
    if of_follower != 1 || (of_leader != 1 && ratio != 0.0) {
        let what = format!(
            "joint `{follower}` follows `{leader}`, but one of them is fixed or moves in several ways"
        );
        log.note(ImportStatus::Dropped, mimic.node, what);
        return;
    }
    let (ratio, offset) = (tidy(ratio), tidy(offset));
    if ratio == 0.0 {
        let what =
            format!("joint `{follower}` mimics `{direct}` by the factor 0: fixed at {offset}");
        log.note(ImportStatus::Approximated, mimic.node, what).doubt();
        fix(robot, follower, offset);
        return;
    }
    let way = if direct == leader { String::new() } else { format!(", through `{direct}`") };
    log.note(ImportStatus::Kept, mimic.node, format!("joint `{follower}` follows `{leader}`{way}"));
    let (follower, leader) = (follower.clone(), leader.clone());
    robot.couplings.push(CouplingSpec { follower, leader, ratio, offset });
}

/// Fixes a joint at a coordinate.
fn fix(robot: &mut RobotSpec, name: &str, at: f64) {
    let Some(joint) = robot.joints.iter_mut().find(|joint| joint.name == name) else { return };
    let axis = spec_axis(joint.axis);
    let moved = if joint.kind.is_prismatic() {
        geometry::translation(axis * at)
    } else {
        geometry::pose(Vector::zeros(), geometry::about(axis, at))
    };
    let fixed: PoseSpec = pose_spec(&(spec_pose(&joint.pose) * moved));
    let (parent, child) = (joint.parent.clone(), joint.child.clone());
    *joint = crate::mjcf::fixed(name.to_owned(), parent, child, fixed);
}

/// Coordinates of the pose with all joints at zero, or as near as their limits and
/// those of their followers allow; zeros are left out. `wished` are initial coordinates
/// of the file.
pub(super) fn rest(
    robot: &RobotSpec,
    wished: &BTreeMap<String, f64>,
) -> BTreeMap<String, Coordinate> {
    let mut at: BTreeMap<&str, f64> = BTreeMap::new();
    let narrowed = Leaders::new(&robot.couplings).narrowed(&robot.joints);
    for joint in robot.joints.iter().filter(|joint| joint.kind.dofs() == 1) {
        let own = joint.kind.limits_si().unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let narrow = narrowed.get(joint.name.as_str()).map(|narrowed| narrowed.range);
        // Contradictory limits allow no better coordinate.
        let (lower, upper) = narrow.filter(|(lower, upper)| lower <= upper).unwrap_or(own);
        let wish = wished.get(&joint.name).copied().unwrap_or(0.0);
        at.insert(&joint.name, tidy(wish.clamp(lower, upper)));
    }
    for pair in &robot.couplings {
        let leader = at.get(pair.leader.as_str()).copied().unwrap_or(0.0);
        at.insert(&pair.follower, tidy(pair.ratio * leader + pair.offset));
    }
    let mut pose = BTreeMap::new();
    for joint in &robot.joints {
        let Some(value) = at.get(joint.name.as_str()).copied().filter(|value| *value != 0.0) else {
            continue;
        };
        // Rounding must not put a follower beyond its own limit.
        let (lower, upper) = joint.kind.limits_si().unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        let value = value.clamp(lower, upper);
        let is_slide = joint.kind.is_prismatic();
        let value = if is_slide { Coordinate::M(value) } else { Coordinate::Rad(value) };
        pose.insert(joint.name.clone(), value);
    }
    pose
}
