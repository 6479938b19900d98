//! Sensor channels, and temporary faults on them.

use std::ops::Range;

use randori_core::layout::{RobotLayout, SceneLayout};

use super::{Acted, Moment, Plant, number};
use crate::sensors::Fault;

/// A channel of a sensor, or all of its channels.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    /// Index of its sensor over all robots.
    sensor: usize,
    /// Range of its values among those of the sensor.
    pub(super) values: Range<usize>,
}

/// The channel of a sensor path such as `pup.imu`; all channels if no name is given.
///
/// # Errors
/// If the sensor or channel does not exist.
pub(super) fn channel(
    layout: &SceneLayout,
    path: &str,
    name: Option<&str>,
) -> Result<Channel, String> {
    let of_robot = |robot: &RobotLayout| {
        let sensor = path.strip_prefix(&robot.name)?.strip_prefix('.')?;
        robot.sensors.iter().position(|it| it.name == sensor)
    };
    let mut before = 0;
    for robot in &layout.robots {
        let Some(index) = of_robot(robot) else {
            before += robot.sensors.len();
            continue;
        };
        let mut values = 0..robot.sensors[index].values.len();
        if let Some(name) = name {
            let mut first = 0;
            let channels = &robot.sensors[index].channels;
            let found = channels.iter().find(|it| {
                let is_it = it.name == name;
                first += if is_it { 0 } else { it.len };
                is_it
            });
            let found = found.ok_or_else(|| format!("`{path}` has no channel `{name}`"))?;
            values = first..first + found.len;
        }
        return Ok(Channel { sensor: before + index, values });
    }
    Err(format!("there is no sensor `{path}`"))
}

/// Begins a fault of duration `lasts` (s), or ends it if it has begun.
pub(super) fn begin(
    on: &Channel,
    fault: Fault,
    (what, lasts): (&str, Option<f64>),
    moment: &mut Moment<'_>,
    plant: &mut Plant<'_>,
) -> Acted {
    if moment.started != moment.tick {
        plant.sensors.end_fault(on.sensor, moment.event);
        return Acted { what: format!("no longer {what}"), next: None };
    }
    plant.sensors.begin_fault(on.sensor, moment.event, fault);
    let span = lasts.map_or(String::new(), |lasts| format!(" for {} s", number(lasts)));
    Acted { what: format!("{what}{span}"), next: lasts.map(|lasts| moment.after(lasts)) }
}
