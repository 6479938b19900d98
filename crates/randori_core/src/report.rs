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
    /// The run ended with an error.
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
    /// The expected failure, if the scenario declares one.
    pub expected_failure: Option<String>,
    /// One entry per goal, in the order of the file.
    pub goals: Vec<GoalReport>,
    /// One entry per metric, in the order of the file.
    pub metrics: Vec<MetricReport>,
    /// Values sampled for this seed by `vary`, by path.
    pub varied: Vec<(String, f64)>,
    /// Completed steps.
    pub ticks: u64,
    /// Simulated seconds.
    pub simulated_s: f64,
    /// State hash after the last tick.
    pub final_hash: u64,
    /// The reason for an error.
    pub error: Option<RunError>,
}

/// The result of one goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalReport {
    /// Name of the goal.
    pub name: String,
    /// True if it can fail the run.
    pub required: bool,
    /// Its formula.
    pub formula: String,
    /// Its verdict; `Error` if the run ended with an error before the verdict was certain.
    pub verdict: Verdict,
    /// Signed margin (robustness): the distance from the opposite verdict, in the unit of the
    /// deciding atom. Negative means violated.
    pub margin: f64,
    /// Time at which the verdict was certain, s.
    pub decided_at_s: Option<f64>,
    /// The deciding atom and time.
    pub reason: Option<GoalReason>,
}

/// The atom and the time that decided a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalReason {
    /// Text of the atom.
    pub atom: String,
    /// Time, s.
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

/// The reason why a run ended with an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// A [`RunCode`] as text: recordings of later versions may hold unknown codes.
    pub code: String,
    /// Description of the error.
    pub message: String,
    /// Tick of the error.
    pub tick: u64,
    /// Further lines (last error output of a policy, last finite state).
    pub details: Vec<String>,
    /// Advice.
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

    /// True for an error with this code.
    pub fn is(&self, code: RunCode) -> bool {
        self.code == code.as_str()
    }
}

impl From<RunError> for Failure {
    fn from(RunError { message, details, help, .. }: RunError) -> Self {
        Self { message, details, help }
    }
}
