//! Status of goals.

use bevy_egui::egui::Color32;
use randori_core::report::{GoalReport, Verdict};

use crate::palette::{GRAY, GREEN, RED, YELLOW};
use crate::run::Run;

/// Verdict of a goal, and its certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The rest of the run can change it.
    Open,
    /// Satisfied.
    Pass,
    /// Required, and violated.
    Fail,
    /// Preferred, and violated.
    Missed,
}

impl Standing {
    /// The status of a goal at the newest tick of a run.
    pub fn of(goal: &GoalReport, run: &Run) -> Self {
        let decided = goal.decided_at_s.map(|seconds| run.tick_at(seconds));
        // Goals that are still undecided are reported as if the run ended now.
        let is_certain = run.is_over() || decided.is_some_and(|tick| tick < run.newest());
        match goal.verdict {
            Verdict::Error => Self::Open,
            _ if !is_certain => Self::Open,
            Verdict::Pass => Self::Pass,
            Verdict::Fail if goal.required => Self::Fail,
            Verdict::Fail => Self::Missed,
        }
    }

    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pass => "pass",
            Self::Fail => "FAIL",
            Self::Missed => "missed",
        }
    }

    /// Its colour.
    pub fn color(self) -> Color32 {
        match self {
            Self::Open => GRAY,
            Self::Pass => GREEN,
            Self::Fail => RED,
            Self::Missed => YELLOW,
        }
    }
}
