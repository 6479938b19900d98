//! The `Scenario(...)` file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::effect::Effect;

use super::{PhysicsSpec, PolicySpec, PoseSpec, ZoneSpec};

/// One experiment: a world, robots, what happens to them and what must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Scenario", deny_unknown_fields)]
pub struct ScenarioSpec {
    /// Format version; 1.
    pub format: u32,
    /// One line for people.
    pub title: String,
    /// Words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Simulated seconds.
    pub duration: f64,
    /// How physics advances.
    #[serde(default)]
    pub physics: PhysicsSpec,
    /// Path of the environment file.
    pub environment: String,
    /// The robots.
    #[serde(default)]
    pub robots: Vec<RobotEntry>,
    /// Things that move by themselves.
    #[serde(default)]
    pub actors: Vec<ActorSpec>,
    /// Named points in the world, m.
    #[serde(default)]
    pub waypoints: BTreeMap<String, [f64; 3]>,
    /// Named regions, besides those of the environment.
    #[serde(default)]
    pub zones: Vec<ZoneSpec>,
    /// What goes wrong.
    #[serde(default)]
    pub events: Vec<EventSpec>,
    /// Scalars that are drawn anew for each seed, by their path.
    #[serde(default)]
    pub vary: BTreeMap<String, Variation>,
    /// What must hold.
    #[serde(default)]
    pub goals: Vec<GoalSpec>,
    /// Numbers to report: an optional aggregate (`max`, `min`, `mean`, `final`)
    /// of a term over signals.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// What the verdict is meant to be.
    #[serde(default)]
    pub expect: Expectation,
}

/// A robot in a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RobotEntry {
    /// Name within the scenario.
    pub name: String,
    /// Path of the robot file.
    pub model: String,
    /// Pose of the base link's frame in the world at the start.
    #[serde(default)]
    pub pose: PoseSpec,
    /// Joint configuration at the start.
    #[serde(default)]
    pub start: Placement,
    /// Who decides; without one, actuators keep their default command.
    #[serde(default)]
    pub policy: Option<PolicySpec>,
}

/// Joint configuration at the start.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Placement {
    /// A named pose of the robot; all joints at zero if left out.
    pub named: Option<String>,
    /// Single joints that differ from it.
    pub joints: BTreeMap<String, super::Coordinate>,
}

/// Something that moves along a given path, whatever happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorSpec {
    /// Name within the scenario.
    pub name: String,
    /// What it looks like.
    pub model: ActorModel,
    /// Corners of its path on the ground: (x, y), m.
    pub path: Vec<[f64; 2]>,
    /// Speed along the path, m/s.
    pub speed: f64,
    /// When it starts, s; if negative, it is under way since then.
    #[serde(default)]
    pub start: f64,
    /// What it does at the end of the path.
    #[serde(default)]
    pub repeat: Repeat,
}

/// What an actor looks like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum ActorModel {
    /// A walking person: an upright capsule that touches the ground.
    Pedestrian {
        /// Height, m.
        #[serde(default = "adult_height")]
        height: f64,
        /// Radius, m.
        #[serde(default = "adult_radius")]
        radius: f64,
    },
}

fn adult_height() -> f64 {
    1.7
}

fn adult_radius() -> f64 {
    0.25
}

/// What an actor does at the end of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Repeat {
    /// It stops.
    #[default]
    Once,
    /// It walks back and forth.
    BackAndForth,
    /// It goes straight on to the first corner and around again.
    Loop,
}

/// Something that happens to the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSpec {
    /// Name within the scenario, for `--set` and reports.
    #[serde(default)]
    pub name: Option<String>,
    /// When it happens, s. Give this or `when`.
    #[serde(default)]
    pub at: Option<f64>,
    /// A formula (past operators only): it happens once, at the first tick
    /// after one at which this holds.
    #[serde(default)]
    pub when: Option<String>,
    /// What happens.
    #[serde(rename = "do")]
    pub effect: Effect,
}

impl EventSpec {
    /// When the event happens, if the file says it in exactly one way.
    pub fn trigger(&self) -> Option<Trigger<'_>> {
        match (self.at, &self.when) {
            (Some(at), None) => Some(Trigger::At(at)),
            (None, Some(when)) => Some(Trigger::When(when)),
            _ => None,
        }
    }
}

/// When an event happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trigger<'a> {
    /// At this simulated second.
    At(f64),
    /// When this formula holds for the first time.
    When(&'a str),
}

/// How a scalar is drawn for each seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Variation {
    /// Uniform between two values.
    Uniform(f64, f64),
    /// Normal with mean and standard deviation.
    Normal(f64, f64),
    /// One of these, each equally likely.
    OneOf(Vec<f64>),
}

/// A requirement on a run. Exactly one of `require` and `prefer` is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSpec {
    /// Name in reports; unique.
    pub name: String,
    /// A formula that must hold from the start of the run.
    #[serde(default)]
    pub require: Option<String>,
    /// A formula that is judged and reported but never fails the run.
    #[serde(default)]
    pub prefer: Option<String>,
}

/// What the verdict is meant to be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Expectation {
    /// All goals hold.
    #[default]
    Pass,
    /// This goal fails: a scenario that shows a limit.
    Fail {
        /// Name of the goal.
        goal: String,
    },
}
