//! `randori test --rebaseline`: migrates goldens across an update of the engine.
//!
//! All runs are compared bit by bit; `assessment` separates the effects of the
//! engine from those of edited files, `print` and `json` show it, and `rewrite`
//! writes the confirmed goldens.

mod assessment;
mod json;
mod print;
mod rewrite;

use std::io;

use randori_project::project::Places;

use super::execute::{Options, execute};
use super::result::{CaseResult, Status};
use super::suite::{Purpose, Suite};
use super::{load, outcome_of, refuses_writing, tell_missing};
use crate::args::{Format, TestArgs};
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use assessment::{Assessment, Standing};

/// Shows the differences between runs and their goldens, and rewrites the goldens
/// that the user or the arguments confirm.
///
/// # Errors
/// When the output cannot be written, or answers cannot be read.
pub(super) fn rebaseline(
    args: &TestArgs,
    places: &Places,
    console: &'static Console,
) -> io::Result<Outcome> {
    if !matches!(args.format, Format::Text | Format::Json) {
        console.error("`--rebaseline` has no form for this `--format`");
        console.help("take `text` or `json`");
        return Ok(Outcome::Usage);
    }
    if args.rebaseline.yes && refuses_writing(console) {
        return Ok(Outcome::Usage);
    }
    let suite = match load(&args.suite, args.shard, Purpose::Rebaseline, places, console) {
        Ok(suite) => suite,
        Err(outcome) => return Ok(outcome),
    };
    let results = run(&suite, args, console)?;
    let assessments: Vec<_> = results.iter().map(|it| Assessment::new(&suite, it)).collect();
    if args.format == Format::Text {
        console.data(&print::end(&assessments))?;
    }
    tell_missing(&suite, console);
    let (written, refused) = if interrupt::interrupted() {
        (vec![false; assessments.len()], Outcome::Pass)
    } else {
        rewrite::confirmed(&suite, &assessments, args, console)?
    };
    let stopped = if interrupt::interrupted() { Outcome::Interrupted } else { Outcome::Pass };
    if args.format == Format::Json {
        for (assessment, written) in assessments.iter().zip(&written) {
            console.data(&json::line(assessment, *written))?;
        }
    }
    Ok(outcome(&assessments, &written).max(refused).max(stopped))
}

/// Runs all cases, and shows each scenario as soon as it has ended.
fn run<'a>(
    suite: &'a Suite,
    args: &TestArgs,
    console: &'static Console,
) -> io::Result<Vec<CaseResult<'a>>> {
    let options = Options::new(&args.suite, false);
    let mut failure = None;
    let results = execute(suite, &options, console, |result| {
        if args.format == Format::Text && failure.is_none() {
            let line = print::line(suite, &Assessment::new(suite, result));
            failure = console.data(&line).err();
        }
        if failure.is_some() {
            interrupt::stop_runs();
        }
    });
    failure.map_or(Ok(results), Err)
}

/// The exit status for scenarios whose goldens were not written.
fn outcome(assessments: &[Assessment<'_>], written: &[bool]) -> Outcome {
    let is_missing =
        |standing: Standing| matches!(standing, Standing::Other(Status::Skipped | Status::NotRun));
    if assessments.iter().all(|assessment| is_missing(assessment.standing)) {
        return Outcome::NothingSelected;
    }
    let left = assessments.iter().zip(written).filter(|(_, written)| !**written);
    let outcomes = left.map(|(assessment, _)| match assessment.standing {
        Standing::Unchanged => Outcome::Pass,
        Standing::Random if assessment.is_as_accepted => Outcome::Pass,
        Standing::Other(status) => outcome_of(status),
        _ => Outcome::Diverged,
    });
    outcomes.max().unwrap_or(Outcome::Pass)
}
