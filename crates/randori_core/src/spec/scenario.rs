//! The `Scenario(...)` file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::effect::Effect;

use super::{PhysicsSpec, PolicySpec, PoseSpec, ZoneSpec};

/// One experiment: a world, robots, events and goals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Scenario", deny_unknown_fields)]
pub struct ScenarioSpec {
    /// Format version; 1.
    pub format: u32,
    /// One-line description.
    pub title: String,
    /// Tags, for selection.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Simulated seconds.
    pub duration: f64,
    /// Settings of physics.
    #[serde(default)]
    pub physics: PhysicsSpec,
    /// Path of the environment file.
    pub environment: String,
    /// The robots.
    #[serde(default)]
    pub robots: Vec<RobotEntry>,
    /// Objects with a prescribed motion.
    #[serde(default)]
    pub actors: Vec<ActorSpec>,
    /// Named points in the world, m.
    #[serde(default)]
    pub waypoints: BTreeMap<String, [f64; 3]>,
    /// Named regions, besides those of the environment.
    #[serde(default)]
    pub zones: Vec<ZoneSpec>,
    /// Events, such as disturbances.
    #[serde(default)]
    pub events: Vec<EventSpec>,
    /// Scalars that are sampled for each seed, by their path.
    #[serde(default)]
    pub vary: BTreeMap<String, Variation>,
    /// Goals.
    #[serde(default)]
    pub goals: Vec<GoalSpec>,
    /// Numbers to report: an optional aggregate (`max`, `min`, `mean`, `final`)
    /// of a term over signals.
    #[serde(default)]
    pub metrics: Vec<String>,
    /// Expected verdict.
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
    /// Policy; without one, actuators keep their default command.
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

/// An object that moves along a given path and does not react to contacts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorSpec {
    /// Name within the scenario.
    pub name: String,
    /// Shape and appearance.
    pub model: ActorModel,
    /// Corners of its path on the ground: (x, y), m.
    pub path: Vec<[f64; 2]>,
    /// Speed along the path, m/s.
    pub speed: f64,
    /// Start time, s; if negative, the actor is already on its way when the run starts.
    #[serde(default)]
    pub start: f64,
    /// Behaviour at the end of the path.
    #[serde(default)]
    pub repeat: Repeat,
}

/// Shape and appearance of an actor.
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

/// Behaviour of an actor at the end of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Repeat {
    /// It stops.
    #[default]
    Once,
    /// It moves back and forth.
    BackAndForth,
    /// It goes straight to the first corner and starts again.
    Loop,
}

/// An event that acts on bodies or sensors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventSpec {
    /// Name within the scenario, for `--set` and reports.
    #[serde(default)]
    pub name: Option<String>,
    /// Time of the event, s. Give this or `when`.
    #[serde(default)]
    pub at: Option<f64>,
    /// A formula (past operators only): the event occurs once, at the first tick after one at
    /// which the formula holds.
    #[serde(default)]
    pub when: Option<String>,
    /// Effect of the event.
    #[serde(rename = "do")]
    pub effect: Effect,
}

impl EventSpec {
    /// Trigger of the event, if the file gives exactly one.
    pub fn trigger(&self) -> Option<Trigger<'_>> {
        match (self.at, &self.when) {
            (Some(at), None) => Some(Trigger::At(at)),
            (None, Some(when)) => Some(Trigger::When(when)),
            _ => None,
        }
    }
}

/// The trigger of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Trigger<'a> {
    /// At this simulated second.
    At(f64),
    /// At the first time that this formula holds.
    When(&'a str),
}

/// The distribution of a scalar, which is sampled for each seed.
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

/// The expected verdict.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Expectation {
    /// All goals hold.
    #[default]
    Pass,
    /// This goal fails: the scenario demonstrates a limit.
    Fail {
        /// Name of the goal.
        goal: String,
    },
}
