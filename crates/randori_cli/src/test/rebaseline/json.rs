//! One scenario as one line of JSON; `docs/cli.md` describes the fields.

use randori_core::report::Verdict;
use randori_record::golden::{Difference, GoldenEngine, InputChange, MovementClass};
use serde::Serialize;

use super::super::suite::State;
use super::assessment::{Assessment, Cause, VerdictChange};
use crate::run::Real;
use crate::text::Text;

/// A scenario as one line of JSON, with its end.
pub(super) fn line(assessment: &Assessment<'_>, written: bool) -> Text {
    let case = assessment.result.case;
    let inputs = assessment.inputs.as_ref();
    let moved = &assessment.moved;
    let reason = match &case.state {
        State::Invalid(reason) => Some(reason.plain()),
        _ => None,
    };
    Text::json(&JsonCase {
        file: &case.shown,
        golden: &case.golden_shown,
        status: assessment.standing.word(),
        written,
        movement: moved.class.map(class),
        reason,
        engine: assessment.engines.map(|[golden, now]| JsonEngines { golden, now }),
        inputs: inputs.iter().flat_map(|it| &it.changes).map(InputChange::to_string).collect(),
        inputs_changed_by: inputs.map(|inputs| match inputs.cause {
            Cause::Edit => "edit",
            Cause::Engine => "engine",
            Cause::Unknown => "unknown",
        }),
        first_difference: moved.first.map(|(seed, at, stage)| JsonFirst {
            seed,
            first_tick: at.first,
            last_tick: at.last,
            stage: stage.map(|stage| stage.to_string()),
        }),
        differences: moved.differences.iter().map(JsonDifference::from).collect(),
        verdicts: moved.verdicts.iter().map(JsonVerdict::from).collect(),
        beyond: moved
            .beyond
            .iter()
            .map(|(seed, finding)| JsonFinding { seed: *seed, finding: finding.to_string() })
            .collect(),
        reproduce: &case.reproduce,
        wall: JsonWall { seconds: assessment.result.wall_s() },
    })
}

fn class(class: MovementClass) -> &'static str {
    match class {
        MovementClass::Unchanged => "unchanged",
        MovementClass::Within => "within_tolerance",
        MovementClass::Beyond => "beyond_tolerance",
    }
}

#[derive(Serialize)]
struct JsonCase<'a> {
    file: &'a str,
    golden: &'a str,
    status: &'static str,
    written: bool,
    movement: Option<&'static str>,
    reason: Option<String>,
    engine: Option<JsonEngines<'a>>,
    inputs: Vec<String>,
    inputs_changed_by: Option<&'static str>,
    first_difference: Option<JsonFirst>,
    differences: Vec<JsonDifference<'a>>,
    verdicts: Vec<JsonVerdict<'a>>,
    /// Differences beyond the tolerances.
    beyond: Vec<JsonFinding>,
    reproduce: &'a str,
    /// The only field that differs between two equal runs.
    wall: JsonWall,
}

#[derive(Serialize)]
struct JsonEngines<'a> {
    golden: &'a GoldenEngine,
    now: &'a GoldenEngine,
}

#[derive(Serialize)]
struct JsonFirst {
    seed: u64,
    first_tick: u64,
    last_tick: u64,
    stage: Option<String>,
}

#[derive(Serialize)]
struct JsonDifference<'a> {
    seed: u64,
    quantity: &'static str,
    unit: &'static str,
    name: &'a str,
    tick: Option<u64>,
    before: Option<Real>,
    now: Option<Real>,
    distance: Real,
    allowed: Real,
}

impl<'a> From<&'a (u64, Difference)> for JsonDifference<'a> {
    fn from((seed, difference): &'a (u64, Difference)) -> Self {
        Self {
            seed: *seed,
            quantity: difference.quantity.word(),
            unit: difference.quantity.unit(),
            name: &difference.name,
            tick: difference.tick,
            before: difference.values.map(|(before, _)| Real(before)),
            now: difference.values.map(|(_, now)| Real(now)),
            distance: Real(difference.distance),
            allowed: Real(difference.allowed),
        }
    }
}

#[derive(Serialize)]
struct JsonVerdict<'a> {
    seed: u64,
    /// `None` for the verdict of the run.
    goal: Option<&'a str>,
    before: Verdict,
    now: Verdict,
}

impl<'a> From<&'a VerdictChange> for JsonVerdict<'a> {
    fn from((seed, goal, before, now): &'a VerdictChange) -> Self {
        Self { seed: *seed, goal: goal.as_deref(), before: *before, now: *now }
    }
}

#[derive(Serialize)]
struct JsonFinding {
    seed: u64,
    finding: String,
}

#[derive(Serialize)]
struct JsonWall {
    seconds: f64,
}
