//! The table with a row per measured value.

use std::io;

use randori_core::layout::SensorLayout;
use randori_record::header::Start;
use randori_record::tick::RecordedTick;

use super::table::{Column, Kind, Table, Value, selected, time_s};

/// The measurements of sensors.
pub(super) struct Sensors {
    columns: Vec<Column>,
    /// Values by robot, sensor and index within its measurement; `None` for those
    /// that were not selected.
    values: Vec<Vec<Vec<Option<Named>>>>,
    names: Vec<String>,
    period_ns: u64,
}

/// The kind of a value.
struct Named {
    sensor: String,
    channel: String,
    element: String,
    unit: String,
}

impl Sensors {
    /// The table, with the selected sensors and channels.
    pub(super) fn new(start: &Start, asked: &[String]) -> Self {
        let columns = [
            ("tick", Kind::Count),
            ("time [s]", Kind::Double),
            ("delivered [s]", Kind::Double),
            ("lost", Kind::Flag),
            ("sensor", Kind::Text),
            ("channel", Kind::Text),
            ("element", Kind::Text),
            ("measured", Kind::Single),
            ("truth", Kind::Single),
            ("unit", Kind::Text),
        ];
        let mut names = Vec::new();
        let mut values = Vec::new();
        for robot in &start.layout.robots {
            let of_sensor = |sensor: &SensorLayout| named(&robot.name, sensor, asked, &mut names);
            values.push(robot.sensors.iter().map(of_sensor).collect());
        }
        Self {
            columns: columns.map(|(name, kind)| Column::new(name, kind)).into(),
            values,
            names,
            period_ns: start.header.period_ns,
        }
    }
}

/// The values of a measurement; the names of its channels go to `names`.
fn named(
    robot: &str,
    sensor: &SensorLayout,
    asked: &[String],
    names: &mut Vec<String>,
) -> Vec<Option<Named>> {
    let path = format!("{robot}.{}", sensor.name);
    let mut values = Vec::new();
    for channel in &sensor.channels {
        let name = format!("{path}.{}", channel.name);
        let wanted = selected(&name, asked);
        values.extend((0..channel.len).map(|index| {
            let element = channel.elements.get(index).cloned();
            wanted.then(|| Named {
                sensor: path.clone(),
                channel: channel.name.clone(),
                element: element.unwrap_or_else(|| index.to_string()),
                unit: channel.unit.clone(),
            })
        }));
        names.push(name);
    }
    values
}

impl Table for Sensors {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn is_empty(&self) -> bool {
        self.values.iter().flatten().flatten().all(Option::is_none)
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn rows(
        &self,
        tick: &RecordedTick,
        write: &mut dyn FnMut(&[Value<'_>]) -> io::Result<()>,
    ) -> io::Result<()> {
        for reading in &tick.record.readings {
            let sensors = self.values.get(reading.robot.0);
            let Some(names) = sensors.and_then(|sensors| sensors.get(reading.sensor)) else {
                continue;
            };
            let values = reading.measured.iter().zip(&reading.truth).zip(names);
            for ((&measured, &truth), name) in values {
                let Some(Named { sensor, channel, element, unit }) = name else { continue };
                write(&[
                    Value::Count(reading.measured_at.0),
                    Value::Double(time_s(reading.measured_at.0, self.period_ns)),
                    Value::Double(time_s(reading.delivered_at.0, self.period_ns)),
                    Value::Flag(reading.lost),
                    Value::Text(sensor),
                    Value::Text(channel),
                    Value::Text(element),
                    Value::Single(measured),
                    Value::Single(truth),
                    Value::Text(unit),
                ])?;
            }
        }
        Ok(())
    }
}
