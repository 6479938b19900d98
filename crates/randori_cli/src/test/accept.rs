//! Writes goldens.

use randori_core::report::Verdict;
use randori_project::files::{read_text, replace};

use super::result::{CaseResult, RunResult, Status};
use super::suite::{Case, Suite};
use super::text;
use crate::console::Console;
use crate::exit::Outcome;
use crate::text::Text;

/// Maximum number of runs whose verdicts are shown when a golden is written.
const MAX_SHOWN_RUNS: usize = 5;

/// Writes the goldens of all results that can be accepted, and prints their
/// paths. Failed runs are refused unless they `may_fail`.
pub(super) fn all(
    suite: &Suite,
    results: &[CaseResult<'_>],
    may_fail: bool,
    console: &Console,
) -> Outcome {
    let outcomes = results.iter().map(|result| one(suite, result, may_fail, console));
    outcomes.max().unwrap_or(Outcome::Pass)
}

/// Writes the golden of a result, if it can be accepted and has changed.
pub(super) fn one(
    suite: &Suite,
    result: &CaseResult<'_>,
    may_fail: bool,
    console: &Console,
) -> Outcome {
    let shown = &result.case.golden_shown;
    match (result.status(), result.accepted(suite)) {
        (Status::Pass | Status::New | Status::Changed, Some(golden)) => {
            let content = golden.to_text();
            let before = result.case.golden_text.as_ref();
            if before == Some(&content) {
                return Outcome::Pass;
            }
            if let Some(run) = newly_failing(result).filter(|_| !may_fail) {
                return refuse(result, run, console);
            }
            if !is_as_read(result.case) {
                console.error(&format!("`{shown}` has changed while the runs were made"));
                console.help("nothing was written; run the command again");
                return Outcome::Usage;
            }
            if let Err(error) = replace(&result.case.golden_path, content.as_bytes()) {
                console.error(&format!("`{shown}` cannot be written: {error}"));
                return Outcome::Usage;
            }
            let what = if before.is_some() { "replaced" } else { "written" };
            console.note(&text!("{}: {}\n{}", what, shown, verdicts(result)));
            Outcome::Pass
        }
        (Status::NotDeterministic, _) => {
            console.error(&format!("`{shown}` was not written: two runs of it differ"));
            console
                .help("a lower `--level`, such as `verdict`, can be accepted if they agree in it");
            Outcome::Pass
        }
        _ => Outcome::Pass,
    }
}

/// True if the file of a golden has not changed since it was read, or is still
/// missing.
fn is_as_read(case: &Case) -> bool {
    match &case.golden_text {
        Some(before) => read_text(&case.golden_path, before.len()).is_ok_and(|now| now == *before),
        None => !case.golden_path.exists(),
    }
}

/// The first run that does not pass and whose verdict is not accepted already.
pub(super) fn newly_failing<'a>(result: &'a CaseResult<'_>) -> Option<&'a RunResult> {
    let golden = result.case.golden.as_ref();
    result.runs.iter().find(|run| {
        let before = golden.and_then(|golden| golden.run(run.seed)).map(|run| run.verdict);
        let now = run.run.as_ref().map(|run| run.verdict);
        let is_known = run.status() == Status::Pass && before == now;
        now.is_some_and(|now| now != Verdict::Pass) && !is_known
    })
}

/// Reports that a golden was not written because of a run; returns the exit
/// status.
pub(super) fn refuse(result: &CaseResult<'_>, run: &RunResult, console: &Console) -> Outcome {
    let (shown, why) = (&result.case.golden_shown, text::why_it_fails(result.case, run));
    console.error(&format!("`{shown}` was not written: seed {} {why}", run.seed));
    console.help(
        "mend it, declare it by `expect: Fail(goal: \"..\")` in the scenario, or accept it as it \
         is with `--accept-failures`",
    );
    match run.run.as_ref().map(|run| run.verdict) {
        Some(Verdict::Fail) => Outcome::GoalFailed,
        _ => Outcome::RunError,
    }
}

/// The accepted verdicts of the first runs.
fn verdicts(result: &CaseResult<'_>) -> Text {
    let runs = || result.runs.iter().filter_map(|run| run.run.as_ref());
    let mut text: Text = runs().take(MAX_SHOWN_RUNS).map(text::accepted).collect();
    let more = runs().count().saturating_sub(MAX_SHOWN_RUNS);
    if more > 0 {
        text += text!("  and {} more: in all {}\n", more, text::verdicts(result));
    }
    text
}
