//! Planar range finders.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::{About, Channel, MostValues, Owner, Quantity, Scan, SensorType};
use crate::check::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{Angle, RobotSpec};

/// Distances in the XY plane of the sensor, counter-clockwise, m.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lidar {
    /// Number of beams.
    pub beams: u32,
    /// Nearest and farthest distance that can be measured, m.
    pub range: (f64, f64),
    /// Angle covered, centred on +X. A full turn has no double beam.
    #[serde(default = "full_turn")]
    pub fov: Angle,
}

fn full_turn() -> Angle {
    Angle::Deg(360.0)
}

impl Lidar {
    /// Directions of the beams.
    ///
    /// The beams span the field of view from edge to edge; a full turn is
    /// divided evenly, so that the last beam does not repeat the first. A
    /// single beam looks straight ahead.
    pub fn scan(&self) -> Scan {
        let span = self.fov.radians();
        let full_turn = span > TAU - 1e-9;
        let (first_rad, step_rad) = if self.beams < 2 {
            (0.0, 0.0)
        } else {
            let intervals = if full_turn { self.beams } else { self.beams - 1 };
            (-span / 2.0, span / f64::from(intervals))
        };
        Scan { first_rad, step_rad, range_m: self.range }
    }
}

impl SensorType for Lidar {
    fn about() -> About {
        About {
            word: "lidar",
            example: "Lidar(beams: 180, range: (0.05, 12.0), fov: Deg(270))",
            channels: "`ranges`: one value per beam",
            meaning: "distances (m) in the XY plane of the sensor, counter-clockwise; infinite \
                      where nothing lies within `range`. `fov` is centred on +X; default \
                      `Deg(360)`, without a duplicate beam at the seam. Surfaces nearer than \
                      the minimum range occlude those behind them. Beams ignore the robot that \
                      carries the sensor",
        }
    }

    fn channels(&self, _: &RobotSpec) -> Vec<Channel> {
        vec![Channel {
            name: "ranges".to_owned(),
            len: self.beams as usize,
            unit: "m".to_owned(),
            elements: Vec::new(),
            quantity: Quantity::Ranges(self.scan()),
        }]
    }

    fn check(&self, report: &mut Report<'_>, at: &At<'_>, owner: &Owner<'_>) {
        let (beams_at, most) = (at.field("beams"), owner.limits.lidar_beams);
        if self.beams == 0 {
            report.out_of_range(&beams_at, 0.0, "must be at least 1");
        } else if self.beams > most {
            let message = format!("a lidar can have {most} beams at most");
            let code = DiagnosticCode::LIMIT_EXCEEDED;
            let error = report.error(code, &beams_at, message, "too many beams");
            let help = "raise the limit on the number of beams with `--limit lidar_beams=N`";
            error.help.push(help.to_owned());
        }
        let (range_at, (nearest, farthest)) = (at.field("range"), self.range);
        report.not_negative(&range_at.index(0), nearest);
        report.positive(&range_at.index(1), farthest);
        report.ordered(&range_at, nearest, farthest);
        let fov = self.fov.radians();
        if fov <= 0.0 || fov > TAU + 1e-9 {
            let rule = "must be more than 0 and at most 360 degrees";
            report.out_of_range(&at.field("fov"), fov.to_degrees(), rule);
        }
    }

    fn most_values(&self, _: f64) -> MostValues {
        MostValues { count: f64::from(self.beams), have_names: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beams_reach_both_edges_of_a_sector_but_do_not_repeat_in_a_full_turn() {
        let degrees = |beams: u32, fov_deg: f64| {
            let lidar = Lidar { beams, range: (0.1, 10.0), fov: Angle::Deg(fov_deg) };
            let scan = lidar.scan();
            [scan.angle_rad(0), scan.angle_rad(1) - scan.angle_rad(0)].map(f64::to_degrees)
        };
        let near = |angles: [f64; 2], expected: [f64; 2]| {
            let apart = (angles[0] - expected[0]).abs().max((angles[1] - expected[1]).abs());
            assert!(apart < 1e-9, "{angles:?}");
        };

        near(degrees(181, 180.0), [-90.0, 1.0]);
        near(degrees(360, 360.0), [-180.0, 1.0]);
        near(degrees(1, 90.0), [0.0, 0.0]);
        near(degrees(1, 360.0), [0.0, 0.0]);
    }
}
