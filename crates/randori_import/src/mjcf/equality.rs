//! `<equality>`: loops and couplings.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{CouplingSpec, LoopKind, LoopSpec, RobotSpec};

use super::defaults::Look;
use super::links::Skeleton;
use super::model::Model;
use super::tree::Layout;
use crate::couplings::Leaders;
use crate::geometry::{self, Pose, pose_spec, tidy};
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;
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
        if model.settings.no_equalities {
            log.note(
                ImportStatus::Dropped,
                node,
                "an equality: equalities are disabled in the file",
            );
            continue;
        }
        if look.flag(log, "active") == Some(false) {
            log.note(ImportStatus::Dropped, node, "an inactive equality");
            continue;
        }
        match node.tag() {
            "connect" | "weld" => {
                let name = node.name().unwrap_or(node.tag());
                if let Some(mut closed) = closed(log, model, layout, &look) {
                    closed.name = names.give(name);
                    log.note(ImportStatus::Kept, node, format!("loop `{}`", closed.name));
                    robot.loops.push(closed);
                }
            }
            "joint" => {
                if let Some(relation) = joint(log, model, &look) {
                    couple(log, skeleton, node, relation, &mut robot.couplings);
                }
            }
            "tendon" => {
                if let Some(relation) = tendon(log, model, &look) {
                    couple(log, skeleton, node, relation, &mut robot.couplings);
                }
            }
            other => {
                log.note(ImportStatus::Dropped, node, format!("an equality of kind `{other}`"))
                    .doubt();
            }
        }
    }
    for tendon in model.root.children_called("tendon").flat_map(Node::children) {
        if tendon.tag() == "spatial" {
            log.note(ImportStatus::Dropped, tendon, "a spatial tendon").doubt();
        }
    }
}

/// Poses of all bodies in the world, in the reference configuration.
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
            // A zero quaternion means the reference pose.
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
        let what = format!("a {} to a body outside the robot", node.tag());
        log.note(ImportStatus::Dropped, node, what).doubt();
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

/// A linear relation of coordinates: the sum of `shares` times joints (body,
/// index in it) is `total`.
#[derive(Debug)]
struct Relation {
    shares: Vec<((usize, usize), f64)>,
    total: f64,
}

impl Relation {
    /// Adds a multiple of a coordinate, relative to the reference configuration.
    fn add(&mut self, model: &Model<'_>, place: (usize, usize), share: f64) {
        self.total += share * model.bodies[place.0].joints[place.1].reference;
        match self.shares.iter_mut().find(|(other, _)| *other == place) {
            Some((_, sum)) => *sum += share,
            None => self.shares.push((place, share)),
        }
    }
}

fn place(log: &mut Log, model: &Model<'_>, named: &Attribute) -> Option<(usize, usize)> {
    let found = model.joint(&named.value);
    if found.is_none() {
        log.unknown(named, "joint", model.joint_names());
    }
    found
}

/// `q1 - ref1 = p0 + p1 (q2 - ref2)`; higher powers cannot be expressed.
fn joint(log: &mut Log, model: &Model<'_>, look: &Look<'_>) -> Option<Relation> {
    let node = look.node();
    let first = reference(log, node, "joint1")?;
    let first = place(log, model, first)?;
    let [p0, p1, higher @ ..] = look.at_most(log, "polycoef", [0.0, 1.0, 0.0, 0.0, 0.0]);
    let mut relation = Relation { shares: Vec::new(), total: p0 };
    relation.add(model, first, 1.0);
    if let Some(second) = node.attribute("joint2") {
        if higher.iter().any(|power| *power != 0.0) {
            let what = "a coupling by a polynomial: its linear part";
            log.note(ImportStatus::Approximated, node, what).doubt();
        }
        relation.add(model, place(log, model, second)?, -p1);
    }
    Some(relation)
}

/// Lengths of fixed tendons: `l1 - l1_0 = p0 + p1 (l2 - l2_0)`.
fn tendon(log: &mut Log, model: &Model<'_>, look: &Look<'_>) -> Option<Relation> {
    let node = look.node();
    let [p0, p1, higher @ ..] = look.at_most(log, "polycoef", [0.0, 1.0, 0.0, 0.0, 0.0]);
    let mut relation = Relation { shares: Vec::new(), total: p0 };
    for (side, factor) in [("tendon1", 1.0), ("tendon2", -p1)] {
        let Some(named) = node.attribute(side) else { continue };
        let Some(tendon) = super::tendons::find(model, &named.value) else {
            log.unknown(named, "tendon", super::tendons::names(model));
            return None;
        };
        if tendon.tag() != "fixed" {
            log.note(ImportStatus::Dropped, node, "an equality of a spatial tendon").doubt();
            return None;
        }
        for (place, share) in super::tendons::terms(log, model, tendon)? {
            relation.add(model, place, share * factor);
        }
    }
    if node.attribute("tendon2").is_some() && higher.iter().any(|power| *power != 0.0) {
        let what = "a coupling by a polynomial: its linear part";
        log.note(ImportStatus::Approximated, node, what).doubt();
    }
    Some(relation)
}

/// Converts a relation of two joints to a coupling. The first one is the follower; if
/// it already follows another joint, its leader is.
fn couple(
    log: &mut Log,
    skeleton: &Skeleton,
    node: Node<'_>,
    mut relation: Relation,
    couplings: &mut Vec<CouplingSpec>,
) {
    relation.shares.retain(|(_, share)| *share != 0.0);
    let [(one, share), (other, other_share)] = relation.shares[..] else {
        let what = match relation.shares.len() {
            0 => "an equality without joints".to_owned(),
            1 => "an equality that locks one joint".to_owned(),
            count => format!("an equality of {count} joints"),
        };
        let advice = "only pairs of joints can be coupled; lock a joint with a high `kp`";
        log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
        return;
    };
    let names = (skeleton.joint_names.get(&one), skeleton.joint_names.get(&other));
    let (Some(follower), Some(leader)) = names else {
        log.note(ImportStatus::Dropped, node, "an equality of a body outside the robot").doubt();
        return;
    };
    let (mut ratio, mut offset) = (-other_share / share, relation.total / share);
    let leaders = Leaders::new(couplings);
    let first = leaders.lead(follower);
    if first.leader == leaders.lead(leader).leader {
        let what = format!("an equality of `{follower}` and `{leader}`, which are already coupled");
        log.note(ImportStatus::Dropped, node, what).doubt();
        return;
    }
    let follower = if first.leader == follower {
        follower.clone()
    } else {
        (ratio, offset) = (ratio / first.ratio, (offset - first.offset) / first.ratio);
        first.leader.to_owned()
    };
    log.note(ImportStatus::Kept, node, format!("joint `{follower}` follows `{leader}`"));
    let leader = leader.clone();
    couplings.push(CouplingSpec { follower, leader, ratio: tidy(ratio), offset: tidy(offset) });
}
