//! Names, units and sources of the quantities of a run, named as in the tables of
//! recordings.

use randori_core::layout::{SceneLayout, SensorLayout};
use randori_core::math::tilt_rad;
use randori_core::record::TickRecord;
use randori_core::sensor::Channel;
use randori_core::spec::Scenario;
use randori_record::quantity::{moving_bodies, of_bodies, of_commands, of_joints, of_motors};
use randori_sim::signals::SignalTable;

/// A quantity that changes over a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Its name, such as `joint.pup.knee.position` or `tilt(pup)`.
    pub name: String,
    /// Unit of its values.
    pub unit: String,
    /// True if formulas of the scenario read it.
    pub is_signal: bool,
    pub(super) lane: usize,
    pub(super) column: usize,
}

impl Quantity {
    /// Its name, and its unit in brackets.
    pub(crate) fn heading(&self) -> String {
        format!("{} [{}]", self.name, self.unit)
    }
}

/// The source of a value within a tick; numbers are indices.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Signal(usize),
    Of(randori_record::quantity::Source),
    Tilt(usize),
}

impl Source {
    /// The value; NaN if it is missing.
    pub(super) fn value(self, record: &TickRecord) -> f32 {
        match self {
            Self::Signal(index) => record.signals.get(index).map_or(f32::NAN, |it| *it as f32),
            Self::Of(source) => source.value(record),
            Self::Tilt(body) => {
                record.state.bodies.get(body).map_or(f32::NAN, |body| tilt_rad(&body.pose))
            }
        }
    }
}

/// The quantities of every tick, with their sources.
pub(super) fn of_ticks(
    scenario: &Scenario,
    layout: &SceneLayout,
    signals: &SignalTable,
) -> (Vec<Quantity>, Vec<Source>) {
    let mut all = Listed::default();
    for (index, signal) in signals.signals().iter().enumerate() {
        all.add(signal.name.clone(), &signal.unit, Source::Signal(index));
    }
    let recorded = of_joints(layout)
        .into_iter()
        .chain(of_motors(layout))
        .chain(of_commands(scenario, layout))
        .chain(of_bodies(scenario, layout));
    for quantity in recorded {
        all.add(quantity.name, quantity.unit, Source::Of(quantity.source));
    }
    for (body, about) in moving_bodies(scenario, layout) {
        all.add(format!("body.{}.tilt", about.path), "rad", Source::Tilt(body));
    }
    (all.quantities, all.sources)
}

/// The quantities of a sensor, which has its own lane.
pub(super) fn of_sensors(robot: &str, sensor: &SensorLayout, lane: usize) -> Vec<Quantity> {
    let values = sensor.channels.iter().flat_map(|channel| {
        (0..channel.len).map(move |index| {
            let element = channel.elements.get(index).cloned();
            (channel, element.unwrap_or_else(|| index.to_string()))
        })
    });
    let quantity = |(column, (channel, element)): (usize, (&Channel, _))| {
        let name = format!("sensor.{robot}.{}.{}.{element}", sensor.name, channel.name);
        Quantity { name, unit: channel.unit.clone(), is_signal: false, lane, column }
    };
    values.enumerate().map(quantity).collect()
}

#[derive(Default)]
struct Listed {
    quantities: Vec<Quantity>,
    sources: Vec<Source>,
}

impl Listed {
    fn add(&mut self, name: String, unit: &str, source: Source) {
        let column = self.sources.len();
        let is_signal = matches!(source, Source::Signal(_));
        let unit = unit.to_owned();
        self.quantities.push(Quantity { name, unit, is_signal, lane: 0, column });
        self.sources.push(source);
    }
}
