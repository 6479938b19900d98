//! Lines between joints, for robots with links that have no shapes.
//!
//! Many imported robots have shapes only at contact areas; their visuals are in separate
//! files, which a recording does not hold.

use crate::math::{Pose, Vector};
use crate::spec::{LinkSpec, RobotSpec};

/// Thickest line, m.
const MAX_RADIUS: f32 = 0.02;
/// Shortest line that is drawn, m.
const MIN_LENGTH: f32 = 0.01;

/// A line within a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bone {
    /// Its middle in the frame of the link, m; its Z axis points along it.
    pub xyz: [f32; 3],
    /// Its rotation: x, y, z, w.
    pub quat: [f32; 4],
    /// Its thickness, m.
    pub radius: f32,
    /// Without its round ends, m.
    pub length: f32,
}

/// The lines of a link: from its frame to each of its joints and to its shapes. There are none
/// if every link of the robot has shapes.
pub fn bones(model: &RobotSpec, link: &LinkSpec) -> Vec<Bone> {
    if model.links.iter().all(|link| !link.shapes.is_empty()) {
        return Vec::new();
    }
    let carried = model.joints.iter().filter(|joint| joint.parent == link.name);
    let joints = carried.map(|joint| joint.pose.pose());
    let shapes = link.shapes.iter().map(|shape| shape.pose.pose());
    joints.chain(shapes).filter_map(|end| bone(&end)).collect()
}

/// The line from a frame to something in it.
fn bone(end: &Pose) -> Option<Bone> {
    let end: Vector = end.translation;
    let length = end.length();
    if length.is_nan() || length < MIN_LENGTH {
        return None;
    }
    let [x, y, z] = (end / length).to_array();
    // Half of the turn from Z to the line: about Z x line, by 1 + cos.
    let quat = if z < -0.999_999 {
        [1.0, 0.0, 0.0, 0.0]
    } else {
        let norm = (2.0 * (1.0 + z)).sqrt();
        [-y / norm, x / norm, 0.0, norm / 2.0]
    };
    let radius = MAX_RADIUS.min(0.12 * length);
    Some(Bone { xyz: (end * 0.5).to_array(), quat, radius, length: length - 2.0 * radius })
}

#[cfg(test)]
mod tests {
    use crate::math::Rotation;

    use super::*;

    #[test]
    fn a_bone_points_from_the_link_to_its_joint() {
        let ends = [[0.0, 0.0, 0.4], [0.0, 0.0, -0.4], [0.3, -0.1, 0.2], [-0.2, 0.0, -0.2]];
        for end in ends.map(Vector::from_array) {
            let bone = bone(&Pose::from_translation(end)).expect("long enough");

            let half = bone.length / 2.0 + bone.radius;
            let tip = Rotation::from_array(bone.quat) * Vector::new(0.0, 0.0, half);
            let tip = tip + Vector::from_array(bone.xyz);
            assert!((tip - end).length() < 1e-6, "{end}: {tip}");
        }
    }

    #[test]
    fn what_is_at_the_frame_of_the_link_has_no_bone() {
        assert_eq!(bone(&Pose::IDENTITY), None);
    }
}
