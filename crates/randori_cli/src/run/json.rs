//! One run as one line of JSON; `docs/cli.md` describes the fields.

use randori_core::report::{GoalReason, GoalReport, RunError, Verdict};
use randori_sim::monitors::relative_margin;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::path::Path;

use super::Finished;
use crate::style;
use crate::text::Text;

/// A run as one line of JSON, with its end.
pub(crate) fn line(
    finished: &Finished,
    file: &str,
    reproduce: &str,
    recording: Option<&Path>,
) -> Text {
    let report = &finished.report;
    let speed = report.simulated_s / finished.wall_s;
    let run = JsonRun {
        file,
        title: &report.title,
        seed: report.seed,
        verdict: report.verdict,
        expected_failure: report.expected_failure.as_deref(),
        goals: report.goals.iter().map(JsonGoal::from).collect(),
        metrics: report.metrics.iter().map(|m| (m.name.as_str(), Real(m.value))).collect(),
        varied: report.varied.iter().map(|(path, value)| (path.as_str(), Real(*value))).collect(),
        ticks: report.ticks,
        simulated_s: report.simulated_s,
        final_hash: style::hash(report.final_hash),
        error: report.error.as_ref(),
        reproduce,
        recording: recording.map(|path| path.display().to_string()),
        wall: JsonWall { seconds: finished.wall_s, real_time_factor: Real(speed) },
    };
    Text::json(&run)
}

#[derive(Serialize)]
struct JsonRun<'a> {
    file: &'a str,
    title: &'a str,
    seed: u64,
    verdict: Verdict,
    expected_failure: Option<&'a str>,
    goals: Vec<JsonGoal<'a>>,
    metrics: BTreeMap<&'a str, Real>,
    varied: BTreeMap<&'a str, Real>,
    ticks: u64,
    simulated_s: f64,
    final_hash: String,
    error: Option<&'a RunError>,
    reproduce: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<String>,
    /// The only field that differs between two equal runs.
    wall: JsonWall,
}

#[derive(Serialize)]
struct JsonGoal<'a> {
    name: &'a str,
    required: bool,
    formula: &'a str,
    verdict: Verdict,
    margin: Real,
    /// Of the threshold of the comparison that decided.
    relative_margin: Real,
    decided_at_s: Option<f64>,
    reason: Option<&'a GoalReason>,
}

impl<'a> From<&'a GoalReport> for JsonGoal<'a> {
    fn from(goal: &'a GoalReport) -> Self {
        Self {
            name: &goal.name,
            required: goal.required,
            formula: &goal.formula,
            verdict: goal.verdict,
            margin: Real(goal.margin),
            relative_margin: Real(relative_margin(goal)),
            decided_at_s: goal.decided_at_s,
            reason: goal.reason.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct JsonWall {
    seconds: f64,
    real_time_factor: Real,
}

/// A number that may have no JSON form: infinities are the texts `"inf"` and
/// `"-inf"` (which Python's `float` reads), an unknown value is `null`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Real(pub(crate) f64);

impl Serialize for Real {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            value if value.is_nan() => serializer.serialize_none(),
            f64::INFINITY => serializer.serialize_str("inf"),
            f64::NEG_INFINITY => serializer.serialize_str("-inf"),
            value => serializer.serialize_f64(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn infinite_and_unknown_numbers_have_a_form() {
        let text =
            serde_json::to_string(&[1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Real));

        assert_eq!(text.expect("serializable"), r#"[1.5,"inf","-inf",null]"#);
    }
}
