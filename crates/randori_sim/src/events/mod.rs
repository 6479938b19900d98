//! Events of a run: pushes, forces, payloads, sensor faults.
//!
//! Each event starts once: at its own tick, or at the first tick after one at which its
//! formula held. Its later effects depend only on the tick and on its own random stream
//! (`event.gusts`, or `event.2` without a name). Each effect is implemented in its own
//! file (see [`Action`]).
//!
//! Start reading at [`Disturbances::disturb`].

mod channel;
mod dropout;
mod force;
mod freeze;
mod payload;
mod push;
mod random_pushes;

use std::collections::BTreeMap;
use std::fmt::Debug;

use randori_core::effect::Effect;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::math::Vector;
use randori_core::random::RandomStream;
use randori_core::record::EventRecord;
use randori_core::spec::{EventSpec, Scenario, Trigger};
use randori_core::time::{Tick, TickPeriod};
use serde::{Deserialize, Serialize};

use crate::fault::SimulationError;
use crate::hash::StateHasher;
use crate::sensors::SensorSuite;
use crate::world::SimWorld;

/// Implementation of an effect in the engine.
trait Action: Clone + Debug + Send + Sync + 'static {
    /// The target of the effect, resolved once.
    type On: Clone + Debug + Send + Sync;

    /// Resolves the target.
    ///
    /// # Errors
    /// If the target does not exist, which the checker rules out.
    fn find(&self, layout: &SceneLayout) -> Result<Self::On, String>;

    /// The tick of the first action, not before the start; `None` if there is none.
    fn first(&self, moment: &mut Moment<'_>) -> Option<u64> {
        Some(moment.tick)
    }

    /// Acts; returns the record of the action and the tick of the next one.
    fn act(&self, on: &Self::On, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted;

    /// The force (N, world frame) on a body from the first action to the next.
    fn constant_force(&self, _on: &Self::On) -> Option<(BodyId, [f64; 3])> {
        None
    }
}

/// An effect with its target.
#[derive(Debug, Clone)]
struct Bound<A: Action> {
    effect: A,
    on: A::On,
}

/// Any bound effect; see [`Action`].
trait AnyAction: Debug + Send + Sync {
    fn first(&self, moment: &mut Moment<'_>) -> Option<u64>;
    fn act(&self, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted;
    fn constant_force(&self) -> Option<(BodyId, [f64; 3])>;
    fn copied(&self) -> Box<dyn AnyAction>;
}

impl<A: Action> AnyAction for Bound<A> {
    fn first(&self, moment: &mut Moment<'_>) -> Option<u64> {
        self.effect.first(moment)
    }

    fn act(&self, moment: &mut Moment<'_>, plant: &mut Plant<'_>) -> Acted {
        self.effect.act(&self.on, moment, plant)
    }

    fn constant_force(&self) -> Option<(BodyId, [f64; 3])> {
        self.effect.constant_force(&self.on)
    }

    fn copied(&self) -> Box<dyn AnyAction> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn AnyAction> {
    fn clone(&self) -> Self {
        (**self).copied()
    }
}

/// The implementation of an effect: the list of all effects in the engine.
fn action(effect: &Effect, layout: &SceneLayout) -> Result<Box<dyn AnyAction>, String> {
    match effect {
        Effect::Push(effect) => bound(effect, layout),
        Effect::RandomPushes(effect) => bound(effect, layout),
        Effect::Force(effect) => bound(effect, layout),
        Effect::Payload(effect) => bound(effect, layout),
        Effect::Freeze(effect) => bound(effect, layout),
        Effect::Dropout(effect) => bound(effect, layout),
    }
}

fn bound<A: Action>(effect: &A, layout: &SceneLayout) -> Result<Box<dyn AnyAction>, String> {
    Ok(Box::new(Bound { on: effect.find(layout)?, effect: effect.clone() }))
}

/// The body at a path.
fn body(layout: &SceneLayout, path: &str) -> Result<BodyId, String> {
    layout.body(path).ok_or_else(|| format!("there is no body `{path}`"))
}

/// The systems that effects change.
pub(crate) struct Plant<'a> {
    /// Bodies.
    pub world: &'a mut SimWorld,
    /// Sensors.
    pub sensors: &'a mut SensorSuite,
}

/// The tick at which an effect acts, and its random stream.
struct Moment<'a> {
    /// Index of the event.
    event: usize,
    tick: u64,
    /// Tick at which the event started.
    started: u64,
    period: TickPeriod,
    stream: &'a mut RandomStream,
}

impl Moment<'_> {
    /// The tick a duration (s) later, at least one tick.
    fn after(&self, seconds: f64) -> u64 {
        self.tick.saturating_add(self.period.ticks_nearest(seconds).max(1))
    }
}

/// Record of an action, and the tick of the next one.
struct Acted {
    what: String,
    next: Option<u64>,
}

/// All events of a scenario.
#[derive(Debug, Clone)]
pub(crate) struct Disturbances {
    events: Vec<Event>,
    period: TickPeriod,
}

#[derive(Debug, Clone)]
struct Event {
    /// Tick of the start, or `None` if a formula decides.
    at: Option<u64>,
    action: Box<dyn AnyAction>,
    state: EventState,
}

/// The state of an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventState {
    started: Option<u64>,
    /// Tick of the next action; `None` before the start and after the end.
    next: Option<u64>,
    stream: RandomStream,
}

impl Disturbances {
    /// The events of a checked scenario, with the random streams of `seed`.
    ///
    /// # Errors
    /// [`SimulationError::Unchecked`] for errors that the checker rules out.
    pub(crate) fn new(
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
            let action = action(&spec.effect, layout).map_err(unchecked)?;
            let stream = RandomStream::new(seed, &format!("event.{name}"));
            let state = EventState { started: None, next: None, stream };
            Ok(Event { at, action, state })
        };
        let events =
            scenario.spec.events.iter().enumerate().map(event).collect::<Result<_, _>>()?;
        Ok(Self { events, period })
    }

    /// Executes the actions that are due at the start of the step from `tick`, and
    /// records them. `holds` returns true if the formula of an event held at the last record.
    pub(crate) fn disturb(
        &mut self,
        tick: Tick,
        mut holds: impl FnMut(usize) -> bool,
        mut plant: Plant<'_>,
        records: &mut Vec<EventRecord>,
    ) {
        records.clear();
        let mut forces_changed = false;
        for (index, event) in self.events.iter_mut().enumerate() {
            let starts = event.state.started.is_none()
                && event.at.map_or_else(|| holds(index), |at| at == tick.0);
            if starts {
                event.start(index, tick.0, self.period);
            }
            if event.state.next == Some(tick.0) {
                let what = event.act(index, tick.0, self.period, &mut plant);
                records.push(EventRecord { event: index, what });
                forces_changed |= event.action.constant_force().is_some();
            }
        }
        if forces_changed {
            self.renew_forces(tick.0, plant.world);
        }
    }

    /// Sets the sum of active forces on every body that has one or had one.
    fn renew_forces(&self, tick: u64, world: &mut SimWorld) {
        // In the order of the first event of each, which the engine remembers.
        let mut sums: Vec<(BodyId, Vector)> = Vec::new();
        let mut places: BTreeMap<BodyId, usize> = BTreeMap::new();
        for event in &self.events {
            let force = event.action.constant_force();
            let Some((body, force)) = force.filter(|_| event.state.started.is_some()) else {
                continue;
            };
            let place = *places.entry(body).or_insert(sums.len());
            if place == sums.len() {
                sums.push((body, Vector::ZERO));
            }
            if event.state.next.is_some_and(|end| tick < end) {
                sums[place].1 += vector(force);
            }
        }
        for (body, sum) in sums {
            world.set_external_force(body, sum);
        }
    }

    /// Feeds the schedule and the actions of the last step to a digest.
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

    /// Restores a state. Returns true if it fits these events, which are unchanged
    /// otherwise.
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
    fn start(&mut self, event: usize, tick: u64, period: TickPeriod) {
        self.state.started = Some(tick);
        let stream = &mut self.state.stream;
        let mut moment = Moment { event, tick, started: tick, period, stream };
        self.state.next = self.action.first(&mut moment);
    }

    fn act(
        &mut self,
        event: usize,
        tick: u64,
        period: TickPeriod,
        plant: &mut Plant<'_>,
    ) -> String {
        let started = self.state.started.unwrap_or(tick);
        let stream = &mut self.state.stream;
        let mut moment = Moment { event, tick, started, period, stream };
        let acted = self.action.act(&mut moment, plant);
        self.state.next = acted.next;
        acted.what
    }
}

fn vector(parts: [f64; 3]) -> Vector {
    Vector::from_array(parts.map(|part| part as f32))
}

fn tuple([x, y, z]: [f64; 3]) -> String {
    format!("({}, {}, {})", number(x), number(y), number(z))
}

/// Formats a number with at most four decimals, without trailing zeros.
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
}
