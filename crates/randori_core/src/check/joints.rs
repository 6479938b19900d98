//! Joints form one tree from the base link; loops and couplings refer to it.

use std::collections::{BTreeMap, BTreeSet};

use super::report::{At, Report};
use super::{bounds, poses};
use crate::diagnostic::{DiagnosticCode, nearest};
use crate::spec::{CouplingSpec, JointKind, JointSpec, RobotSpec};

/// `root` is the position of the robot.
pub(super) fn check(report: &mut Report<'_>, root: &At<'_>, robot: &RobotSpec) {
    let links: BTreeSet<&str> = robot.links.iter().map(|link| link.name.as_str()).collect();
    let at = root.field("joints");
    for (index, joint) in robot.joints.iter().enumerate() {
        let at = at.index(index);
        for (side, link) in [("parent", &joint.parent), ("child", &joint.child)] {
            let message =
                format!("joint `{}` is attached to a link that does not exist", joint.name);
            link_exists(report, &at.field(side), &links, link, &message);
        }
        properties(report, &at, joint);
    }
    tree(report, root, robot, &links);
    loops(report, &root.field("loops"), robot, &links);
    couplings(report, &root.field("couplings"), robot);
}

/// An error if a link does not exist.
pub(super) fn link_exists(
    report: &mut Report<'_>,
    at: &At<'_>,
    links: &BTreeSet<&str>,
    link: &str,
    message: &str,
) -> bool {
    if links.contains(link) {
        return true;
    }
    let known = links.iter().copied();
    report.unknown_name(DiagnosticCode::UNKNOWN_LINK, at, message, (link, "link"), known);
    false
}

/// The joint with this name, or an error.
pub(crate) fn joint_exists<'r>(
    report: &mut Report<'_>,
    at: &At<'_>,
    robot: &'r RobotSpec,
    name: &str,
    message: &str,
) -> Option<&'r JointSpec> {
    let found = robot.joints.iter().find(|joint| joint.name == name);
    if found.is_none() {
        let known = robot.joints.iter().map(|joint| joint.name.as_str());
        report.unknown_name(DiagnosticCode::UNKNOWN_JOINT, at, message, (name, "joint"), known);
    }
    found
}

/// An error unless the joint has exactly one degree of freedom.
pub(crate) fn has_one_dof(
    report: &mut Report<'_>,
    at: &At<'_>,
    joint: &JointSpec,
    what: &str,
) -> bool {
    if joint.kind.dofs() == 1 {
        return true;
    }
    let kind = match joint.kind {
        JointKind::Fixed => "fixed",
        _ => "spherical",
    };
    let message =
        format!("{what} needs one degree of freedom, but joint `{}` is {kind}", joint.name);
    let label = "not a revolute, continuous or prismatic joint";
    report.error(DiagnosticCode::WRONG_JOINT_KIND, at, message, label);
    false
}

fn properties(report: &mut Report<'_>, at: &At<'_>, joint: &JointSpec) {
    poses::pose(report, &at.field("pose"), &joint.pose);
    if !matches!(joint.kind, JointKind::Fixed | JointKind::Spherical) {
        poses::axis(report, &at.field("axis"), joint.axis);
    }
    if let Some((lower, upper)) = joint.kind.limits_si() {
        report.ordered(&at.field("kind").field("limits"), lower, upper);
    }
    report.amount(&at.field("damping"), joint.damping, bounds::GAIN);
    report.amount(&at.field("friction"), joint.friction, bounds::GAIN);
    report.amount(&at.field("armature"), joint.armature, bounds::GAIN);
    if let Some(spring) = &joint.spring {
        let at = at.field("spring");
        report.amount(&at.field("stiffness"), spring.stiffness, bounds::GAIN);
        // At zero the unit makes no difference, and zero is the default.
        let is_zero = spring.rest.quaternion().is_none() && spring.rest.si() == 0.0;
        if has_one_dof(report, &at, joint, "a spring") && !is_zero {
            poses::unit(report, &at.field("rest"), joint, spring.rest);
        }
    }
}

/// Each link but the base has one parent, and all lead to the base.
fn tree(report: &mut Report<'_>, root: &At<'_>, robot: &RobotSpec, links: &BTreeSet<&str>) {
    let base = robot.base.link();
    let message = "the base is a link that does not exist";
    let base_exists = link_exists(report, &root.field("base").field("link"), links, base, message);
    let at = root.field("joints");
    let mut parent_joint: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, joint) in robot.joints.iter().enumerate() {
        let at = at.index(index);
        let (name, child) = (&joint.name, joint.child.as_str());
        if !links.contains(child) {
            continue;
        }
        if joint.parent == *child {
            let message = format!("joint `{name}` connects link `{child}` with itself");
            let code = DiagnosticCode::SELF_CONNECTION;
            report.error(code, &at.field("child"), message, "the same as the parent");
        } else if child == base {
            let message = format!("the base `{base}` is the child of joint `{name}`");
            let code = DiagnosticCode::BASE_HAS_PARENT;
            let error = report.error(code, &at.field("child"), message, "this is the base link");
            error.help.push("swap parent and child, or choose another base".to_owned());
        } else if let Some(first) = parent_joint.get(child).copied() {
            let message = format!("link `{child}` is the child of two joints");
            let code = DiagnosticCode::TWO_PARENTS;
            let other = root.field("joints");
            let label = report.label(&other.index(first).field("child"), "child here already");
            let error = report.error(code, &at.field("child"), message, "and child here again");
            error.secondary.extend(label);
            error.help.push("close a ring with an entry of `loops` instead".to_owned());
        } else {
            parent_joint.insert(child, index);
        }
    }
    if base_exists {
        connected(report, root, robot, &parent_joint);
    }
}

fn connected(
    report: &mut Report<'_>,
    root: &At<'_>,
    robot: &RobotSpec,
    parent_joint: &BTreeMap<&str, usize>,
) {
    let base = robot.base.link();
    let misspelt = misspelt(robot);
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    // Links with a known connection to the base or to a reported link.
    let mut settled: BTreeSet<&str> = BTreeSet::from([base]);
    for (index, link) in robot.links.iter().enumerate() {
        let mut path: Vec<&str> = Vec::new();
        let mut current = link.name.as_str();
        loop {
            if settled.contains(current) {
                break;
            }
            if let Some(start) = path.iter().position(|passed| *passed == current) {
                let ring = &path[start..];
                cycle(report, root, robot, parent_joint, ring);
                reported.extend(ring);
                break;
            }
            path.push(current);
            match parent_joint.get(current) {
                Some(joint) => current = robot.joints[*joint].parent.as_str(),
                None if misspelt.contains(current) => break,
                None if current == link.name && reported.insert(current) => {
                    let message = format!("no joint connects link `{current}` to the base");
                    let code = DiagnosticCode::UNREACHABLE_LINK;
                    let links = root.field("links");
                    let at = links.index(index);
                    let error = report.error(code, &at.field("name"), message, "not connected");
                    error.help.push(format!(
                        "add a joint with `child: \"{current}\"`, of kind `Fixed` if it does not move"
                    ));
                    break;
                }
                None => break, // Reported when its own turn comes.
            }
        }
        settled.extend(path.iter().filter(|link| parent_joint.contains_key(**link)));
    }
}

/// Links with names similar to unknown ones in joints, which are reported at the joints.
fn misspelt(robot: &RobotSpec) -> BTreeSet<&str> {
    let names: BTreeSet<&str> = robot.links.iter().map(|link| link.name.as_str()).collect();
    let unknown = robot.joints.iter().filter(|joint| !names.contains(joint.child.as_str()));
    // More than a handful is not a typo.
    unknown.take(8).filter_map(|joint| nearest(&joint.child, names.iter().copied())).collect()
}

fn cycle(
    report: &mut Report<'_>,
    root: &At<'_>,
    robot: &RobotSpec,
    parent_joint: &BTreeMap<&str, usize>,
    ring: &[&str],
) {
    let Some(joint) = ring.first().and_then(|link| parent_joint.get(link)) else { return };
    let mut names: Vec<&str> = ring.iter().rev().copied().collect();
    names.extend(ring.last());
    let message = format!("the joints form a ring: {}", names.join(" -> "));
    let joints = root.field("joints");
    let at = joints.index(*joint);
    let label = format!("joint `{}` is part of the ring", robot.joints[*joint].name);
    let error = report.error(DiagnosticCode::CYCLE, &at.field("parent"), message, label);
    error.help.push("open the ring at one joint, and close it with an entry of `loops`".to_owned());
}

fn loops(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec, links: &BTreeSet<&str>) {
    for (index, closed) in robot.loops.iter().enumerate() {
        let at = at.index(index);
        for (side, link) in [("link_a", &closed.link_a), ("link_b", &closed.link_b)] {
            let message = format!("loop `{}` holds a link that does not exist", closed.name);
            link_exists(report, &at.field(side), links, link, &message);
        }
        if closed.link_a == closed.link_b {
            let message = format!("loop `{}` connects a link with itself", closed.name);
            let code = DiagnosticCode::SELF_CONNECTION;
            report.error(code, &at.field("link_b"), message, "the same as `link_a`");
        }
        poses::pose(report, &at.field("pose_a"), &closed.pose_a);
        poses::pose(report, &at.field("pose_b"), &closed.pose_b);
    }
}

fn couplings(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec) {
    let mut leaders: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, coupling) in robot.couplings.iter().enumerate() {
        let at = at.index(index);
        let CouplingSpec { follower, leader, .. } = coupling;
        let mut known = 0;
        for (side, name) in [("follower", follower), ("leader", leader)] {
            let at = at.field(side);
            let message = format!("the coupling's {side} is a joint that does not exist");
            if let Some(joint) = joint_exists(report, &at, robot, name, &message) {
                has_one_dof(report, &at, joint, "a coupling");
                known += 1;
            }
        }
        let at = at.field("follower");
        if follower == leader {
            let message = format!("joint `{follower}` cannot follow itself");
            report.error(DiagnosticCode::SELF_CONNECTION, &at, message, "the same as the leader");
        } else if leaders.contains_key(follower.as_str()) {
            let message = format!("joint `{follower}` follows two joints");
            report.error(DiagnosticCode::COUPLING_CHAIN, &at, message, "follows another already");
        } else if leads_to(&leaders, leader, follower) {
            let message = format!("joint `{follower}` follows itself by way of `{leader}`");
            report.error(DiagnosticCode::COUPLING_CHAIN, &at, message, "closes a ring");
        } else if known == 2 {
            leaders.insert(follower, leader);
        }
    }
}

/// True if `following` leads from one joint to another.
fn leads_to(leaders: &BTreeMap<&str, &str>, from: &str, to: &str) -> bool {
    let mut current = from;
    while let Some(leader) = leaders.get(current) {
        if *leader == to {
            return true;
        }
        current = leader;
    }
    false
}
