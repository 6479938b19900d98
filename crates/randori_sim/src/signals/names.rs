//! Resolves the arguments of signal functions.

use std::collections::BTreeMap;
use std::ops::Range;

use randori_core::diagnostic::nearest;
use randori_core::layout::{BodyId, DofId, RobotId, SceneLayout, SensorLayout};
use randori_core::math::Vector;
use randori_core::spec::{Scenario, ZoneSpec};

use super::functions::ParameterKind;
use super::zone::Zone;

/// Source of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// The frame origin of a body that may move.
    Body(BodyId),
    /// A fixed point.
    Fixed(Vector),
}

/// A part of a sensor's values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadingPart {
    pub(super) robot: RobotId,
    pub(super) sensor: usize,
    /// Range within the sensor's own values.
    pub(super) values: Range<usize>,
    /// Value for a beam without a hit.
    pub(super) beyond_range: f64,
    pub(super) unit: String,
}

/// All names of a scenario for use in formulas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) layout: &'a SceneLayout,
    pub(super) index: &'a NameIndex<'a>,
}

/// Lookup tables by name.
#[derive(Debug, Default)]
pub(super) struct NameIndex<'a> {
    bodies: BTreeMap<&'a str, BodyId>,
    robots: BTreeMap<&'a str, RobotId>,
    dofs: BTreeMap<&'a str, DofId>,
}

impl<'a> NameIndex<'a> {
    /// The index of a layout; of equal names, the first counts, and robots come before
    /// links, as in the layout itself.
    pub(super) fn new(layout: &'a SceneLayout) -> Self {
        let mut index = Self::default();
        for (number, robot) in layout.robots.iter().enumerate() {
            index.robots.entry(&robot.name).or_insert(RobotId(number));
            index.bodies.entry(&robot.name).or_insert(robot.base);
        }
        for (number, body) in layout.bodies.iter().enumerate() {
            index.bodies.entry(&body.path).or_insert(BodyId(number));
        }
        for (number, dof) in layout.dofs.iter().enumerate() {
            index.dofs.entry(&dof.path).or_insert(DofId(number));
        }
        index
    }
}

impl<'a> Names<'a> {
    pub(super) fn body(&self, name: &str) -> Option<BodyId> {
        self.index.bodies.get(name).copied()
    }

    pub(super) fn robot(&self, name: &str) -> Option<RobotId> {
        self.index.robots.get(name).copied()
    }

    pub(super) fn place(&self, name: &str) -> Option<Place> {
        let fixed = |[x, y, z]: [f64; 3]| Place::Fixed(Vector::new(x as f32, y as f32, z as f32));
        self.body(name)
            .map(Place::Body)
            .or_else(|| self.zone_spec(name).map(|zone| fixed(zone.pose.xyz)))
            .or_else(|| self.scenario.spec.waypoints.get(name).copied().map(fixed))
    }

    /// The bodies whose shapes a name denotes: all links of a robot.
    pub(super) fn solid(&self, name: &str) -> Option<Vec<BodyId>> {
        match self.robot(name) {
            Some(robot) => Some(self.layout.robots[robot.0].bodies.clone().map(BodyId).collect()),
            None => self.body(name).map(|body| vec![body]),
        }
    }

    pub(super) fn zone(&self, name: &str) -> Option<Zone> {
        self.zone_spec(name).map(Zone::new)
    }

    pub(super) fn dof(&self, name: &str) -> Option<DofId> {
        self.index.dofs.get(name).copied()
    }

    /// A joint coordinate, by its own path or that of its actuator.
    pub(super) fn drive(&self, name: &str) -> Option<DofId> {
        let of_actuator = || {
            let (robot, actuator) = name.split_once('.')?;
            let robot = &self.layout.robots[self.robot(robot)?.0];
            robot.actuators.iter().find(|drive| drive.name == actuator).map(|drive| drive.dof)
        };
        self.dof(name).or_else(of_actuator)
    }

    /// `robot.sensor.channel.element`, or `robot.sensor.channel` for all its values.
    pub(super) fn reading(&self, name: &str) -> Option<ReadingPart> {
        let mut parts = name.splitn(4, '.');
        let robot = self.robot(parts.next()?)?;
        let (sensor_name, channel_name) = (parts.next()?, parts.next()?);
        let robot_layout = &self.layout.robots[robot.0];
        let sensor = robot_layout.sensors.iter().position(|sensor| sensor.name == sensor_name)?;
        let mut first = 0;
        for channel in &robot_layout.sensors[sensor].channels {
            if channel.name != channel_name {
                first += channel.len;
                continue;
            }
            let values = match parts.next() {
                None => first..first + channel.len,
                Some(element) => {
                    let offset = channel.elements.iter().position(|name| name == element)?;
                    first + offset..first + offset + 1
                }
            };
            let beyond_range = channel.scan().map_or(0.0, |scan| scan.range_m.1);
            return Some(ReadingPart {
                robot,
                sensor,
                values,
                beyond_range,
                unit: channel.unit.clone(),
            });
        }
        None
    }

    /// Every valid name for an argument of this kind, in declaration order.
    pub(super) fn all(&self, kind: ParameterKind) -> Vec<String> {
        let robots = self.layout.robots.iter().map(|robot| robot.name.clone());
        let bodies = self.layout.bodies.iter().map(|body| body.path.clone());
        let zones = self.zone_specs().map(|zone| zone.name.clone());
        let dofs = self.layout.dofs.iter().map(|dof| dof.path.clone());
        match kind {
            ParameterKind::Robot => robots.collect(),
            ParameterKind::Body | ParameterKind::Solid => robots.chain(bodies).collect(),
            ParameterKind::Zone => zones.collect(),
            ParameterKind::Place => {
                let waypoints = self.scenario.spec.waypoints.keys().cloned();
                robots.chain(bodies).chain(zones).chain(waypoints).collect()
            }
            ParameterKind::Joint => dofs.collect(),
            ParameterKind::Drive => dofs.chain(self.actuators()).collect(),
            ParameterKind::Value => self.channels(value_names),
            ParameterKind::Channel => {
                self.channels(|sensor| sensor.channels.iter().map(|c| c.name.clone()).collect())
            }
        }
    }

    /// The name that was probably meant by `written`: a similar one, or the only one
    /// with this ending (`cart.slider` for `slider`).
    pub(super) fn similar(&self, written: &str, kind: ParameterKind) -> Option<String> {
        let all = self.all(kind);
        if let Some(name) = nearest(written, all.iter().map(String::as_str)) {
            return Some(name.to_owned());
        }
        let ending = format!(".{written}");
        let mut owners = all.iter().filter(|name| name.ends_with(&ending));
        match (owners.next(), owners.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }

    /// The kind of the item with this name, if any: `a zone`.
    pub(super) fn describe(&self, name: &str) -> Option<&'static str> {
        if self.robot(name).is_some() {
            Some("a robot")
        } else if self.body(name).is_some() {
            Some("a body")
        } else if self.zone_spec(name).is_some() {
            Some("a zone")
        } else if self.scenario.spec.waypoints.contains_key(name) {
            Some("a waypoint")
        } else if self.dof(name).is_some() {
            Some("a joint coordinate")
        } else if self.drive(name).is_some() {
            Some("an actuator")
        } else if self.reading(name).is_some() {
            Some("a sensor channel")
        } else {
            None
        }
    }

    fn zone_specs(&self) -> impl Iterator<Item = &'a ZoneSpec> + use<'a> {
        self.scenario.environment.zones.iter().chain(&self.scenario.spec.zones)
    }

    fn zone_spec(&self, name: &str) -> Option<&'a ZoneSpec> {
        self.zone_specs().find(|zone| zone.name == name)
    }

    fn actuators(&self) -> impl Iterator<Item = String> + use<'a> {
        self.layout.robots.iter().flat_map(|robot| {
            robot.actuators.iter().map(|actuator| format!("{}.{}", robot.name, actuator.name))
        })
    }

    fn channels(&self, tails: fn(&SensorLayout) -> Vec<String>) -> Vec<String> {
        let of_sensor = |robot: &str, sensor: &SensorLayout| -> Vec<String> {
            let owner = format!("{robot}.{}", sensor.name);
            tails(sensor).iter().map(|tail| format!("{owner}.{tail}")).collect()
        };
        self.layout
            .robots
            .iter()
            .flat_map(|robot| {
                robot.sensors.iter().flat_map(|sensor| of_sensor(&robot.name, sensor))
            })
            .collect()
    }
}

/// `channel.element` for each single value; lists without element names are omitted,
/// since they cannot be misspelled.
fn value_names(sensor: &SensorLayout) -> Vec<String> {
    sensor
        .channels
        .iter()
        .flat_map(|channel| match channel.elements.as_slice() {
            [_] => vec![channel.name.clone()],
            elements => {
                elements.iter().map(|element| format!("{}.{element}", channel.name)).collect()
            }
        })
        .collect()
}
