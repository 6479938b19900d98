//! Poses of links and the inertia reflected to joints.

use std::collections::BTreeMap;

use randori_core::spec::{InertiaSpec, JointKind, JointSpec, LinkSpec, RobotSpec, Shape};

use crate::geometry::{self, Inertia, Pose, Vector, spec_axis, spec_pose};

/// Poses of all links in the frame of the base, at coordinates (rad or m).
pub(crate) fn link_poses(robot: &RobotSpec, at: &dyn Fn(&str) -> f64) -> BTreeMap<String, Pose> {
    let mut poses = BTreeMap::from([(robot.base.link().to_owned(), Pose::identity())]);
    // Joints of imported robots are sorted, parents first; others take more rounds.
    for _ in 0..=robot.joints.len() {
        let before = poses.len();
        for joint in &robot.joints {
            if poses.contains_key(&joint.child) {
                continue;
            }
            if let Some(parent) = poses.get(&joint.parent) {
                let pose = parent * spec_pose(&joint.pose) * motion(joint, at(&joint.name));
                poses.insert(joint.child.clone(), pose);
            }
        }
        if poses.len() == before {
            break;
        }
    }
    poses
}

fn motion(joint: &JointSpec, coordinate: f64) -> Pose {
    let axis = spec_axis(joint.axis);
    match joint.kind {
        JointKind::Revolute { .. } | JointKind::Continuous => {
            geometry::pose(Vector::zeros(), geometry::about(axis, coordinate))
        }
        JointKind::Prismatic { .. } => geometry::translation(axis * coordinate),
        JointKind::Fixed | JointKind::Spherical => Pose::identity(),
    }
}

/// Mass properties of a link in its own frame.
pub(crate) fn link_inertia(link: &LinkSpec) -> Inertia {
    let moments = match link.inertia {
        InertiaSpec::Moments { ixx, iyy, izz, ixy, ixz, iyz } => {
            geometry::moments([ixx, iyy, izz, ixy, ixz, iyz])
        }
        InertiaSpec::FromShapes => Inertia::NONE.moments,
    };
    let com = geometry::vector(link.com.unwrap_or_default());
    Inertia { mass: link.mass_kg, com, moments }
}

/// The diagonal of the mass matrix: the inertia at each joint with one degree of
/// freedom while all others are fixed, with its armature; kg m^2 or kg.
pub(crate) fn inertia_at_joints(
    robot: &RobotSpec,
    at: &dyn Fn(&str) -> f64,
) -> BTreeMap<String, f64> {
    let poses = link_poses(robot, at);
    let mut carried: BTreeMap<&str, Inertia> = BTreeMap::new();
    for link in &robot.links {
        if let Some(pose) = poses.get(&link.name) {
            carried.insert(&link.name, link_inertia(link).seen_from(pose));
        }
    }
    let mut seen = BTreeMap::new();
    for joint in children_first(robot) {
        let Some(moved) = carried.get(joint.child.as_str()).copied() else { continue };
        if let Some(parent) = carried.get_mut(joint.parent.as_str()) {
            *parent = parent.plus(&moved);
        }
        let Some(pose) = poses.get(&joint.child) else { continue };
        let axis = pose.rotation * spec_axis(joint.axis);
        let felt = match joint.kind {
            JointKind::Revolute { .. } | JointKind::Continuous => {
                axis.dot(&(moved.about(pose.translation.vector) * axis))
            }
            JointKind::Prismatic { .. } => moved.mass,
            JointKind::Fixed | JointKind::Spherical => continue,
        };
        seen.insert(joint.name.clone(), felt + joint.armature);
    }
    seen
}

/// All joints of the tree of the base, leaves first.
fn children_first(robot: &RobotSpec) -> Vec<&JointSpec> {
    let mut by_parent: BTreeMap<&str, Vec<&JointSpec>> = BTreeMap::new();
    for joint in &robot.joints {
        by_parent.entry(&joint.parent).or_default().push(joint);
    }
    let mut order = Vec::new();
    let mut waiting = vec![robot.base.link()];
    while let Some(link) = waiting.pop() {
        for joint in by_parent.remove(link).unwrap_or_default() {
            order.push(joint);
            waiting.push(&joint.child);
        }
    }
    order.reverse();
    order
}

/// Height of the lowest point of all shapes in the world, m, with the base at a
/// pose; `None` without shapes.
pub(crate) fn lowest_point(
    robot: &RobotSpec,
    world_from_base: &Pose,
    at: &dyn Fn(&str) -> f64,
) -> Option<f64> {
    let poses = link_poses(robot, at);
    let mut lowest: Option<f64> = None;
    for link in &robot.links {
        let Some(pose) = poses.get(&link.name) else { continue };
        for shape in &link.shapes {
            let height =
                lowest_of(&shape.shape, &(world_from_base * pose * spec_pose(&shape.pose)));
            lowest = Some(lowest.map_or(height, |lowest: f64| lowest.min(height)));
        }
    }
    lowest
}

/// Height of the lowest point of a shape at a pose, m.
pub(crate) fn lowest_of(shape: &Shape, pose: &Pose) -> f64 {
    pose.translation.vector.z - reach_down(shape, pose)
}

/// Extent of a shape below its frame.
fn reach_down(shape: &Shape, pose: &Pose) -> f64 {
    let down = pose.rotation.inverse() * Vector::new(0.0, 0.0, -1.0);
    let across = (down.x * down.x + down.y * down.y).sqrt();
    let farthest = |points: &[[f64; 3]]| {
        points.iter().map(|point| down.dot(&Vector::from(*point))).fold(f64::NEG_INFINITY, f64::max)
    };
    match shape {
        Shape::Box { size } => {
            down.iter().zip(size).map(|(part, edge)| part.abs() * edge / 2.0).sum()
        }
        Shape::Sphere { radius } => *radius,
        Shape::Capsule { radius, length } => radius + down.z.abs() * length / 2.0,
        Shape::Cylinder { radius, length } | Shape::Cone { radius, length } => {
            radius * across + down.z.abs() * length / 2.0
        }
        Shape::ConvexHull { points } => farthest(points),
        Shape::TriangleMesh { vertices, .. } => farthest(vertices),
        Shape::Heightfield { size: [x, y], heights } => {
            let heights = heights.iter().flatten().copied();
            let across = f64::midpoint(down.x.abs() * x, down.y.abs() * y);
            let corner = |z: f64| down.z * z + across;
            heights.map(corner).fold(f64::NEG_INFINITY, f64::max)
        }
        Shape::Plane => 0.0,
    }
}
