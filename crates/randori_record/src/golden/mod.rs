//! Goldens: what a scenario does, small enough for a reviewer to read.
//!
//! A golden is a text beside its scenario, `<name>.golden.ron`. It holds what
//! was decided and measured in full, the state at a few instants in full
//! precision, and fingerprints of everything else: of each value of the
//! resolved scenario, so that a change names its path, and of each stage of a
//! step, so that a difference names its first tick and its cause.
//!
//! Start reading at [`Golden`] (what it says), [`Recorder`] (how a run becomes
//! one), [`GoldenRun::compare`] (what changed) and [`GoldenRun::movement`] (how
//! far).

mod compare;
mod finding;
mod inputs;
mod movement;
mod read;
mod recorder;
mod sources;
#[cfg(test)]
mod tests;
mod trace;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use randori_core::math::Pose;
use randori_core::report::Verdict;
use serde::{Deserialize, Serialize};

pub use finding::{Finding, Span};
pub use inputs::{InputChange, InputKind, InputText, Inputs};
pub use movement::{Difference, MovedQuantity, Movement, MovementClass, largest};
pub use read::GoldenError;
pub use recorder::{MAX_EVENTS, Recorder};
pub use sources::{SourceFiles, with_source_digests};
pub use trace::{DENSE_TICKS, SPARSE_STEP, Trace};

use crate::header::Engine;

/// Version of the golden format that this crate writes. Newer ones are refused.
pub const GOLDEN_FORMAT: u32 = 1;

/// How the name of a golden ends.
pub const GOLDEN_SUFFIX: &str = ".golden.ron";

/// What a scenario does: the accepted runs of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// What a reviewer wants to be known; kept when runs are accepted anew.
    pub note: String,
    /// How closely runs must agree.
    pub level: Level,
    /// How much they may differ, below [`Level::Exact`].
    pub tolerances: Tolerances,
    /// What computed the runs.
    pub engine: GoldenEngine,
    /// What the runs depend on.
    pub inputs: Inputs,
    /// One run per seed, in ascending order.
    pub runs: Vec<GoldenRun>,
}

impl Golden {
    /// The golden that takes the place of this one: the runs, inputs and engine
    /// of `accepted`, with the level, tolerances and note that a person chose.
    #[must_use]
    pub fn renewed(&self, accepted: Self) -> Self {
        Self {
            note: self.note.clone(),
            level: self.level,
            tolerances: self.tolerances.clone(),
            ..accepted
        }
    }

    /// The run with this seed.
    pub fn run(&self, seed: u64) -> Option<&GoldenRun> {
        self.runs.iter().find(|run| run.seed == seed)
    }
}

/// How closely two runs must agree. Each level asks for less than the one before
/// it, and for nothing that the one before does not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Level {
    /// Every bit of every tick.
    #[default]
    Exact,
    /// Poses and joints at the instants, within tolerances, and what follows.
    Tolerance,
    /// The same events at nearly the same ticks, and what follows.
    Events,
    /// Margins and metrics within tolerances, and what follows.
    Metrics,
    /// The verdicts of the run and of its goals.
    Verdict,
}

impl Level {
    /// All levels, the strictest first.
    pub const ALL: [Self; 5] =
        [Self::Exact, Self::Tolerance, Self::Events, Self::Metrics, Self::Verdict];

    /// The word for it, as one types it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Tolerance => "tolerance",
            Self::Events => "events",
            Self::Metrics => "metrics",
            Self::Verdict => "verdict",
        }
    }
}

/// How much values may differ: by `absolute` plus `relative` times the accepted
/// value.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tolerance {
    /// In the unit of the value.
    pub absolute: f64,
    /// As a part of the accepted value.
    pub relative: f64,
}

/// How much runs may differ, by field.
///
/// The defaults are for runs of other versions of the engine: an order of
/// magnitude above what single precision accumulates in seconds of motion
/// without contact. Scenes with contacts soon differ more; levels below
/// [`Level::Tolerance`] are for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tolerances {
    /// Distance of body frames, m. Relative: to the distance from the origin.
    pub position_m: Tolerance,
    /// Angle between body frames, rad.
    pub rotation_rad: Tolerance,
    /// Joint coordinates, rad or m.
    pub joint: Tolerance,
    /// Margins of goals, in their unit.
    pub margin: Tolerance,
    /// Metrics, in their unit.
    pub metric: Tolerance,
    /// Ticks by which an event may come earlier or later.
    pub event_ticks: u64,
    /// Instead of those above: by the name of a body, joint, goal or metric.
    pub named: BTreeMap<String, Tolerance>,
}

impl Default for Tolerances {
    fn default() -> Self {
        let of = |absolute, relative| Tolerance { absolute, relative };
        Self {
            position_m: of(1e-4, 0.0),
            rotation_rad: of(1e-3, 0.0),
            joint: of(1e-4, 0.0),
            margin: of(1e-4, 1e-3),
            metric: of(1e-4, 1e-3),
            event_ticks: 2,
            named: BTreeMap::new(),
        }
    }
}

impl Tolerances {
    /// The tolerance of something with a name.
    fn named_or(&self, name: &str, otherwise: Tolerance) -> Tolerance {
        self.named.get(name).copied().unwrap_or(otherwise)
    }
}

/// What computed the runs of a golden; see [`Engine`]. The platform is not a
/// part of it: results do not depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenEngine {
    /// Version of Randori.
    pub randori: String,
    /// Version of Rapier.
    pub rapier: String,
    /// Version of Parry.
    pub parry: String,
    /// Features of the physics that change bits.
    pub features: Vec<String>,
    /// Version of what digests are made of.
    pub digests: u32,
}

impl From<&Engine> for GoldenEngine {
    fn from(engine: &Engine) -> Self {
        let Engine { randori, rapier, parry, features, digests, target: _ } = engine.clone();
        Self { randori, rapier, parry, features, digests }
    }
}

impl fmt::Display for GoldenEngine {
    /// Such as `randori 0.1.0 (rapier 0.36.1, parry 0.31.1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "randori {} (rapier {}, parry {})", self.randori, self.rapier, self.parry)
    }
}

impl GoldenEngine {
    /// What differs from `other`, such as `rapier 0.36.1 -> 0.37.0`.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let digests = [self.digests.to_string(), other.digests.to_string()];
        let features = [self.features.join("+"), other.features.join("+")];
        [
            ("randori", &self.randori, &other.randori),
            ("rapier", &self.rapier, &other.rapier),
            ("parry", &self.parry, &other.parry),
            ("features", &features[0], &features[1]),
            ("digest version", &digests[0], &digests[1]),
        ]
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(what, before, after)| format!("{what} {before} -> {after}"))
        .collect()
    }
}

/// What one run did.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenRun {
    /// Seed of its random streams.
    pub seed: u64,
    /// Verdict over all goals.
    pub verdict: Verdict,
    /// Code of the reason why it broke, if it did.
    pub error: Option<String>,
    /// Steps made.
    pub ticks: u64,
    /// Digest of the state after the last one.
    pub final_hash: u64,
    /// Digest of the digests of all ticks.
    pub chain: u64,
    /// Values drawn for the seed, by path, in the unit of the file.
    pub varied: Vec<(String, f64)>,
    /// Goals, in the order of the file.
    pub goals: Vec<GoldenGoal>,
    /// Metrics by their text, SI.
    pub metrics: Vec<(String, f64)>,
    /// What was done to the world, at most [`MAX_EVENTS`].
    pub events: Vec<GoldenEvent>,
    /// The state at a few instants.
    pub instants: Vec<Instant>,
    /// Fingerprints of the stages of many ticks.
    pub trace: Trace,
}

/// How a goal ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenGoal {
    /// Name of the goal.
    pub name: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// How far it was from flipping, in the unit of the deciding atom.
    pub margin: f64,
    /// When the verdict was certain, s.
    #[serde(default)]
    pub decided_at: Option<f64>,
}

/// Something that was done to the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenEvent {
    /// When.
    pub tick: u64,
    /// What, in words.
    pub what: String,
}

/// The state at an instant. Links that a robot's joints and base determine are
/// left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Instant {
    /// After this step.
    pub tick: u64,
    /// Poses in the world: bases of robots, objects, actors.
    pub bodies: Vec<(String, Pose)>,
    /// Coordinates of joints, rad or m.
    pub joints: Vec<(String, f32)>,
}
