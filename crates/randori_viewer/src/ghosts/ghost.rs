//! A recording shown as a ghost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bevy::prelude::Color;
use randori_core::math::Pose;
use randori_core::record::{Digests, TickRecord};
use randori_core::time::TickPeriod;
use randori_record::reader::Recording;

use super::divergence::Comparison;
use crate::run::{Problem, Run};

/// Colors of ghosts, in order.
const COLORS: [Color; 4] = [
    Color::srgb(0.10, 0.75, 0.95),
    Color::srgb(0.95, 0.30, 0.75),
    Color::srgb(0.95, 0.80, 0.15),
    Color::srgb(0.45, 0.90, 0.35),
];

/// Threshold of visible distance between bodies, m.
pub(super) const APART_M: f32 = 1e-3;

/// Threshold of visible rotation, rad.
const APART_RAD: f32 = 5e-3;

/// A recording shown as a ghost.
#[derive(Debug)]
pub struct Ghost {
    /// Its file, without folder and extension.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// Its color.
    pub color: Color,
    /// True if it is drawn.
    pub shown: bool,
    pub(super) recording: Recording,
    tracks: BTreeMap<String, Track>,
    /// One per tick, from tick 0.
    pub(super) digests: Vec<Digests>,
    /// Ticks whose state is recorded.
    pub(super) sampled: Vec<u64>,
    pub(super) comparison: Comparison,
}

/// Displacement of a body between the two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Distance {
    /// Path of the body.
    pub body: String,
    /// The distance, m.
    pub distance_m: f32,
    /// Poses in the world: of the open run, and of the ghost.
    pub poses: [Pose; 2],
}

/// Poses of a body over time; stores only the ticks at which they changed.
#[derive(Debug, Default)]
struct Track {
    changes: Vec<(u64, Pose)>,
}

impl Ghost {
    /// Reads a recording; `index` chooses its color.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn open(file: &Path, index: usize) -> Result<Self, Problem> {
        let refused = |message: String, help: &str| Problem {
            message,
            details: Vec::new(),
            help: Some(help.to_owned()),
        };
        let recording = Recording::open_file(file).map_err(|error| {
            refused(
                format!("`{}` {error}", file.display()),
                "choose a recording, as `randori run --record` and this app write them",
            )
        })?;
        let mut ghost = Self {
            name: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            file: file.to_owned(),
            color: COLORS[index % COLORS.len()],
            shown: true,
            tracks: BTreeMap::new(),
            digests: Vec::new(),
            sampled: Vec::new(),
            comparison: Comparison::default(),
            recording,
        };
        ghost.read();
        if ghost.sampled.is_empty() {
            return Err(refused(
                format!("`{}` holds no state: there is nothing to draw", file.display()),
                "record it again",
            ));
        }
        Ok(ghost)
    }

    /// Reads the poses of all bodies. Stops at the first part that cannot be read.
    fn read(&mut self) {
        let bodies = &self.recording.start().layout.bodies;
        let mut tracks: Vec<Track> = bodies.iter().map(|_| Track::default()).collect();
        for tick in self.recording.ticks().map_while(Result::ok) {
            let number = tick.record.tick.0;
            if number == self.digests.len() as u64 {
                self.digests.push(tick.record.digests);
            }
            if !tick.sampled {
                continue;
            }
            self.sampled.push(number);
            for (track, body) in tracks.iter_mut().zip(&tick.record.state.bodies) {
                if track.changes.last().is_none_or(|(_, pose)| *pose != body.pose) {
                    track.changes.push((number, body.pose));
                }
            }
        }
        let paths = bodies.iter().map(|body| body.path.clone());
        self.tracks = paths.zip(tracks).collect();
    }

    /// Length of its ticks, s.
    pub fn period_s(&self) -> f64 {
        self.recording.start().header.period_ns as f64 * 1e-9
    }

    /// The tick at a simulated time, s.
    fn tick_at(&self, time_s: f64) -> u64 {
        // Times are multiples of a tick, up to rounding.
        (time_s / self.period_s() + 1e-6).max(0.0) as u64
    }

    /// Pose of a body at a simulated time, s, or in the last recorded state before
    /// it; `None` for an unknown body.
    pub fn pose(&self, body: &str, time_s: f64) -> Option<&Pose> {
        let changes = &self.tracks.get(body)?.changes;
        let tick = self.tick_at(time_s);
        let after = changes.partition_point(|(at, _)| *at <= tick);
        changes.get(after.saturating_sub(1)).map(|(_, pose)| pose)
    }

    /// Simulated time of the state that is shown at a simulated time, s.
    pub fn state_s(&self, time_s: f64) -> f64 {
        let tick = self.tick_at(time_s);
        let after = self.sampled.partition_point(|at| *at <= tick);
        let at = self.sampled.get(after.saturating_sub(1)).copied().unwrap_or(0);
        at as f64 * self.period_s()
    }

    /// The simulated time, s, at which it ends.
    pub(crate) fn end_s(&self) -> f64 {
        self.recording.last_tick().map_or(0.0, |tick| tick.0 as f64 * self.period_s())
    }

    /// Distances of the bodies that both runs have, at the shown tick; the largest
    /// first.
    pub fn distances(&self, run: &Run) -> Vec<Distance> {
        let (Some(layout), Some(record)) = (run.layout(), run.record()) else { return Vec::new() };
        let time_s = run.time_s(record.tick);
        let bodies = layout.bodies.iter().zip(&record.state.bodies);
        let mut distances: Vec<Distance> = bodies
            .filter_map(|(body, state)| {
                let there = *self.pose(&body.path, time_s)?;
                Some(Distance {
                    body: body.path.clone(),
                    distance_m: (there.translation - state.pose.translation).length(),
                    poses: [state.pose, there],
                })
            })
            .collect();
        distances.sort_by(|a, b| b.distance_m.total_cmp(&a.distance_m));
        distances
    }

    /// Recorded ticks with a state, from a tick on.
    pub(super) fn states(&self, from: u64, most: usize) -> Vec<TickRecord> {
        let ticks = self.recording.ticks().map_while(Result::ok);
        let with_state = ticks.filter(|it| it.sampled && it.record.tick.0 >= from);
        with_state.take(most).map(|it| it.record).collect()
    }

    /// True if its ticks have exactly this length.
    pub(super) fn has_ticks_of(&self, period: TickPeriod) -> bool {
        self.recording.start().header.period_ns == period.nanos()
    }
}

/// True if two poses differ visibly.
pub(super) fn is_apart(a: &Pose, b: &Pose) -> bool {
    (a.translation - b.translation).length() > APART_M
        || a.rotation.angle_between(b.rotation) > APART_RAD
}
