//! One pass over both recordings, side by side.

use std::cmp::Ordering;

use randori_core::record::{Stage, TickRecord, WorldState};
use randori_core::time::Tick;

use super::fields::Fields;
use super::scenes::Scenes;
use super::{
    Basis, BodyDistance, ContactPair, Contacts, FirstDifference, MAX_FIELDS, Moment, Sample,
    WORST_BODIES,
};
use crate::distance::{between, same_f32};
use crate::reader::{Recording, Ticks};
use crate::tick::RecordedTick;

/// Collects differences.
pub(super) struct Pass<'a> {
    scenes: &'a Scenes<'a>,
    basis: Basis,
    ticks_of: [Ticks<'a>; 2],
    period_ns: [u64; 2],
    /// True if both have recorded measurements.
    readings: bool,
    pub(super) ticks: u64,
    pub(super) states: u64,
    pub(super) first: Option<FirstDifference>,
    pub(super) contacts: Option<Contacts>,
    pub(super) samples: Vec<Sample>,
    /// By pair of bodies.
    drifts: Vec<Drift>,
}

/// Divergence of a body.
#[derive(Debug, Clone, Copy)]
struct Drift {
    first_m: f64,
    greatest_m: f64,
    at: Moment,
}

impl<'a> Pass<'a> {
    pub(super) fn new(
        scenes: &'a Scenes<'a>,
        basis: Basis,
        recordings: [&'a Recording; 2],
    ) -> Self {
        Self {
            scenes,
            basis,
            ticks_of: recordings.map(Recording::ticks),
            period_ns: recordings.map(|recording| recording.start().header.period_ns),
            readings: recordings.iter().all(|recording| recording.has_sensor_frames()),
            ticks: 0,
            states: 0,
            first: None,
            contacts: None,
            samples: Vec::new(),
            drifts: Vec::new(),
        }
    }

    /// Reads to the end of the shorter recording, or to the first unreadable part.
    pub(super) fn run(&mut self) {
        while let Some([a, b]) = self.next_pair() {
            self.look(&a, &b);
        }
    }

    /// The bodies that deviate most, without those that never deviate.
    pub(super) fn worst_bodies(&self) -> Vec<BodyDistance> {
        let pairs = self.scenes.bodies.iter().zip(&self.drifts);
        let mut drifting: Vec<_> = pairs.filter(|(_, drift)| drift.greatest_m > 0.0).collect();
        drifting.sort_by(|(_, a), (_, b)| b.greatest_m.total_cmp(&a.greatest_m));
        let body = |(&[body, _], drift): (&[usize; 2], &Drift)| BodyDistance {
            body: self.scenes.layouts[0].bodies[body].path.clone(),
            first_m: drift.first_m,
            greatest_m: drift.greatest_m,
            at: drift.at,
        };
        drifting.into_iter().take(WORST_BODIES).map(body).collect()
    }

    /// The next ticks with equal times.
    fn next_pair(&mut self) -> Option<[RecordedTick; 2]> {
        let (mut a, mut b) = (self.next_tick(0)?, self.next_tick(1)?);
        loop {
            match self.time_ns(0, a.record.tick).cmp(&self.time_ns(1, b.record.tick)) {
                Ordering::Less => a = self.next_tick(0)?,
                Ordering::Greater => b = self.next_tick(1)?,
                Ordering::Equal => return Some([a, b]),
            }
        }
    }

    fn next_tick(&mut self, side: usize) -> Option<RecordedTick> {
        // An unreadable part ends a recording, which reports itself as incomplete.
        self.ticks_of[side].next()?.ok()
    }

    fn time_ns(&self, side: usize, tick: Tick) -> u128 {
        u128::from(tick.0) * u128::from(self.period_ns[side])
    }

    fn look(&mut self, a: &RecordedTick, b: &RecordedTick) {
        self.ticks += 1;
        let at = Moment {
            ticks: [a.record.tick, b.record.tick],
            time_s: self.time_ns(0, a.record.tick) as f64 * 1e-9,
        };
        if self.first.as_ref().is_none_or(|first| first.seen_at.is_none()) {
            self.look_for_difference(at, &a.record, &b.record);
        }
        if !(a.sampled && b.sampled) {
            return;
        }
        self.states += 1;
        if self.first.is_some() {
            if self.contacts.is_none() {
                let sides = [self.contact_pairs(0, a), self.contact_pairs(1, b)];
                self.contacts = Some(Contacts { at, sides });
            }
            self.measure(at, [&a.record.state, &b.record.state]);
        }
    }

    fn look_for_difference(&mut self, at: Moment, a: &TickRecord, b: &TickRecord) {
        let comparable = self.basis == Basis::Digests;
        let cause = if comparable { a.digests.first_difference(&b.digests) } else { None };
        if comparable && cause.is_none() && a == b {
            return;
        }
        let mut fields = Fields::keeping(MAX_FIELDS);
        self.scenes.differences([a, b], cause, self.readings, &mut fields);
        let seen = fields.first.iter().map(|field| field.stage).min();
        let Some(first) = &mut self.first else {
            if let Some(stage) = cause.or(seen) {
                let [before, after] = [a, b].map(|it| it.digests[Stage::Physics]);
                let states_differ = (comparable && before != after)
                    || fields.first.iter().any(|field| field.stage == Stage::Physics);
                let is_start = states_differ && at.ticks == [Tick(0); 2];
                self.first = Some(FirstDifference {
                    at,
                    stage,
                    is_start,
                    // Digests cover steps, and there is none before the start.
                    contradiction: comparable && cause.is_none() && !is_start,
                    seen_at: seen.map(|_| at),
                    fields: foremost(fields, stage),
                });
            }
            return;
        };
        if seen.is_some() {
            first.seen_at = Some(at);
            first.fields = foremost(fields, first.stage);
        }
    }

    fn contact_pairs(&self, side: usize, tick: &RecordedTick) -> Vec<ContactPair> {
        let path = |body| self.scenes.body_path(side, body).into_owned();
        let pair = |contact: &randori_core::record::Contact| ContactPair {
            body: path(contact.body),
            other: contact.other.map(path),
            force_n: contact.force,
        };
        tick.contacts.iter().map(pair).collect()
    }

    /// Distances of bodies between the runs.
    fn measure(&mut self, at: Moment, [a, b]: [&WorldState; 2]) {
        let mut worst = Sample {
            tick: at.ticks[0].0,
            time_s: at.time_s,
            distance_m: 0.0,
            body: self.scenes.bodies.first().map_or(0, |pair| pair[0]),
        };
        let is_first = self.samples.is_empty();
        for (place, &[first, second]) in self.scenes.bodies.iter().enumerate() {
            // A broken run may have no state.
            let (Some(a), Some(b)) = (a.bodies.get(first), b.bodies.get(second)) else { return };
            let distance_m = distance(a.pose.translation, b.pose.translation);
            if distance_m > worst.distance_m {
                worst = Sample { distance_m, body: first, ..worst };
            }
            if is_first {
                self.drifts.push(Drift { first_m: distance_m, greatest_m: distance_m, at });
            } else if let Some(drift) = self.drifts.get_mut(place)
                && distance_m > drift.greatest_m
            {
                *drift = Drift { greatest_m: distance_m, at, ..*drift };
            }
        }
        self.samples.push(worst);
    }
}

/// The fields, with those of a stage first.
fn foremost(mut fields: Fields, stage: Stage) -> Fields {
    fields.first.sort_by_key(|field| field.stage != stage);
    fields
}

/// Distance of two positions, m; infinite if only one is a number.
fn distance(a: randori_core::math::Vector, b: randori_core::math::Vector) -> f64 {
    let equal = |(a, b): (f32, f32)| same_f32(a, b);
    if a.to_array().into_iter().zip(b.to_array()).all(equal) {
        return 0.0;
    }
    let distance = between(a, b);
    if distance.is_nan() { f64::INFINITY } else { distance }
}
