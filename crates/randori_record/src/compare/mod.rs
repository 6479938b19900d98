//! The first difference of two recordings, its stage, and the divergence of the runs
//! after it.
//!
//! Every tick has a digest of each stage of the step, so the first tick and stage that
//! differ are known, however little of the state was recorded. If the digests of the
//! two runs are not comparable, the recorded values are compared instead; see
//! [`Basis`].
//!
//! Start reading at [`compare()`] and its result [`Comparison`].

mod fields;
mod growth;
mod inputs;
mod pass;
mod scenes;

use randori_core::math::Vector;
use randori_core::record::Stage;
use randori_core::time::Tick;

pub use fields::{FieldDifference, Fields, Values};
pub use growth::Growth;
pub use inputs::{InputDifference, SettingDifference};
pub use scenes::{OnlyOne, Scenes};

use crate::golden::{Finding, Level, Recorder, Tolerance, Tolerances};
use crate::reader::Recording;
use pass::Pass;

/// Maximum number of reported bodies.
pub const WORST_BODIES: usize = 10;

/// Maximum number of reported values at the first difference; all are counted.
pub const MAX_FIELDS: usize = 20;

/// Comparison of two recordings. Pairs are in the order of the recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Differences between the resolved scenarios, and between files.
    pub inputs: Vec<InputDifference>,
    /// Differences in other inputs, such as the seed.
    pub settings: Vec<SettingDifference>,
    /// Entities of only one of the scenes.
    pub only: Vec<OnlyOne>,
    /// Basis of the comparison of ticks.
    pub basis: Basis,
    /// Number of times at which both have a tick.
    pub ticks: u64,
    /// Number of times at which both have recorded the state.
    pub states: u64,
    /// Extent of the recordings.
    pub ends: [End; 2],
    /// The first tick that differs.
    pub first: Option<FirstDifference>,
    /// Contacts at the first difference, or at the next recorded state.
    pub contacts: Option<Contacts>,
    /// The bodies whose positions differ most over the whole run, at most
    /// [`WORST_BODIES`], the farthest first.
    pub bodies: Vec<BodyDistance>,
    /// The largest distance of a body at every known state from the first
    /// difference on.
    pub samples: Vec<Sample>,
    /// Growth of this distance.
    pub growth: Growth,
    /// Differences in verdicts, margins and metrics, if both runs are complete.
    pub outcomes: Vec<Finding>,
}

/// Basis of the comparison of ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Digests: the first tick is exact, and the stage is the cause.
    Digests,
    /// Recorded values, because the digest versions differ.
    OtherDigests,
    /// Recorded values of common entities, because the scenes differ.
    OtherScene,
    /// Recorded values at equal times, because the tick lengths differ.
    OtherTicks,
}

/// Extent of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The last readable tick.
    pub last: Option<Tick>,
    /// The tick at the end of the scenario's duration.
    pub planned: Tick,
    /// True if the run was recorded to its end.
    pub complete: bool,
}

/// A common time of both runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// The tick of each run; equal unless tick lengths differ.
    pub ticks: [Tick; 2],
    /// Simulated time, s.
    pub time_s: f64,
}

/// The first tick that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstDifference {
    /// Time.
    pub at: Moment,
    /// The stage of the cause, or of the first recorded value that differs if only values
    /// are comparable.
    pub stage: Stage,
    /// True if the states differ before the first step, so that no stage is the cause.
    pub is_start: bool,
    /// True if digests agree but values differ: one of the files was modified after its
    /// run.
    pub contradiction: bool,
    /// The first time at which recorded values differ. It is later than the first
    /// difference in internal state (random streams, delays) or in unrecorded values.
    pub seen_at: Option<Moment>,
    /// The values that differ at that time.
    pub fields: Fields,
}

impl FirstDifference {
    /// Name of the cause: `start`, or the name of the stage.
    pub fn cause(&self) -> String {
        if self.is_start { "start".to_owned() } else { self.stage.to_string() }
    }
}

/// Contacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Contacts {
    /// Time.
    pub at: Moment,
    /// In each run.
    pub sides: [Vec<ContactPair>; 2],
}

/// A contact of two bodies.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactPair {
    /// Path of the first body.
    pub body: String,
    /// Path of the second body; `None` for the ground.
    pub other: Option<String>,
    /// Force on `body`, N in the world frame, averaged over the step.
    pub force_n: Vector,
}

/// Distance of a body between the runs.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyDistance {
    /// Path of the body.
    pub body: String,
    /// At the first known state from the first difference on, m.
    pub first_m: f64,
    /// The largest distance, m; infinite if a position is not a number.
    pub greatest_m: f64,
    /// Time of the largest distance.
    pub at: Moment,
}

/// The largest distance of a body between the runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Tick of the first run.
    pub tick: u64,
    /// Simulated time, s.
    pub time_s: f64,
    /// The distance, m; infinite if a position is not a number.
    pub distance_m: f64,
    /// Index of the body in the first scene.
    pub body: usize,
}

impl Comparison {
    /// True if the behaviour of the runs is equal. Their inputs may differ.
    pub fn is_equal(&self) -> bool {
        self.first.is_none()
            && self.only.is_empty()
            && self.outcomes.is_empty()
            && !self.lengths_differ()
    }

    /// True if both runs were recorded to their end.
    pub fn is_whole(&self) -> bool {
        self.ends.iter().all(|end| end.complete)
    }

    /// True if both runs are complete and one is longer.
    pub fn lengths_differ(&self) -> bool {
        let [a, b] = &self.ends;
        // Different tick lengths are reported separately.
        self.is_whole() && self.basis != Basis::OtherTicks && a.last != b.last
    }
}

/// Compares two recordings.
pub fn compare(first: &Recording, second: &Recording) -> Comparison {
    let recordings = [first, second];
    let [a, b] = recordings.map(|recording| &recording.start().layout);
    let scenes = Scenes::new(a, b);
    let basis = basis(recordings, &scenes);
    let mut pass = Pass::new(&scenes, basis, recordings);
    pass.run();
    let bodies = pass.worst_bodies();
    Comparison {
        inputs: inputs::inputs(recordings),
        settings: inputs::settings(recordings),
        only: scenes.only(),
        basis,
        ticks: pass.ticks,
        states: pass.states,
        ends: recordings.map(|recording| End {
            last: recording.last_tick(),
            planned: Tick(recording.start().header.end_tick),
            complete: recording.is_complete(),
        }),
        first: pass.first,
        contacts: pass.contacts,
        bodies,
        growth: Growth::fit(&pass.samples),
        samples: pass.samples,
        outcomes: outcomes(recordings),
    }
}

fn basis(recordings: [&Recording; 2], scenes: &Scenes<'_>) -> Basis {
    let [a, b] = recordings.map(Recording::start);
    if a.header.period_ns != b.header.period_ns {
        Basis::OtherTicks
    } else if a.header.engine.digests != b.header.engine.digests {
        Basis::OtherDigests
    } else if !scenes.same_shape() {
        Basis::OtherScene
    } else {
        Basis::Digests
    }
}

/// Differences between the reports, bit by bit.
fn outcomes(recordings: [&Recording; 2]) -> Vec<Finding> {
    let [Some(a), Some(b)] = recordings.map(Recording::report) else { return Vec::new() };
    let layout = &recordings[0].start().layout;
    let [a, b] = [a, b].map(|report| Recorder::new(layout, report.ticks).finish(report));
    let none = Tolerance::default();
    let tolerances = Tolerances { margin: none, metric: none, ..Tolerances::default() };
    let found = a.compare(&b, Level::Metrics, &tolerances, false);
    // Sampled values are reported with the scenario.
    found.into_iter().filter(|finding| !matches!(finding, Finding::Drawn { .. })).collect()
}
