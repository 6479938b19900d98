//! Names and indices of all elements of a scene.
//!
//! The layout follows from the scenario alone, so the world, sensors, policies, monitors,
//! recordings and the viewer all use the same indices for the same elements. Order is
//! declaration order: robots (links, joints, actuators, sensors), then objects, then actors.
//!
//! Start reading at [`SceneLayout::new`].

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::sensor::{Channel, Scan};
use crate::spec::{RobotSpec, Scenario};

/// Index of a body: a robot link, an object or an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BodyId(pub usize);

/// Index of a joint degree of freedom in the whole scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DofId(pub usize);

/// Index of a robot in the scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RobotId(pub usize);

/// Names and indices of all elements of a scene.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SceneLayout {
    /// All bodies; indexed by [`BodyId`].
    pub bodies: Vec<BodyLayout>,
    /// Joint degrees of freedom; indexed by [`DofId`].
    pub dofs: Vec<DofLayout>,
    /// Robots; indexed by [`RobotId`].
    pub robots: Vec<RobotLayout>,
    /// Objects of the environment, in bodies.
    pub objects: Range<usize>,
    /// Actors, in bodies.
    pub actors: Range<usize>,
}

/// A body: an element with a pose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BodyLayout {
    /// Path, such as `courier.base` or `crate_3`.
    pub path: String,
    /// The robot that it belongs to.
    pub robot: Option<RobotId>,
}

/// A joint degree of freedom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DofLayout {
    /// Path of the joint, with `.x`, `.y`, `.z` for a spherical one.
    pub path: String,
    /// The robot that it belongs to.
    pub robot: RobotId,
    /// Index of the joint in the robot file.
    pub joint: usize,
    /// True for a length (m), false for an angle (rad).
    pub is_length: bool,
    /// Lower and upper limit, rad or m.
    pub limits: Option<(f32, f32)>,
    /// Coordinate at the start, rad or m.
    pub start: f32,
}

/// The elements of one robot in a scene.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobotLayout {
    /// Name within the scenario.
    pub name: String,
    /// Its links, in `bodies`, in the order of the robot file.
    pub bodies: Range<usize>,
    /// Its base link.
    pub base: BodyId,
    /// Its degrees of freedom, in `dofs`, in the order of the robot file's joints.
    pub dofs: Range<usize>,
    /// Its actuators, in the order of the robot file.
    pub actuators: Vec<ActuatorLayout>,
    /// Its sensors, in the order of the robot file.
    pub sensors: Vec<SensorLayout>,
}

impl RobotLayout {
    /// Number of entries of a command.
    pub fn command_len(&self) -> usize {
        self.actuators.last().map_or(0, |actuator| actuator.inputs.end)
    }

    /// Number of entries of a full observation (all channels of all sensors).
    pub fn observation_len(&self) -> usize {
        self.sensors.last().map_or(0, |sensor| sensor.values.end)
    }
}

/// An actuator and its entries of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActuatorLayout {
    /// Name within the robot.
    pub name: String,
    /// The driven degree of freedom.
    pub dof: DofId,
    /// Its entries in the robot's command.
    pub inputs: Range<usize>,
}

/// A sensor and its values in an observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensorLayout {
    /// Name within the robot.
    pub name: String,
    /// The link with the sensor.
    pub body: Option<BodyId>,
    /// Its values in the robot's observation.
    pub values: Range<usize>,
    /// Its channels, in order.
    pub channels: Vec<Channel>,
}

impl SensorLayout {
    /// The beams of its scan, for a lidar.
    pub fn scan(&self) -> Option<&Scan> {
        self.channels.iter().find_map(Channel::scan)
    }
}

impl SceneLayout {
    /// The layout of a checked scenario.
    pub fn new(scenario: &Scenario) -> Self {
        let mut layout = Self {
            bodies: Vec::new(),
            dofs: Vec::new(),
            robots: Vec::new(),
            objects: 0..0,
            actors: 0..0,
        };
        for index in 0..scenario.robots.len() {
            layout.add_robot(scenario, index);
        }
        layout.objects =
            layout.add_free_bodies(scenario.environment.objects.iter().map(|o| &o.name));
        layout.actors = layout.add_free_bodies(scenario.spec.actors.iter().map(|a| &a.name));
        layout
    }

    /// The body with this path: a link (`courier.base`), an object, an actor,
    /// or a robot's name for its base link.
    pub fn body(&self, path: &str) -> Option<BodyId> {
        let robot = self.robots.iter().find(|robot| robot.name == path).map(|robot| robot.base);
        robot.or_else(|| self.bodies.iter().position(|body| body.path == path).map(BodyId))
    }

    /// The body of the n-th dropped box, counted from 0. Dropped boxes
    /// ([`Intervention::Drop`](crate::record::Intervention::Drop)) follow all bodies of the
    /// scenario.
    pub fn dropped(&self, index: usize) -> BodyId {
        BodyId(self.bodies.len() + index)
    }

    /// The display name of a body: its path, or `dropped box 1` and so on.
    pub fn body_name(&self, body: BodyId) -> Cow<'_, str> {
        match self.bodies.get(body.0) {
            Some(entry) => Cow::Borrowed(&entry.path),
            None => Cow::Owned(format!("dropped box {}", body.0 - self.bodies.len() + 1)),
        }
    }

    /// The robot with this name.
    pub fn robot(&self, name: &str) -> Option<RobotId> {
        self.robots.iter().position(|robot| robot.name == name).map(RobotId)
    }

    /// The degree of freedom with this path.
    pub fn dof(&self, path: &str) -> Option<DofId> {
        self.dofs.iter().position(|dof| dof.path == path).map(DofId)
    }

    fn add_free_bodies<'a>(&mut self, names: impl Iterator<Item = &'a String>) -> Range<usize> {
        let first = self.bodies.len();
        self.bodies.extend(names.map(|name| BodyLayout { path: name.clone(), robot: None }));
        first..self.bodies.len()
    }

    fn add_robot(&mut self, scenario: &Scenario, index: usize) {
        let (entry, model) = (&scenario.spec.robots[index], &scenario.robots[index]);
        let robot = RobotId(index);
        let first_body = self.bodies.len();
        self.bodies.extend(model.links.iter().map(|link| BodyLayout {
            path: format!("{}.{}", entry.name, link.name),
            robot: Some(robot),
        }));
        let link_id = |name: &str| {
            model.links.iter().position(|link| link.name == name).map(|i| BodyId(first_body + i))
        };
        let first_dof = self.dofs.len();
        for (joint, spec) in model.joints.iter().enumerate() {
            let start = start_coordinates(&entry.start, model, &spec.name);
            let path = format!("{}.{}", entry.name, spec.name);
            let suffixes: &[&str] = match spec.kind.dofs() {
                0 => &[],
                1 => &[""],
                _ => &[".x", ".y", ".z"],
            };
            self.dofs.extend(suffixes.iter().zip(start).map(|(suffix, start)| DofLayout {
                path: format!("{path}{suffix}"),
                robot,
                joint,
                is_length: spec.kind.is_prismatic(),
                limits: spec.kind.limits_si().map(|(low, high)| (low as f32, high as f32)),
                start: start as f32,
            }));
        }
        let dofs = first_dof..self.dofs.len();
        let mut actuators: Vec<ActuatorLayout> = Vec::new();
        for actuator in &model.actuators {
            let path = format!("{}.{}", entry.name, actuator.joint);
            let Some(dof) = self.dof(&path) else { continue };
            let first = actuators.last().map_or(0, |previous| previous.inputs.end);
            let inputs = first..first + actuator.drive.inputs().len();
            actuators.push(ActuatorLayout { name: actuator.name.clone(), dof, inputs });
        }
        let mut sensors: Vec<SensorLayout> = Vec::new();
        for sensor in &model.sensors {
            let first = sensors.last().map_or(0, |previous| previous.values.end);
            let channels = sensor.kind.channels(model);
            let len: usize = channels.iter().map(|channel| channel.len).sum();
            sensors.push(SensorLayout {
                name: sensor.name.clone(),
                body: sensor.link.as_deref().and_then(link_id),
                values: first..first + len,
                channels,
            });
        }
        self.robots.push(RobotLayout {
            name: entry.name.clone(),
            bodies: first_body..self.bodies.len(),
            base: link_id(model.base.link()).unwrap_or(BodyId(first_body)),
            dofs,
            actuators,
            sensors,
        });
    }
}

fn start_coordinates(start: &crate::spec::Placement, model: &RobotSpec, joint: &str) -> [f64; 3] {
    let named = start.named.as_ref().and_then(|pose| model.poses.get(pose)?.get(joint));
    start.joints.get(joint).or(named).map_or([0.0; 3], |coordinate| coordinate.elements())
}
