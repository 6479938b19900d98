//! `<joint>`: motion, limits and friction.

use std::collections::BTreeMap;

use randori_core::spec::{
    Angle, InertiaSpec, JointKind, JointSpec, Limits, LinkSpec, PoseSpec, RobotSpec,
};

use super::limits::{self, JointLimits};
use super::{Edge, Graph};
use crate::geometry::{self, Vector, axis_spec, pose_spec};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;

/// Damping and friction beyond this are mistakes, SI.
const MAX_DAMPING: f64 = 1e6;

/// Adds the joints, each after that of its parent. Returns their limits by name.
pub(super) fn build(
    log: &mut Log,
    graph: &Graph<'_>,
    robot: &mut RobotSpec,
) -> BTreeMap<String, JointLimits> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![graph.root];
    while let Some(link) = waiting.pop() {
        let edges: Vec<&Edge<'_>> = graph.edges.iter().filter(|edge| edge.parent == link).collect();
        for edge in &edges {
            let limits = limits::read(log, edge);
            all.insert(edge.name.clone(), limits);
            one(log, graph, edge, limits.range, robot);
        }
        waiting.extend(edges.iter().rev().map(|edge| edge.child));
    }
    all
}

fn one(
    log: &mut Log,
    graph: &Graph<'_>,
    edge: &Edge<'_>,
    range: Option<(f64, f64)>,
    robot: &mut RobotSpec,
) {
    let (parent, child) = (graph.links[edge.parent].0.clone(), graph.links[edge.child].0.clone());
    let axis = axis(log, edge);
    let kind = match edge.kind {
        "continuous" => JointKind::Continuous,
        "revolute" => range.map_or(JointKind::Continuous, |(lower, upper)| JointKind::Revolute {
            limits: Limits { lower: Angle::Rad(lower), upper: Angle::Rad(upper) },
        }),
        "prismatic" => {
            JointKind::Prismatic { limits: range.map(|(lower, upper)| Limits { lower, upper }) }
        }
        "spherical" => JointKind::Spherical,
        "planar" => {
            let turned = geometry::z_to(axis);
            let what = format!(
                "planar joint `{}`: two prismatic joints and a revolute one, not actuated",
                edge.name
            );
            log.note(ImportStatus::Approximated, edge.node, what);
            let slide = JointKind::Prismatic { limits: None };
            let steps = [
                ("x", slide, turned * Vector::x()),
                ("y", slide, turned * Vector::y()),
                ("turn", JointKind::Continuous, axis),
            ];
            return chain(graph, edge, &steps, robot);
        }
        "floating" => {
            let what = format!(
                "floating joint `{}` inside the robot: three prismatic joints and a spherical one, not actuated",
                edge.name
            );
            log.note(ImportStatus::Approximated, edge.node, what).doubt();
            let slide = JointKind::Prismatic { limits: None };
            let steps = [
                ("x", slide, Vector::x()),
                ("y", slide, Vector::y()),
                ("z", slide, Vector::z()),
                ("turn", JointKind::Spherical, Vector::x()),
            ];
            return chain(graph, edge, &steps, robot);
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
    log.note(ImportStatus::Kept, edge.node, format!("joint `{}`", edge.name));
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

fn dynamics(log: &mut Log, edge: &Edge<'_>, spec: &mut JointSpec) {
    let Some(dynamics) = edge.node.child("dynamics") else { return };
    let mut one = |name: &str| -> f64 {
        let Some(found) = dynamics.attribute(name) else { return 0.0 };
        let value = values::unbounded(log, found).unwrap_or(0.0);
        let (least, most) = (0.0, MAX_DAMPING);
        if value < least || value > most {
            let what = format!("`{name}` {value} of joint `{}`", edge.name);
            log.note(ImportStatus::Clamped, dynamics, what).doubt();
        }
        value.clamp(least, most)
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
            log.note(ImportStatus::Dropped, node, format!("{what} of joint `{}`", edge.name));
        }
    }
}

/// A chain of joints with massless links between them.
fn chain(
    graph: &Graph<'_>,
    edge: &Edge<'_>,
    steps: &[(&str, JointKind, Vector)],
    robot: &mut RobotSpec,
) {
    let name = &edge.name;
    let mut parent = graph.links[edge.parent].0.clone();
    let last = graph.links[edge.child].0.clone();
    for (index, (suffix, kind, axis)) in steps.iter().enumerate() {
        let is_last = index + 1 == steps.len();
        let child = if is_last { last.clone() } else { format!("{name}_{suffix}_link") };
        if !is_last {
            robot.links.push(LinkSpec {
                name: child.clone(),
                mass_kg: 0.0,
                com: None,
                inertia: InertiaSpec::FromShapes,
                shapes: Vec::new(),
                visuals: Vec::new(),
            });
        }
        let pose = if index == 0 { pose_spec(&edge.pose) } else { PoseSpec::default() };
        let mut spec = crate::mjcf::fixed(format!("{name}_{suffix}"), parent, child.clone(), pose);
        spec.kind = *kind;
        spec.axis = axis_spec(*axis);
        robot.joints.push(spec);
        parent = child;
    }
}
