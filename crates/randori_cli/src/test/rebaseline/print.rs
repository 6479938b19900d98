//! Rebaseline results as text for the terminal.

use anstyle::Style;
use randori_core::report::Verdict;
use randori_record::golden::{Difference, Finding, InputChange};

use super::super::suite::Suite;
use super::super::text::{self, MAX_FINDINGS, MAX_INPUTS, listed, row};
use super::assessment::{Assessment, Cause, ChangedInputs, Standing, VerdictChange};
use crate::style::{self, FAINT, HEADING, count, paint};
use crate::table::{Align, Cell, table};
use crate::text::{Text, text};

/// One line about a scenario, with its end.
pub(super) fn line(suite: &Suite, assessment: &Assessment<'_>) -> Text {
    match headline(assessment) {
        Some((word, colour, remark)) => {
            row(suite, Cell::styled(word, colour), &assessment.result.case.shown, &remark)
        }
        None => text::line(suite, assessment.result),
    }
}

/// The word for a scenario with its colour, and the most important fact; `None`
/// for results that are shown as in a plain test.
fn headline(assessment: &Assessment<'_>) -> Option<(&'static str, Style, String)> {
    Some(match assessment.standing {
        Standing::Unchanged => {
            let runs = count(assessment.result.runs.len(), "run");
            ("same", style::GOOD, format!("{runs}, every bit as in the golden"))
        }
        Standing::Within => ("within", style::WARNING, within_remark(assessment)),
        Standing::Beyond => ("BEYOND", style::ERROR, beyond_remark(assessment)),
        Standing::Edited => {
            let inputs = assessment.inputs.as_ref();
            let change = inputs.and_then(|inputs| inputs.changes.first());
            let change = change.map(ToString::to_string).unwrap_or_default();
            ("EDITED", style::WARNING, change)
        }
        Standing::Random if assessment.is_as_accepted => {
            let level = assessment.result.case.level.word();
            ("random", FAINT, format!("two runs differ; as accepted ({level})"))
        }
        Standing::Random | Standing::Other(_) => return None,
    })
}

/// The first difference, if digests show it; otherwise the presence of numeric
/// differences.
fn within_remark(assessment: &Assessment<'_>) -> String {
    match first_difference(assessment) {
        Some(first) => format!("moved within tolerance; {first}"),
        None if assessment.moved.differences.is_empty() => {
            "equal numbers; digests differ or are of another version".to_owned()
        }
        None => "moved within tolerance".to_owned(),
    }
}

/// The first verdict that differs; otherwise the first excess.
fn beyond_remark(assessment: &Assessment<'_>) -> String {
    let verdict = assessment.moved.verdicts.first().map(|it| verdict_change(assessment, it));
    verdict.unwrap_or_else(|| {
        let first = excesses(assessment).into_iter().next().unwrap_or_default();
        format!("same verdicts; {first}")
    })
}

fn first_difference(assessment: &Assessment<'_>) -> Option<String> {
    let (seed, at, stage) = assessment.moved.first?;
    Some(of_seed(assessment, seed) + &Finding::FirstDifference { at, stage }.to_string())
}

/// The seed before a fact, where a scenario has several.
fn of_seed(assessment: &Assessment<'_>, seed: u64) -> String {
    if assessment.result.runs.len() > 1 { format!("seed {seed}: ") } else { String::new() }
}

/// All differences, then the number of scenarios by standing.
pub(super) fn end(assessments: &[Assessment<'_>]) -> Text {
    let is_shown = |assessment: &&Assessment<'_>| match assessment.standing {
        Standing::Unchanged => false,
        Standing::Random => !assessment.is_as_accepted,
        Standing::Other(status) => status.is_failure(),
        _ => true,
    };
    let shown = assessments.iter().filter(is_shown);
    let shown: Text = shown.map(|assessment| text!("\n{}", describe(assessment))).collect();
    text!("{}\n{}", shown, totals(assessments))
}

fn totals(assessments: &[Assessment<'_>]) -> Text {
    let number = |word: &str| assessments.iter().filter(|it| it.standing.word() == word).count();
    let has_other_verdicts =
        |it: &&Assessment<'_>| it.standing == Standing::Beyond && !it.moved.verdicts.is_empty();
    let beyond = match assessments.iter().filter(has_other_verdicts).count() {
        0 => "moved beyond tolerance with the same verdicts".to_owned(),
        others => format!("moved beyond tolerance ({others} with other verdicts)"),
    };
    let parts: Vec<String> = [
        ("unchanged", "unchanged"),
        ("within_tolerance", "moved within tolerance"),
        ("beyond_tolerance", beyond.as_str()),
        ("edited", "edited"),
        ("not_deterministic", "not deterministic"),
        ("broken", "broken"),
        ("invalid", "invalid"),
        ("orphan", "without scenario"),
        ("skipped", "skipped"),
        ("not_run", "not run"),
    ]
    .into_iter()
    .filter(|(word, _)| number(word) > 0)
    .map(|(word, what)| format!("{} {what}", number(word)))
    .collect();
    text!("{}: {}\n", count(assessments.len(), "scenario"), parts.join(", "))
}

/// All details of a scenario that differs.
fn describe(assessment: &Assessment<'_>) -> Text {
    let (title, flags) = match assessment.standing {
        Standing::Within => ("moved within tolerance", "--rebaseline --yes"),
        Standing::Beyond => ("moved beyond tolerance", "--rebaseline --yes --beyond-tolerance"),
        Standing::Edited => ("edited", "--accept"),
        _ => return text::describe(assessment.result),
    };
    let case = &assessment.result.case;
    let mut text = text!("{}: {}\n", title, paint(HEADING, &case.shown));
    if let Some([golden, now]) = assessment.engines {
        text += if golden == now {
            text!("  golden by {}, as these runs (or another build of it)\n", golden)
        } else {
            text!("  golden by {}, now {}\n", golden, now)
        };
        if golden.digests != now.digests {
            let versions = format!("{} -> {}", golden.digests, now.digests);
            text += text!("  digest version {}: only numbers can be compared\n", versions);
        }
    }
    if let Some(inputs) = &assessment.inputs {
        text += describe_inputs(inputs);
    }
    if assessment.standing == Standing::Beyond && assessment.is_as_accepted {
        text += text!("  as accepted at the level of the golden ({})\n", case.level.word());
    }
    text += differences(assessment);
    let what = if assessment.standing == Standing::Edited { "accept" } else { "rewrite" };
    text += text!("{}\n", paint(FAINT, format!("  {what}: {} {flags}", case.reproduce)));
    text
}

fn describe_inputs(inputs: &ChangedInputs) -> Text {
    let title = match inputs.cause {
        Cause::Edit => "  edited since the golden was written, so this is not the engine's alone:",
        Cause::Engine => "  this version resolves the same files to other values:",
        Cause::Unknown => {
            "  other values than in the golden, by an edit or by defaults of this version (goldens \
             of older versions do not tell):"
        }
    };
    let mut text = Text::new();
    let changes: Vec<String> = inputs.changes.iter().map(InputChange::to_string).collect();
    listed(&mut text, title, &changes, MAX_INPUTS);
    listed(&mut text, "  edited files:", &inputs.files, MAX_INPUTS);
    text
}

fn differences(assessment: &Assessment<'_>) -> Text {
    let moved = &assessment.moved;
    let mut text = Text::new();
    if let Some(first) = first_difference(assessment) {
        text += text!("  {}\n", first);
    }
    if !moved.differences.is_empty() {
        let columns = [
            ("quantity", Align::Left),
            ("moved by", Align::Right),
            ("allowed", Align::Right),
            ("where", Align::Left),
        ];
        let cells = |(seed, it): &(u64, Difference)| {
            let colour = if it.distance <= it.allowed { style::PLAIN } else { style::ERROR };
            vec![
                Cell::new(it.quantity.word()),
                Cell::styled(quantity(it, it.distance), colour),
                Cell::new(quantity(it, it.allowed)),
                Cell::new(of_seed(assessment, *seed) + &place(it)),
            ]
        };
        let rows: Vec<_> = moved.differences.iter().map(cells).collect();
        text += table(&columns, &rows).indented("  ");
    }
    let beyond = excesses(assessment);
    listed(&mut text, "  beyond tolerance:", &beyond, MAX_FINDINGS);
    text + verdicts(assessment)
}

fn verdicts(assessment: &Assessment<'_>) -> Text {
    let verdicts = &assessment.moved.verdicts;
    if verdicts.is_empty() {
        return text!("  verdicts: as before ({})\n", text::verdicts(assessment.result));
    }
    let mut text = Text::new();
    let lines: Vec<String> =
        verdicts.iter().map(|change| verdict_change(assessment, change)).collect();
    listed(&mut text, "  verdicts before and now:", &lines, MAX_FINDINGS);
    text
}

/// A verdict before and now.
fn verdict_change(assessment: &Assessment<'_>, change: &VerdictChange) -> String {
    let (seed, goal, before, now) = change;
    let what = goal.as_ref().map_or_else(|| "run".to_owned(), |goal| format!("`{goal}`"));
    let word = |verdict: &Verdict| style::verdict(*verdict).0;
    format!("{}{what}: {} -> {}", of_seed(assessment, *seed), word(before), word(now))
}

/// The quantities that disagree at the level `tolerance`.
fn excesses(assessment: &Assessment<'_>) -> Vec<String> {
    let beyond = assessment.moved.beyond.iter();
    beyond
        .filter(|(_, finding)| !matches!(finding, Finding::FirstDifference { .. }))
        .map(|(seed, finding)| of_seed(assessment, *seed) + &finding.to_string())
        .collect()
}

/// A distance with its unit.
fn quantity(difference: &Difference, number: f64) -> String {
    let unit = difference.quantity.unit();
    match unit {
        "ticks" => format!("{number} {unit}"),
        "" => format!("{number:.3e}"),
        _ => format!("{number:.3e} {unit}"),
    }
}

/// The place where a difference was measured, and its values.
fn place(difference: &Difference) -> String {
    let name = &difference.name;
    let at = difference.tick.map_or_else(String::new, |tick| format!(" at tick {tick}"));
    let values = difference.values.map_or_else(String::new, |(before, now)| {
        // Joints have single precision only.
        let show = |number: f64| match difference.tick {
            Some(_) => format!("{:?}", number as f32),
            None => number.to_string(),
        };
        format!(": {} -> {}", show(before), show(now))
    });
    format!("{name}{at}{values}")
}
