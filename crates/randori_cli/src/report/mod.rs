//! `randori report`: recordings as one page that opens from disk.
//!
//! `randori_report` renders the page; this module opens recordings and compares
//! two of them.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use randori_core::text::Limits;
use randori_project::record::load;
use randori_record::compare::{Comparison, compare};
use randori_record::reader::Recording;
use randori_report::{DivergenceMark, PAGE_START, ReportRun};

use crate::args::ReportArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::output::Output;
use crate::style::seconds;
use crate::text::{Text, text};

/// Maximum number of changed inputs on a page.
const MAX_REASONS: usize = 3;

/// Writes the page about one recording or two.
///
/// # Errors
/// When standard output cannot be written.
pub(crate) fn report(args: &ReportArgs, console: &Console) -> io::Result<Outcome> {
    let limits = args.limits.limits();
    let mut recordings = Vec::new();
    let mut runs = Vec::new();
    for file in &args.files {
        match open(file, &limits, console) {
            Ok((recording, run)) => {
                recordings.push(recording);
                runs.push(run);
            }
            Err((reason, details)) => {
                console.error(&format!("`{}` {reason}", file.display()));
                console.note(&Text::lines(&details));
                return Ok(Outcome::InvalidScenario);
            }
        }
    }
    let mark = match &*recordings {
        [first, second] => parting(&compare(first, second), console),
        _ => None,
    };
    let page = randori_report::report(&runs, mark.as_ref());
    let output = Output::new(args.output.as_deref(), beside(&args.files));
    let mut out = match output.create(PAGE_START.as_bytes(), "a page") {
        Ok(out) => out,
        Err(error) => {
            error.tell(console);
            return Ok(Outcome::Usage);
        }
    };
    match out.write_all(page.as_bytes()).and_then(|()| out.finish()) {
        Ok(()) => output.tell(console),
        Err(error) if output == Output::Stdout => return Err(error),
        Err(error) => {
            output.refused(&error).tell(console);
            return Ok(Outcome::Usage);
        }
    }
    Ok(Outcome::Pass)
}

/// A recording and its data for the page.
///
/// # Errors
/// The reason why there is none, and the details.
fn open(
    file: &Path,
    limits: &Limits,
    console: &Console,
) -> Result<(Recording, ReportRun), (String, String)> {
    let recording =
        Recording::open_file(file).map_err(|error| (error.to_string(), String::new()))?;
    let start = recording.start();
    let scenario = load(start, limits)
        .map_err(|found| ("holds a scenario that cannot be used".to_owned(), found))?
        .scenario;
    let mut run = ReportRun::new(start, &scenario, recording.report());
    run.decided(recording.decided());
    let mut damage = None;
    for tick in recording.ticks() {
        match tick {
            Ok(tick) => run.add(&tick),
            Err(error) => damage = Some(error),
        }
    }
    if !recording.is_complete() {
        let last = recording.last_tick().map_or(0, |tick| tick.0);
        let at = seconds(last as f64 * start.header.period_ns as f64 * 1e-9);
        let why = damage.map_or_else(|| "it is truncated".to_owned(), |error| error.to_string());
        let note = format!("the recording cannot be read after tick {last} ({at}): {why}");
        console.warning(&format!("`{}`: {note}", file.display()));
        run.note(note);
    }
    Ok((recording, run.finish()))
}

/// The first difference between two runs, which is also printed to the console.
fn parting(found: &Comparison, console: &Console) -> Option<DivergenceMark> {
    let Some(first) = &found.first else {
        let ticks = found.ticks;
        console.note(&text!("all {} ticks that both have agree to the last bit\n", ticks));
        return None;
    };
    let tick = first.at.ticks[0].0;
    let seen = first.fields.first.first().map(|field| field.tell(["A", "B"]));
    let cause = first.cause();
    let what = match (tick, reasons(found), seen) {
        (0, Some(reasons), _) => reasons,
        (_, None, Some(seen)) => seen,
        (_, Some(reasons), Some(seen)) => format!("{seen} ({reasons})"),
        (_, reasons, None) => {
            reasons.unwrap_or_else(|| "no recorded value differs there".to_owned())
        }
    };
    console.note(&text!("first difference: tick {}, {}: {}\n", tick, cause, what));
    Some(DivergenceMark { tick, cause, what })
}

/// The inputs in which the runs differ.
fn reasons(found: &Comparison) -> Option<String> {
    let settings = found.settings.iter();
    let settings = settings.map(|it| format!("{}: {} and {}", it.what, it.values[0], it.values[1]));
    let inputs = found.inputs.iter().map(|it| match &it.before {
        Some(before) => format!("{}, before {before}", it.change),
        None => it.change.to_string(),
    });
    let all: Vec<String> = settings.chain(inputs).collect();
    let more = all.len().saturating_sub(MAX_REASONS);
    let shown = all[..all.len() - more].join("; ");
    (!all.is_empty()).then(|| if more > 0 { format!("{shown}; {more} more") } else { shown })
}

/// `run.html` for `run.mcap`, `run_and_other.html` for two.
fn beside(files: &[PathBuf]) -> PathBuf {
    let stem = |file: &Path| file.file_stem().unwrap_or(file.as_os_str()).to_owned();
    let mut name = files.first().map(|file| stem(file)).unwrap_or_default();
    if let Some(other) = files.get(1) {
        name.push("_and_");
        name.push(stem(other));
    }
    name.push(".html");
    files.first().map_or_else(|| PathBuf::from(&name), |file| file.with_file_name(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lies_beside_the_first_recording() {
        let files = ["runs/flat.seed3.mcap", "old/flat.mcap"].map(PathBuf::from);

        assert_eq!(beside(&files[..1]), Path::new("runs/flat.seed3.html"));
        assert_eq!(beside(&files), Path::new("runs/flat.seed3_and_flat.html"));
    }
}
