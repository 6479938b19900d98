//! The result of a run.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Failure, RunCode};

/// The outcome of a run or of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every requirement holds (or the expected one failed).
    Pass,
    /// A requirement is violated.
    Fail,
    /// The run itself broke.
    Error,
}

/// The result of one run of one scenario with one seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// Title of the scenario.
    pub title: String,
    /// Seed of the run.
    pub seed: u64,
    /// Verdict over all goals, with the scenario's expectation applied.
    pub verdict: Verdict,
    /// What was expected to fail, if the scenario says so.
    pub expected_failure: Option<String>,
    /// One entry per goal, in the order of the file.
    pub goals: Vec<GoalReport>,
    /// One entry per metric, in the order of the file.
    pub metrics: Vec<MetricReport>,
    /// Values sampled for this seed by `vary`, by path.
    pub varied: Vec<(String, f64)>,
    /// Steps made.
    pub ticks: u64,
    /// Simulated seconds.
    pub simulated_s: f64,
    /// State hash after the last tick.
    pub final_hash: u64,
    /// Why the run broke.
    pub error: Option<RunError>,
}

/// The result of one goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalReport {
    /// Name of the goal.
    pub name: String,
    /// Whether it can fail the run.
    pub required: bool,
    /// Its formula.
    pub formula: String,
    /// Its verdict; `Error` if the run broke before it was decided.
    pub verdict: Verdict,
    /// Signed margin (robustness): how far from flipping, in the unit of the
    /// deciding atom. Negative means violated.
    pub margin: f64,
    /// When the verdict was certain, s.
    pub decided_at_s: Option<f64>,
    /// What decided.
    pub reason: Option<GoalReason>,
}

/// The atom and the moment that decided a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalReason {
    /// Text of the atom.
    pub atom: String,
    /// Moment, s.
    pub time_s: f64,
}

/// The value of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricReport {
    /// Text of the metric.
    pub name: String,
    /// Its value, SI.
    pub value: f64,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// A [`RunCode`] as text: recordings of later versions may hold others.
    pub code: String,
    /// What happened.
    pub message: String,
    /// Tick at which it happened.
    pub tick: u64,
    /// Further lines (last error output of a policy, last finite state).
    pub details: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl RunError {
    /// An error without details and help.
    pub fn new(code: RunCode, tick: u64, message: impl Into<String>) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: message.into(),
            tick,
            details: Vec::new(),
            help: None,
        }
    }

    /// The same error with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it has this code.
    pub fn is(&self, code: RunCode) -> bool {
        self.code == code.as_str()
    }
}

impl From<RunError> for Failure {
    fn from(RunError { message, details, help, .. }: RunError) -> Self {
        Self { message, details, help }
    }
}
