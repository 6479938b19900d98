//! Goldens: accepted results of a scenario, small enough for review.
//!
//! A golden is a text file beside its scenario, `<name>.golden.ron`. It has all verdicts
//! and metrics, the state at a few instants in full precision, and fingerprints of
//! everything else: of each value of the resolved scenario, which locate a change by
//! its path, and of each stage of a step, which locate a difference by its first tick
//! and stage.
//!
//! Start reading at [`Golden`] (the content), [`Recorder`] (from a run to a golden),
//! [`GoldenRun::compare`] (differences) and [`GoldenRun::movement`] (their size).

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

/// Suffix of the file name of a golden.
pub const GOLDEN_SUFFIX: &str = ".golden.ron";

/// The accepted runs of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// Note of a reviewer; kept when runs are accepted again.
    pub note: String,
    /// Required level of agreement.
    pub level: Level,
    /// Tolerances below [`Level::Exact`].
    pub tolerances: Tolerances,
    /// The engine that computed the runs.
    pub engine: GoldenEngine,
    /// Inputs of the runs.
    pub inputs: Inputs,
    /// One run per seed, in ascending order.
    pub runs: Vec<GoldenRun>,
}

impl Golden {
    /// The successor of this golden: the runs, inputs and engine of `accepted`, with the
    /// level, tolerances and note of this one.
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

/// Level of agreement of two runs. Each level is implied by the one before it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub enum Level {
    /// Every bit of every tick.
    #[default]
    Exact,
    /// Poses and joints at the instants, within tolerances, and the next level.
    Tolerance,
    /// The same events at nearly the same ticks, and the next level.
    Events,
    /// Margins and metrics within tolerances, and the next level.
    Metrics,
    /// The verdicts of the run and of its goals.
    Verdict,
}

impl Level {
    /// All levels, the strictest first.
    pub const ALL: [Self; 5] =
        [Self::Exact, Self::Tolerance, Self::Events, Self::Metrics, Self::Verdict];

    /// Its name on the command line.
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

/// Tolerance: `absolute` plus `relative` times the accepted value.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tolerance {
    /// In the unit of the value.
    pub absolute: f64,
    /// As a fraction of the accepted value.
    pub relative: f64,
}

/// Tolerances of runs, by field.
///
/// The defaults are for runs of other versions of the engine: an order of magnitude
/// above the error of single precision in seconds of motion without contact. Scenes
/// with contacts soon differ more; use levels below [`Level::Tolerance`] for them.
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
    /// Tolerance of the time of an event, ticks.
    pub event_ticks: u64,
    /// Overrides by the name of a body, joint, goal or metric.
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
    /// The tolerance of a named entity.
    fn named_or(&self, name: &str, otherwise: Tolerance) -> Tolerance {
        self.named.get(name).copied().unwrap_or(otherwise)
    }
}

/// The engine that computed the runs of a golden; see [`Engine`]. It excludes the
/// platform, on which results do not depend.
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
    /// Version of the digests.
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
    /// Differences from `other`, such as `rapier 0.36.1 -> 0.37.0`.
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

/// Results of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct GoldenRun {
    /// Seed of its random streams.
    pub seed: u64,
    /// Verdict over all goals.
    pub verdict: Verdict,
    /// Error code of a broken run.
    pub error: Option<String>,
    /// Number of steps.
    pub ticks: u64,
    /// Digest of the state after the last one.
    pub final_hash: u64,
    /// Digest of the digests of all ticks.
    pub chain: u64,
    /// Values sampled for the seed, by path, in the unit of the file.
    pub varied: Vec<(String, f64)>,
    /// Goals, in the order of the file.
    pub goals: Vec<GoldenGoal>,
    /// Metrics by their text, SI.
    pub metrics: Vec<(String, f64)>,
    /// Events, at most [`MAX_EVENTS`].
    pub events: Vec<GoldenEvent>,
    /// The state at a few instants.
    pub instants: Vec<Instant>,
    /// Fingerprints of the stages of many ticks.
    pub trace: Trace,
}

/// Result of a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenGoal {
    /// Name of the goal.
    pub name: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its margin, in the unit of the deciding comparison.
    pub margin: f64,
    /// Time of the decision, s.
    #[serde(default)]
    pub decided_at: Option<f64>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldenEvent {
    /// Time.
    pub tick: u64,
    /// Description.
    pub what: String,
}

/// The state at an instant, without links, whose poses follow from joints and base.
#[derive(Debug, Clone, PartialEq)]
pub struct Instant {
    /// After this step.
    pub tick: u64,
    /// Poses in the world: bases of robots, objects, actors.
    pub bodies: Vec<(String, Pose)>,
    /// Coordinates of joints, rad or m.
    pub joints: Vec<(String, f32)>,
}
