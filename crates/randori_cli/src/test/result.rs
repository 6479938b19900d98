//! The result of a scenario.

use randori_core::report::RunError;
use randori_record::golden::{Finding, Golden, GoldenRun, InputChange};

use super::suite::{Case, State, Suite};

/// The result of a scenario.
pub(super) struct CaseResult<'a> {
    pub(super) case: &'a Case,
    /// Inputs of its runs that have changed since they were accepted; only if a
    /// run is not as accepted.
    pub(super) inputs: Vec<InputChange>,
    /// Changes of the engine or platform since acceptance; only if a run is not
    /// as accepted.
    pub(super) engine: Vec<String>,
    /// One per seed.
    pub(super) runs: Vec<RunResult>,
}

/// The result of a run.
pub(super) struct RunResult {
    pub(super) seed: u64,
    /// The record of the run, unless it could not start.
    pub(super) run: Option<GoldenRun>,
    /// The reason why it broke, if it did.
    pub(super) error: Option<RunError>,
    pub(super) judgement: Judgement,
    /// Wall time, s.
    pub(super) wall_s: f64,
}

/// The comparison of a run with the accepted one.
pub(super) enum Judgement {
    /// It agrees.
    AsAccepted,
    /// There is no accepted run yet.
    New,
    /// It differs, and a second run agrees with the first.
    Changed(Vec<Finding>),
    /// It differs, and a second run differs from the first.
    NotDeterministic {
        /// The differences between the second run and the first.
        apart: Vec<Finding>,
        /// The differences between the first run and the accepted one.
        changed: Vec<Finding>,
    },
    /// It could not start.
    Broken,
    /// It was cancelled, or never started.
    NotRun,
}

/// The word for a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Pass,
    New,
    Skipped,
    NotRun,
    Changed,
    Orphan,
    NotDeterministic,
    Broken,
    Invalid,
}

impl Status {
    /// The machine-readable word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::New => "new",
            Self::Skipped => "skipped",
            Self::NotRun => "not_run",
            Self::Changed => "changed",
            Self::Orphan => "orphan",
            Self::NotDeterministic => "not_deterministic",
            Self::Broken => "broken",
            Self::Invalid => "invalid",
        }
    }

    /// True if it requires action.
    pub(super) fn is_failure(self) -> bool {
        self >= Self::Changed
    }
}

impl RunResult {
    pub(super) fn status(&self) -> Status {
        match self.judgement {
            Judgement::AsAccepted => Status::Pass,
            Judgement::New => Status::New,
            Judgement::Changed(_) => Status::Changed,
            Judgement::NotDeterministic { .. } => Status::NotDeterministic,
            Judgement::Broken => Status::Broken,
            Judgement::NotRun => Status::NotRun,
        }
    }

    /// The differences from the accepted run, causes first.
    pub(super) fn findings(&self) -> &[Finding] {
        match &self.judgement {
            Judgement::Changed(findings)
            | Judgement::NotDeterministic { changed: findings, .. } => findings,
            _ => &[],
        }
    }
}

impl<'a> CaseResult<'a> {
    /// Combines the results of the runs of a case.
    pub(super) fn new(suite: &'a Suite, case: &'a Case, runs: Vec<RunResult>) -> Self {
        let mut result = Self { case, inputs: Vec::new(), engine: Vec::new(), runs };
        let accepted = case.golden.as_ref().filter(|_| result.status().is_failure());
        if let (Some(golden), State::Ready { entry, texts }) = (accepted, &case.state) {
            result.inputs = golden.inputs.changes(texts, &entry.files);
            result.engine = golden.engine.differences(&suite.engine);
        }
        result
    }

    pub(super) fn status(&self) -> Status {
        match self.case.state {
            State::Invalid(_) => Status::Invalid,
            State::Skipped => Status::Skipped,
            State::Orphan => Status::Orphan,
            State::Ready { .. } => {
                self.runs.iter().map(RunResult::status).max().unwrap_or(Status::NotRun)
            }
        }
    }

    /// The golden of these runs; `None` if one of them cannot be accepted.
    pub(super) fn accepted(&self, suite: &Suite) -> Option<Golden> {
        let acceptable = |run: &RunResult| {
            let is_final = matches!(run.status(), Status::Pass | Status::New | Status::Changed);
            run.run.clone().filter(|_| is_final)
        };
        let runs: Vec<GoldenRun> = self.runs.iter().map(acceptable).collect::<Option<_>>()?;
        let golden = Golden {
            note: String::new(),
            level: self.case.level,
            tolerances: self.case.tolerances.clone(),
            engine: suite.engine.clone(),
            inputs: Suite::inputs(self.case),
            runs,
        };
        let Some(before) = &self.case.golden else { return Some(golden) };
        // The level is that of the golden unless the arguments name another.
        Some(Golden { level: self.case.level, ..before.renewed(golden) })
    }

    /// Wall time of its runs, s.
    pub(super) fn wall_s(&self) -> f64 {
        self.runs.iter().map(|run| run.wall_s).sum()
    }
}
