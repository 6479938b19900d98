//! Links that overlap in the initial configuration although their joint allows
//! collisions.
//!
//! Parts of a mechanism are often drawn inside each other. Pushed apart they would
//! gain energy, so collisions of such pairs are excluded.
//!
//! Start reading at [`part`].

use std::collections::{BTreeMap, BTreeSet};

use randori_core::spec::{JointKind, LinkSpec, RobotSpec, Shape};

use crate::dynamics::link_poses;
use crate::geometry::{self, Pose, Vector, spec_pose};
use crate::log::Log;
use crate::report::ImportStatus;

/// Boxes with a smaller overlap are treated as touching, m.
const TOUCH: f64 = 1e-4;

/// The bounding box of a shape, in the frame of the robot's base.
struct Bounds {
    pose: Pose,
    half: Vector,
}

/// Excludes contacts of links of joints with `contacts` whose bounding boxes overlap in
/// a pose of the robot.
pub(crate) fn part(log: &mut Log, robot: &mut RobotSpec, pose: &str) {
    if !robot.self_contact || robot.joints.iter().all(|joint| !joint.contacts) {
        return;
    }
    let start = robot.poses.get(pose);
    let at = |joint: &str| {
        start.and_then(|start| start.get(joint)).map_or(0.0, |coordinate| coordinate.si())
    };
    let poses = link_poses(robot, &at);
    let mut excluded: BTreeSet<(String, String)> =
        robot.contact_exclusions.iter().cloned().collect();
    for (one, other) in neighbours(robot) {
        let (one, other) = (&robot.links[one], &robot.links[other]);
        let pair = if one.name <= other.name { (one, other) } else { (other, one) };
        let names = (pair.0.name.clone(), pair.1.name.clone());
        if excluded.contains(&names) || !overlap(one, other, &poses) {
            continue;
        }
        let what = format!(
            "links `{}` and `{}` overlap in the initial configuration: their contacts are excluded",
            names.0, names.1
        );
        let advice = "remove the pair from `contact_exclusions` if they should collide";
        log.note_whole(ImportStatus::Approximated, what).advise(advice);
        excluded.insert(names);
    }
    robot.contact_exclusions = excluded.into_iter().collect();
}

/// Pairs of links (by index) that collide because of a joint with `contacts`, including
/// links welded to them; links without shapes between joints count as part of the
/// joint.
fn neighbours(robot: &RobotSpec) -> Vec<(usize, usize)> {
    let joint_of: BTreeMap<&str, usize> =
        robot.joints.iter().enumerate().map(|(at, joint)| (joint.child.as_str(), at)).collect();
    // The root of the welded group of each link.
    let root = |link: &'_ str| -> String {
        let mut link = link;
        while let Some(joint) = joint_of.get(link).map(|joint| &robot.joints[*joint])
            && joint.kind == JointKind::Fixed
        {
            link = &joint.parent;
        }
        link.to_owned()
    };
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, link) in robot.links.iter().enumerate() {
        groups.entry(root(&link.name)).or_default().push(at);
    }
    let has_shapes = |group: &str| {
        groups
            .get(group)
            .is_some_and(|links| links.iter().any(|link| !robot.links[*link].shapes.is_empty()))
    };
    let mut pairs = Vec::new();
    for joint in robot.joints.iter().filter(|joint| joint.contacts) {
        let mut above = root(&joint.parent);
        while !has_shapes(&above)
            && let Some(next) = joint_of.get(above.as_str()).map(|joint| &robot.joints[*joint])
            && next.contacts
        {
            above = root(&next.parent);
        }
        for &one in groups.get(&above).into_iter().flatten() {
            for &other in groups.get(&joint.child).into_iter().flatten() {
                pairs.push((one, other));
            }
        }
    }
    pairs
}

fn overlap(one: &LinkSpec, other: &LinkSpec, poses: &BTreeMap<String, Pose>) -> bool {
    let boxes = |link: &LinkSpec| -> Vec<Bounds> {
        let Some(pose) = poses.get(&link.name) else { return Vec::new() };
        let bounds = |shape: &randori_core::spec::ShapeSpec| {
            let (middle, half) = extent(&shape.shape)?;
            let pose = pose * spec_pose(&shape.pose) * geometry::translation(middle);
            Some(Bounds { pose, half })
        };
        link.shapes.iter().filter_map(bounds).collect()
    };
    let others = boxes(other);
    boxes(one).iter().any(|one| others.iter().any(|other| meet(one, other)))
}

/// Centre and half sizes of the bounding box of a shape, in its own frame.
fn extent(shape: &Shape) -> Option<(Vector, Vector)> {
    let around = |x: f64, y: f64, z: f64| Some((Vector::zeros(), Vector::new(x, y, z)));
    let of_points = |points: &[[f64; 3]]| {
        let first = Vector::from(*points.first()?);
        let (low, high) = points.iter().fold((first, first), |(low, high), point| {
            let point = Vector::from(*point);
            (low.inf(&point), high.sup(&point))
        });
        Some(((low + high) / 2.0, (high - low) / 2.0))
    };
    match shape {
        Shape::Box { size: [x, y, z] } => around(x / 2.0, y / 2.0, z / 2.0),
        Shape::Sphere { radius } => around(*radius, *radius, *radius),
        Shape::Capsule { radius, length } => around(*radius, *radius, radius + length / 2.0),
        Shape::Cylinder { radius, length } | Shape::Cone { radius, length } => {
            around(*radius, *radius, length / 2.0)
        }
        Shape::ConvexHull { points } => of_points(points),
        Shape::TriangleMesh { vertices, .. } => of_points(vertices),
        Shape::Heightfield { .. } | Shape::Plane => None,
    }
}

/// True if two boxes overlap (separating axis test).
fn meet(one: &Bounds, other: &Bounds) -> bool {
    let axes = |bounds: &Bounds| {
        [Vector::x(), Vector::y(), Vector::z()].map(|axis| bounds.pose.rotation * axis)
    };
    let (a, b) = (axes(one), axes(other));
    let apart = other.pose.translation.vector - one.pose.translation.vector;
    let reach = |axes: &[Vector; 3], half: &Vector, along: &Vector| -> f64 {
        axes.iter().zip(half.iter()).map(|(axis, half)| (axis.dot(along) * half).abs()).sum()
    };
    let crossed = a.iter().flat_map(|one| b.iter().map(move |other| one.cross(other)));
    let mut directions = a.iter().chain(&b).copied().chain(crossed);
    directions.all(|along| {
        let Some(along) = along.try_normalize(1e-9) else { return true };
        let distance = apart.dot(&along).abs();
        distance < reach(&a, &one.half, &along) + reach(&b, &other.half, &along) - TOUCH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(offset: Vector, turn: f64, half: f64) -> Bounds {
        let pose = geometry::pose(offset, geometry::about(Vector::z(), turn));
        Bounds { pose, half: Vector::new(half, half, half) }
    }

    #[test]
    fn turned_boxes_meet_where_their_corners_reach() {
        let one = bounds(Vector::zeros(), 0.0, 1.0);
        let quarter = std::f64::consts::FRAC_PI_4;

        assert!(!meet(&one, &bounds(Vector::new(2.0, 0.0, 0.0), 0.0, 1.0)));
        assert!(meet(&one, &bounds(Vector::new(2.0, 0.0, 0.0), quarter, 1.0)));
        assert!(!meet(&one, &bounds(Vector::new(2.42, 0.0, 0.0), quarter, 1.0)));
        assert!(!meet(&one, &bounds(Vector::new(1.9, 1.9, 0.0), quarter, 1.0)));
    }
}
