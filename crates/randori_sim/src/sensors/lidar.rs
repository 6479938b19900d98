//! A planar range finder.

use std::f64::consts::TAU;

use randori_core::layout::RobotId;
use randori_core::math::Vector;

use super::direct::Mount;
use crate::world::SimWorld;

/// A scanner whose beams lie in the XY plane of its frame.
///
/// Beam `i` points along `start + i * step` about +Z from +X, counter-clockwise.
/// The field of view is centred on +X. Over a full turn the step is
/// `360 deg / beams`, so that no direction occurs twice; otherwise the first and
/// last beam bound the field. All beams are cast at the instant of measurement
/// and pass through the robot that carries the scanner.
#[derive(Debug, Clone)]
pub(super) struct Lidar {
    mount: Mount,
    robot: RobotId,
    /// Unit vectors in the sensor frame.
    beams: Vec<Vector>,
    nearest_m: f32,
    farthest_m: f32,
}

impl Lidar {
    pub(super) fn new(
        mount: Mount,
        robot: RobotId,
        beams: u32,
        (nearest_m, farthest_m): (f64, f64),
        fov_rad: f64,
    ) -> Self {
        let (start, step) = beam_angles(beams, fov_rad);
        let direction = |beam: u32| {
            let angle = start + f64::from(beam) * step;
            Vector::new(libm::cos(angle) as f32, libm::sin(angle) as f32, 0.0)
        };
        Self {
            mount,
            robot,
            beams: (0..beams).map(direction).collect(),
            nearest_m: nearest_m as f32,
            farthest_m: farthest_m as f32,
        }
    }

    /// Distances in metres; infinite where nothing lies within range.
    pub(super) fn measure(&self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(self.beams.iter().map(|&beam| {
            let direction = pose.rotation * beam;
            let hit =
                world.cast_ray(pose.translation, direction, self.farthest_m, Some(self.robot));
            match hit {
                // What is too near blinds the beam: it hides what lies behind.
                Some(hit) if hit.distance_m >= self.nearest_m => hit.distance_m,
                _ => f32::INFINITY,
            }
        }));
    }
}

/// Angle of the first beam and between neighbours, rad.
fn beam_angles(beams: u32, fov_rad: f64) -> (f64, f64) {
    if beams < 2 {
        return (0.0, 0.0);
    }
    let is_full_turn = fov_rad >= TAU - 1e-9;
    let gaps = if is_full_turn { beams } else { beams - 1 };
    (-fov_rad / 2.0, fov_rad / f64::from(gaps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_PI_2;

    #[test]
    fn a_full_turn_has_no_beam_twice() {
        let (start, step) = beam_angles(4, TAU);

        assert_eq!(start, -TAU / 2.0);
        assert_eq!(step, FRAC_PI_2);
        assert!(start + 3.0 * step < start + TAU - 1.0);
    }

    #[test]
    fn a_partial_field_is_bounded_by_its_first_and_last_beam() {
        let (start, step) = beam_angles(5, FRAC_PI_2);

        assert_eq!(start, -FRAC_PI_2 / 2.0);
        assert_eq!(start + 4.0 * step, FRAC_PI_2 / 2.0);
    }

    #[test]
    fn a_single_beam_looks_straight_ahead() {
        assert_eq!(beam_angles(1, FRAC_PI_2), (0.0, 0.0));
    }
}
