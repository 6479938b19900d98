//! Names, units and places of the numbers of a run, as tables of recordings
//! have them too.

use randori_core::layout::{SceneLayout, SensorLayout};
use randori_core::math::{Vector, tilt_rad};
use randori_core::record::{BodyState, TickRecord};
use randori_core::spec::{Mobility, Scenario};
use randori_sim::signals::SignalTable;

/// A number that changes over a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Such as `joint.pup.knee.position` or `tilt(pup)`.
    pub name: String,
    /// Unit of its values.
    pub unit: String,
    /// Whether formulas of the scenario read it.
    pub is_signal: bool,
    pub(super) lane: usize,
    pub(super) column: usize,
}

impl Quantity {
    /// Its name, and its unit in brackets.
    pub fn heading(&self) -> String {
        format!("{} [{}]", self.name, self.unit)
    }
}

/// Where a value of a tick comes from; numbers are indices.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Signal(usize),
    Position(usize),
    Velocity(usize),
    Torque(usize),
    Applied(usize),
    Command { robot: usize, input: usize },
    Body { body: usize, part: Part, axis: usize },
    Tilt(usize),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Position,
    Rotation,
    Linear,
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

impl Source {
    /// The value; one that is missing is not a number.
    pub(super) fn value(self, record: &TickRecord) -> f32 {
        let state = &record.state;
        let value = match self {
            Self::Signal(index) => record.signals.get(index).map(|value| *value as f32),
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
            Self::Tilt(body) => state.bodies.get(body).map(|body| tilt_rad(&body.pose)),
        };
        value.unwrap_or(f32::NAN)
    }
}

/// The quantities of every tick, with where they come from.
pub(super) fn of_ticks(
    scenario: &Scenario,
    layout: &SceneLayout,
    signals: &SignalTable,
) -> (Vec<Quantity>, Vec<Source>) {
    let mut all = Listed::default();
    for (index, signal) in signals.signals().iter().enumerate() {
        all.add(signal.name.clone(), &signal.unit, Source::Signal(index));
    }
    for (index, dof) in layout.dofs.iter().enumerate() {
        let [place, rate, effort] = units(dof.is_length);
        all.add(format!("joint.{}.position", dof.path), place, Source::Position(index));
        all.add(format!("joint.{}.velocity", dof.path), rate, Source::Velocity(index));
        all.add(format!("joint.{}.torque", dof.path), effort, Source::Torque(index));
    }
    add_motors(layout, &mut all);
    add_commands(scenario, layout, &mut all);
    add_bodies(scenario, layout, &mut all);
    (all.quantities, all.sources)
}

/// The quantities of a sensor, whose measurements are in a lane of their own.
pub(super) fn of_sensors(robot: &str, sensor: &SensorLayout, lane: usize) -> Vec<Quantity> {
    let values = sensor.channels.iter().flat_map(|channel| {
        (0..channel.len).map(move |index| {
            let element = channel.elements.get(index).cloned();
            (channel, element.unwrap_or_else(|| index.to_string()))
        })
    });
    let quantity = |(column, (channel, element)): (usize, (&randori_core::layout::Channel, _))| {
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

fn add_motors(layout: &SceneLayout, all: &mut Listed) {
    let motors = layout
        .robots
        .iter()
        .flat_map(|robot| robot.actuators.iter().map(|actuator| (robot.name.as_str(), actuator)));
    for (index, (robot, actuator)) in motors.enumerate() {
        let [.., effort] = units(layout.dofs[actuator.dof.0].is_length);
        let name = format!("motor.{robot}.{}.applied", actuator.name);
        all.add(name, effort, Source::Applied(index));
    }
}

fn add_commands(scenario: &Scenario, layout: &SceneLayout, all: &mut Listed) {
    for (robot, (about, model)) in layout.robots.iter().zip(&scenario.robots).enumerate() {
        for actuator in &about.actuators {
            let spec = model.actuators.iter().find(|spec| spec.name == actuator.name);
            let words = spec.map_or(&[][..], |spec| spec.drive.inputs());
            let [place, rate, effort] = units(layout.dofs[actuator.dof.0].is_length);
            for (input, word) in actuator.inputs.clone().zip(words) {
                let unit = match *word {
                    "position" => place,
                    "velocity" => rate,
                    _ => effort,
                };
                let name = format!("command.{}.{}.{word}", about.name, actuator.name);
                all.add(name, unit, Source::Command { robot, input });
            }
        }
    }
}

fn add_bodies(scenario: &Scenario, layout: &SceneLayout, all: &mut Listed) {
    let objects = &scenario.environment.objects;
    let stands = |body: usize| {
        let object = body.checked_sub(layout.objects.start).and_then(|index| objects.get(index));
        layout.objects.contains(&body)
            && object.is_some_and(|object| object.mobility == Mobility::Static)
    };
    let moving = layout.bodies.iter().enumerate().filter(|(body, _)| !stands(*body));
    for (body, about) in moving {
        for part in Part::ALL {
            let (name, unit, axes) = part.about();
            for (axis, letter) in axes.iter().enumerate() {
                let name = format!("body.{}.{name}.{letter}", about.path);
                all.add(name, unit, Source::Body { body, part, axis });
            }
        }
        all.add(format!("body.{}.tilt", about.path), "rad", Source::Tilt(body));
    }
}

/// Units of a joint's coordinate, of its rate, and of what drives it.
fn units(is_length: bool) -> [&'static str; 3] {
    if is_length { ["m", "m/s", "N"] } else { ["rad", "rad/s", "N m"] }
}
