//! Correspondence of the entities of two scenes, by name.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use randori_core::layout::{
    ActuatorLayout, BodyId, RobotId, RobotLayout, SceneLayout, SensorLayout,
};
use randori_core::sensor::{Channel, Quantity};

/// Two scenes with pairs of indices of their common entities.
#[derive(Debug, Clone)]
pub struct Scenes<'a> {
    pub(super) layouts: [&'a SceneLayout; 2],
    pub(super) bodies: Vec<[usize; 2]>,
    pub(super) dofs: Vec<[usize; 2]>,
    pub(super) drives: Vec<Drive<'a>>,
    /// By index in the second scene: the robot in the first, and its sensors in the first.
    robots: Vec<Option<SameRobot>>,
    /// By index in the first scene: common robots and sensors.
    shared_robots: BTreeSet<usize>,
    shared_sensors: BTreeSet<[usize; 2]>,
}

/// An actuator of both scenes.
#[derive(Debug, Clone)]
pub(super) struct Drive<'a> {
    /// Its indices among the forces of all actuators.
    pub(super) indices: [usize; 2],
    pub(super) robot: &'a str,
    pub(super) name: &'a str,
    pub(super) unit: &'static str,
}

#[derive(Debug, Clone)]
struct SameRobot {
    robot: usize,
    /// By index in the second scene: the index in the first.
    sensors: Vec<Option<usize>>,
}

/// An entity of only one of two scenes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyOne {
    /// Its kind, such as `body`.
    pub kind: &'static str,
    /// Its path.
    pub name: String,
    /// True if it is in the second scene, false if in the first.
    pub in_second: bool,
}

impl<'a> Scenes<'a> {
    /// Finds the common entities of two scenes.
    pub fn new(first: &'a SceneLayout, second: &'a SceneLayout) -> Self {
        let layouts = [first, second];
        let bodies = layouts.map(|it| it.bodies.iter().map(|body| body.path.as_str()));
        let dofs = layouts.map(|it| it.dofs.iter().map(|dof| dof.path.as_str()));
        let [known, found] = layouts.map(|it| it.robots.iter().map(|robot| robot.name.as_str()));
        let robots = places(known, found).into_iter().zip(&second.robots);
        let robots: Vec<Option<SameRobot>> = robots
            .map(|(place, robot)| {
                let place = place?;
                let known = first.robots[place].sensors.iter().map(|it| it.name.as_str());
                let found = robot.sensors.iter().map(|it| it.name.as_str());
                Some(SameRobot { robot: place, sensors: places(known, found) })
            })
            .collect();
        let shared = robots.iter().flatten();
        let sensors = shared
            .clone()
            .flat_map(|same| same.sensors.iter().flatten().map(|&sensor| [same.robot, sensor]));
        Self {
            layouts,
            bodies: both(bodies),
            dofs: both(dofs),
            drives: drives(layouts),
            shared_sensors: sensors.collect(),
            shared_robots: shared.map(|same| same.robot).collect(),
            robots,
        }
    }

    /// The scene of two runs of the same scenario.
    pub fn same(layout: &'a SceneLayout) -> Self {
        Self::new(layout, layout)
    }

    /// All entities of only one of the scenes.
    pub fn only(&self) -> Vec<OnlyOne> {
        let mut found = Vec::new();
        let names = |kind: &'static str| self.layouts.map(|layout| names(layout, kind));
        for kind in KINDS {
            let [first, second] = names(kind);
            let known = second.iter().map(String::as_str);
            let places_of_first = places(known, first.iter().map(String::as_str));
            let known = first.iter().map(String::as_str);
            let places_of_second = places(known, second.iter().map(String::as_str));
            for (in_second, names, places) in
                [(false, &first, places_of_first), (true, &second, places_of_second)]
            {
                let alone = names.iter().zip(places).filter(|(_, place)| place.is_none());
                let only = |name: &String| OnlyOne { kind, name: name.clone(), in_second };
                found.extend(alone.map(|(name, _)| only(name)));
            }
        }
        found
    }

    /// True if both scenes have the same entities in the same order, so that their digests
    /// are comparable.
    pub(super) fn same_shape(&self) -> bool {
        let [a, b] = self.layouts;
        let in_place = |pairs: &[[usize; 2]]| pairs.iter().all(|[first, second]| first == second);
        let mut robots = a.robots.iter().zip(&b.robots);
        self.only().is_empty()
            && in_place(&self.bodies)
            && in_place(&self.dofs)
            && robots.all(|(a, b)| {
                let channels = |robot: &RobotLayout| -> Vec<(String, Vec<Channel>)> {
                    let sensors = robot.sensors.iter();
                    sensors.map(|it| (it.name.clone(), unlabelled(&it.channels))).collect()
                };
                a.name == b.name && a.actuators == b.actuators && channels(a) == channels(b)
            })
    }

    /// The index in the first scene of a robot of one side, if both have it.
    pub(super) fn robot(&self, side: usize, robot: RobotId) -> Option<usize> {
        if side == 0 {
            return self.shared_robots.contains(&robot.0).then_some(robot.0);
        }
        Some(self.robots.get(robot.0)?.as_ref()?.robot)
    }

    /// The same for a sensor, after its robot.
    pub(super) fn sensor(&self, side: usize, robot: RobotId, sensor: usize) -> Option<[usize; 2]> {
        if side == 0 {
            let place = [robot.0, sensor];
            return self.shared_sensors.contains(&place).then_some(place);
        }
        let same = self.robots.get(robot.0)?.as_ref()?;
        Some([same.robot, (*same.sensors.get(sensor)?)?])
    }

    /// A robot of the first scene.
    pub(super) fn robot_layout(&self, robot: usize) -> Option<&'a RobotLayout> {
        self.layouts[0].robots.get(robot)
    }

    /// Robots that both scenes have.
    pub(super) fn robots(&self) -> impl Iterator<Item = [usize; 2]> {
        let robots = self.robots.iter().enumerate();
        robots.filter_map(|(second, first)| Some([first.as_ref()?.robot, second]))
    }

    /// Path of a body of one of the scenes.
    pub(super) fn body_path(&self, side: usize, body: BodyId) -> Cow<'a, str> {
        self.layouts[side].body_name(body)
    }
}

/// Channels without their quantity, which older recordings do not have.
fn unlabelled(channels: &[Channel]) -> Vec<Channel> {
    let without = |it: &Channel| Channel { quantity: Quantity::default(), ..it.clone() };
    channels.iter().map(without).collect()
}

const KINDS: [&str; 5] = ["robot", "body", "joint", "actuator", "sensor"];

fn names(layout: &SceneLayout, kind: &str) -> Vec<String> {
    let of_robots = |parts: fn(&RobotLayout) -> Vec<&str>| -> Vec<String> {
        let robots = layout.robots.iter();
        robots
            .flat_map(|robot| parts(robot).into_iter().map(|part| format!("{}.{part}", robot.name)))
            .collect()
    };
    match kind {
        "robot" => layout.robots.iter().map(|robot| robot.name.clone()).collect(),
        "body" => layout.bodies.iter().map(|body| body.path.clone()).collect(),
        "joint" => layout.dofs.iter().map(|dof| dof.path.clone()).collect(),
        "actuator" => of_robots(|it| it.actuators.iter().map(|part| part.name.as_str()).collect()),
        _ => of_robots(|it| it.sensors.iter().map(|part| part.name.as_str()).collect()),
    }
}

/// For each found name, its index among the known ones.
fn places<'n>(
    known: impl Iterator<Item = &'n str>,
    found: impl Iterator<Item = &'n str>,
) -> Vec<Option<usize>> {
    let known: BTreeMap<&str, usize> =
        known.enumerate().map(|(place, name)| (name, place)).collect();
    found.map(|name| known.get(name).copied()).collect()
}

/// The indices of common names, in the order of the first list.
fn both<'n>([first, second]: [impl Iterator<Item = &'n str>; 2]) -> Vec<[usize; 2]> {
    let places = places(second, first);
    places.iter().enumerate().filter_map(|(a, b)| Some([a, (*b)?])).collect()
}

fn drives<'a>(layouts: [&'a SceneLayout; 2]) -> Vec<Drive<'a>> {
    let [first, second] = layouts.map(|layout| {
        let robots = layout.robots.iter();
        let all = robots.flat_map(|robot| robot.actuators.iter().map(move |it| (robot, it)));
        all.enumerate().collect::<Vec<_>>()
    });
    let known: BTreeMap<(&str, &str), usize> = second
        .iter()
        .map(|(index, (robot, actuator))| ((robot.name.as_str(), actuator.name.as_str()), *index))
        .collect();
    let drive = |(index, (robot, actuator)): &(usize, (&'a RobotLayout, &'a ActuatorLayout))| {
        let (robot, name) = (robot.name.as_str(), actuator.name.as_str());
        let is_length = layouts[0].dofs.get(actuator.dof.0).is_some_and(|dof| dof.is_length);
        let unit = if is_length { "N" } else { "N m" };
        let other = *known.get(&(robot, name))?;
        Some(Drive { indices: [*index, other], robot, name, unit })
    };
    first.iter().filter_map(drive).collect()
}

/// Name of a value of a sensor, such as `ranges[3]`, and its unit.
pub(super) fn sensor_value(sensor: &SensorLayout, index: usize) -> (String, &str) {
    let mut first = 0;
    for channel in &sensor.channels {
        let end = first + channel.len;
        if index < end {
            let entry = index - first;
            let element = channel.elements.get(entry).cloned();
            let element = element.unwrap_or_else(|| entry.to_string());
            return (format!("{}[{element}]", channel.name), &channel.unit);
        }
        first = end;
    }
    (format!("[{index}]"), "")
}

/// Name of a value of an observation, such as `lidar.ranges[3]`, and its unit.
pub(super) fn observed_value(robot: &RobotLayout, index: usize) -> (String, &str) {
    let sensor = robot.sensors.iter().find(|sensor| sensor.values.contains(&index));
    let Some(sensor) = sensor else { return (format!("value {index}"), "") };
    let (name, unit) = sensor_value(sensor, index - sensor.values.start);
    (format!("{}.{name}", sensor.name), unit)
}

/// Name of the actuator of a value of a command.
pub(super) fn command_value(robot: &RobotLayout, index: usize) -> String {
    let actuator = robot.actuators.iter().find(|it| it.inputs.contains(&index));
    actuator.map_or_else(|| format!("value {index}"), |actuator| actuator.name.clone())
}
