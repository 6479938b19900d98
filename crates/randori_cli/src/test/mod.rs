//! `randori test` and `randori review`: compare scenarios with their goldens.
//!
//! `select` finds scenarios and goldens, `suite` reads them, `execute` runs and
//! judges, [`result`] is the result of a scenario, `accept` writes goldens,
//! `rebaseline` migrates them across an update of the engine, and the remaining
//! files show results.

mod accept;
mod ask;
mod execute;
mod github;
mod json;
mod junit;
mod rebaseline;
mod result;
mod review;
mod select;
mod suite;
mod text;

use std::io;
use std::path::Path;
use std::time::Instant;

use randori_project::project::Places;

use crate::args::{Format, Shard, SuiteArgs, TestArgs};
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::output::Output;
use crate::style::{count, seconds};
use crate::text::{Text, text};
use execute::{Options, execute};
use result::{CaseResult, Status};
pub(crate) use review::review;
use select::select;
use suite::{Purpose, Suite};

/// Compares the selected scenarios with their goldens, and prints the results.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn test(
    args: &TestArgs,
    places: &Places,
    console: &'static Console,
) -> io::Result<Outcome> {
    if args.rebaseline.is_asked {
        return rebaseline::rebaseline(args, places, console);
    }
    let purpose = if args.accept { Purpose::Accept } else { Purpose::Compare };
    if args.accept && refuses_writing(console) {
        return Ok(Outcome::Usage);
    }
    if args.suite.seeds.is_some() && !args.accept {
        console.error("`--seeds` is for goldens that are accepted");
        console.help("add `--accept`, or leave `--seeds` out to run those of the goldens");
        return Ok(Outcome::Usage);
    }
    let begun = Instant::now();
    let suite = match load(&args.suite, args.shard, purpose, places, console) {
        Ok(suite) => suite,
        Err(outcome) => return Ok(outcome),
    };
    let options = Options::new(&args.suite, args.fail_fast);
    let mut failure = None;
    let results = execute(&suite, &options, console, |result| {
        let written = || match args.format {
            Format::Text => console.data(&text::line(&suite, result)),
            Format::Github => {
                console.data(&text::line(&suite, result))?;
                github::annotate(result, console)
            }
            Format::Json => console.data(&json::line(result)),
            Format::Junit => Ok(()),
        };
        failure = failure.take().or_else(|| written().err());
        if failure.is_some() {
            interrupt::stop_runs();
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    match args.format {
        Format::Text => console.data(&text::end(&results))?,
        Format::Github => {
            console.data(&text::end(&results))?;
            github::append_summary(&results, console);
        }
        Format::Json => {}
        Format::Junit => console.data(&junit::xml(&results))?,
    }
    console.note(&text!("{}\n", seconds(begun.elapsed().as_secs_f64())));
    let mut outcome = outcome(&results, purpose);
    if let Some(path) = &args.junit
        && !write(path, &junit::xml(&results), console)
    {
        outcome = outcome.max(Outcome::Usage);
    }
    if args.accept {
        outcome = outcome.max(accept::all(&suite, &results, args.accept_failures, console));
    }
    tell_missing(&suite, console);
    if interrupt::interrupted() {
        return Ok(outcome.max(Outcome::Interrupted));
    }
    Ok(outcome)
}

/// True if goldens must not be written; the reason is printed.
fn refuses_writing(console: &Console) -> bool {
    let in_ci = is_in_ci();
    if in_ci {
        console.error("goldens are never written in continuous integration (`CI` is set)");
        console.help("accept them on your own machine, and commit the files");
    }
    in_ci
}

fn is_in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| !["", "0", "false"].contains(&ci.as_str()))
}

fn load(
    args: &SuiteArgs,
    shard: Shard,
    purpose: Purpose,
    places: &Places,
    console: &Console,
) -> Result<Suite, Outcome> {
    let selection = select(&args.names, places, console)?;
    Suite::load(selection, args, shard, purpose, places, console)
}

/// The exit status for the results, before goldens are written.
fn outcome(results: &[CaseResult<'_>], purpose: Purpose) -> Outcome {
    let statuses = || results.iter().map(CaseResult::status);
    if statuses().all(|status| matches!(status, Status::Skipped | Status::NotRun)) {
        return Outcome::NothingSelected;
    }
    let is_accepted = |status: &Status| *status == Status::Changed && purpose == Purpose::Accept;
    let left = statuses().filter(|status| !is_accepted(status));
    left.map(outcome_of).max().unwrap_or(Outcome::Pass)
}

/// The exit status for a scenario whose golden is not written.
fn outcome_of(status: Status) -> Outcome {
    match status {
        Status::Pass | Status::New | Status::Skipped | Status::NotRun => Outcome::Pass,
        Status::Changed | Status::NotDeterministic | Status::Orphan => Outcome::Diverged,
        Status::Broken => Outcome::RunError,
        Status::Invalid => Outcome::InvalidScenario,
    }
}

/// Lists the scenarios without a golden.
fn tell_missing(suite: &Suite, console: &Console) {
    let Some(first) = suite.without_golden.first() else { return };
    let which = match suite.without_golden.len() {
        1 => format!("`{first}` has no golden"),
        several => format!("{} have no golden, such as `{first}`", count(several, "scenario")),
    };
    console.warning(&which);
    console.help("check the runs, then use `randori test --accept` or `randori review`");
}

fn write(path: &Path, xml: &Text, console: &Console) -> bool {
    let output = Output::named(path);
    let written = output.write(b"<?xml", "a JUnit report", xml.as_str());
    if let Err(error) = &written {
        error.tell(console);
    }
    written.is_ok()
}
