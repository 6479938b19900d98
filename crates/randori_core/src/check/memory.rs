//! An estimate of the memory of a run, made before anything is built.
//!
//! A file of one megabyte can require a hundred gigabytes: the engine stores data for every
//! pair of overlapping shapes; a robot's equations are matrices; a latency stores every value
//! in transmission. The estimate counts these. Its factors were measured as peaks of whole
//! runs, and are conservative: an accepted run must not fail for lack of memory.
//!
//! Start reading at [`check`].

mod pairs;

use super::report::{At, Report};
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, Span};
use crate::sensor::MostValues;
use crate::spec::{JointKind, RobotSpec, SensorSpec, Shape, ShapeSpec};
use crate::text::{Limits, Part, Specs};
use crate::time::TickPeriod;

/// Bytes of a text with its outline and parsed content, per byte.
const PER_TEXT_BYTE: f64 = 40.0;
/// Bytes of a shape with its collider.
const PER_SHAPE: f64 = 3_500.0;
/// Bytes of a link, an object or an actor.
const PER_BODY: f64 = 6_000.0;
/// Bytes of a point of a convex hull with the faces around it.
const PER_HULL_POINT: f64 = 1_500.0;
/// Bytes of a triangle of a mesh with its share of the search tree.
const PER_TRIANGLE: f64 = 600.0;
/// Bytes of a height of a terrain.
const PER_HEIGHT: f64 = 40.0;
/// Bytes for each entry of a square matrix over the degrees of freedom of a robot; there are
/// about twenty of them.
const PER_DOF_SQUARED: f64 = 200.0;
/// Bytes of a value of a sensor: measured, true, received, recorded.
const PER_VALUE: f64 = 60.0;
/// Bytes of a value with its own name.
const PER_NAMED_VALUE: f64 = 200.0;
/// Bytes of a measurement or command in transmission, besides its values.
const PER_DELIVERY: f64 = 64.0;
/// Bytes of a value in transmission.
const PER_VALUE_UNDER_WAY: f64 = 4.0;

/// A part of the estimate.
struct Item {
    what: String,
    bytes: f64,
    place: Option<Span>,
}

/// An error if a run would need more memory than allowed; it names the largest part.
pub(super) fn check(report: &mut Report<'_>, specs: &Specs, limits: &Limits) {
    let scenario = specs.scenario.as_ref();
    let settings = scenario.map(|it| (it.physics.settings().rate_hz, it.duration));
    let period = settings.and_then(|(rate_hz, _)| TickPeriod::from_rate_hz(rate_hz));
    let ticks = period.zip(settings).map_or(0, |(it, (_, seconds))| it.ticks_nearest(seconds));
    let mut estimate = Estimate { items: Vec::new(), period, ticks };
    let text: usize = report.sources.documents().map(|(_, document)| document.text.len()).sum();
    estimate.items.push(Item {
        what: "text".to_owned(),
        bytes: PER_TEXT_BYTE * text as f64,
        place: None,
    });
    for (index, robot) in &specs.robots {
        estimate.robot(report, &At::root(Part::Robot(*index)), robot);
    }
    estimate.shapes(report, specs);
    let most = limits.memory_bytes as f64;
    if estimate.items.iter().map(|item| item.bytes).sum::<f64>() <= most {
        // Last, because counting pairs takes time.
        estimate.pairs(report, specs);
    }
    refuse(report, estimate.items, limits.memory_bytes);
}

fn refuse(report: &mut Report<'_>, mut items: Vec<Item>, limit: u64) {
    let total: f64 = items.iter().map(|item| item.bytes).sum();
    if total <= limit as f64 {
        return;
    }
    items.sort_by(|a, b| b.bytes.total_cmp(&a.bytes));
    let shown = |item: &Item| format!("{} take about {}", item.what, size(item.bytes));
    let message = format!(
        "a run would take about {} of memory; {} are allowed",
        size(total),
        size(limit as f64)
    );
    let mut error = Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message);
    if let Some(place) = items.first().and_then(|most| most.place) {
        error = error.primary(Label::new(place, "most of it is for this"));
    }
    let large = items.iter().filter(|item| item.bytes > 0.05 * total).take(3);
    error.help.extend(large.map(shown));
    report.push(error.help("allow more with `--max-memory SIZE`, such as `--max-memory 8GiB`"));
}

/// A number of bytes in readable form.
fn size(bytes: f64) -> String {
    let units = [(1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
    let (factor, unit) = units.into_iter().find(|(it, _)| bytes >= *it).unwrap_or((1e3, "kB"));
    let number = bytes / factor;
    let decimals = usize::from(number < 10.0);
    format!("{number:.decimals$} {unit}")
}

struct Estimate {
    items: Vec<Item>,
    period: Option<TickPeriod>,
    /// Length of the run; 0 if unknown.
    ticks: u64,
}

impl Estimate {
    fn add(&mut self, report: &Report<'_>, at: &At<'_>, what: impl Into<String>, bytes: f64) {
        // Positions are only searched where they may be shown.
        let place = if bytes > 1e6 { report.span(at) } else { None };
        self.items.push(Item { what: what.into(), bytes, place });
    }

    fn robot(&mut self, report: &Report<'_>, root: &At<'_>, robot: &RobotSpec) {
        let dofs: f64 = robot.joints.iter().map(|joint| joint.kind.dofs() as f64).sum();
        let what = format!("the equations of {dofs} degrees of freedom");
        self.add(report, &root.field("joints"), what, PER_DOF_SQUARED * dofs * dofs);
        let movable = robot.joints.iter().filter(|joint| joint.kind != JointKind::Fixed);
        let coordinates: f64 = movable.map(|joint| joint.kind.dofs() as f64).sum();
        let sensors = root.field("sensors");
        let (mut kept, mut delayed) = (0.0, 0.0);
        for sensor in &robot.sensors {
            let MostValues { count, have_names } = sensor.kind.most_values(coordinates);
            kept += count * if have_names { PER_NAMED_VALUE } else { PER_VALUE };
            delayed += self.under_way(sensor, count);
        }
        self.add(report, &sensors, "values of sensors", kept);
        self.add(report, &sensors, "measurements that are delayed", delayed);
        let inputs: f64 = robot.actuators.iter().map(|it| it.drive.inputs().len() as f64).sum();
        let delay = robot.actuators.iter().map(|it| it.delay).fold(0.0, f64::max);
        let commands = self.ticks_of(delay) * (PER_DELIVERY + PER_VALUE_UNDER_WAY * inputs);
        self.add(report, &root.field("actuators"), "commands that are delayed", commands);
    }

    /// Bytes of the measurements in transmission at one time.
    fn under_way(&self, sensor: &SensorSpec, values: f64) -> f64 {
        let physics_hz = self.period.map_or(1.0, |period| f64::from(period.rate_hz()));
        let period = sensor.rate_hz.map_or(1.0, |rate_hz| (physics_hz / rate_hz).max(1.0));
        let late = self.ticks_of(sensor.errors.latency.unwrap_or(0.0));
        late / period * (PER_DELIVERY + PER_VALUE_UNDER_WAY * values)
    }

    /// Ticks of a latency that can be filled before the run ends.
    fn ticks_of(&self, seconds: f64) -> f64 {
        self.period.map_or(0, |period| period.ticks_at_least(seconds).min(self.ticks)) as f64
    }

    fn shapes(&mut self, report: &Report<'_>, specs: &Specs) {
        for (index, robot) in &specs.robots {
            let root = At::root(Part::Robot(*index));
            let bytes: f64 = robot.links.iter().flat_map(|link| &link.shapes).map(of_shape).sum();
            let bodies = PER_BODY * robot.links.len() as f64;
            self.add(report, &root.field("links"), "links with their shapes", bytes + bodies);
        }
        if let Some(environment) = &specs.environment {
            let root = At::root(Part::Environment);
            let shapes = environment.objects.iter().flat_map(|object| &object.shapes);
            let bytes: f64 = shapes.map(of_shape).sum();
            let bodies = PER_BODY * environment.objects.len() as f64;
            self.add(report, &root.field("objects"), "objects with their shapes", bytes + bodies);
        }
    }

    /// Adds the engine's data for pairs of shapes.
    fn pairs(&mut self, report: &Report<'_>, specs: &Specs) {
        let counted = pairs::count(specs);
        let root = At::root(Part::Environment);
        let what = format!("{} pairs of shapes that overlap at the start", counted.near);
        self.add(report, &root.field("objects"), what, counted.near_bytes());
        let what = format!("contacts of {} pairs of shapes at the start", counted.touching);
        self.add(report, &root.field("objects"), what, counted.touching_bytes());
    }
}

fn of_shape(spec: &ShapeSpec) -> f64 {
    PER_SHAPE
        + match &spec.shape {
            Shape::ConvexHull { points } => PER_HULL_POINT * points.len() as f64,
            Shape::TriangleMesh { triangles, .. } => PER_TRIANGLE * triangles.len() as f64,
            Shape::Heightfield { heights, .. } => {
                PER_HEIGHT * heights.iter().map(Vec::len).sum::<usize>() as f64
            }
            _ => 0.0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_two_digits_that_matter() {
        assert_eq!([size(999.0), size(1.25e9)], ["1.0 kB", "1.2 GB"]);
        assert_eq!([size(999e6), size(3.6e13)], ["999 MB", "36 TB"]);
    }
}
