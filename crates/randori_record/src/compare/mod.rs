//! What changed first between two recordings, what caused it, and how far the
//! runs drift apart after it.
//!
//! Every tick has a digest of each stage of the step, so the first tick that
//! differs is known, and so is the stage that caused it, however little of the
//! state was recorded. Where digests of the two runs mean different things, the
//! recorded values are compared instead; [`Basis`] says which.
//!
//! Start reading at [`compare()`]; [`Comparison`] is what it finds.

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

/// Bodies that are named as the ones that drift farthest.
pub const WORST_BODIES: usize = 10;

/// Values that are named at the first difference; all are counted.
pub const MAX_FIELDS: usize = 20;

/// Two recordings, held against each other. In every pair the first one comes
/// first.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Differences between the resolved scenarios, and between files.
    pub inputs: Vec<InputDifference>,
    /// Differences in what else runs depend on, such as the seed.
    pub settings: Vec<SettingDifference>,
    /// Things that only one of the scenes has.
    pub only: Vec<OnlyOne>,
    /// What tells whether a tick is equal.
    pub basis: Basis,
    /// Moments at which both have a tick.
    pub ticks: u64,
    /// Moments at which both have recorded the state.
    pub states: u64,
    /// How far the recordings go.
    pub ends: [End; 2],
    /// The first tick that differs.
    pub first: Option<FirstDifference>,
    /// What presses against what at the first difference, or at the next moment
    /// of which the state is known.
    pub contacts: Option<Contacts>,
    /// The bodies whose positions differ most over the whole run, at most
    /// [`WORST_BODIES`], the farthest first.
    pub bodies: Vec<BodyDistance>,
    /// The largest distance of a body at every known state from the first
    /// difference on.
    pub samples: Vec<Sample>,
    /// How this distance grows.
    pub growth: Growth,
    /// What differs in the verdicts, margins and metrics, if both runs came to
    /// their end.
    pub outcomes: Vec<Finding>,
}

/// What tells whether a tick is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Digests of everything: a difference is found at its own tick, and the
    /// stage is its cause.
    Digests,
    /// Recorded values, because digests of these engines are made of other
    /// things.
    OtherDigests,
    /// Recorded values of what both have, because the scenes differ.
    OtherScene,
    /// Recorded values at equal times, because ticks have other lengths.
    OtherTicks,
}

/// How far a recording goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The last tick that can be read.
    pub last: Option<Tick>,
    /// The tick at which the time is up.
    pub planned: Tick,
    /// Whether the run was recorded to its end.
    pub complete: bool,
}

/// A moment of both runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// The tick of each; they are equal unless their lengths differ.
    pub ticks: [Tick; 2],
    /// Simulated time, s.
    pub time_s: f64,
}

/// The first tick that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstDifference {
    /// When.
    pub at: Moment,
    /// The stage that caused it, or of the first recorded value that differs if
    /// there is nothing but values to go by.
    pub stage: Stage,
    /// Whether the states differ before the first step, so that no stage of a
    /// step is the cause.
    pub is_start: bool,
    /// Whether digests agree although values do not: one of the files was
    /// changed after its run.
    pub contradiction: bool,
    /// The first moment at which recorded values differ. It is later if what
    /// differs is inside (random streams, delays), or was not recorded.
    pub seen_at: Option<Moment>,
    /// The values that differ then.
    pub fields: Fields,
}

impl FirstDifference {
    /// What caused it: `start`, or the name of the stage.
    pub fn cause(&self) -> String {
        if self.is_start { "start".to_owned() } else { self.stage.to_string() }
    }
}

/// What presses against what.
#[derive(Debug, Clone, PartialEq)]
pub struct Contacts {
    /// When.
    pub at: Moment,
    /// On each side.
    pub sides: [Vec<ContactPair>; 2],
}

/// Two things that press against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactPair {
    /// Path of one of them.
    pub body: String,
    /// Path of the other one; `None` for the ground.
    pub other: Option<String>,
    /// Force on `body`, N in the world frame, averaged over the step.
    pub force_n: Vector,
}

/// How far a body is from where it is in the other run.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyDistance {
    /// Path of the body.
    pub body: String,
    /// At the first known state from the first difference on, m.
    pub first_m: f64,
    /// The greatest distance, m; infinite where a position is not a number.
    pub greatest_m: f64,
    /// When it is the greatest.
    pub at: Moment,
}

/// The largest distance of a body from where it is in the other run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Tick of the first run.
    pub tick: u64,
    /// Simulated time, s.
    pub time_s: f64,
    /// The distance, m; infinite where a position is not a number.
    pub distance_m: f64,
    /// Index of the body in the first scene.
    pub body: usize,
}

impl Comparison {
    /// Whether nothing that the runs did differs. What they depend on may still
    /// do so.
    pub fn is_equal(&self) -> bool {
        self.first.is_none()
            && self.only.is_empty()
            && self.outcomes.is_empty()
            && !self.lengths_differ()
    }

    /// Whether both runs were recorded to their end.
    pub fn is_whole(&self) -> bool {
        self.ends.iter().all(|end| end.complete)
    }

    /// Whether one whole run is longer than the other.
    pub fn lengths_differ(&self) -> bool {
        let [a, b] = &self.ends;
        // Ticks of other lengths are a difference of their own, and are told.
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

/// What differs between the reports, to the last bit.
fn outcomes(recordings: [&Recording; 2]) -> Vec<Finding> {
    let [Some(a), Some(b)] = recordings.map(Recording::report) else { return Vec::new() };
    let layout = &recordings[0].start().layout;
    let [a, b] = [a, b].map(|report| Recorder::new(layout, report.ticks).finish(report));
    let none = Tolerance::default();
    let tolerances = Tolerances { margin: none, metric: none, ..Tolerances::default() };
    let found = a.compare(&b, Level::Metrics, &tolerances, false);
    // Drawn values are in the scenario, and are told with it.
    found.into_iter().filter(|finding| !matches!(finding, Finding::Drawn { .. })).collect()
}
