//! What is done to the world during a run: pushes, forces, payloads.
//!
//! Each event starts once: at its own tick, or at the first tick after one at
//! which its formula held. What it does from then on depends on the tick and on
//! its own random stream (`event.gusts`, or `event.2` without a name) only.
//!
//! Start reading at [`Disturbances::disturb`].

use std::collections::BTreeMap;

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::Vector;
use randori_core::random::RandomStream;
use randori_core::record::EventRecord;
use randori_core::spec::{Axis, Effect, EventSpec, Scenario, Trigger};
use randori_core::time::{Tick, TickPeriod};
use serde::{Deserialize, Serialize};

use crate::fault::SimulationError;
use crate::hash::StateHasher;
use crate::world::SimWorld;

/// All events of a scenario.
#[derive(Debug, Clone)]
pub struct Disturbances {
    events: Vec<Event>,
    period: TickPeriod,
}

#[derive(Debug, Clone)]
struct Event {
    /// Tick of the start, or `None` where a formula decides.
    at: Option<u64>,
    effect: Effect,
    body: BodyId,
    state: EventState,
}

/// Everything about an event that changes during a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventState {
    started: Option<u64>,
    /// When it acts next; `None` before the start and after the end.
    next: Option<u64>,
    stream: RandomStream,
}

impl Disturbances {
    /// The events of a checked scenario, with the random streams of `seed`.
    ///
    /// # Errors
    /// [`SimulationError::Unchecked`] for what the checker would have refused.
    pub fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        period: TickPeriod,
        seed: u64,
    ) -> Result<Self, SimulationError> {
        let event = |(index, spec): (usize, &EventSpec)| {
            let name = spec.name.clone().unwrap_or_else(|| index.to_string());
            let unchecked =
                |what: String| SimulationError::Unchecked(format!("event `{name}`: {what}"));
            let at = match spec.trigger() {
                Some(Trigger::At(seconds)) => Some(period.ticks_nearest(seconds)),
                Some(Trigger::When(_)) => None,
                None => return Err(unchecked("give either `at` or `when`".to_owned())),
            };
            let path = spec.effect.body();
            let body =
                layout.body(path).ok_or_else(|| unchecked(format!("there is no body `{path}`")))?;
            let stream = RandomStream::new(seed, &format!("event.{name}"));
            let state = EventState { started: None, next: None, stream };
            Ok(Event { at, effect: spec.effect.clone(), body, state })
        };
        let events =
            scenario.spec.events.iter().enumerate().map(event).collect::<Result<_, _>>()?;
        Ok(Self { events, period })
    }

    /// Does to the world what is due at the start of the step from `tick`, and
    /// writes it down. `holds` says of an event with a formula whether that held
    /// at the last record.
    pub fn disturb(
        &mut self,
        tick: Tick,
        mut holds: impl FnMut(usize) -> bool,
        world: &mut SimWorld,
        records: &mut Vec<EventRecord>,
    ) {
        records.clear();
        let mut forces_changed = false;
        for (index, event) in self.events.iter_mut().enumerate() {
            let starts = event.state.started.is_none()
                && event.at.map_or_else(|| holds(index), |at| at == tick.0);
            if starts {
                event.start(tick.0, self.period);
            }
            if event.state.next == Some(tick.0) {
                let what = event.act(tick.0, self.period, world);
                records.push(EventRecord { event: index, what });
                forces_changed |= matches!(event.effect, Effect::Force { .. });
            }
        }
        if forces_changed {
            self.renew_forces(tick.0, world);
        }
    }

    /// Sets the sum of the forces in effect on every body that has one or had.
    fn renew_forces(&self, tick: u64, world: &mut SimWorld) {
        // In the order of the first event of each, which the engine remembers.
        let mut sums: Vec<(BodyId, Vector)> = Vec::new();
        let mut places: BTreeMap<BodyId, usize> = BTreeMap::new();
        for event in &self.events {
            if event.state.started.is_some() && matches!(event.effect, Effect::Force { .. }) {
                let place = *places.entry(event.body).or_insert(sums.len());
                if place == sums.len() {
                    sums.push((event.body, Vector::ZERO));
                }
                sums[place].1 += event.force_at(tick).unwrap_or(Vector::ZERO);
            }
        }
        for (body, sum) in sums {
            world.set_external_force(body, sum);
        }
    }

    /// Feeds the timetable and what was done in the last step.
    pub(crate) fn digest(&self, done: &[EventRecord], hasher: &mut StateHasher) {
        for record in done {
            hasher.write_u64(record.event as u64);
            hasher.write_bytes(record.what.as_bytes());
        }
        for event in &self.events {
            hasher.write_u64(event.state.started.map_or(0, |tick| tick.saturating_add(1)));
            hasher.write_u64(event.state.next.map_or(0, |tick| tick.saturating_add(1)));
            hasher.write_u64(event.state.stream.clone().next_u64());
        }
    }

    pub(crate) fn state(&self) -> Vec<EventState> {
        self.events.iter().map(|event| event.state.clone()).collect()
    }

    /// Returns whether the state fits these events; it is not taken if not.
    pub(crate) fn set_state(&mut self, state: Vec<EventState>) -> bool {
        let fits = state.len() == self.events.len();
        if fits {
            for (event, state) in self.events.iter_mut().zip(state) {
                event.state = state;
            }
        }
        fits
    }
}

impl Event {
    fn start(&mut self, tick: u64, period: TickPeriod) {
        self.state.started = Some(tick);
        self.state.next = match self.effect {
            Effect::RandomPushes { every, .. } => self.next_push(tick, every, period),
            _ => Some(tick),
        };
    }

    /// Acts on the world, decides when to act next, and says what was done.
    fn act(&mut self, tick: u64, period: TickPeriod, world: &mut SimWorld) -> String {
        match self.effect.clone() {
            Effect::Push { body, impulse } => {
                self.state.next = None;
                world.apply_impulse(self.body, vector(impulse));
                format!("push {body} with {} N s", tuple(impulse))
            }
            Effect::RandomPushes { body, every, impulse: (weakest, strongest), axis, .. } => {
                let direction = push_direction(&mut self.state.stream, axis, world.gravity());
                let strength = self.state.stream.uniform(weakest, strongest);
                let impulse = direction.map(|part| part * strength);
                self.state.next = self.next_push(tick, every, period);
                world.apply_impulse(self.body, vector(impulse));
                format!("push {body} with {} N s", tuple(impulse))
            }
            Effect::Force { body, force, lasts } => {
                if self.state.started == Some(tick) {
                    self.state.next = Some(tick.saturating_add(period.ticks_nearest(lasts).max(1)));
                    format!("pull {body} with {} N for {} s", tuple(force), number(lasts))
                } else {
                    self.state.next = None;
                    format!("let go of {body}")
                }
            }
            Effect::Payload { body, mass_kg } => {
                self.state.next = None;
                world.add_payload(self.body, mass_kg as f32);
                format!("load {body} with {} kg", number(mass_kg))
            }
        }
    }

    /// Draws when the next of several pushes comes, unless they have ended.
    fn next_push(&mut self, tick: u64, every: (f64, f64), period: TickPeriod) -> Option<u64> {
        let pause = self.state.stream.uniform(every.0, every.1);
        let next = tick.saturating_add(period.ticks_nearest(pause).max(1));
        let end = match (&self.effect, self.state.started) {
            (Effect::RandomPushes { lasts: Some(lasts), .. }, Some(started)) => {
                started.saturating_add(period.ticks_nearest(*lasts))
            }
            _ => u64::MAX,
        };
        (next < end).then_some(next)
    }

    /// The constant force in effect in the step from `tick`, N.
    fn force_at(&self, tick: u64) -> Option<Vector> {
        match self.effect {
            Effect::Force { force, .. } if self.state.next.is_some_and(|end| tick < end) => {
                Some(vector(force))
            }
            _ => None,
        }
    }
}

/// A random direction perpendicular to gravity, or along an axis either way.
/// Draws once in both cases.
fn push_direction(stream: &mut RandomStream, axis: Option<Axis>, gravity: Vector) -> [f64; 3] {
    let turn = stream.unit();
    if let Some(axis) = axis {
        let sign = if turn < 0.5 { 1.0 } else { -1.0 };
        return axis.unit().to_array().map(|part| sign * f64::from(part));
    }
    let down = gravity.try_normalize().unwrap_or(Vector::NEG_Z);
    // X and Y where gravity is vertical, as nearly always.
    let aside = if down.x.abs() < 0.9 { Vector::X } else { Vector::Y };
    let first = (aside - down * aside.dot(down)).normalize();
    let second = first.cross(down);
    let angle = std::f64::consts::TAU * turn;
    let (sin, cos) = (libm::sin(angle), libm::cos(angle));
    std::array::from_fn(|i| cos * f64::from(first[i]) + sin * f64::from(second[i]))
}

fn vector(parts: [f64; 3]) -> Vector {
    Vector::from_array(parts.map(|part| part as f32))
}

fn tuple([x, y, z]: [f64; 3]) -> String {
    format!("({}, {}, {})", number(x), number(y), number(z))
}

/// A number for people: at most four decimals, and none that say nothing.
fn number(value: f64) -> String {
    let rounded = libm::round(value * 1e4) / 1e4;
    // Adding zero makes -0 print as 0.
    format!("{}", rounded + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(tuple([0.0, 8.0, -0.00001]), "(0, 8, 0)");
        assert_eq!(number(0.123_456), "0.1235");
    }

    #[test]
    fn random_pushes_are_perpendicular_to_gravity_and_cover_all_directions() {
        let mut stream = RandomStream::new(3, "event.test");
        let gravity = Vector::new(1.0, 2.0, -9.0);
        let mut sum = [0.0; 3];
        for _ in 0..4000 {
            let direction = push_direction(&mut stream, None, gravity);
            let length: f64 = direction.iter().map(|part| part * part).sum();
            let along: f64 =
                direction.iter().zip(gravity.to_array()).map(|(d, g)| d * f64::from(g)).sum();
            assert!((length - 1.0).abs() < 1e-6 && along.abs() < 1e-5, "{direction:?}");
            for (sum, part) in sum.iter_mut().zip(direction) {
                *sum += part / 4000.0;
            }
        }

        assert!(sum.iter().all(|mean| mean.abs() < 0.05), "biased: {sum:?}");
    }

    #[test]
    fn pushes_along_an_axis_go_both_ways() {
        let mut stream = RandomStream::new(3, "event.test");
        let draws: Vec<[f64; 3]> =
            (0..32).map(|_| push_direction(&mut stream, Some(Axis::X), Vector::NEG_Z)).collect();

        assert!(draws.contains(&[1.0, 0.0, 0.0]));
        assert!(draws.contains(&[-1.0, 0.0, 0.0]));
        assert!(draws.iter().all(|draw| draw[0].abs() == 1.0));
    }
}
