//! The numbers of a tick: names, units and locations.
//!
//! Tables, plots and tools use the same names: `joint.pup.knee.position`,
//! `motor.pup.knee.applied`, `command.pup.knee.position`,
//! `body.pup.trunk.position.x`. All values are in SI units, in the world frame.

use randori_core::input::InputKind;
use randori_core::layout::{ActuatorLayout, BodyLayout, DofLayout, SceneLayout};
use randori_core::math::Vector;
use randori_core::record::{BodyState, TickRecord};
use randori_core::spec::{Mobility, Scenario};

/// A number of every tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Its name, such as `joint.pup.knee.position`.
    pub name: String,
    /// Unit of its values.
    pub unit: &'static str,
    /// Location of its value.
    pub source: Source,
}

impl Quantity {
    /// Its name, and its unit in brackets.
    pub fn heading(&self) -> String {
        format!("{} [{}]", self.name, self.unit)
    }
}

/// Location of the value of a quantity in a record; numbers are indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Coordinate of a degree of freedom.
    Position(usize),
    /// Rate of a degree of freedom.
    Velocity(usize),
    /// Torque or force of the drive of a degree of freedom.
    Torque(usize),
    /// Applied torque or force of an actuator, indexed over all robots.
    Applied(usize),
    /// An entry of a robot's command.
    Command {
        /// The robot.
        robot: usize,
        /// The entry.
        input: usize,
    },
    /// A part of the state of a body.
    Body {
        /// The body.
        body: usize,
        /// The vector.
        part: Part,
        /// The entry of that vector.
        axis: usize,
    },
}

impl Source {
    /// The value in a record; NaN if it is missing.
    pub fn value(self, record: &TickRecord) -> f32 {
        let state = &record.state;
        let value = match self {
            Self::Position(index) => state.positions.get(index).copied(),
            Self::Velocity(index) => state.velocities.get(index).copied(),
            Self::Torque(index) => state.torques.get(index).copied(),
            Self::Applied(index) => record.applied.get(index).copied(),
            Self::Command { robot, input } => {
                record.requested.get(robot).and_then(|values| values.get(input)).copied()
            }
            Self::Body { body, part, axis } => {
                state.bodies.get(body).map(|body| part.value(body, axis))
            }
        };
        value.unwrap_or(f32::NAN)
    }
}

/// Vectors of a body's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Position of its origin.
    Position,
    /// Rotation, a unit quaternion.
    Rotation,
    /// Velocity of its origin.
    Linear,
    /// Angular velocity.
    Angular,
}

impl Part {
    const ALL: [Self; 4] = [Self::Position, Self::Rotation, Self::Linear, Self::Angular];

    /// Its name, its unit and its axes.
    fn about(self) -> (&'static str, &'static str, &'static [&'static str]) {
        const XYZ: &[&str] = &["x", "y", "z"];
        match self {
            Self::Position => ("position", "m", XYZ),
            Self::Rotation => ("rotation", "1", &["x", "y", "z", "w"]),
            Self::Linear => ("linear_velocity", "m/s", XYZ),
            Self::Angular => ("angular_velocity", "rad/s", XYZ),
        }
    }

    fn value(self, state: &BodyState, axis: usize) -> f32 {
        let vector = |vector: Vector| vector.to_array()[axis];
        match self {
            Self::Position => vector(state.pose.translation),
            Self::Rotation => state.pose.rotation.to_array()[axis],
            Self::Linear => vector(state.twist.linear),
            Self::Angular => vector(state.twist.angular),
        }
    }
}

/// Position, velocity and torque of all degrees of freedom.
pub fn of_joints(layout: &SceneLayout) -> Vec<Quantity> {
    let dofs = layout.dofs.iter().enumerate();
    let of = |(index, dof): (usize, &DofLayout)| {
        let [place, rate, effort] = units(dof.is_length);
        let quantity = |word: &str, unit, source| Quantity {
            name: format!("joint.{}.{word}", dof.path),
            unit,
            source,
        };
        [
            quantity("position", place, Source::Position(index)),
            quantity("velocity", rate, Source::Velocity(index)),
            quantity("torque", effort, Source::Torque(index)),
        ]
    };
    dofs.flat_map(of).collect()
}

/// Applied torques and forces of all actuators.
pub fn of_motors(layout: &SceneLayout) -> Vec<Quantity> {
    let motors = layout
        .robots
        .iter()
        .flat_map(|robot| robot.actuators.iter().map(|actuator| (robot.name.as_str(), actuator)));
    let of = |(index, (robot, actuator)): (usize, (&str, &ActuatorLayout))| {
        let [.., unit] = units(is_length(layout, actuator.dof.0));
        let name = format!("motor.{robot}.{}.applied", actuator.name);
        Quantity { name, unit, source: Source::Applied(index) }
    };
    motors.enumerate().map(of).collect()
}

/// The commands in force of all policies.
pub fn of_commands(scenario: &Scenario, layout: &SceneLayout) -> Vec<Quantity> {
    let mut all = Vec::new();
    for (robot, (about, model)) in layout.robots.iter().zip(&scenario.robots).enumerate() {
        for actuator in &about.actuators {
            let spec = model.actuators.iter().find(|spec| spec.name == actuator.name);
            let kinds = spec.map_or(&[][..], |spec| spec.drive.inputs());
            for (input, kind) in actuator.inputs.clone().zip(kinds) {
                let unit = kind.unit(is_length(layout, actuator.dof.0));
                let name = format!("command.{}.{}.{kind}", about.name, actuator.name);
                all.push(Quantity { name, unit, source: Source::Command { robot, input } });
            }
        }
    }
    all
}

/// Pose and velocity of all movable bodies.
pub fn of_bodies(scenario: &Scenario, layout: &SceneLayout) -> Vec<Quantity> {
    let mut all = Vec::new();
    for (body, about) in moving_bodies(scenario, layout) {
        for part in Part::ALL {
            let (word, unit, axes) = part.about();
            for (axis, letter) in axes.iter().enumerate() {
                let name = format!("body.{}.{word}.{letter}", about.path);
                all.push(Quantity { name, unit, source: Source::Body { body, part, axis } });
            }
        }
    }
    all
}

/// All bodies with their indices, without static objects.
pub fn moving_bodies<'a>(
    scenario: &'a Scenario,
    layout: &'a SceneLayout,
) -> impl Iterator<Item = (usize, &'a BodyLayout)> {
    let objects = &scenario.environment.objects;
    let stands = move |body: usize| {
        let object = body.checked_sub(layout.objects.start).and_then(|index| objects.get(index));
        layout.objects.contains(&body)
            && object.is_some_and(|object| object.mobility == Mobility::Static)
    };
    layout.bodies.iter().enumerate().filter(move |(body, _)| !stands(*body))
}

fn is_length(layout: &SceneLayout, dof: usize) -> bool {
    layout.dofs.get(dof).is_some_and(|dof| dof.is_length)
}

/// Units of a joint's coordinate, of its rate, and of its drive torque.
fn units(is_length: bool) -> [&'static str; 3] {
    [InputKind::Position, InputKind::Velocity, InputKind::Torque].map(|kind| kind.unit(is_length))
}
