//! Scans of range finders.

use randori_core::math::{Pose, Rotation, Vector};
use randori_sim::sensors::lidar_beams;

use super::sketch::{Sketch, colors};
use super::view::View;
use crate::readings::Measured;

/// Maximum number of rays drawn of a scan, unless all are requested.
const FEW_RAYS: usize = 24;
/// Height of the mark of a hit, m.
const HIT_M: f32 = 0.05;

/// Draws the last scan that reached the policy: a mark for each hit, and some or
/// all rays.
pub(super) fn scan(view: &View, sensor: &Measured, all_rays: bool, sketch: &mut Sketch) {
    let (Some(scan), Some(pose)) = (sensor.layout.scan(), pose_of_scan(view, sensor)) else {
        return;
    };
    let beams = lidar_beams(scan, &pose, sensor.values);
    let every = if all_rays { 1 } else { beams.len().div_ceil(FEW_RAYS).max(1) };
    for (index, beam) in beams.iter().enumerate() {
        if index % every == 0 && (beam.hit || all_rays) {
            sketch.line(beam.from, beam.to, if beam.hit { colors::RAY } else { colors::MISS });
        }
        if beam.hit {
            let half = Vector::Z * (HIT_M / 2.0);
            sketch.line(beam.to - half, beam.to + half, colors::HIT);
        }
    }
}

/// Pose of the scanner at the time of measurement: its present pose, moved back
/// along its present velocity. The error is half the acceleration times the square
/// of the age, millimetres for wheeled robots.
fn pose_of_scan(view: &View, sensor: &Measured) -> Option<Pose> {
    let (body, measured_at) = (sensor.layout.body?, sensor.measured_at?);
    let age = view.simulation.record().tick.0.saturating_sub(measured_at.0);
    let age_s = (age as f64 * view.simulation.period().seconds()) as f32;
    let world = view.simulation.world();
    let (pose, twist) = (world.body_pose(body), world.body_twist(body));
    let before = Pose::from_parts(
        pose.translation - twist.linear * age_s,
        Rotation::from_scaled_axis(twist.angular * -age_s) * pose.rotation,
    );
    Some(before * sensor.spec.pose.pose())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn hits_are_drawn_where_the_wall_is_and_few_rays_unless_all_are_wanted() {
        let session = fixture::session(120);
        let view = View::new(&session);
        let lidar = view.sensors().find(|it| it.spec.name == "lidar").expect("it has one");
        let (mut few, mut all) = (Sketch::default(), Sketch::default());

        scan(&view, &lidar, false, &mut few);
        scan(&view, &lidar, true, &mut all);

        let hits = few.lines().iter().filter(|line| line.color == colors::HIT);
        let ahead = hits.map(|line| line.from.x).filter(|x| (x - fixture::WALL_X).abs() < 1e-3);
        assert!(ahead.count() > 3);
        let rays = |sketch: &Sketch| {
            sketch.lines().iter().filter(|line| line.color != colors::HIT).count()
        };
        assert_eq!(rays(&all), 90);
        assert!(rays(&few) <= FEW_RAYS, "{}", rays(&few));
    }
}
