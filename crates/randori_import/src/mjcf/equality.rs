//! `<equality>`: loops and couplings.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{CouplingSpec, LoopKind, LoopSpec, RobotSpec};

use super::defaults::Look;
use super::links::Skeleton;
use super::model::{Joint, Model};
use super::tree::Layout;
use crate::geometry::{self, Pose, pose_spec, tidy};
use crate::log::Log;
use crate::names::Names;
use crate::report::Fate;
use crate::xml::{Attribute, Node};

/// Adds loops and couplings to the robot.
pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    layout: &Layout,
    skeleton: &Skeleton,
    robot: &mut RobotSpec,
) {
    let mut names = Names::default();
    for node in model.root.children_called("equality").flat_map(Node::children) {
        let look = model.defaults.look(log, node, None);
        if look.flag(log, "active") == Some(false) {
            log.note(Fate::Dropped, node, "an equality that is not active");
            continue;
        }
        match node.tag() {
            "connect" | "weld" => {
                let name = node.name().unwrap_or(node.tag());
                if let Some(mut closed) = closed(log, model, layout, &look) {
                    closed.name = names.give(name);
                    log.note(Fate::Kept, node, format!("loop `{}`", closed.name));
                    robot.loops.push(closed);
                }
            }
            "joint" => robot.couplings.extend(joint(log, model, skeleton, &look)),
            "tendon" => robot.couplings.extend(tendon(log, model, skeleton, &look)),
            other => {
                log.note(Fate::Dropped, node, format!("an equality of kind `{other}`")).doubt();
            }
        }
    }
    for tendon in model.root.children_called("tendon").flat_map(Node::children) {
        if tendon.tag() == "spatial" {
            log.note(Fate::Dropped, tendon, "a spatial tendon").doubt();
        }
    }
}

/// Poses of all bodies in the world, as the file draws them.
fn drawn(model: &Model<'_>) -> Vec<Pose> {
    let mut poses: Vec<Pose> = Vec::with_capacity(model.bodies.len());
    for (index, body) in model.bodies.iter().enumerate() {
        let outer = if index == 0 { Pose::identity() } else { poses[body.parent] };
        poses.push(outer * body.pose);
    }
    poses
}

fn closed(log: &mut Log, model: &Model<'_>, layout: &Layout, look: &Look<'_>) -> Option<LoopSpec> {
    let node = look.node();
    let world_from = drawn(model);
    let is_weld = node.tag() == "weld";
    let (first, second, a_from, b_from) = if node.attribute("site1").is_some() {
        let (one, pose_one) = site(log, model, node, "site1")?;
        let (other, pose_other) = site(log, model, node, "site2")?;
        (one, other, pose_one, pose_other)
    } else {
        let first = body(log, model, node, "body1")?;
        let second = match node.attribute("body2") {
            Some(_) => body(log, model, node, "body2")?,
            None => 0,
        };
        let second_from_first = world_from[second].inverse() * world_from[first];
        if is_weld {
            // A quaternion of zeros stands for the drawn pose.
            let given = look.exactly::<7>(log, "relpose").and_then(|[x, y, z, a, b, c, d]| {
                let turn = geometry::from_wxyz([a, b, c, d])?;
                Some(geometry::pose(geometry::Vector::new(x, y, z), turn))
            });
            (first, second, given.unwrap_or_else(|| second_from_first.inverse()), Pose::identity())
        } else {
            let anchor = look.exactly::<3>(log, "anchor").unwrap_or_default();
            let anchor = geometry::translation(geometry::vector(anchor));
            (first, second, anchor, second_from_first * anchor)
        }
    };
    let (Some(a), Some(b)) = (layout.place(first), layout.place(second)) else {
        let what = format!("a {} to something outside the robot", node.tag());
        log.note(Fate::Dropped, node, what).doubt();
        return None;
    };
    if a.link == b.link {
        return None;
    }
    Some(LoopSpec {
        name: String::new(),
        kind: if is_weld { LoopKind::Fixed } else { LoopKind::Spherical },
        link_a: a.link.clone(),
        pose_a: pose_spec(&(a.link_from_body * a_from)),
        link_b: b.link.clone(),
        pose_b: pose_spec(&(b.link_from_body * b_from)),
    })
}

fn body(log: &mut Log, model: &Model<'_>, node: Node<'_>, side: &str) -> Option<usize> {
    let named = reference(log, node, side)?;
    let found = model.body(&named.value);
    if found.is_none() {
        log.unknown(named, "body", model.bodies.iter().filter_map(|body| body.name));
    }
    found
}

fn site(log: &mut Log, model: &Model<'_>, node: Node<'_>, side: &str) -> Option<(usize, Pose)> {
    let named = reference(log, node, side)?;
    let found = model.site(&named.value);
    if found.is_none() {
        let sites = model.bodies.iter().flat_map(|body| &body.sites);
        log.unknown(named, "site", sites.filter_map(|(node, _)| node.name()));
    }
    found
}

fn reference<'t>(log: &mut Log, node: Node<'t>, name: &str) -> Option<&'t Attribute> {
    let found = node.attribute(name);
    if found.is_none() {
        let message = format!("a {} has no `{name}`", node.tag());
        let help = format!("write `{name}=\"...\"`");
        log.error(DiagnosticCode::IMPORT_REFERENCE, node.span(), message, help);
    }
    found
}

/// A joint by an attribute, with its name in the robot.
fn end<'m, 't>(
    log: &mut Log,
    model: &'m Model<'t>,
    skeleton: &'m Skeleton,
    named: &Attribute,
) -> Option<(&'m Joint<'t>, &'m String)> {
    let Some(place) = model.joint(&named.value) else {
        log.unknown(named, "joint", model.joint_names());
        return None;
    };
    Some((&model.bodies[place.0].joints[place.1], skeleton.joint_names.get(&place)?))
}

/// `q1 - ref1 = p0 + p1 (q2 - ref2)`; higher powers cannot be expressed.
fn joint(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    look: &Look<'_>,
) -> Option<CouplingSpec> {
    let node = look.node();
    let first = reference(log, node, "joint1")?;
    let [p0, p1, higher @ ..] = look.at_most(log, "polycoef", [0.0, 1.0, 0.0, 0.0, 0.0]);
    let Some(second) = node.attribute("joint2").filter(|_| p1 != 0.0) else {
        log.note(Fate::Dropped, node, "an equality that holds one joint still").doubt();
        return None;
    };
    if higher.iter().any(|power| *power != 0.0) {
        log.note(Fate::Approximated, node, "a coupling by a polynomial: its linear part").doubt();
    }
    let (first, follower) = end(log, model, skeleton, first)?;
    let (second, leader) = end(log, model, skeleton, second)?;
    let offset = tidy(first.reference + p0 - p1 * second.reference);
    log.note(Fate::Kept, node, format!("joint `{follower}` follows `{leader}`"));
    Some(CouplingSpec {
        follower: follower.clone(),
        leader: leader.clone(),
        ratio: tidy(p1),
        offset,
    })
}

/// The length of a fixed tendon over two joints stays what it is.
fn tendon(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    look: &Look<'_>,
) -> Option<CouplingSpec> {
    let node = look.node();
    let named = reference(log, node, "tendon1")?;
    let Some(tendon) = super::tendons::find(model, &named.value) else {
        log.unknown(named, "tendon", super::tendons::names(model));
        return None;
    };
    let terms = super::tendons::terms(log, model, tendon)?;
    let alone = node.attribute("tendon2").is_none();
    let [(one, c1), (other, c2)] = terms[..] else {
        log.note(Fate::Dropped, node, "an equality of tendons").doubt();
        return None;
    };
    let names = (skeleton.joint_names.get(&one), skeleton.joint_names.get(&other));
    let (Some(follower), Some(leader), true) = (names.0, names.1, alone && c1 != 0.0) else {
        log.note(Fate::Dropped, node, "an equality of tendons").doubt();
        return None;
    };
    let [p0, ..] = look.at_most(log, "polycoef", [0.0, 1.0, 0.0, 0.0, 0.0]);
    let at = |(body, joint): (usize, usize)| model.bodies[body].joints[joint].reference;
    let length = c1 * at(one) + c2 * at(other) + p0;
    log.note(Fate::Kept, node, format!("joint `{follower}` follows `{leader}`"));
    let (follower, leader) = (follower.clone(), leader.clone());
    Some(CouplingSpec { follower, leader, ratio: tidy(-c2 / c1), offset: tidy(length / c1) })
}
