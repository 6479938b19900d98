//! A planar range finder.

use randori_core::layout::RobotId;
use randori_core::math::{Pose, Vector};
use randori_core::spec::SensorKind;

use super::direct::Mount;
use crate::world::SimWorld;

/// A scanner whose beams lie in the XY plane of its frame.
///
/// Beam `i` points along `start + i * step` (rad) about +Z from +X; see
/// `SensorKind::beam_angles`. All beams are cast at the instant of measurement
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
        (start, step): (f64, f64),
    ) -> Self {
        Self {
            mount,
            robot,
            beams: (0..beams).map(|beam| direction(beam, (start, step))).collect(),
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

/// A unit vector in the sensor frame.
fn direction(beam: u32, (start, step): (f64, f64)) -> Vector {
    let angle = start + f64::from(beam) * step;
    Vector::new(libm::cos(angle) as f32, libm::sin(angle) as f32, 0.0)
}

/// A beam of a scan, for drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beam {
    /// Where the scanner is, m in the world.
    pub from: Vector,
    /// Where the beam ends, m in the world: as far away as was measured, or at the
    /// end of its range if nothing was.
    pub to: Vector,
    /// Whether something was measured.
    pub hit: bool,
}

/// The beams of a scan (`ranges_m`, as measured) that a scanner took at a pose.
/// Empty if the sensor is no scanner.
pub fn lidar_beams(
    kind: &SensorKind,
    world_from_sensor: &Pose,
    ranges_m: &[f32],
    out: &mut Vec<Beam>,
) {
    out.clear();
    let (SensorKind::Lidar { beams, range: (_, farthest), .. }, Some(angles)) =
        (kind, kind.beam_angles())
    else {
        return;
    };
    let from = world_from_sensor.translation;
    out.extend((0..*beams).zip(ranges_m).map(|(beam, &range)| {
        let hit = range.is_finite();
        let reach = if hit { range } else { *farthest as f32 };
        let to = from + world_from_sensor.rotation * direction(beam, angles) * reach;
        Beam { from, to, hit }
    }));
}
