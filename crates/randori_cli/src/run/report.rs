//! One run as a table.

use randori_core::report::{GoalReport, RunError, RunReport, Verdict};
use randori_project::numbers::{number, signed};

use crate::style::{self, FAINT, HEADING, paint, seconds};
use crate::table::{Align, Cell, table};
use crate::text::{Text, text};

/// The result of one run.
pub(crate) fn describe(report: &RunReport, file: &str, reproduce: &str) -> Text {
    let mut text = heading(&report.title, &format!("{file}, seed {}", report.seed));
    if !report.varied.is_empty() {
        let rows: Vec<_> = report
            .varied
            .iter()
            .map(|(path, value)| vec![Cell::new(path), Cell::new(number(*value))])
            .collect();
        let columns = [("sampled for this seed", Align::Left), ("value", Align::Right)];
        text += text!("\n{}", table(&columns, &rows));
    }
    if !report.goals.is_empty() {
        text += text!("\n{}", goals(report));
    }
    if !report.metrics.is_empty() {
        let rows: Vec<_> = report
            .metrics
            .iter()
            .map(|metric| vec![Cell::new(&metric.name), Cell::new(number(metric.value))])
            .collect();
        let columns = [("metric", Align::Left), ("value", Align::Right)];
        text += text!("\n{}", table(&columns, &rows));
    }
    if let Some(error) = &report.error {
        text += text!("\n{}", describe_error(error, time_of(error, report)));
    }
    let (word, colour) = style::verdict(report.verdict);
    let (word, simulated) = (paint(colour, word), seconds(report.simulated_s));
    let (hash, expectation) = (style::hash(report.final_hash), expectation(report));
    let again = paint(FAINT, format!("reproduce: {reproduce}"));
    text + text!(
        "\n{} after {} simulated{}; final hash {}\n{}\n",
        word,
        simulated,
        expectation,
        hash,
        again
    )
}

/// The outcome of a failure that the scenario expects.
fn expectation(report: &RunReport) -> String {
    let Some(expected) = &report.expected_failure else { return String::new() };
    let goal = report.goals.iter().find(|goal| goal.name == *expected);
    match (goal.map(|goal| goal.verdict), report.verdict) {
        (_, Verdict::Pass) => format!(": `{expected}` failed as expected"),
        (Some(Verdict::Pass), _) => format!(": `{expected}` was expected to fail, but passes"),
        (Some(Verdict::Fail), Verdict::Fail) => {
            format!(": `{expected}` failed as expected, and so did another goal")
        }
        _ => String::new(),
    }
}

/// Title and path of a scenario.
pub(crate) fn heading(title: &str, place: &str) -> Text {
    text!("{}\n{}\n", paint(HEADING, title), paint(FAINT, place))
}

/// Speed of the run: not a result, and different each time.
pub(crate) fn describe_speed(simulated_s: f64, wall_s: f64) -> Text {
    let speed = factor(simulated_s / wall_s);
    let (simulated, wall) = (seconds(simulated_s), seconds(wall_s));
    text!("{} simulated in {}, {} times real time\n", simulated, wall, speed)
}

/// A ratio with two or three digits.
pub(crate) fn factor(ratio: f64) -> String {
    match ratio {
        10.0.. => format!("{ratio:.0}"),
        1.0..10.0 => format!("{ratio:.1}"),
        _ => format!("{ratio:.2}"),
    }
}

fn goals(report: &RunReport) -> Text {
    let columns = [
        ("goal", Align::Left),
        ("verdict", Align::Left),
        ("margin", Align::Right),
        ("decided", Align::Right),
        ("decided by", Align::Left),
    ];
    let row = |goal: &GoalReport| {
        let (word, colour) = style::goal_verdict(goal);
        let kind = if goal.required { "" } else { " (preferred)" };
        let decided = goal.decided_at_s.map_or("-".to_owned(), seconds);
        let reason = goal.reason.as_ref().map_or(String::new(), |reason| {
            format!("{} at {}", reason.atom, seconds(reason.time_s))
        });
        vec![
            Cell::new(format!("{}{kind}", goal.name)),
            Cell::styled(word, colour),
            Cell::new(signed(goal.margin)),
            Cell::new(decided),
            Cell::new(reason),
        ]
    };
    table(&columns, &report.goals.iter().map(row).collect::<Vec<_>>())
}

/// Simulated time at which the run broke, s.
pub(crate) fn time_of(error: &RunError, report: &RunReport) -> f64 {
    let tick_s = if report.ticks == 0 { 0.0 } else { report.simulated_s / report.ticks as f64 };
    error.tick as f64 * tick_s
}

/// The reason why a run broke, with all details.
pub(crate) fn describe_error(error: &RunError, time_s: f64) -> Text {
    let title = paint(style::ERROR, format!("error[{}]:", error.code));
    let mut text = text!("{} {}\n", title, error.message);
    text += text!("  at tick {} ({})\n", error.tick, seconds(time_s));
    text.extend(error.details.iter().map(|line| text!("  | {}\n", line)));
    text.extend(error.help.iter().map(|help| text!("help: {}\n", help)));
    text
}
