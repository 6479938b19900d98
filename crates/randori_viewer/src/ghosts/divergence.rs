//! The first difference between the open run and a ghost.

use std::fmt;

use randori_core::record::{Stage, TickRecord};
use randori_core::time::Tick;
use randori_record::compare::{FieldDifference, Fields, Scenes};
use randori_sim::engine::DIGEST_VERSION;

use super::ghost::{APART_M, Ghost};
use crate::run::Run;

/// Values listed at the first difference; all are counted.
const MAX_FIELDS: usize = 4;

/// Maximum number of ticks after the first difference that are searched for a
/// differing value.
const MAX_SEARCHED: u64 = 1000;

/// States compared in one frame.
const MAX_SEARCHED_AT_ONCE: usize = 100;

/// Known differences between the open run and a ghost.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Generation and branch of the run.
    of: Option<(u64, u64)>,
    /// Number of bitwise equal ticks, counted from 0.
    pub equal: u64,
    /// The first tick that differs.
    pub first: Option<Divergence>,
    /// The reason why digests cannot be compared.
    pub incomparable: Option<Incomparable>,
    /// The first shown tick at which a body is visibly displaced; known only if
    /// digests cannot be compared.
    pub seen_apart: Option<Tick>,
    /// The next tick to search for a differing value.
    searched: u64,
}

/// The first tick that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// The tick.
    pub tick: Tick,
    /// The stage of the step that caused it.
    pub stage: Stage,
    /// The differing values; `None` until the run reaches a tick whose values are
    /// recorded.
    pub detail: Option<Detail>,
}

/// Differing values.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The tick of the difference, or the first one after it whose recorded state
    /// has a differing value.
    pub tick: Tick,
    /// The first ones; each with the value of the open run first.
    pub fields: Vec<FieldDifference>,
    /// Number of differing values.
    pub count: usize,
}

/// The reason why two runs cannot be compared tick by tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomparable {
    /// The tick lengths differ.
    OtherTicks,
    /// The digest versions differ.
    OtherDigests,
    /// The scenes differ.
    OtherScene,
}

impl fmt::Display for Incomparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherTicks => "its tick length is different",
            Self::OtherDigests => "it was recorded by another version of Randori",
            Self::OtherScene => "its scene is different",
        })
    }
}

impl Ghost {
    /// The comparison with the open run.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// The first tick known to differ from the open run.
    pub(crate) fn parting(&self) -> Option<Tick> {
        let Comparison { first, seen_apart, .. } = &self.comparison;
        first.as_ref().map(|first| first.tick).or(*seen_apart)
    }

    /// Compares the new ticks, or all of them for another run.
    pub(super) fn compare(&mut self, run: &mut Run) {
        let of = Some((run.generation(), run.branches()));
        if self.comparison.of != of {
            let incomparable = self.incomparable(run);
            self.comparison = Comparison { of, incomparable, ..Comparison::default() };
        }
        if self.comparison.incomparable.is_some() {
            self.watch(run);
            return;
        }
        if self.comparison.first.is_none() {
            self.find_first(run);
        }
        let is_open = self.comparison.first.as_ref().is_some_and(|first| first.detail.is_none());
        if is_open {
            self.find_detail(run);
        }
    }

    fn incomparable(&self, run: &mut Run) -> Option<Incomparable> {
        let start = self.recording.start();
        let period = run.session()?.live().period();
        if !self.has_ticks_of(period) {
            return Some(Incomparable::OtherTicks);
        }
        if start.header.engine.digests != DIGEST_VERSION {
            return Some(Incomparable::OtherDigests);
        }
        (*run.layout()? != start.layout).then_some(Incomparable::OtherScene)
    }

    fn find_first(&mut self, run: &mut Run) {
        let Some(session) = run.session() else { return };
        let from = self.comparison.equal as usize;
        let ours = session.past().get(from..).unwrap_or_default();
        for (ours, theirs) in ours.iter().zip(self.digests.get(from..).unwrap_or_default()) {
            if let Some(stage) = ours.digests.first_difference(theirs) {
                self.comparison.first = Some(Divergence { tick: ours.tick, stage, detail: None });
                return;
            }
            self.comparison.equal += 1;
        }
    }

    /// Searches for the first recorded state with a differing value: at the tick of
    /// the difference, or soon after it. Seeks the run there and back.
    fn find_detail(&mut self, run: &mut Run) {
        let Some((tick, stage)) = self.comparison.first.as_ref().map(|it| (it.tick, it.stage))
        else {
            return;
        };
        let from = self.comparison.searched.max(tick.0);
        let is_due = self.sampled.iter().any(|it| (from..=run.newest().0).contains(it));
        if !is_due || run.problem().is_some() {
            return;
        }
        let shown = run.tick();
        let mut found = None;
        for theirs in self.states(from, MAX_SEARCHED_AT_ONCE) {
            if theirs.tick > run.newest() || found.is_some() {
                break;
            }
            run.seek(theirs.tick);
            let Some(detail) = self.detail(run, &theirs, stage) else { break };
            self.comparison.searched = theirs.tick.0 + 1;
            let is_far = theirs.tick.0 > tick.0 + MAX_SEARCHED;
            found = Some(detail).filter(|detail| detail.count > 0 || is_far);
        }
        run.seek(shown);
        if let Some(first) = &mut self.comparison.first {
            first.detail = found;
        }
    }

    /// Differences between the shown tick and one of the recording.
    fn detail(&self, run: &Run, theirs: &TickRecord, stage: Stage) -> Option<Detail> {
        let ours = run.record().filter(|ours| ours.tick == theirs.tick)?;
        let scenes = Scenes::new(run.layout()?, &self.recording.start().layout);
        let mut fields = Fields::keeping(MAX_FIELDS);
        scenes.differences([ours, theirs], Some(stage), false, &mut fields);
        fields.first.sort_by_key(|field| field.stage != stage);
        Some(Detail { tick: theirs.tick, fields: fields.first, count: fields.count })
    }

    /// Records the first shown tick with a visibly displaced body.
    fn watch(&mut self, run: &Run) {
        let is_earlier = self.comparison.seen_apart.is_none_or(|seen| run.tick() < seen);
        let farthest = || self.distances(run).first().map_or(0.0, |it| it.distance_m);
        if is_earlier && farthest() > APART_M {
            self.comparison.seen_apart = Some(run.tick());
        }
    }
}
