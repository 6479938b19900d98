//! Tables with a row per tick: state, commands, signals.

use std::io;

use randori_core::layout::SceneLayout;
use randori_core::math::Vector;
use randori_core::record::{BodyState, TickRecord};
use randori_core::spec::{Mobility, Scenario};
use randori_record::header::Start;
use randori_record::tick::RecordedTick;

use super::table::{Column, Kind, Table, Value, selected, time_s};
use crate::args::TableName;

/// Most names that are told when none fits.
const MOST_NAMES: usize = 30;

/// A table with a row per tick.
pub(super) struct Wide {
    columns: Vec<Column>,
    sources: Vec<Source>,
    names: Vec<String>,
    period_ns: u64,
    /// Whether ticks without a recorded state have a row.
    every_tick: bool,
}

/// Where the values of a column come from; numbers are indices.
#[derive(Debug, Clone, Copy)]
enum Source {
    Tick,
    Time,
    Body { body: usize, part: Part, axis: usize },
    Position(usize),
    Velocity(usize),
    Torque(usize),
    Applied(usize),
    Command { robot: usize, input: usize },
    Signal(usize),
}

#[derive(Debug, Clone, Copy)]
enum Part {
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
}

impl Wide {
    /// The table of this name, with the columns that were asked for. Objects that
    /// never move are left out.
    pub(super) fn new(
        start: &Start,
        scenario: &Scenario,
        name: TableName,
        asked: &[String],
    ) -> Self {
        let mut all = Vec::new();
        if matches!(name, TableName::Wide | TableName::State) {
            bodies(&start.layout, scenario, &mut all);
            joints(&start.layout, &mut all);
            motors(&start.layout, &mut all);
        }
        if matches!(name, TableName::Wide | TableName::Commands) {
            commands(&start.layout, scenario, &mut all);
        }
        if matches!(name, TableName::Wide | TableName::Signals) {
            let signals = start.signals.iter().enumerate();
            all.extend(signals.map(|(index, signal)| {
                (format!("{} [{}]", signal.name, signal.unit), Source::Signal(index))
            }));
        }
        let mut names: Vec<String> =
            all.iter().map(|(name, source)| owner(name, *source)).collect();
        names.dedup();
        names.truncate(MOST_NAMES);
        let mut columns =
            vec![Column::new("tick", Kind::Count), Column::new("time [s]", Kind::Double)];
        let mut sources = vec![Source::Tick, Source::Time];
        for (name, source) in all.into_iter().filter(|(name, _)| selected(name, asked)) {
            let is_signal = matches!(source, Source::Signal(_));
            columns.push(Column::new(name, if is_signal { Kind::Double } else { Kind::Single }));
            sources.push(source);
        }
        let every_tick = name == TableName::Commands;
        Self { columns, sources, names, period_ns: start.header.period_ns, every_tick }
    }

    /// A value; one that is missing in a recording is not a number.
    fn value(&self, source: Source, record: &TickRecord) -> Value<'static> {
        let state = &record.state;
        let single = |values: &[f32], index: usize| {
            Value::Single(values.get(index).copied().unwrap_or(f32::NAN))
        };
        match source {
            Source::Tick => Value::Count(record.tick.0),
            Source::Time => Value::Double(time_s(record.tick.0, self.period_ns)),
            Source::Body { body, part, axis } => {
                Value::Single(state.bodies.get(body).map_or(f32::NAN, |it| of_body(it, part, axis)))
            }
            Source::Position(index) => single(&state.positions, index),
            Source::Velocity(index) => single(&state.velocities, index),
            Source::Torque(index) => single(&state.torques, index),
            Source::Applied(index) => single(&record.applied, index),
            Source::Command { robot, input } => {
                single(record.requested.get(robot).map_or(&[], Vec::as_slice), input)
            }
            Source::Signal(index) => {
                Value::Double(record.signals.get(index).copied().unwrap_or(f64::NAN))
            }
        }
    }
}

impl Table for Wide {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn is_empty(&self) -> bool {
        self.columns.len() <= 2
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn rows(
        &self,
        tick: &RecordedTick,
        write: &mut dyn FnMut(&[Value<'_>]) -> io::Result<()>,
    ) -> io::Result<()> {
        if !tick.sampled && !self.every_tick {
            return Ok(());
        }
        let sources = self.sources.iter();
        write(&sources.map(|&source| self.value(source, &tick.record)).collect::<Vec<_>>())
    }
}

/// What a column is about: its name without the field.
fn owner(name: &str, source: Source) -> String {
    let fields = match source {
        Source::Signal(_) => return name.to_owned(),
        Source::Body { .. } => 2,
        _ => 1,
    };
    let name = name.split(" [").next().unwrap_or_default();
    name.rsplitn(fields + 1, '.').last().unwrap_or_default().to_owned()
}

fn of_body(state: &BodyState, part: Part, axis: usize) -> f32 {
    let vector = |vector: Vector| vector.to_array()[axis];
    match part {
        Part::Position => vector(state.pose.translation),
        Part::Rotation => state.pose.rotation.to_array()[axis],
        Part::Linear => vector(state.twist.linear),
        Part::Angular => vector(state.twist.angular),
    }
}

fn bodies(layout: &SceneLayout, scenario: &Scenario, all: &mut Vec<(String, Source)>) {
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
                let name = format!("body.{}.{name}.{letter} [{unit}]", about.path);
                all.push((name, Source::Body { body, part, axis }));
            }
        }
    }
}

fn joints(layout: &SceneLayout, all: &mut Vec<(String, Source)>) {
    for (index, dof) in layout.dofs.iter().enumerate() {
        let [place, rate, effort] = units(dof.is_length);
        let name = format!("joint.{}", dof.path);
        all.push((format!("{name}.position [{place}]"), Source::Position(index)));
        all.push((format!("{name}.velocity [{rate}]"), Source::Velocity(index)));
        all.push((format!("{name}.torque [{effort}]"), Source::Torque(index)));
    }
}

fn motors(layout: &SceneLayout, all: &mut Vec<(String, Source)>) {
    let motors = layout
        .robots
        .iter()
        .flat_map(|robot| robot.actuators.iter().map(|actuator| (robot.name.as_str(), actuator)));
    for (index, (robot, actuator)) in motors.enumerate() {
        let [.., effort] = units(is_length(layout, actuator.dof.0));
        let name = format!("motor.{robot}.{}.applied [{effort}]", actuator.name);
        all.push((name, Source::Applied(index)));
    }
}

fn commands(layout: &SceneLayout, scenario: &Scenario, all: &mut Vec<(String, Source)>) {
    for (robot, (about, model)) in layout.robots.iter().zip(&scenario.robots).enumerate() {
        for actuator in &about.actuators {
            let spec = model.actuators.iter().find(|spec| spec.name == actuator.name);
            let names = spec.map_or(&[][..], |spec| spec.drive.inputs());
            let [place, rate, effort] = units(is_length(layout, actuator.dof.0));
            for (input, word) in actuator.inputs.clone().zip(names) {
                let unit = match *word {
                    "position" => place,
                    "velocity" => rate,
                    _ => effort,
                };
                let name = format!("command.{}.{}.{word} [{unit}]", about.name, actuator.name);
                all.push((name, Source::Command { robot, input }));
            }
        }
    }
}

fn is_length(layout: &SceneLayout, dof: usize) -> bool {
    layout.dofs.get(dof).is_some_and(|dof| dof.is_length)
}

/// Units of a joint's coordinate, of its rate, and of what drives it.
fn units(is_length: bool) -> [&'static str; 3] {
    if is_length { ["m", "m/s", "N"] } else { ["rad", "rad/s", "N m"] }
}
