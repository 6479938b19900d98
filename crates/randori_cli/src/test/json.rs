//! One scenario as one line of JSON; `docs/cli.md` describes the fields.

use randori_core::report::{RunError, Verdict};
use randori_record::golden::{Finding, GoldenGoal};
use serde::Serialize;

use super::result::{CaseResult, Judgement, RunResult};
use super::suite::State;
use crate::run::Real;
use crate::style;
use crate::text::Text;

/// A scenario as one line of JSON, with its end.
pub(super) fn line(result: &CaseResult<'_>) -> Text {
    let case = result.case;
    let reason = match &case.state {
        State::Invalid(reason) => Some(reason.plain()),
        _ => None,
    };
    let line = JsonCase {
        file: &case.shown,
        golden: &case.golden_shown,
        status: result.status().word(),
        level: case.level.word(),
        reason,
        engine: &result.engine,
        inputs: result.inputs.iter().map(ToString::to_string).collect(),
        runs: result.runs.iter().map(JsonRun::from).collect(),
        reproduce: &case.reproduce,
        wall: JsonWall { seconds: result.wall_s() },
    };
    Text::json(&line)
}

#[derive(Serialize)]
struct JsonCase<'a> {
    file: &'a str,
    golden: &'a str,
    status: &'static str,
    level: &'static str,
    reason: Option<String>,
    engine: &'a [String],
    inputs: Vec<String>,
    runs: Vec<JsonRun<'a>>,
    reproduce: &'a str,
    /// The only field that differs between two equal runs.
    wall: JsonWall,
}

#[derive(Serialize)]
struct JsonWall {
    seconds: f64,
}

#[derive(Serialize)]
struct JsonRun<'a> {
    seed: u64,
    status: &'static str,
    verdict: Option<Verdict>,
    goals: Vec<JsonGoal<'a>>,
    final_hash: Option<String>,
    findings: Vec<String>,
    /// The differences between a second run and the first.
    apart: Vec<String>,
    error: Option<&'a RunError>,
}

#[derive(Serialize)]
struct JsonGoal<'a> {
    name: &'a str,
    verdict: Verdict,
    margin: Real,
}

impl<'a> From<&'a RunResult> for JsonRun<'a> {
    fn from(result: &'a RunResult) -> Self {
        let shown = |findings: &[Finding]| findings.iter().map(ToString::to_string).collect();
        let run = result.run.as_ref();
        let goal = |goal: &'a GoldenGoal| JsonGoal {
            name: &goal.name,
            verdict: goal.verdict,
            margin: Real(goal.margin),
        };
        Self {
            seed: result.seed,
            status: result.status().word(),
            verdict: run.map(|run| run.verdict),
            goals: run.map_or_else(Vec::new, |run| run.goals.iter().map(goal).collect()),
            final_hash: run.map(|run| style::hash(run.final_hash)),
            findings: shown(result.findings()),
            apart: match &result.judgement {
                Judgement::NotDeterministic { apart, .. } => shown(apart),
                _ => Vec::new(),
            },
            error: result.error.as_ref(),
        }
    }
}
