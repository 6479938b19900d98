//! Planar lidar.

use randori_core::layout::RobotId;
use randori_core::math::{Pose, Vector};
use randori_core::sensor::{Lidar, Scan};

use super::{Modelled, Mount, Place, SensorModel};
use crate::world::SimWorld;

/// A scanner whose beams lie in the XY plane of its frame. All are cast at the tick of
/// the measurement and ignore the robot that carries it.
#[derive(Debug, Clone)]
struct Model {
    mount: Mount,
    robot: RobotId,
    /// Unit vectors in the sensor frame.
    beams: Vec<Vector>,
    nearest_m: f32,
    farthest_m: f32,
}

impl Modelled for Lidar {
    fn model(&self, place: &Place<'_>) -> Result<Box<dyn SensorModel>, String> {
        let (scan, (nearest, farthest)) = (self.scan(), self.range);
        Ok(Box::new(Model {
            mount: place.mount()?,
            robot: place.robot,
            beams: (0..self.beams as usize).map(|beam| direction(&scan, beam)).collect(),
            nearest_m: nearest as f32,
            farthest_m: farthest as f32,
        }))
    }
}

impl SensorModel for Model {
    /// Distances in metres; infinite if there is no hit within range.
    fn measure(&mut self, world: &SimWorld, out: &mut Vec<f32>) {
        let pose = self.mount.world_from_sensor(world);
        out.extend(self.beams.iter().map(|&beam| {
            let direction = pose.rotation * beam;
            let hit =
                world.cast_ray(pose.translation, direction, self.farthest_m, Some(self.robot));
            match hit {
                // An object below the minimum range blocks the beam: it hides objects behind.
                Some(hit) if hit.distance_m >= self.nearest_m => hit.distance_m,
                _ => f32::INFINITY,
            }
        }));
    }
}

/// A unit vector in the sensor frame.
fn direction(scan: &Scan, beam: usize) -> Vector {
    let angle = scan.angle_rad(beam);
    Vector::new(libm::cos(angle) as f32, libm::sin(angle) as f32, 0.0)
}

/// A beam of a scan, for drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beam {
    /// Position of the scanner, m in the world.
    pub from: Vector,
    /// End of the beam, m in the world: at the measured distance, or at maximum range
    /// without a hit.
    pub to: Vector,
    /// True if the beam has a hit.
    pub hit: bool,
}

/// The beams of a scan with measured `ranges_m`, taken at a pose.
pub fn lidar_beams(scan: &Scan, world_from_sensor: &Pose, ranges_m: &[f32]) -> Vec<Beam> {
    let from = world_from_sensor.translation;
    let beam = |(beam, &range): (usize, &f32)| {
        let hit = range.is_finite();
        let reach = if hit { range } else { scan.range_m.1 as f32 };
        let to = from + world_from_sensor.rotation * direction(scan, beam) * reach;
        Beam { from, to, hit }
    };
    ranges_m.iter().enumerate().map(beam).collect()
}
