//! Looks up readings in an observation and poses of links on a robot.

use std::ops::Range;

use randori_core::math::Pose;
use randori_core::policy::{Observation, RobotInterface};
use randori_core::sensor::Quantity;
use randori_core::spec::{JointSpec, RobotSpec};
use randori_core::time::Tick;

/// The location of a channel in an observation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// Full name, `sensor.channel`.
    pub(super) name: String,
    pub(super) quantity: Quantity,
    channel: usize,
    values: Range<usize>,
}

impl Reading {
    /// The channel `sensor.channel`.
    pub(super) fn find(interface: &RobotInterface, sensor: &str, channel: &str) -> Option<Self> {
        let name = format!("{sensor}.{channel}");
        let index = interface.observations.iter().position(|channel| channel.name == name)?;
        let (quantity, values) =
            (interface.observations[index].quantity, interface.observation(&name)?);
        Some(Self { name, quantity, channel: index, values })
    }

    /// The latest values, or `None` before the first ones.
    pub(super) fn get<'a>(&self, observation: &Observation<'a>) -> Option<&'a [f32]> {
        self.measured_at(observation)?;
        observation.values.get(self.values.clone())
    }

    /// Tick of the latest measurement.
    pub(super) fn measured_at(&self, observation: &Observation<'_>) -> Option<Tick> {
        observation.measured_at.get(self.channel).copied().flatten()
    }
}

/// Position and velocity of a joint, as a joint state sensor reports them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JointReading {
    position: Reading,
    velocity: Reading,
    element: usize,
}

impl JointReading {
    /// The first joint state sensor that reports `joint`.
    pub(super) fn find(interface: &RobotInterface, joint: &str) -> Option<Self> {
        interface.model.sensors.iter().find_map(|sensor| {
            let position = Reading::find(interface, &sensor.name, "position");
            let position = position.filter(|it| it.quantity == Quantity::Scalar)?;
            let elements = &interface.observations[position.channel].elements;
            let element = elements.iter().position(|element| element == joint)?;
            let velocity = Reading::find(interface, &sensor.name, "velocity")?;
            Some(Self { position, velocity, element })
        })
    }

    /// Position (rad or m) and velocity (per second); `None` before the first.
    pub(super) fn get(&self, observation: &Observation<'_>) -> Option<(f32, f32)> {
        let position = self.position.get(observation)?;
        let velocity = self.velocity.get(observation)?;
        Some((position[self.element], velocity[self.element]))
    }

    /// Full names of the input channels.
    pub(super) fn needs(&self) -> [String; 2] {
        [self.position.name.clone(), self.velocity.name.clone()]
    }
}

/// The joint that carries `link`.
fn joint_above<'a>(model: &'a RobotSpec, link: &str) -> Option<&'a JointSpec> {
    model.joints.iter().find(|joint| joint.child == link)
}

/// Pose of `link` in the base link's frame with all joints at zero.
pub(super) fn base_from_link(model: &RobotSpec, link: &str) -> Pose {
    let mut pose = Pose::IDENTITY;
    let mut link = link;
    // The depth of a tree of n links is at most n; the bound terminates on a cycle, which the
    // checker rejects.
    for _ in &model.links {
        let Some(joint) = joint_above(model, link) else { break };
        pose = joint.pose.pose() * pose;
        link = &joint.parent;
    }
    pose
}
