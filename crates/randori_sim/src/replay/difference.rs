//! Difference between a tick and its recording, and the stage that caused it.
//!
//! Start reading at [`compare`].

use randori_core::record::{Decision, Intervention, Request, Stage, TickRecord};
use randori_core::time::Tick;

use super::ReplayError;
use crate::simulation::combined;

/// A difference between a run and its recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Mismatch {
    /// The first tick that differs, if all earlier ticks were compared.
    pub tick: Tick,
    /// The stage that caused the difference.
    pub stage: Stage,
    /// The difference.
    pub difference: Difference,
}

/// A difference within a tick.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// The digest of the stage.
    Digest {
        /// As recorded.
        expected: u64,
        /// As computed now.
        actual: u64,
    },
    /// The interventions.
    Intervention {
        /// As recorded.
        expected: Vec<Intervention>,
        /// As applied now.
        actual: Vec<Intervention>,
    },
    /// The request to a policy; `None` if there was none.
    Request {
        /// As recorded.
        expected: Option<Box<Request>>,
        /// As sent now.
        actual: Option<Box<Request>>,
    },
    /// The response of a policy; `None` if none took effect.
    Decision {
        /// As recorded.
        expected: Option<Decision>,
        /// As returned now.
        actual: Option<Decision>,
    },
}

/// Compares two records of the same tick, stage by stage: interventions, requests and
/// responses before the digests, since they are more informative.
///
/// # Errors
/// The first difference.
pub fn compare(expected: &TickRecord, actual: &TickRecord) -> Result<(), ReplayError> {
    if expected.hash != combined(&expected.digests) {
        return Err(ReplayError::Contradiction(expected.tick));
    }
    let Some((stage, difference)) = difference(expected, actual) else { return Ok(()) };
    let mismatch = Mismatch { tick: expected.tick, stage, difference };
    Err(ReplayError::Mismatch(Box::new(mismatch)))
}

fn difference(expected: &TickRecord, actual: &TickRecord) -> Option<(Stage, Difference)> {
    Stage::ALL.into_iter().find_map(|stage| {
        let told = told_difference(stage, expected, actual);
        let (expected, actual) = (expected.digests[stage], actual.digests[stage]);
        let digest = (expected != actual).then_some(Difference::Digest { expected, actual });
        Some((stage, told.or(digest)?))
    })
}

/// The difference in the part of a record that a stage writes, if replays compare it.
fn told_difference(stage: Stage, expected: &TickRecord, actual: &TickRecord) -> Option<Difference> {
    match stage {
        Stage::Event => {
            let (expected, actual) = (&expected.interventions, &actual.interventions);
            (expected != actual).then(|| Difference::Intervention {
                expected: expected.clone(),
                actual: actual.clone(),
            })
        }
        Stage::Sensor => first_difference(&expected.requests, &actual.requests, same_request).map(
            |(expected, actual)| Difference::Request {
                expected: expected.map(Box::new),
                actual: actual.map(Box::new),
            },
        ),
        Stage::Policy => first_difference(&expected.decisions, &actual.decisions, same_decision)
            .map(|(expected, actual)| Difference::Decision { expected, actual }),
        Stage::Actuator | Stage::Physics => None,
    }
}

/// The first position at which two lists differ, with both elements.
fn first_difference<T: Clone>(
    expected: &[T],
    actual: &[T],
    same: fn(&T, &T) -> bool,
) -> Option<(Option<T>, Option<T>)> {
    (0..expected.len().max(actual.len()))
        .map(|index| (expected.get(index), actual.get(index)))
        .find(|pair| !matches!(pair, (Some(one), Some(other)) if same(one, other)))
        .map(|(one, other)| (one.cloned(), other.cloned()))
}

fn same_request(one: &Request, other: &Request) -> bool {
    let head = |it: &Request| (it.robot, it.request, it.asked_at);
    head(one) == head(other)
        && one.measured_at == other.measured_at
        && same_bits(&one.values, &other.values)
}

fn same_decision(one: &Decision, other: &Decision) -> bool {
    let head = |it: &Decision| (it.robot, it.request, it.asked_at, it.commands.len());
    let mut commands = one.commands.iter().zip(&other.commands);
    head(one) == head(other) && commands.all(|(one, other)| same_bits(one, other))
}

fn same_bits(one: &[f32], other: &[f32]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.to_bits() == b.to_bits())
}
