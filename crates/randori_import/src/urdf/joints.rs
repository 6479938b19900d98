//! `<joint>`: motion, limits, friction and mimicry.

use randori_core::spec::{
    Angle, CouplingSpec, InertiaSpec, JointKind, JointSpec, Limits, LinkSpec, PoseSpec, RobotSpec,
};

use super::{Edge, Graph};
use crate::geometry::{self, Vector, axis_spec, pose_spec, tidy};
use crate::log::Log;
use crate::report::Fate;
use crate::values;

/// Adds the joints, each after that of its parent.
pub(super) fn build(log: &mut Log, graph: &Graph<'_>, robot: &mut RobotSpec) {
    let mut waiting = vec![graph.root];
    while let Some(link) = waiting.pop() {
        let edges: Vec<&Edge<'_>> = graph.edges.iter().filter(|edge| edge.parent == link).collect();
        for edge in &edges {
            one(log, graph, edge, robot);
        }
        waiting.extend(edges.iter().rev().map(|edge| edge.child));
    }
    mimics(log, graph, robot);
}

fn one(log: &mut Log, graph: &Graph<'_>, edge: &Edge<'_>, robot: &mut RobotSpec) {
    let (parent, child) = (graph.links[edge.parent].0.clone(), graph.links[edge.child].0.clone());
    let axis = axis(log, edge);
    let kind = match edge.kind {
        "continuous" => JointKind::Continuous,
        "revolute" => {
            limits(log, edge).map_or(JointKind::Continuous, |(lower, upper)| JointKind::Revolute {
                limits: Limits { lower: Angle::Rad(lower), upper: Angle::Rad(upper) },
            })
        }
        "prismatic" => JointKind::Prismatic {
            limits: limits(log, edge).map(|(lower, upper)| Limits { lower, upper }),
        },
        "spherical" => JointKind::Spherical,
        "planar" => return planar(log, graph, edge, axis, robot),
        "floating" => {
            let what = format!("joint `{}` moves freely inside the robot: it is fixed", edge.name);
            log.note(Fate::Approximated, edge.node, what).doubt();
            JointKind::Fixed
        }
        _ => JointKind::Fixed,
    };
    let mut spec = crate::mjcf::fixed(edge.name.clone(), parent, child, pose_spec(&edge.pose));
    spec.kind = kind;
    if kind.dofs() == 1 {
        spec.axis = axis_spec(axis);
        dynamics(log, edge, &mut spec);
    }
    others(log, edge);
    log.note(Fate::Kept, edge.node, format!("joint `{}`", edge.name));
    robot.joints.push(spec);
}

fn axis(log: &mut Log, edge: &Edge<'_>) -> Vector {
    let found = edge.node.child("axis").and_then(|axis| axis.attribute("xyz"));
    let Some(found) = found.filter(|_| !matches!(edge.kind, "fixed" | "floating")) else {
        return Vector::x();
    };
    let axis = values::exactly::<3>(log, found).map_or_else(Vector::x, geometry::vector);
    if axis.norm() < 1e-9 {
        log.refuse(found, "the axis has no direction", "write a vector that is not zero");
        return Vector::x();
    }
    axis
}

/// Lower and upper limit; `None` without useful ones.
fn limits(log: &mut Log, edge: &Edge<'_>) -> Option<(f64, f64)> {
    let Some(limit) = edge.node.child("limit") else {
        let what = format!("joint `{}` has no limits", edge.name);
        log.note(Fate::Guessed, edge.node, what).advise("write `<limit lower=... upper=.../>`");
        return None;
    };
    let mut one =
        |name: &str| limit.attribute(name).map(|found| values::number(log, found).unwrap_or(0.0));
    let (lower, upper) = (one("lower"), one("upper"));
    if lower.is_none() && upper.is_none() {
        return None;
    }
    let (lower, upper) = (lower.unwrap_or(0.0), upper.unwrap_or(0.0));
    if lower > upper {
        let at = limit.attribute("lower").or(limit.attribute("upper"))?;
        let message =
            format!("the limits of joint `{}` go from {lower} down to {upper}", edge.name);
        log.refuse(at, message, "write the smaller number as `lower`");
        return None;
    }
    if lower == upper {
        let what = format!("joint `{}` has both limits at {lower}: without limits", edge.name);
        log.note(Fate::Guessed, limit, what).advise("make it `fixed` if it does not move").doubt();
        return None;
    }
    Some((lower, upper))
}

fn dynamics(log: &mut Log, edge: &Edge<'_>, spec: &mut JointSpec) {
    let Some(dynamics) = edge.node.child("dynamics") else { return };
    let mut one = |name: &str| -> f64 {
        dynamics.attribute(name).and_then(|found| values::not_negative(log, found)).unwrap_or(0.0)
    };
    spec.damping = one("damping");
    spec.friction = one("friction");
}

fn others(log: &mut Log, edge: &Edge<'_>) {
    for (tag, what) in [
        ("safety_controller", "a safety controller: its soft limits"),
        ("calibration", "calibration marks"),
    ] {
        if let Some(node) = edge.node.child(tag) {
            log.note(Fate::Dropped, node, format!("{what} of joint `{}`", edge.name));
        }
    }
}

/// Two slides and a turn about the axis, with links without mass between.
fn planar(
    log: &mut Log,
    graph: &Graph<'_>,
    edge: &Edge<'_>,
    normal: Vector,
    robot: &mut RobotSpec,
) {
    let turned = geometry::z_to(normal);
    let name = &edge.name;
    log.note(
        Fate::Approximated,
        edge.node,
        format!("planar joint `{name}`: two slides and a turn"),
    );
    let mut parent = graph.links[edge.parent].0.clone();
    let last = graph.links[edge.child].0.clone();
    let steps = [
        ("x", JointKind::Prismatic { limits: None }, turned * Vector::x()),
        ("y", JointKind::Prismatic { limits: None }, turned * Vector::y()),
        ("turn", JointKind::Continuous, normal),
    ];
    for (index, (suffix, kind, axis)) in steps.into_iter().enumerate() {
        let child = if index == 2 { last.clone() } else { format!("{name}_{suffix}_link") };
        if index < 2 {
            robot.links.push(LinkSpec {
                name: child.clone(),
                mass_kg: 0.0,
                com: None,
                inertia: InertiaSpec::FromShapes,
                shapes: Vec::new(),
                looks: Vec::new(),
            });
        }
        let pose = if index == 0 { pose_spec(&edge.pose) } else { PoseSpec::default() };
        let mut spec = crate::mjcf::fixed(format!("{name}_{suffix}"), parent, child.clone(), pose);
        spec.kind = kind;
        spec.axis = axis_spec(axis);
        robot.joints.push(spec);
        parent = child;
    }
}

fn mimics(log: &mut Log, graph: &Graph<'_>, robot: &mut RobotSpec) {
    for edge in &graph.edges {
        let Some(mimic) = edge.node.child("mimic") else { continue };
        let Some(named) = mimic.attribute("joint") else { continue };
        let leader =
            graph.edges.iter().find(|other| other.node.name() == Some(named.value.as_str()));
        let Some(leader) = leader else {
            log.unknown(named, "joint", graph.edges.iter().filter_map(|edge| edge.node.name()));
            continue;
        };
        let mut number = |name: &str, default: f64| -> f64 {
            mimic.attribute(name).and_then(|found| values::number(log, found)).unwrap_or(default)
        };
        let (ratio, offset) = (tidy(number("multiplier", 1.0)), tidy(number("offset", 0.0)));
        let (follower, leader) = (edge.name.clone(), leader.name.clone());
        let is_fixed = |name: &str| {
            robot.joints.iter().any(|joint| joint.name == name && joint.kind == JointKind::Fixed)
        };
        if is_fixed(&follower) || is_fixed(&leader) {
            let what = format!("joint `{follower}` follows `{leader}`, but one of them is fixed");
            log.note(Fate::Dropped, mimic, what);
            continue;
        }
        log.note(Fate::Kept, mimic, format!("joint `{follower}` follows `{leader}`"));
        robot.couplings.push(CouplingSpec { follower, leader, ratio, offset });
    }
}
