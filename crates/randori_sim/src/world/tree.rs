//! Robots as trees of rigid bodies: links connected by fixed joints form one group.
//!
//! Fewer links are faster and not less exact: masses and inertias are added in f64. A
//! group's frame is that of its first link, the child of a movable joint (or the base).

use nalgebra::Isometry3;
use randori_core::math::{Pose, Rotation};
use randori_core::spec::{JointKind, RobotSpec};

use super::dynamics::spatial::{narrow, written_pose};
use super::inertia::{MassProperties, link_mass_properties};

/// Links that are rigidly connected.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The movable joint (index in the robot file) whose child it is; `None` for the base.
    pub(super) joint: Option<usize>,
    /// Index of the parent group; 0 for the base.
    pub(super) parent: usize,
    /// Pose of the joint frame in the parent group.
    pub(super) parent_from_joint: Isometry3<f64>,
    /// Its links (indices in the robot file) with their poses in the group.
    pub(super) links: Vec<(usize, Isometry3<f64>)>,
}

/// The groups of a robot; parents come before children, the base is first.
pub(super) fn groups(robot: &RobotSpec) -> Vec<Group> {
    let link = |name: &str| {
        let found = robot.links.iter().position(|link| link.name == name);
        found.expect("the checker has resolved every link name")
    };
    let base = (link(robot.base.link()), Isometry3::identity());
    let mut groups = vec![Group {
        joint: None,
        parent: 0,
        parent_from_joint: Isometry3::identity(),
        links: vec![base],
    }];
    let mut next = 0;
    while next < groups.len() {
        weld(robot, &mut groups[next], link);
        for (index, joint) in robot.joints.iter().enumerate() {
            let parent =
                groups[next].links.iter().find(|(id, _)| robot.links[*id].name == joint.parent);
            let Some((_, group_from_parent)) = parent else { continue };
            if joint.kind == JointKind::Fixed {
                continue;
            }
            groups.push(Group {
                joint: Some(index),
                parent: next,
                parent_from_joint: group_from_parent * written_pose(&joint.pose),
                links: vec![(link(&joint.child), Isometry3::identity())],
            });
        }
        next += 1;
    }
    groups
}

/// Adds all links that fixed joints connect to the group.
fn weld(robot: &RobotSpec, group: &mut Group, link: impl Fn(&str) -> usize) {
    let mut next = 0;
    while next < group.links.len() {
        let (parent, group_from_parent) = group.links[next];
        for joint in &robot.joints {
            if joint.kind == JointKind::Fixed && joint.parent == robot.links[parent].name {
                let pose = group_from_parent * written_pose(&joint.pose);
                group.links.push((link(&joint.child), pose));
            }
        }
        next += 1;
    }
}

impl Group {
    /// Mass properties in the group frame, with point masses at the frame
    /// origins of its links.
    pub(super) fn mass(&self, robot: &RobotSpec) -> MassProperties {
        self.links.iter().fold(MassProperties::zero(), |sum, (link, group_from_link)| {
            sum.joined(&link_mass_properties(&robot.links[*link]).placed(group_from_link))
        })
    }
}

/// A pose rounded to the engine's precision.
pub(super) fn narrow_pose(pose: &Isometry3<f64>) -> Pose {
    let turn = pose.rotation.coords;
    let rotation = Rotation::from_xyzw(turn.x as f32, turn.y as f32, turn.z as f32, turn.w as f32);
    Pose::from_parts(narrow(&pose.translation.vector), rotation.normalize())
}
