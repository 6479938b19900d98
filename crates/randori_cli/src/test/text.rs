//! Test results as text for the terminal.

use randori_core::report::Verdict;
use randori_project::{command_line, numbers};
use randori_record::golden::{Finding, GoldenRun};

use super::result::{CaseResult, Judgement, RunResult, Status};
use super::suite::{Case, Role, State, Suite};
use crate::run::describe_error;
use crate::style::{self, FAINT, HEADING, count, paint};
use crate::table::{Align, Cell, Columns};
use crate::text::{Text, clean, text};

/// Maximum number of findings shown per run; the JSON form has all.
pub(super) const MAX_FINDINGS: usize = 14;

/// Maximum number of changed inputs shown.
pub(super) const MAX_INPUTS: usize = 10;

/// One line about a case, with its end.
pub(super) fn line(suite: &Suite, result: &CaseResult<'_>) -> Text {
    let (word, colour) = word(result.status());
    row(suite, Cell::styled(word, colour), &result.case.shown, &remark(result))
}

/// A line of the table of all cases: a word for a case, its name, and a remark.
pub(super) fn row(suite: &Suite, word: Cell, name: &str, remark: &str) -> Text {
    let widest = suite.cases.iter().map(|case| clean(&case.shown).chars().count());
    let columns = Columns::new(&[
        ("", Align::Left, 8),
        ("", Align::Left, widest.max().unwrap_or(0)),
        ("", Align::Left, 0),
    ]);
    columns.row(&[word, Cell::new(name), Cell::new(remark)])
}

fn word(status: Status) -> (&'static str, anstyle::Style) {
    let pass = style::verdict(Verdict::Pass).1;
    match status {
        Status::Pass => ("pass", pass),
        Status::New => ("new", pass),
        Status::Skipped => ("skipped", FAINT),
        Status::NotRun => ("not run", FAINT),
        Status::Changed => ("CHANGED", style::ERROR),
        Status::Orphan => ("ORPHAN", style::ERROR),
        Status::NotDeterministic => ("RANDOM", style::ERROR),
        Status::Broken => ("BROKEN", style::ERROR),
        Status::Invalid => ("INVALID", style::ERROR),
    }
}

/// The most important fact about a case.
pub(super) fn remark(result: &CaseResult<'_>) -> String {
    let failing = result.runs.iter().find(|run| run.status() == result.status());
    match (&result.case.state, failing) {
        (State::Orphan, _) => "its scenario is missing".to_owned(),
        (State::Skipped, _) => "skipped: assets not found".to_owned(),
        (State::Invalid(reason), _) => reason.plain().lines().next().unwrap_or_default().to_owned(),
        (State::Ready { .. }, Some(run)) if run.status().is_failure() => {
            let several = result.runs.len() > 1;
            let seed = if several { format!("seed {}: ", run.seed) } else { String::new() };
            seed + &headline(run)
        }
        (State::Ready { .. }, _) => {
            let runs = count(result.runs.len(), "run");
            match result.status() {
                Status::Pass => {
                    let level = result.case.level.word();
                    let but = match verdicts(result) {
                        all if all == "pass" => String::new(),
                        verdicts => format!("; {verdicts}"),
                    };
                    format!("{runs} as accepted ({level}){but}")
                }
                Status::New => format!("new golden ({runs}): {}", verdicts(result)),
                _ => String::new(),
            }
        }
    }
}

/// The number of runs by verdict; only the word if all pass.
pub(super) fn verdicts(result: &CaseResult<'_>) -> String {
    let of = |verdict: Verdict| {
        result.runs.iter().flat_map(|run| &run.run).filter(|run| run.verdict == verdict).count()
    };
    match (of(Verdict::Pass), of(Verdict::Fail), of(Verdict::Error)) {
        (_, 0, 0) => "pass".to_owned(),
        (pass, fail, error) => {
            let counts = [(pass, "pass"), (fail, "FAIL"), (error, "ERROR")];
            let counts = counts.iter().filter(|(count, _)| *count > 0);
            counts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
        }
    }
}

/// The reason why a run does not pass, after its name.
pub(super) fn why_it_fails(case: &Case, run: &RunResult) -> String {
    if let Some(error) = &run.error {
        return format!("broke: {}: {}", error.code, error.message);
    }
    let goals = run.run.iter().flat_map(|run| &run.goals);
    let failed: Vec<String> = goals
        .filter(|goal| goal.verdict == Verdict::Fail && case.role(&goal.name) == Role::Required)
        .map(|goal| format!("`{}` (margin {})", goal.name, numbers::signed(goal.margin)))
        .collect();
    if failed.is_empty() {
        return "fails: the goal that was expected to fail passes".to_owned();
    }
    format!("fails: {}", failed.join(", "))
}

fn headline(run: &RunResult) -> String {
    let first = match &run.judgement {
        Judgement::NotDeterministic { apart, .. } => {
            let what = apart.first().map(Finding::to_string).unwrap_or_default();
            return format!("two runs differ; {what}");
        }
        _ => run.findings().first(),
    };
    match (first, &run.error) {
        (Some(finding), _) => finding.to_string(),
        (None, Some(error)) => format!("{}: {}", error.code, error.message),
        (None, None) => String::new(),
    }
}

/// Repeats the failures with all details and the commands that reproduce them,
/// then the counts by outcome.
pub(super) fn end(results: &[CaseResult<'_>]) -> Text {
    let failures = results.iter().filter(|result| result.status().is_failure());
    let failures: Text = failures.map(|result| text!("\n{}", describe(result))).collect();
    text!("{}\n{}", failures, totals(results))
}

/// The number of cases by outcome.
pub(super) fn totals(results: &[CaseResult<'_>]) -> Text {
    let number = |status: Status| results.iter().filter(|it| it.status() == status).count();
    let failed = results.iter().any(|result| result.status().is_failure());
    let (word, colour) = style::verdict(if failed { Verdict::Fail } else { Verdict::Pass });
    let parts: Vec<String> = [
        (Status::Pass, "as accepted"),
        (Status::New, "new"),
        (Status::Changed, "changed"),
        (Status::NotDeterministic, "not deterministic"),
        (Status::Broken, "broken"),
        (Status::Invalid, "invalid"),
        (Status::Orphan, "without scenario"),
        (Status::Skipped, "skipped"),
        (Status::NotRun, "not run"),
    ]
    .into_iter()
    .filter(|(status, _)| number(*status) > 0)
    .map(|(status, what)| format!("{} {what}", number(status)))
    .collect();
    let all = count(results.len(), "scenario");
    text!("{}: {}: {}\n", paint(colour, word), all, parts.join(", "))
}

/// All details of a failure.
pub(super) fn describe(result: &CaseResult<'_>) -> Text {
    let case = result.case;
    let (what, colour) = word(result.status());
    let mut text = text!("{} {}\n", paint(colour, what), paint(HEADING, &case.shown));
    match &case.state {
        State::Invalid(reason) => text += text!("{}\n", reason.clone().trimmed()),
        State::Orphan => {
            text += text!("  there is no scenario beside this golden\n");
            text += text!("  help: delete the golden, or give it the name of its scenario\n");
        }
        State::Skipped => {}
        State::Ready { .. } => text += differences(result),
    }
    text += text!("{}\n", paint(FAINT, format!("  reproduce: {}", case.reproduce)));
    if let (State::Ready { entry, .. }, Some(run)) =
        (&case.state, result.runs.iter().find(|run| run.status().is_failure()))
    {
        let seed = run.seed.to_string();
        let words = ["randori", "run", &entry.file.shown, "--seed", &seed, "--record", "now.mcap"];
        text += text!("{}\n", paint(FAINT, format!("  record:    {}", command_line(words))));
    }
    if result.status() == Status::Changed {
        let accept = paint(FAINT, format!("  accept:    {} --accept", case.reproduce));
        text += text!("{}\n", accept);
        if !result.engine.is_empty() {
            let rebaseline = format!("  update: {} --rebaseline", case.reproduce);
            text += text!("{}\n", paint(FAINT, rebaseline));
        }
    }
    text
}

fn differences(result: &CaseResult<'_>) -> Text {
    let mut text = Text::new();
    for change in &result.engine {
        text += text!("  engine: {}\n", change);
    }
    let inputs: Vec<String> = result.inputs.iter().map(ToString::to_string).collect();
    listed(&mut text, "  changed in its files:", &inputs, MAX_INPUTS);
    if result.case.golden.is_some()
        && result.status() == Status::Changed
        && result.engine.is_empty()
        && inputs.is_empty()
    {
        text += text!(
            "  nothing that goldens track has changed (files, policy scripts, versions): \
             randori itself has, or something outside of the project\n"
        );
    }
    for run in result.runs.iter().filter(|run| run.status().is_failure()) {
        text += run_differences(run, result.case);
    }
    text
}

fn run_differences(run: &RunResult, case: &Case) -> Text {
    let seed = run.seed;
    let shown = |findings: &[Finding]| -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    };
    let mut text = Text::new();
    match &run.judgement {
        Judgement::Changed(findings) => {
            let level = case.level.word();
            let title =
                format!("  seed {seed}: not as accepted ({level}), the same in a second run:");
            listed(&mut text, &title, &shown(findings), MAX_FINDINGS);
        }
        Judgement::NotDeterministic { apart, .. } => {
            let title = format!(
                "  seed {seed}: a second run differs from the first; something is not deterministic:"
            );
            listed(&mut text, &title, &shown(apart), MAX_FINDINGS);
        }
        _ => {
            text += text!("  seed {}: the run broke:\n", seed);
        }
    }
    if let Some(error) = &run.error {
        let ticks = run.run.as_ref().map_or(0, |run| run.ticks);
        let at = if let State::Ready { entry, .. } = &case.state {
            error.tick.min(ticks) as f64 / f64::from(entry.scenario.physics().rate_hz)
        } else {
            0.0
        };
        text += describe_error(error, at).indented("    ");
    }
    text
}

/// A title and lines below it; empty without lines.
pub(super) fn listed(text: &mut Text, title: &str, lines: &[String], most: usize) {
    if lines.is_empty() {
        return;
    }
    *text += text!("{}\n", title);
    text.extend(lines.iter().take(most).map(|line| text!("    {}\n", line)));
    if lines.len() > most {
        *text += text!("    and {} more\n", lines.len() - most);
    }
}

/// The results of a run that can be accepted.
pub(super) fn accepted(run: &GoldenRun) -> Text {
    let (word, colour) = style::verdict(run.verdict);
    let word = paint(colour, word);
    let mut text = text!("  seed {}: {}, {} ticks\n", run.seed, word, run.ticks);
    for goal in &run.goals {
        let (word, colour) = style::verdict(goal.verdict);
        let margin = numbers::signed(goal.margin);
        text += text!("    {} {}, margin {}\n", paint(colour, word), goal.name, margin);
    }
    for (name, value) in &run.metrics {
        text += text!("    {} = {}\n", name, numbers::number(*value));
    }
    text
}
