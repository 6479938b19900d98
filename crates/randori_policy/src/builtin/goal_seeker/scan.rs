//! Converts a lidar scan to points on the floor and free-standing objects.

use randori_core::policy::{Observation, RobotInterface};
use randori_core::sensor::{Quantity, Scan as Beams};
use serde::{Deserialize, Serialize};

use super::super::sensing::{Reading, base_from_link};
use super::place::Place;

/// The lidar of a robot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lidar {
    pub(super) ranges: Reading,
    base_from_sensor: Place,
    beams: Beams,
}

/// Obstacles in a scan, in world coordinates.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Scan {
    /// Tick of measurement.
    pub(super) tick: u64,
    /// All hits, m.
    pub(super) points: Vec<[f64; 2]>,
    /// Objects that could be a person.
    pub(super) things: Vec<Thing>,
    /// Edges that could hide a person, m.
    pub(super) edges: Vec<[f64; 2]>,
}

/// A small object in front of its background.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Thing {
    /// Its axis, if it is round, m.
    pub(super) centre: [f64; 2],
    /// Its radius, m.
    pub(super) radius: f64,
}

/// Minimum distance between neighbouring hits on different objects, m ...
const GAP: f64 = 0.3;
/// ... unless the beam spacing explains it: a wall seen at up to 75 degrees from its normal has
/// hits four beam widths apart.
const GAP_PER_BEAM_WIDTH: f64 = 4.0;
/// Minimum depth behind an edge that can hide a person, m.
const HIDDEN_DEPTH: f64 = 1.0;
/// Maximum width of an object that may be a person, m.
const WIDEST: f64 = 0.9;
/// Minimum assumed radius of an object, m: a visible leg implies a person.
const LEAST_RADIUS: f64 = 0.2;

impl Lidar {
    /// The first lidar, if the robot has one.
    pub(super) fn find(interface: &RobotInterface) -> Option<Self> {
        let model = &interface.model;
        model.sensors.iter().find_map(|sensor| {
            let ranges = Reading::find(interface, &sensor.name, "ranges")?;
            let Quantity::Ranges(beams) = ranges.quantity else { return None };
            let link = base_from_link(model, sensor.link.as_deref()?);
            Some(Self {
                ranges,
                base_from_sensor: Place::from_pose(&(link * sensor.pose.pose())),
                beams,
            })
        })
    }

    /// Tick of the latest scan.
    pub(super) fn measured_at(&self, observation: &Observation<'_>) -> Option<u64> {
        self.ranges.measured_at(observation).map(|tick| tick.0)
    }

    /// The latest scan, taken by a robot at `base`.
    pub(super) fn scan(&self, observation: &Observation<'_>, base: &Place) -> Option<Scan> {
        let tick = self.measured_at(observation)?;
        let ranges = self.ranges.get(observation)?;
        let sensor = base.compose(&self.base_from_sensor);
        let hits: Vec<Hit> = ranges
            .iter()
            .enumerate()
            .filter(|(_, range)| range.is_finite())
            .map(|(beam, range)| {
                let (angle, range) = (self.beams.angle_rad(beam), f64::from(*range));
                let point = sensor.point([range * libm::cos(angle), range * libm::sin(angle)]);
                Hit { beam, range, point }
            })
            .collect();
        let joined = |a: &Hit, b: &Hit| {
            let gap = GAP.max(GAP_PER_BEAM_WIDTH * self.beams.step_rad * a.range.min(b.range));
            b.beam - a.beam <= 2 && distance(a.point, b.point) < gap
        };
        let things = hits
            .chunk_by(joined)
            .filter_map(|group| thing(group, ranges, [sensor.x, sensor.y]))
            .collect();
        let hides = |hit: &&Hit| hides(hit, ranges, 1) || hides(hit, ranges, -1);
        let edges = hits.iter().filter(hides).map(|hit| hit.point).collect();
        Some(Scan { tick, points: hits.iter().map(|hit| hit.point).collect(), things, edges })
    }
}

#[derive(Debug, Clone, Copy)]
struct Hit {
    beam: usize,
    range: f64,
    point: [f64; 2],
}

/// True if the next beams in direction `step` reach much farther than a hit: several of them, since
/// a single beam may drop out.
fn hides(hit: &Hit, ranges: &[f32], step: isize) -> bool {
    (1..=3).all(|count| {
        let beam = hit.beam.checked_add_signed(step * count);
        let range = beam.and_then(|beam| ranges.get(beam)).copied();
        range.is_some_and(|range| f64::from(range) > hit.range + HIDDEN_DEPTH)
    })
}

/// Converts a group of hits to an object if it is small and not partly occluded: the end of a
/// half-occluded wall would appear to move with the robot.
fn thing(group: &[Hit], ranges: &[f32], sensor: [f64; 2]) -> Option<Thing> {
    let (first, last) = (group.first()?, group.last()?);
    if group.len() < 3 || distance(first.point, last.point) > WIDEST {
        return None;
    }
    let farther = |beam: Option<usize>, than: f64| {
        let range = beam.and_then(|beam| ranges.get(beam)).copied();
        range.is_some_and(|range| f64::from(range) > than)
    };
    if !farther(first.beam.checked_sub(1), first.range) || !farther(Some(last.beam + 1), last.range)
    {
        return None;
    }
    // The visible side of a cylinder is in front of its axis: on average by pi/4 of its radius.
    let count = group.len() as f64;
    let mean = [0, 1].map(|axis| group.iter().map(|hit| hit.point[axis]).sum::<f64>() / count);
    let radius = (distance(first.point, last.point) / 2.0).max(LEAST_RADIUS);
    let away = distance(mean, sensor).max(radius);
    let depth = std::f64::consts::FRAC_PI_4 * radius / away;
    let centre = [0, 1].map(|axis| mean[axis] + (mean[axis] - sensor[axis]) * depth);
    Some(Thing { centre, radius })
}

/// Distance of two points, m.
pub(super) fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    libm::hypot(a[0] - b[0], a[1] - b[1])
}
