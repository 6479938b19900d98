//! What changed first between the open run and a ghost.

use std::fmt;

use randori_core::record::{Stage, TickRecord};
use randori_core::time::Tick;
use randori_record::compare::{FieldDifference, Fields, Scenes};
use randori_sim::engine::DIGEST_VERSION;

use super::ghost::{APART_M, Ghost};
use crate::run::Run;

/// Values that are named at the first difference; all are counted.
const MAX_FIELDS: usize = 4;

/// Ticks after the first difference in which a value that differs is looked for.
const MAX_SEARCHED: u64 = 1000;

/// States that are looked at in one frame.
const MAX_SEARCHED_AT_ONCE: usize = 100;

/// What is known of the difference between the open run and a ghost.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// The run, and the branch of it.
    of: Option<(u64, u64)>,
    /// Ticks that are equal to the last bit, counted from 0.
    pub equal: u64,
    /// The first tick that differs.
    pub first: Option<Divergence>,
    /// Why digests say nothing.
    pub incomparable: Option<Incomparable>,
    /// The first of the ticks that were shown at which a body is visibly
    /// elsewhere; known only where digests say nothing.
    pub seen_apart: Option<Tick>,
    /// The next tick in which a value that differs is looked for.
    searched: u64,
}

/// The first tick that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Divergence {
    /// When.
    pub tick: Tick,
    /// The part of the step that caused it.
    pub stage: Stage,
    /// The values that differ then; `None` until the run has come to a tick whose
    /// values are known.
    pub detail: Option<Detail>,
}

/// Values that differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    /// The tick: that of the difference, or the first one after it in whose
    /// recorded state a value differs.
    pub tick: Tick,
    /// The first ones; the open run comes first in each.
    pub fields: Vec<FieldDifference>,
    /// How many there are.
    pub count: usize,
}

/// Why two runs cannot be compared tick by tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incomparable {
    /// Ticks have other lengths.
    OtherTicks,
    /// Digests are made of other things.
    OtherDigests,
    /// Things differ.
    OtherScene,
}

impl fmt::Display for Incomparable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherTicks => "its ticks have another length",
            Self::OtherDigests => "it was recorded by another version of Randori",
            Self::OtherScene => "its scene has other things",
        })
    }
}

impl Ghost {
    /// What is known of the difference to the open run.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    /// Where the open run parts from it, as far as that is known.
    pub(crate) fn parting(&self) -> Option<Tick> {
        let Comparison { first, seen_apart, .. } = &self.comparison;
        first.as_ref().map(|first| first.tick).or(*seen_apart)
    }

    /// Looks at the ticks that are new, or at all of them for another run.
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

    /// Looks for the first recorded state in which a value differs: at the tick of
    /// the difference, or soon after it. The run is taken there, and back.
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

    /// What differs between the tick that is shown and one of the recording.
    fn detail(&self, run: &Run, theirs: &TickRecord, stage: Stage) -> Option<Detail> {
        let ours = run.record().filter(|ours| ours.tick == theirs.tick)?;
        let scenes = Scenes::new(run.layout()?, &self.recording.start().layout);
        let mut fields = Fields::keeping(MAX_FIELDS);
        scenes.differences([ours, theirs], Some(stage), false, &mut fields);
        fields.first.sort_by_key(|field| field.stage != stage);
        Some(Detail { tick: theirs.tick, fields: fields.first, count: fields.count })
    }

    /// Notes the first tick that was shown with a body visibly elsewhere.
    fn watch(&mut self, run: &Run) {
        let is_earlier = self.comparison.seen_apart.is_none_or(|seen| run.tick() < seen);
        let farthest = || self.distances(run).first().map_or(0.0, |it| it.distance_m);
        if is_earlier && farthest() > APART_M {
            self.comparison.seen_apart = Some(run.tick());
        }
    }
}
