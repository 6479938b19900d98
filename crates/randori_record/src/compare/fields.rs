//! Differences of a tick by value, with names and units.
//!
//! Values are compared bit by bit; all NaNs are equal.

use std::collections::BTreeMap;
use std::fmt::Debug;

use randori_core::math::Vector;
use randori_core::record::{
    BodyState, Decision, EventRecord, Intervention, Reading, Request, Stage, TickRecord, WorldState,
};

use super::scenes::{Scenes, command_value, observed_value, sensor_value};
use crate::distance::{same_f32, ulps_f32};

/// A value that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDifference {
    /// Its stage of the step.
    pub stage: Stage,
    /// Its entity, such as `courier.base` or `courier.lidar`.
    pub entity: String,
    /// Its name, such as `position.x` or `ranges[3]`.
    pub field: String,
    /// Its unit; empty for numbers without one.
    pub unit: String,
    /// Both values.
    pub values: Values,
}

/// A value on both sides.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers.
    Numbers([f32; 2]),
    /// Other values, as text.
    Words([String; 2]),
}

impl FieldDifference {
    /// Distance of the numbers, in their unit; `None` for text and if one is not a
    /// number.
    pub fn distance(&self) -> Option<f64> {
        let Values::Numbers([a, b]) = self.values else { return None };
        Some((f64::from(a) - f64::from(b)).abs()).filter(|distance| !distance.is_nan())
    }

    /// The same in units in the last place.
    pub fn ulps(&self) -> Option<u64> {
        let Values::Numbers([a, b]) = self.values else { return None };
        ulps_f32(a, b)
    }

    /// The difference as text, with these names of the sides.
    pub fn tell(&self, [first, second]: [&str; 2]) -> String {
        let Self { entity, field, unit, .. } = self;
        let gap = if field.is_empty() { "" } else { " " };
        let name = format!("{entity}{gap}{field}");
        match &self.values {
            Values::Words([a, b]) => format!("{name}: {first} {a}, {second} {b}"),
            Values::Numbers([a, b]) => match (self.distance(), self.ulps()) {
                (Some(distance), Some(ulps)) => {
                    let gap = if unit.is_empty() { "" } else { " " };
                    let apart = format!("{distance:.3e}{gap}{unit}, {ulps} ulp");
                    format!("{name}: {first} {a:?}, {second} {b:?} ({apart})")
                }
                _ => format!("{name}: {first} {a:?}, {second} {b:?}"),
            },
        }
    }
}

/// Collects differences: all are counted, the first ones are stored.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fields {
    /// The first ones.
    pub first: Vec<FieldDifference>,
    /// Number of differences.
    pub count: usize,
    most: usize,
}

impl Fields {
    /// Stores at most this many.
    pub fn keeping(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    fn add(&mut self, make: impl FnOnce() -> FieldDifference) {
        self.count += 1;
        if self.first.len() < self.most {
            self.first.push(make());
        }
    }

    fn numbers(&mut self, values: [f32; 2], name: impl FnOnce() -> Name) {
        if !same_f32(values[0], values[1]) {
            self.add(|| name().with(Values::Numbers(values)));
        }
    }

    fn words<T: PartialEq + Debug>(&mut self, values: [&T; 2], name: impl FnOnce() -> Name) {
        if values[0] != values[1] {
            let words = values.map(|value| format!("{value:?}"));
            self.add(|| name().with(Values::Words(words)));
        }
    }

    fn texts(&mut self, values: [String; 2], name: impl FnOnce() -> Name) {
        if values[0] != values[1] {
            self.add(|| name().with(Values::Words(values)));
        }
    }
}

/// Name of a value.
struct Name {
    stage: Stage,
    entity: String,
    field: String,
    unit: String,
}

impl Name {
    fn new(
        stage: Stage,
        entity: impl Into<String>,
        field: impl Into<String>,
        unit: impl Into<String>,
    ) -> Self {
        Self { stage, entity: entity.into(), field: field.into(), unit: unit.into() }
    }

    fn with(self, values: Values) -> FieldDifference {
        let Self { stage, entity, field, unit } = self;
        FieldDifference { stage, entity, field, unit, values }
    }
}

type Pair<'t, T> = [Option<&'t T>; 2];

impl Scenes<'_> {
    /// All differences of a tick, in the order of the stages. `cause` is the known stage of
    /// the cause: actuator forces also depend on the motion, so they precede it only if
    /// actuators are the cause. Without `readings`, measurements are left out.
    pub fn differences(
        &self,
        ticks: [&TickRecord; 2],
        cause: Option<Stage>,
        readings: bool,
        fields: &mut Fields,
    ) {
        self.interventions(ticks.map(|tick| tick.interventions.as_slice()), fields);
        events(ticks.map(|tick| tick.events.as_slice()), fields);
        if readings {
            let key = |side, it: &Reading| self.sensor(side, it.robot, it.sensor);
            for pair in matched(ticks.map(|tick| &tick.readings), key) {
                self.reading(pair, fields);
            }
        }
        let key = |side, it: &Request| Some((self.robot(side, it.robot)?, it.request));
        for pair in matched(ticks.map(|tick| &tick.requests), key) {
            self.request(pair, fields);
        }
        let key = |side, it: &Decision| Some((self.robot(side, it.robot)?, it.request));
        for pair in matched(ticks.map(|tick| &tick.decisions), key) {
            self.decision(pair, fields);
        }
        self.requested(ticks.map(|tick| tick.requested.as_slice()), fields);
        let applied = ticks.map(|tick| tick.applied.as_slice());
        let first = cause == Some(Stage::Actuator);
        if first {
            self.applied(applied, Stage::Actuator, fields);
        }
        self.state(ticks.map(|tick| &tick.state), fields);
        if !first {
            self.applied(applied, Stage::Physics, fields);
        }
    }

    /// Interventions.
    pub fn interventions(&self, [a, b]: [&[Intervention]; 2], fields: &mut Fields) {
        let tell = |side: usize, it: Option<&Intervention>| match it {
            None => NOTHING.to_owned(),
            Some(Intervention::Push { body, at, impulse }) => {
                let body = self.body_path(side, *body);
                format!("push of {} N s at {} m of {body}", vector(*impulse), vector(*at))
            }
            Some(Intervention::Drop { size, mass_kg, pose }) => format!(
                "drop of a box of {} m, {mass_kg:?} kg at {} m, turned {:?}",
                vector(*size),
                vector(pose.translation),
                pose.rotation.to_array(),
            ),
        };
        for index in 0..a.len().max(b.len()) {
            let texts = [tell(0, a.get(index)), tell(1, b.get(index))];
            let entity = || format!("intervention {index}");
            fields.texts(texts, || Name::new(Stage::Event, entity(), "", ""));
        }
    }

    fn reading(&self, [a, b]: Pair<'_, Reading>, fields: &mut Fields) {
        let side = usize::from(a.is_none());
        let Some(any) = a.or(b) else { return };
        let Some([robot, index]) = self.sensor(side, any.robot, any.sensor) else { return };
        let Some(robot) = self.robot_layout(robot) else { return };
        let Some(sensor) = robot.sensors.get(index) else { return };
        let entity = || format!("{}.{}", robot.name, sensor.name);
        let name = |field: &str| Name::new(Stage::Sensor, entity(), field, "");
        let (Some(a), Some(b)) = (a, b) else {
            let words = |side: Option<_>| if side.is_some() { "measured" } else { "not measured" };
            fields.texts([words(a).to_owned(), words(b).to_owned()], || name(""));
            return;
        };
        fields.words([&a.lost, &b.lost], || name("lost"));
        fields.words([&a.measured_at.0, &b.measured_at.0], || name("measured at tick"));
        fields.words([&a.delivered_at.0, &b.delivered_at.0], || name("delivered at tick"));
        fields.words([&a.measured.len(), &b.measured.len()], || name("number of values"));
        for (index, (a, b)) in a.measured.iter().zip(&b.measured).enumerate() {
            fields.numbers([*a, *b], || {
                let (field, unit) = sensor_value(sensor, index);
                Name::new(Stage::Sensor, entity(), field, unit)
            });
        }
    }

    /// An inference request.
    pub fn request(&self, [a, b]: Pair<'_, Request>, fields: &mut Fields) {
        let side = usize::from(a.is_none());
        let Some(any) = a.or(b) else { return };
        let robot = self.robot(side, any.robot).and_then(|robot| self.robot_layout(robot));
        let Some(robot) = robot else { return };
        let entity = || format!("request {} to the policy of {}", any.request, robot.name);
        let (Some(a), Some(b)) = (a, b) else {
            let words = |side: Option<_>| if side.is_some() { "asked" } else { "not asked" };
            let texts = [words(a).to_owned(), words(b).to_owned()];
            fields.texts(texts, || Name::new(Stage::Policy, entity(), "", ""));
            return;
        };
        let name = |field: &str| Name::new(Stage::Sensor, entity(), field, "");
        fields.words([&a.asked_at.0, &b.asked_at.0], || name("requested at tick"));
        let times = |it: &Request| -> Vec<Option<u64>> {
            it.measured_at.iter().map(|at| at.map(|at| at.0)).collect()
        };
        if a.measured_at != b.measured_at {
            fields.words([&times(a), &times(b)], || name("ticks of its measurements"));
        }
        fields.words([&a.values.len(), &b.values.len()], || name("number of values"));
        for (index, (a, b)) in a.values.iter().zip(&b.values).enumerate() {
            fields.numbers([*a, *b], || {
                let (field, unit) = observed_value(robot, index);
                Name::new(Stage::Sensor, entity(), field, unit)
            });
        }
    }

    /// An inference response.
    pub fn decision(&self, [a, b]: Pair<'_, Decision>, fields: &mut Fields) {
        let side = usize::from(a.is_none());
        let Some(any) = a.or(b) else { return };
        let robot = self.robot(side, any.robot).and_then(|robot| self.robot_layout(robot));
        let Some(robot) = robot else { return };
        let entity = || format!("response {} of the policy of {}", any.request, robot.name);
        let name = |field: &str| Name::new(Stage::Policy, entity(), field, "");
        let (Some(a), Some(b)) = (a, b) else {
            let words = |side: Option<_>| if side.is_some() { "took effect" } else { "did not" };
            fields.texts([words(a).to_owned(), words(b).to_owned()], || name(""));
            return;
        };
        fields.words([&a.asked_at.0, &b.asked_at.0], || name("requested at tick"));
        fields.words([&a.commands.len(), &b.commands.len()], || name("number of commands"));
        for (step, (a, b)) in a.commands.iter().zip(&b.commands).enumerate() {
            fields.words([&a.len(), &b.len()], || name("number of values"));
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                let field = || format!("command {step}, {}", command_value(robot, index));
                fields.numbers([*a, *b], || name(&field()));
            }
        }
    }

    fn requested(&self, commands: [&[Vec<f32>]; 2], fields: &mut Fields) {
        for [first, second] in self.robots() {
            let (a, b) = (commands[0].get(first), commands[1].get(second));
            let (Some(a), Some(b), Some(robot)) = (a, b, self.robot_layout(first)) else {
                continue;
            };
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                let entity = || format!("command in force for {}", robot.name);
                let field = || command_value(robot, index);
                fields.numbers([*a, *b], || Name::new(Stage::Policy, entity(), field(), ""));
            }
        }
    }

    fn applied(&self, [a, b]: [&[f32]; 2], stage: Stage, fields: &mut Fields) {
        for drive in &self.drives {
            let [first, second] = drive.indices;
            let (Some(a), Some(b)) = (a.get(first), b.get(second)) else { continue };
            let entity = || format!("{}.{}", drive.robot, drive.name);
            fields.numbers([*a, *b], || Name::new(stage, entity(), "exerts", drive.unit));
        }
    }

    /// Poses and velocities of bodies, then of joints.
    pub fn state(&self, [a, b]: [&WorldState; 2], fields: &mut Fields) {
        for &[first, second] in &self.bodies {
            let (Some(a), Some(b)) = (a.bodies.get(first), b.bodies.get(second)) else { continue };
            body([a, b], &self.layouts[0].bodies[first].path, fields);
        }
        for (index, (a, b)) in a.dropped.iter().zip(&b.dropped).enumerate() {
            let layout = self.layouts[0];
            body([a, b], &layout.body_name(layout.dropped(index)), fields);
        }
        for &[first, second] in &self.dofs {
            let dof = &self.layouts[0].dofs[first];
            let [unit, rate, effort] =
                if dof.is_length { ["m", "m/s", "N"] } else { ["rad", "rad/s", "N m"] };
            for (field, unit, a, b) in [
                ("position", unit, &a.positions, &b.positions),
                ("velocity", rate, &a.velocities, &b.velocities),
                ("torque", effort, &a.torques, &b.torques),
            ] {
                let (Some(a), Some(b)) = (a.get(first), b.get(second)) else { continue };
                let entity = || format!("joint {}", dof.path);
                fields.numbers([*a, *b], || Name::new(Stage::Physics, entity(), field, unit));
            }
        }
    }
}

/// Fields of a body, in the order of [`body_values`], with their units.
const BODY_FIELDS: [(&str, &str); 13] = [
    ("position.x", "m"),
    ("position.y", "m"),
    ("position.z", "m"),
    ("rotation.x", ""),
    ("rotation.y", ""),
    ("rotation.z", ""),
    ("rotation.w", ""),
    ("linear_velocity.x", "m/s"),
    ("linear_velocity.y", "m/s"),
    ("linear_velocity.z", "m/s"),
    ("angular_velocity.x", "rad/s"),
    ("angular_velocity.y", "rad/s"),
    ("angular_velocity.z", "rad/s"),
];

fn body([a, b]: [&BodyState; 2], path: &str, fields: &mut Fields) {
    let values = body_values(a).into_iter().zip(body_values(b));
    for ((field, unit), (a, b)) in BODY_FIELDS.into_iter().zip(values) {
        fields.numbers([a, b], || Name::new(Stage::Physics, path, field, unit));
    }
}

fn body_values(body: &BodyState) -> [f32; 13] {
    let [x, y, z] = body.pose.translation.to_array();
    let [i, j, k, w] = body.pose.rotation.to_array();
    let [vx, vy, vz] = body.twist.linear.to_array();
    let [wx, wy, wz] = body.twist.angular.to_array();
    [x, y, z, i, j, k, w, vx, vy, vz, wx, wy, wz]
}

const NOTHING: &str = "nothing";

fn events([a, b]: [&[EventRecord]; 2], fields: &mut Fields) {
    let tell = |event: Option<&EventRecord>| match event {
        Some(event) => format!("\"{}\" (event {})", event.what, event.event),
        None => NOTHING.to_owned(),
    };
    for index in 0..a.len().max(b.len()) {
        let name = || Name::new(Stage::Event, "events of the tick", "", "");
        fields.texts([tell(a.get(index)), tell(b.get(index))], name);
    }
}

fn vector(vector: Vector) -> String {
    let [x, y, z] = vector.to_array();
    format!("({x:?}, {y:?}, {z:?})")
}

/// Entries of both sides with the same key, in the order of keys. Entries without a key
/// exist on one side only.
fn matched<'t, T, K: Ord>(
    lists: [&'t Vec<T>; 2],
    key: impl Fn(usize, &T) -> Option<K>,
) -> impl Iterator<Item = Pair<'t, T>> {
    let mut pairs: BTreeMap<K, Pair<'t, T>> = BTreeMap::new();
    for (side, list) in lists.into_iter().enumerate() {
        for item in list {
            if let Some(key) = key(side, item) {
                pairs.entry(key).or_insert([None, None])[side] = Some(item);
            }
        }
    }
    pairs.into_values()
}
