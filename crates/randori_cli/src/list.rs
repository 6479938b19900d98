//! `randori list`: lists scenarios.

use std::collections::BTreeSet;
use std::io;

use randori_core::spec::{Expectation, ScenarioSpec};
use randori_core::text::ScenarioText;
use randori_project::findings::lacks_assets;
use randori_project::project::{Places, SelectedFile, select_scenarios, select_scenarios_around};
use serde::Serialize;

use crate::args::ListArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::style::{FAINT, count};
use crate::table::{Align, Cell, table};
use crate::tell;
use crate::text::Text;

/// Lists scenarios.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn list(args: &ListArgs, places: &Places, console: &Console) -> io::Result<Outcome> {
    // Without any name, lists those of the project around the current folder.
    let files = if args.files.is_empty() {
        select_scenarios_around(places)
    } else {
        select_scenarios(&args.files, places)
    };
    let files = match files {
        Ok(files) => files,
        Err(error) => return Ok(tell::unselected(console, &error)),
    };
    let mut outcome = Outcome::Pass;
    let mut tags = BTreeSet::new();
    let mut rows = Vec::new();
    let mut skipped = 0;
    for file in &files {
        let loaded = ScenarioText::load(&file.project, &file.path, &file.project.limits);
        if loaded.as_ref().is_err_and(lacks_assets) {
            skipped += 1;
            continue;
        }
        let Some(spec) = loaded.ok().and_then(|text| text.spec().cloned()) else {
            console.warning(&format!("`{}` is not valid, see `randori check`", file.shown));
            outcome = Outcome::InvalidScenario;
            continue;
        };
        tags.extend(spec.tags.iter().cloned());
        if args.tag.iter().all(|tag| spec.tags.contains(tag)) {
            rows.push(Row::new(file, spec));
        }
    }
    if skipped > 0 {
        tell::skipped(console, &count(skipped, "scenario"));
    }
    if rows.is_empty() && outcome == Outcome::Pass {
        console.error("no scenario has all these tags");
        let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        console.help(&format!("there are {}", tags.join(", ")));
        return Ok(Outcome::NothingSelected);
    }
    if args.json {
        for row in &rows {
            console.data(&Text::json(row))?;
        }
    } else if !rows.is_empty() {
        console.data(&as_table(&rows))?;
    }
    Ok(outcome)
}

/// Properties of a scenario that are known before it runs.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    title: String,
    tags: Vec<String>,
    duration_s: f64,
    robots: Vec<String>,
    goals: Vec<String>,
    /// Name of the goal that is expected to fail.
    expected_failure: Option<String>,
}

impl Row {
    fn new(file: &SelectedFile, spec: ScenarioSpec) -> Self {
        let expected_failure = match spec.expect {
            Expectation::Pass => None,
            Expectation::Fail { goal } => Some(goal),
        };
        Self {
            file: file.shown.clone(),
            title: spec.title,
            tags: spec.tags,
            duration_s: spec.duration,
            robots: spec.robots.into_iter().map(|robot| robot.name).collect(),
            goals: spec.goals.into_iter().map(|goal| goal.name).collect(),
            expected_failure,
        }
    }
}

fn as_table(rows: &[Row]) -> Text {
    let columns = [
        ("scenario", Align::Left),
        ("title", Align::Left),
        ("duration", Align::Right),
        ("tags", Align::Left),
        ("expected to fail", Align::Left),
    ];
    let cells = |row: &Row| {
        vec![
            Cell::new(&row.file),
            Cell::new(&row.title),
            Cell::new(format!("{} s", row.duration_s)),
            Cell::styled(row.tags.join(" "), FAINT),
            Cell::new(row.expected_failure.as_deref().unwrap_or("")),
        ]
    };
    table(&columns, &rows.iter().map(cells).collect::<Vec<_>>())
}
