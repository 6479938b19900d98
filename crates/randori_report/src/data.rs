//! The data of the page, in display order.

use serde::Serialize;

use crate::scene::Scene;
use crate::{DivergenceMark, ReportRun};

/// A number for JSON: infinite and undefined numbers become the strings `inf`, `-inf`
/// and `nan`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Number {
    Finite(f64),
    Word(&'static str),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        match value {
            _ if value.is_finite() => Self::Finite(value),
            _ if value.is_nan() => Self::Word("nan"),
            _ if value > 0.0 => Self::Word("inf"),
            _ => Self::Word("-inf"),
        }
    }
}

/// All data of a run except its scene.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(crate) struct RunData {
    pub(crate) title: String,
    pub(crate) file: String,
    pub(crate) seed: String,
    /// `pass`, `fail`, `error`, or `unknown` for a truncated recording.
    pub(crate) verdict: &'static str,
    pub(crate) expected_failure: Option<String>,
    /// Error of a broken run, by line.
    pub(crate) error: Vec<String>,
    /// Problems of the recording itself.
    pub(crate) notes: Vec<String>,
    /// Further facts: name and value.
    pub(crate) facts: Vec<(&'static str, String)>,
    pub(crate) varied: Vec<(String, Number)>,
    /// Length of a tick, s.
    pub(crate) period: f64,
    /// Last tick.
    pub(crate) last_tick: u64,
    pub(crate) goals: Vec<GoalData>,
    pub(crate) metrics: Vec<(String, Number)>,
    pub(crate) moments: Vec<MomentData>,
    /// Number of omitted moments.
    pub(crate) moments_left_out: usize,
    pub(crate) signals: Vec<SignalData>,
    /// Ticks of the poses, each but the first as a difference.
    pub(crate) pose_ticks: Vec<i64>,
    /// Per body seven rows: x, y, z in 0.1 mm and a quaternion x, y, z, w in
    /// 1/10000. Each number but the first is a difference; a row of one number is
    /// constant.
    pub(crate) tracks: Vec<[Vec<i64>; 7]>,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GoalData {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) formula: String,
    /// `pass`, `fail`, `missed` (only preferred), `open` (the run broke before) or
    /// `unknown`.
    pub(crate) verdict: &'static str,
    pub(crate) margin: Number,
    pub(crate) decided_s: Option<f64>,
    pub(crate) atom: Option<String>,
    pub(crate) atom_s: Option<f64>,
    /// Names of the signals in its formula.
    pub(crate) signals: Vec<String>,
}

/// An entry of the timeline.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct MomentData {
    pub(crate) time_s: f64,
    /// `event`, `intervention`, `error`, or the verdict of a goal.
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

/// A signal over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SignalData {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) ticks: Vec<u64>,
    /// `null` for infinite or undefined values.
    pub(crate) values: Vec<Option<f32>>,
}

#[derive(Serialize)]
struct Page<'a> {
    runs: Vec<&'a RunData>,
    /// Distinct scenes; runs of one scenario share one.
    scenes: Vec<&'a Scene>,
    /// The scene of each run.
    scene_of_run: Vec<usize>,
    divergence: Option<Divergence<'a>>,
}

#[derive(Serialize)]
struct Divergence<'a> {
    tick: u64,
    time_s: f64,
    cause: &'a str,
    what: &'a str,
}

/// The data of the page as JSON that is safe in an HTML script element.
pub(crate) fn json(runs: &[ReportRun], divergence: Option<&DivergenceMark>) -> String {
    let mut scenes: Vec<&Scene> = Vec::new();
    let mut scene_of_run = Vec::new();
    for run in runs {
        let known = scenes.iter().position(|scene| **scene == run.scene);
        scene_of_run.push(known.unwrap_or(scenes.len()));
        if known.is_none() {
            scenes.push(&run.scene);
        }
    }
    let period = runs.first().map_or(0.0, |run| run.data.period);
    let divergence = divergence.map(|mark| Divergence {
        tick: mark.tick,
        time_s: mark.tick as f64 * period,
        cause: &mark.cause,
        what: &mark.what,
    });
    let runs = runs.iter().map(|run| &run.data).collect();
    let page = Page { runs, scenes, scene_of_run, divergence };
    let text = serde_json::to_string(&page).expect("plain values with text keys become JSON");
    escaped(&text)
}

/// JSON in which nothing can end a script element or a line of a script. These
/// characters occur only within the strings of JSON.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_leave_the_script_element_or_its_line() {
        let hostile = "</script><!-- & \u{2028}\u{2029} \"\\";

        let json = escaped(&serde_json::to_string(hostile).expect("a string"));

        assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("still JSON"), hostile);
    }

    #[test]
    fn numbers_that_json_does_not_know_become_words() {
        let words = [1.5, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Number::from);

        let json = serde_json::to_string(&words).expect("plain values");

        assert_eq!(json, r#"[1.5,"inf","-inf","nan"]"#);
    }
}
