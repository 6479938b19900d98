//! Many runs of one scenario: a line per seed, then statistics over all of them.

use randori_core::report::{GoalReport, RunReport, Verdict};
use randori_project::numbers::{number, signed};
use randori_sim::monitors::relative_margin;

use super::report::{describe_error, time_of};
use super::stats::{mean_min_max, wilson_95};
use crate::style::{self, count, paint};
use crate::table::{Align, Cell, Columns, table};
use crate::text::{Text, clean, text};

/// The lines of the runs of one scenario, which arrive one at a time.
pub(crate) struct SeedLines {
    columns: Columns,
}

impl SeedLines {
    /// Columns that are wide enough for seeds up to `largest_seed` and for
    /// these goals.
    pub(crate) fn new<'a>(largest_seed: u64, goals: impl Iterator<Item = &'a str>) -> Self {
        let widest_goal = goals.map(|goal| clean(goal).chars().count()).max().unwrap_or(0);
        let columns = Columns::new(&[
            ("seed", Align::Right, largest_seed.to_string().len()),
            ("verdict", Align::Left, 5),
            ("worst margin", Align::Right, 8),
            ("goal", Align::Left, widest_goal),
            ("final hash", Align::Left, 16),
        ]);
        Self { columns }
    }

    /// The heading.
    pub(crate) fn heading(&self) -> Text {
        text!("\n{}", self.columns.heading())
    }

    /// The line of one run.
    pub(crate) fn line(&self, report: &RunReport) -> Text {
        let (word, colour) = style::verdict(report.verdict);
        let (margin, what) = match (&report.error, decisive_goal(report)) {
            (Some(error), _) => {
                let time = style::seconds(time_of(error, report));
                ("-".to_owned(), format!("{} at {time}", error.code))
            }
            (None, Some(goal)) => (signed(goal.margin), goal.name.clone()),
            (None, None) => ("-".to_owned(), String::new()),
        };
        self.columns.row(&[
            Cell::new(report.seed.to_string()),
            Cell::styled(word, colour),
            Cell::new(margin),
            Cell::new(what),
            Cell::new(style::hash(report.final_hash)),
        ])
    }
}

/// The decisive goal of a verdict: the worst violated requirement, or the one
/// that was met most narrowly, relative to the thresholds of goals.
fn decisive_goal(report: &RunReport) -> Option<&GoalReport> {
    let required = report.goals.iter().filter(|goal| goal.required && !goal.margin.is_nan());
    required.min_by(|a, b| relative_margin(a).total_cmp(&relative_margin(b)))
}

/// The requirement that came nearest to failing in all runs, if there are
/// several.
fn nearest_to_failing(reports: &[&RunReport]) -> Option<Text> {
    let several = |report: &&&RunReport| report.goals.iter().filter(|it| it.required).count() > 1;
    reports.iter().find(several)?;
    let decisive = reports.iter().filter_map(|report| Some((report.seed, decisive_goal(report)?)));
    let (seed, goal) = decisive
        .min_by(|(_, a), (_, b)| relative_margin(a).total_cmp(&relative_margin(b)))
        .filter(|(_, goal)| goal.margin.is_finite())?;
    let what = if goal.verdict == Verdict::Fail { "failed worst" } else { "nearest to failing" };
    let share = format!("{:+.0}", 100.0 * relative_margin(goal));
    Some(text!(
        "{}: {} at seed {}, margin {} ({} % of its threshold)\n",
        what,
        goal.name,
        seed,
        signed(goal.margin),
        share
    ))
}

/// Statistics over the runs of one scenario.
pub(crate) fn summary(reports: &[&RunReport]) -> Text {
    let mut text = Text::new();
    let goals = goal_rows(reports);
    if !goals.is_empty() {
        let columns = [
            ("goal", Align::Left),
            ("passed", Align::Right),
            ("rate", Align::Right),
            ("95 % interval", Align::Right),
            ("worst margin", Align::Right),
            ("at seed", Align::Right),
        ];
        text += text!("\n{}", table(&columns, &goals));
        if let Some(nearest) = nearest_to_failing(reports) {
            text += nearest;
        }
    }
    let metrics = metric_rows(reports);
    if !metrics.is_empty() {
        let columns = [
            ("metric", Align::Left),
            ("mean", Align::Right),
            ("smallest", Align::Right),
            ("largest", Align::Right),
        ];
        text += text!("\n{}", table(&columns, &metrics));
    }
    if let Some((report, error)) =
        reports.iter().find_map(|report| Some((report, report.error.as_ref()?)))
    {
        let error = describe_error(error, time_of(error, report));
        text += text!("\nFirst run that ended in an error, seed {}:\n{}", report.seed, error);
    }
    text
}

/// The number of runs that passed, and the seeds of those that did not.
pub(crate) fn totals(reports: &[&RunReport]) -> Text {
    let of = |verdict: Verdict| reports.iter().filter(move |report| report.verdict == verdict);
    let (word, colour) =
        match reports.iter().map(|report| report.verdict).max_by_key(|verdict| badness(*verdict)) {
            Some(verdict) => style::verdict(verdict),
            None => style::verdict(Verdict::Error),
        };
    let passed = of(Verdict::Pass).count();
    let runs = count(reports.len(), "run");
    let mut text = text!("{}: {} of {} passed", paint(colour, word), passed, runs);
    for (verdict, what) in [(Verdict::Fail, "failed"), (Verdict::Error, "ended in an error")] {
        let seeds: Vec<u64> = of(verdict).map(|report| report.seed).collect();
        if !seeds.is_empty() {
            let plural = if seeds.len() == 1 { "" } else { "s" };
            let number = seeds.len();
            text += text!(", {} {} (seed{} {})", number, what, plural, listed(&seeds));
        }
    }
    text!("{}\n", text)
}

/// The most interesting run to repeat: the first one that did not pass, otherwise
/// the first one.
pub(crate) fn telling<'a>(reports: &[&'a RunReport]) -> Option<&'a RunReport> {
    let failed = reports.iter().find(|report| report.verdict != Verdict::Pass);
    failed.or(reports.first()).copied()
}

fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Error => 2,
    }
}

fn listed(seeds: &[u64]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = seeds.iter().take(MOST).map(u64::to_string).collect();
    let rest = seeds.len().saturating_sub(MOST);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    shown.join(", ") + &more
}

fn goal_rows(reports: &[&RunReport]) -> Vec<Vec<Cell>> {
    // A run that could not start has no goals.
    let Some(example) = reports.iter().find(|report| !report.goals.is_empty()) else {
        return Vec::new();
    };
    let row = |(index, goal): (usize, &GoalReport)| {
        let runs = || {
            reports.iter().filter_map(move |report| Some((report.seed, report.goals.get(index)?)))
        };
        let decided = || runs().filter(|(_, goal)| goal.verdict != Verdict::Error);
        let held = decided().filter(|(_, goal)| goal.verdict == Verdict::Pass).count();
        let interval = wilson_95(held, decided().count());
        let worst = decided()
            .filter(|(_, goal)| !goal.margin.is_nan())
            .min_by(|(_, a), (_, b)| a.margin.total_cmp(&b.margin));
        let percent = |rate: f64| format!("{:.1}", 100.0 * rate);
        let rate = interval.map(|_| percent(held as f64 / decided().count() as f64));
        let kind = if goal.required { "" } else { " (preferred)" };
        vec![
            Cell::new(format!("{}{kind}", goal.name)),
            Cell::new(format!("{held}/{}", decided().count())),
            Cell::new(rate.map_or("-".to_owned(), |rate| format!("{rate} %"))),
            Cell::new(interval.map_or("-".to_owned(), |(low, high)| {
                format!("{} to {} %", percent(low), percent(high))
            })),
            Cell::new(worst.map_or("-".to_owned(), |(_, goal)| signed(goal.margin))),
            Cell::new(worst.map_or("-".to_owned(), |(seed, _)| seed.to_string())),
        ]
    };
    example.goals.iter().enumerate().map(row).collect()
}

fn metric_rows(reports: &[&RunReport]) -> Vec<Vec<Cell>> {
    let Some(example) = reports.iter().find(|report| !report.metrics.is_empty()) else {
        return Vec::new();
    };
    let row = |(index, name): (usize, &str)| {
        let values = reports.iter().filter_map(|report| Some(report.metrics.get(index)?.value));
        let figures = mean_min_max(values)
            .map_or([const { String::new() }; 3].map(|_| "-".to_owned()), |(mean, min, max)| {
                [mean, min, max].map(number)
            });
        let mut cells = vec![Cell::new(name)];
        cells.extend(figures.iter().map(Cell::new));
        cells
    };
    let names = example.metrics.iter().map(|metric| metric.name.as_str());
    names.enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::fixture::report;

    fn plain(text: &Text) -> String {
        text.plain()
    }

    #[test]
    fn a_summary_counts_per_goal_and_names_the_worst_seed() {
        let reports = [
            report(0, Verdict::Pass, 0.5),
            report(1, Verdict::Fail, -0.25),
            report(2, Verdict::Pass, 0.1),
        ];

        let text = plain(&summary(&reports.iter().collect::<Vec<_>>()));

        let goal = text.lines().find(|line| line.contains("arrives")).expect("a row");
        let words: Vec<_> = goal.split_whitespace().collect();
        let expected = "arrives 2/3 66.7 % 20.8 to 93.9 % -0.250 1";
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn totals_name_the_seeds_that_did_not_pass() {
        let reports = [report(0, Verdict::Pass, 0.5), report(7, Verdict::Fail, -0.25)];
        let reports: Vec<_> = reports.iter().collect();

        assert_eq!(plain(&totals(&reports)), "FAIL: 1 of 2 runs passed, 1 failed (seed 7)\n");
        assert_eq!(telling(&reports).map(|report| report.seed), Some(7));
    }

    #[test]
    fn margins_of_unlike_goals_are_compared_by_their_thresholds() {
        let goal = |name: &str, atom: &str, margin: f64| GoalReport {
            name: name.to_owned(),
            formula: format!("always ({atom})"),
            margin,
            reason: Some(randori_core::report::GoalReason { atom: atom.to_owned(), time_s: 1.0 }),
            ..report(0, Verdict::Pass, margin).goals.remove(0)
        };
        let mut run = report(4, Verdict::Pass, 0.5);
        // Ten degrees of twenty are left, but only a tenth of five metres.
        run.goals = vec![
            goal("upright", "tilt(pup) < 20 deg", 10.0_f64.to_radians()),
            goal("near", "distance(pup, goal) < 5 m", 0.5),
        ];

        assert_eq!(decisive_goal(&run).map(|goal| goal.name.as_str()), Some("near"));
        let text = plain(&summary(&[&run]));
        let expected = "nearest to failing: near at seed 4, margin +0.500 (+10 % of its threshold)";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn a_line_shows_the_requirement_that_was_met_most_narrowly() {
        let lines = SeedLines::new(10, ["arrives"].into_iter());

        let line = plain(&lines.line(&report(3, Verdict::Pass, 0.5)));

        let words: Vec<_> = line.split_whitespace().collect();
        assert_eq!(words, ["3", "pass", "+0.500", "arrives", "000000000000002a"]);
    }
}
