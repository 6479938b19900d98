//! Results as text for people. Writing to a string cannot fail.

use std::fmt::Write as _;

use randori_core::report::Verdict;
use randori_project::{command_line, numbers};
use randori_record::golden::{Finding, GoldenRun};

use super::result::{CaseResult, Judgement, RunResult, Status};
use super::suite::{Case, State, Suite};
use crate::run::describe_error;
use crate::style::{self, FAINT, HEADING, clean, count, paint};
use crate::table::{Align, Cell, Columns};

/// The most findings that are shown of a run; the JSON form has all.
const MOST_FINDINGS: usize = 14;

/// The most changed inputs that are shown.
const MOST_INPUTS: usize = 10;

/// One line about a case, with its end.
pub(super) fn line(suite: &Suite, result: &CaseResult<'_>) -> String {
    let widest = suite.cases.iter().map(|case| clean(&case.shown).chars().count());
    let columns = Columns::new(&[
        ("", Align::Left, 8),
        ("", Align::Left, widest.max().unwrap_or(0)),
        ("", Align::Left, 0),
    ]);
    let (word, colour) = word(result.status());
    columns.row(&[
        Cell::styled(word, colour),
        Cell::new(&result.case.shown),
        Cell::new(remark(result)),
    ])
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
        (State::Orphan, _) => "its scenario is gone".to_owned(),
        (State::Skipped, _) => "its assets are not here".to_owned(),
        (State::Invalid(reason), _) => {
            let plain = anstream::adapter::strip_str(reason).to_string();
            plain.lines().next().unwrap_or_default().to_owned()
        }
        (State::Ready { .. }, Some(run)) if run.status().is_failure() => {
            let several = result.runs.len() > 1;
            let seed = if several { format!("seed {}: ", run.seed) } else { String::new() };
            seed + &headline(run)
        }
        (State::Ready { .. }, _) => {
            let runs = count(result.runs.len(), "run");
            match result.status() {
                Status::Pass => format!("{runs} as accepted ({})", result.case.level.word()),
                Status::New => format!("{runs}, nothing was accepted so far"),
                _ => String::new(),
            }
        }
    }
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

/// Failures once more with all that is known and how to see each again, then
/// how many there are of what.
pub(super) fn end(results: &[CaseResult<'_>]) -> String {
    let mut text = String::new();
    for result in results.iter().filter(|result| result.status().is_failure()) {
        text.extend(["\n", &describe(result)]);
    }
    text + "\n" + &totals(results)
}

/// How many cases ended how.
pub(super) fn totals(results: &[CaseResult<'_>]) -> String {
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
    format!("{}: {all}: {}\n", paint(colour, word), parts.join(", "))
}

/// All that is known about a failure.
pub(super) fn describe(result: &CaseResult<'_>) -> String {
    let case = result.case;
    let (what, colour) = word(result.status());
    let shown = clean(&case.shown);
    let mut text = format!("{} {}\n", paint(colour, what), paint(HEADING, &shown));
    match &case.state {
        State::Invalid(reason) => {
            text += reason.trim_end();
            text += "\n";
        }
        State::Orphan => {
            text += "  there is no scenario beside this golden\n";
            text += "  help: delete the golden, or give it the name of its scenario\n";
        }
        State::Skipped => {}
        State::Ready { .. } => text += &differences(result),
    }
    let _ = writeln!(text, "{}", paint(FAINT, &format!("  again:  {}", clean(&case.reproduce))));
    if let (State::Ready { entry, .. }, Some(run)) =
        (&case.state, result.runs.iter().find(|run| run.status().is_failure()))
    {
        let seed = run.seed.to_string();
        let words = ["randori", "run", &entry.file.shown, "--seed", &seed, "--record", "now.mcap"];
        let _ = writeln!(text, "{}", paint(FAINT, &format!("  record: {}", command_line(words))));
    }
    if result.status() == Status::Changed {
        let accept = paint(FAINT, &format!("  accept: {} --accept", clean(&case.reproduce)));
        let _ = writeln!(text, "{accept}");
    }
    text
}

fn differences(result: &CaseResult<'_>) -> String {
    let mut text = String::new();
    for change in &result.engine {
        let _ = writeln!(text, "  engine: {}", clean(change));
    }
    let inputs: Vec<String> = result.inputs.iter().map(ToString::to_string).collect();
    listed(&mut text, "  changed in its files:", &inputs, MOST_INPUTS);
    if result.case.golden.is_some()
        && result.status() == Status::Changed
        && result.engine.is_empty()
        && inputs.is_empty()
    {
        text += "  no file and no version that a golden knows has changed: the program has\n";
    }
    for run in result.runs.iter().filter(|run| run.status().is_failure()) {
        text += &run_differences(run, result.case);
    }
    text
}

fn run_differences(run: &RunResult, case: &Case) -> String {
    let seed = run.seed;
    let shown = |findings: &[Finding]| -> Vec<String> {
        findings.iter().map(ToString::to_string).collect()
    };
    let mut text = String::new();
    match &run.judgement {
        Judgement::Changed(findings) => {
            let level = case.level.word();
            let title =
                format!("  seed {seed}: not as accepted ({level}), the same in a second run:");
            listed(&mut text, &title, &shown(findings), MOST_FINDINGS);
        }
        Judgement::NotDeterministic { apart, .. } => {
            let title = format!(
                "  seed {seed}: a second run differs from the first; something is not deterministic:"
            );
            listed(&mut text, &title, &shown(apart), MOST_FINDINGS);
        }
        _ => {
            let _ = writeln!(text, "  seed {seed}: the run broke:");
        }
    }
    if let Some(error) = &run.error {
        let ticks = run.run.as_ref().map_or(0, |run| run.ticks);
        let at = if let State::Ready { entry, .. } = &case.state {
            error.tick.min(ticks) as f64 / f64::from(entry.scenario.physics().rate_hz)
        } else {
            0.0
        };
        for line in describe_error(error, at).lines() {
            let _ = writeln!(text, "    {line}");
        }
    }
    text
}

/// A title and lines below it; nothing without lines.
fn listed(text: &mut String, title: &str, lines: &[String], most: usize) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "{title}");
    for line in lines.iter().take(most) {
        let _ = writeln!(text, "    {}", clean(line));
    }
    if lines.len() > most {
        let _ = writeln!(text, "    and {} more", lines.len() - most);
    }
}

/// What there is to accept of a run.
pub(super) fn accepted(run: &GoldenRun) -> String {
    let (word, colour) = style::verdict(run.verdict);
    let mut text = format!("  seed {}: {}, {} ticks\n", run.seed, paint(colour, word), run.ticks);
    for goal in &run.goals {
        let (word, colour) = style::verdict(goal.verdict);
        let margin = numbers::signed(goal.margin);
        let (name, word) = (clean(&goal.name), paint(colour, word));
        let _ = writeln!(text, "    {word} {name}, margin {margin}");
    }
    for (name, value) in &run.metrics {
        let _ = writeln!(text, "    {} = {}", clean(name), numbers::number(*value));
    }
    text
}
