//! A report as a table, for the terminal and for the page about accuracy.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::report::{Attempt, Report};
use crate::style::{FAINT, HEADING, PLAIN, paint};
use crate::table::{Align, Cell, Columns};
use crate::text::{Text, text};

/// A line of a table: its engine, its step, and one figure per measure.
struct Line {
    engine: &'static str,
    is_ours: bool,
    step: String,
    figures: Vec<String>,
    wall: String,
}

/// The name of Randori's rows.
const OURS: &str = "Randori";
/// The row of fitted orders.
const ORDER: &str = "order";

/// The table with its explanations, for the terminal.
pub(super) fn as_text(report: &Report) -> Text {
    let case = report.case;
    let mut text = text!(
        "{}  {}\n{}\n{}\n",
        paint(HEADING, case.name),
        case.title,
        case.about,
        paint(FAINT, format!("truth: {}", case.truth)),
    );
    for measure in case.measures {
        let meaning = format!("{}: {}", measure.name, measure.meaning);
        text += text!("{}\n", paint(FAINT, meaning));
    }
    let lines = lines(report);
    let mut rows = vec![headings(report)];
    rows[0].push("wall".to_owned());
    rows.extend(lines.iter().map(|line| {
        let mut cells = vec![line.engine.to_owned(), line.step.clone()];
        cells.extend(line.figures.iter().cloned());
        cells.push(line.wall.clone());
        cells
    }));
    let columns: Vec<_> = (0..rows[0].len())
        .map(|index| {
            let widest = rows.iter().map(|row| row[index].width()).max().unwrap_or(0);
            ("", if index == 0 { Align::Left } else { Align::Right }, widest)
        })
        .collect();
    let columns = Columns::new(&columns);
    for (index, row) in rows.iter().enumerate() {
        let style = match index.checked_sub(1).map(|line| &lines[line]) {
            Some(line) if line.is_ours => PLAIN,
            _ => FAINT,
        };
        let cells: Vec<Cell> = row.iter().map(|cell| Cell::styled(cell, style)).collect();
        text += columns.row(&cells);
    }
    text!("{}\n", text)
}

/// The table with its explanations, for the page. It contains nothing that
/// depends on the machine.
pub(super) fn as_markdown(report: &Report) -> String {
    let case = report.case;
    let mut text = format!("### `{}`: {}\n\n", case.name, case.title);
    let _ = writeln!(text, "{}\n", case.about);
    let _ = writeln!(text, "*Truth:* {}. *Source:* {}.\n", case.truth, case.source);
    for measure in case.measures {
        let _ = writeln!(text, "- {}: {}", measure.name, measure.meaning);
    }
    let headings = headings(report);
    let _ = writeln!(text, "\n| {} |", headings.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(headings.len() - 1));
    for line in lines(report) {
        let engine =
            if line.is_ours { format!("**{}**", line.engine) } else { line.engine.to_owned() };
        let _ = writeln!(text, "| {engine} | {} | {} |", line.step, line.figures.join(" | "));
    }
    text.push('\n');
    text
}

fn headings(report: &Report) -> Vec<String> {
    let measures = report.case.measures.iter().map(|measure| match measure.unit {
        "" => measure.name.to_owned(),
        unit => format!("{}, {unit}", measure.name),
    });
    ["engine", "step"].map(str::to_owned).into_iter().chain(measures).collect()
}

/// Randori's rows and the published ones, coarsest step first, Randori's first at
/// each step; then the rows without a step, and the orders.
fn lines(report: &Report) -> Vec<Line> {
    let ours =
        report.attempts.iter().map(|attempt| (Some(attempt.step_s()), our_line(attempt, report)));
    let peers = report.case.peers.iter().map(|peer| {
        let figures = peer.errors.iter().map(|error| error.map_or_else(String::new, figure));
        let line = Line {
            engine: peer.engine,
            is_ours: false,
            step: peer.step_s.map_or_else(String::new, step),
            figures: figures.collect(),
            wall: String::new(),
        };
        (peer.step_s, line)
    });
    let mut lines: Vec<(Option<f64>, Line)> = ours.chain(peers).collect();
    let key = |step: &Option<f64>| -step.unwrap_or(0.0);
    lines.sort_by(|(one, _), (other, _)| key(one).total_cmp(&key(other)));
    let orders = report.orders().into_iter();
    let orders = Line {
        engine: ORDER,
        is_ours: true,
        step: String::new(),
        figures: orders
            .map(|order| order.map_or_else(String::new, |n| format!("{n:.2}")))
            .collect(),
        wall: String::new(),
    };
    lines.into_iter().map(|(_, line)| line).chain([orders]).collect()
}

fn our_line(attempt: &Attempt, report: &Report) -> Line {
    let figures = match &attempt.errors {
        Ok(errors) => errors.iter().copied().map(figure).collect(),
        Err(_) => vec!["broke".to_owned(); report.case.measures.len()],
    };
    Line {
        engine: OURS,
        is_ours: true,
        step: step(attempt.step_s()),
        figures,
        wall: format!("{:.2} s", attempt.wall_s),
    }
}

/// A step in ms.
fn step(step_s: f64) -> String {
    format!("{} ms", figure(step_s * 1e3))
}

/// Three significant digits; in powers of ten where there would be many zeros.
fn figure(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-3..1e4).contains(&magnitude) {
        let text = format!("{value:.2e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, ""));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        return format!("{digits}e{power}");
    }
    let decimals = match magnitude {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        0.1.. => 3,
        0.01.. => 4,
        _ => 5,
    };
    let text = format!("{value:.decimals$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_accuracy::AccuracyCase;

    #[test]
    fn figures_have_three_digits() {
        let shown = [0.049, 3.145, 24_034.5, 1.7e-12, 0.0, 185.03, 16.666_7, 0.001_35].map(figure);

        assert_eq!(shown, ["0.049", "3.15", "2.4e4", "1.7e-12", "0", "185", "16.7", "0.00135"]);
    }

    #[test]
    fn published_rows_stand_behind_ours_of_the_same_step() {
        let case = AccuracyCase::named("pendulum").expect("there is a pendulum");
        let attempts =
            [64, 1000].map(|rate_hz| Attempt { rate_hz, errors: Ok(vec![1.0, 2.0]), wall_s: 0.5 });

        let text = as_markdown(&Report { case, attempts: attempts.into() });

        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
        assert_eq!(rows[0], "| engine | step | energy, J | angle, rad |");
        assert_eq!(rows[2], "| symplectic Euler, f64 | 16.7 ms | 0.228 | 0.0369 |");
        assert_eq!(rows[3], "| **Randori** | 15.6 ms | 1 | 2 |");
        assert_eq!(rows[5], "| **Randori** | 1 ms | 1 | 2 |");
        assert_eq!(rows[6], "| symplectic Euler, f64 | 1 ms | 0.0135 | 0.0022 |");
        assert!(!text.contains("0.5"), "a page must not depend on the machine");
    }

    #[test]
    fn a_broken_run_is_told_and_not_counted() {
        let case = AccuracyCase::named("pendulum").expect("there is a pendulum");
        let attempts = vec![Attempt { rate_hz: 64, errors: Err("gone".to_owned()), wall_s: 0.1 }];

        let text = as_markdown(&Report { case, attempts });

        assert!(text.contains("| **Randori** | 15.6 ms | broke | broke |"));
        assert!(text.contains("| **order** |  |  |  |"), "{text}");
    }
}
