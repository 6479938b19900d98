//! Signed depth of a point in a zone.

use randori_core::math::{Pose, Vector};
use randori_core::spec::{ZoneShape, ZoneSpec};

/// A zone with its pose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Zone {
    world_from_zone: Pose,
    shape: ZoneShape,
}

impl Zone {
    /// The zone of a checked scenario.
    pub(super) fn new(spec: &ZoneSpec) -> Self {
        Self { world_from_zone: spec.pose.pose(), shape: spec.shape }
    }

    /// Distance from `point` (world) to the boundary, m: positive inside,
    /// negative outside.
    pub(super) fn depth(&self, point: Vector) -> f64 {
        let local = self.world_from_zone.inverse_transform_point(point);
        let [x, y, z] = [f64::from(local.x), f64::from(local.y), f64::from(local.z)];
        match self.shape {
            ZoneShape::Sphere { radius } => radius - libm::hypot(libm::hypot(x, y), z),
            ZoneShape::Box { size } => depth_of_extents(&[
                size[0] / 2.0 - x.abs(),
                size[1] / 2.0 - y.abs(),
                size[2] / 2.0 - z.abs(),
            ]),
            ZoneShape::Cylinder { radius, length } => {
                depth_of_extents(&[radius - libm::hypot(x, y), length / 2.0 - z.abs()])
            }
        }
    }
}

/// Signed depth in an intersection of slabs at right angles, from the depth in
/// each: inside, the nearest boundary; outside, the straight line to the corner
/// or edge that is nearest.
fn depth_of_extents(depths: &[f64]) -> f64 {
    let least = depths.iter().copied().fold(f64::INFINITY, f64::min);
    if least >= 0.0 {
        return least;
    }
    -libm::sqrt(depths.iter().map(|depth| depth.min(0.0) * depth.min(0.0)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::spec::{Angle, PoseSpec};

    fn zone(shape: ZoneShape) -> Zone {
        Zone::new(&ZoneSpec {
            name: "dock".to_owned(),
            pose: PoseSpec {
                xyz: [1.0, 0.0, 0.0],
                rpy: Some([Angle::Deg(0.0), Angle::Deg(0.0), Angle::Deg(90.0)]),
                quat: None,
            },
            shape,
        })
    }

    #[track_caller]
    fn assert_depth(zone: &Zone, point: [f32; 3], expected: f64) {
        let depth = zone.depth(Vector::from_array(point));
        assert!((depth - expected).abs() < 1e-6, "{depth}, not {expected}");
    }

    #[test]
    fn a_box_measures_to_its_nearest_face_and_from_its_nearest_corner() {
        // Turned by 90 degrees: 4 m along world Y, 2 m along world X.
        let dock = zone(ZoneShape::Box { size: [4.0, 2.0, 2.0] });

        assert_depth(&dock, [1.0, 0.0, 0.0], 1.0);
        assert_depth(&dock, [1.0, 1.5, 0.0], 0.5);
        assert_depth(&dock, [5.0, 0.0, 0.0], -3.0);
        assert_depth(&dock, [5.0, 6.0, 0.0], -5.0); // 3 m and 4 m from an edge
    }

    #[test]
    fn a_cylinder_measures_to_its_wall_or_its_lids() {
        let dock = zone(ZoneShape::Cylinder { radius: 1.0, length: 1.0 });

        assert_depth(&dock, [1.0, 0.0, 0.2], 0.3);
        assert_depth(&dock, [1.9, 0.0, 0.0], 0.1);
        assert_depth(&dock, [5.0, 0.0, 4.5], -5.0); // 3 m beyond the wall, 4 m above
    }

    #[test]
    fn a_ball_measures_from_its_centre() {
        let dock = zone(ZoneShape::Sphere { radius: 2.0 });

        assert_depth(&dock, [1.0, 0.0, 0.5], 1.5);
        assert_depth(&dock, [4.0, 4.0, 0.0], -3.0);
    }
}
