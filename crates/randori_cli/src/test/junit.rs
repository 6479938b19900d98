//! Results as JUnit XML: a suite per scenario; in it a case for the comparison of
//! each seed, and one for each of its goals.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use randori_core::report::Verdict;
use randori_record::golden::{GoldenGoal, GoldenRun};

use super::result::{CaseResult, RunResult, Status};
use super::suite::Role;
use super::text::{describe, remark, why_it_fails};
use crate::text::{Text, clean};

/// All results.
pub(super) fn xml(results: &[CaseResult<'_>]) -> Text {
    let mut report = Report::new("randori");
    for result in results {
        let mut suite = TestSuite::new(clean(&result.case.shown));
        if result.runs.is_empty() {
            suite.add_test_case(whole(result));
        }
        for run in &result.runs {
            suite.add_test_case(comparison(result, run));
            let accepted = result.case.golden.as_ref().and_then(|golden| golden.run(run.seed));
            for goal in run.run.iter().flat_map(|run| &run.goals) {
                suite.add_test_case(of_goal(result, run.seed, goal, accepted));
            }
        }
        report.add_test_suite(suite);
    }
    // Only writing to a file could fail.
    Text::xml(&report.to_string().unwrap_or_default())
}

/// A scenario that was not run.
fn whole(result: &CaseResult<'_>) -> TestCase {
    let status = result.status();
    let case = TestCase::new("is as accepted", outcome(status, || clean(&remark(result))));
    classified(case, result)
}

/// A run with its golden. A broken run is an error, even if it was accepted so.
fn comparison(result: &CaseResult<'_>, run: &RunResult) -> TestCase {
    let mut status = outcome(run.status(), || clean(&remark(result)));
    let has_broken = run.run.as_ref().is_some_and(|run| run.verdict == Verdict::Error);
    if has_broken && !run.status().is_failure() {
        status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(clean(&why_it_fails(result.case, run)));
        status.set_type("verdict");
    }
    if run.status().is_failure() {
        status.set_description(describe(result).plain());
    }
    let mut case = TestCase::new(format!("seed {}: is as accepted", run.seed), status);
    case.set_time(Duration::try_from_secs_f64(run.wall_s).unwrap_or_default());
    if let Some(run) = &run.run {
        case.add_property(("verdict", word(run.verdict)));
        case.add_property(("final hash", &*crate::style::hash(run.final_hash)));
    }
    classified(case, result)
}

/// A goal; its own verdict counts, even if another one was accepted.
fn of_goal(
    result: &CaseResult<'_>,
    seed: u64,
    goal: &GoldenGoal,
    accepted: Option<&GoldenRun>,
) -> TestCase {
    let before = accepted.and_then(|run| run.goals.iter().find(|it| it.name == goal.name));
    let (kind, why) = match (goal.verdict, result.case.role(&goal.name)) {
        (Verdict::Fail, Role::Required) => (Some(NonSuccessKind::Failure), "fails"),
        (Verdict::Pass, Role::ExpectedToFail) => {
            (Some(NonSuccessKind::Failure), "was expected to fail, but passes")
        }
        (Verdict::Error, Role::Required | Role::ExpectedToFail) => {
            (Some(NonSuccessKind::Error), "is undecided: the run broke")
        }
        _ => (None, ""),
    };
    let status = kind.map_or_else(TestCaseStatus::success, |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        let was = before.map_or("not accepted so far", |before| word(before.verdict));
        status.set_message(format!("{why}, margin {} (accepted: {was})", goal.margin));
        status.set_type("verdict");
        status
    });
    let mut case = TestCase::new(format!("seed {seed}: {}", clean(&goal.name)), status);
    case.add_property(("margin", &*goal.margin.to_string()));
    case.add_property(("verdict", word(goal.verdict)));
    if let Some(before) = before {
        case.add_property(("accepted margin", &*before.margin.to_string()));
    }
    classified(case, result)
}

fn classified(mut case: TestCase, result: &CaseResult<'_>) -> TestCase {
    case.set_classname(clean(&result.case.shown));
    case
}

fn outcome(status: Status, why: impl FnOnce() -> String) -> TestCaseStatus {
    let kind = match status {
        Status::Pass | Status::New => return TestCaseStatus::success(),
        Status::Skipped | Status::NotRun => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(why());
            return skipped;
        }
        Status::Broken | Status::Invalid => NonSuccessKind::Error,
        Status::Changed | Status::NotDeterministic | Status::Orphan => NonSuccessKind::Failure,
    };
    let mut failed = TestCaseStatus::non_success(kind);
    failed.set_message(why());
    failed.set_type(status.word());
    failed
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}
