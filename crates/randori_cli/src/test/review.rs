//! `randori review`: changed and new goldens, one by one.

use std::io;

use randori_project::project::Places;

use super::accept::{newly_failing, one};
use super::ask::{Answer, ask};
use super::execute::{Options, execute};
use super::result::{CaseResult, RunResult, Status};
use super::suite::{Purpose, Suite};
use super::{load, outcome, outcome_of, refuses_writing, text};
use crate::args::{ReviewArgs, Shard};
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::style::count;
use crate::text::Text;

/// Runs the selected scenarios, shows those that are not as accepted, and asks
/// about each.
///
/// # Errors
/// When the output cannot be written, or the answers cannot be read.
pub(crate) fn review(
    args: &ReviewArgs,
    places: &Places,
    console: &'static Console,
) -> io::Result<Outcome> {
    if refuses_writing(console) {
        return Ok(Outcome::Usage);
    }
    let suite = match load(&args.suite, Shard::WHOLE, Purpose::Accept, places, console) {
        Ok(suite) => suite,
        Err(outcome) => return Ok(outcome),
    };
    let options = Options::new(&args.suite, false);
    let results = execute(&suite, &options, console, |_| {});
    if interrupt::interrupted() {
        return Ok(Outcome::Interrupted);
    }
    go_through(&suite, &results, console)
}

fn go_through(suite: &Suite, results: &[CaseResult<'_>], console: &Console) -> io::Result<Outcome> {
    let is_open =
        |result: &&CaseResult<'_>| result.status() == Status::New || result.status().is_failure();
    let open: Vec<&CaseResult<'_>> = results.iter().filter(is_open).collect();
    if open.is_empty() {
        console.data(&text::totals(results))?;
        // If nothing was run, nothing is as accepted.
        return Ok(outcome(results, Purpose::Accept));
    }
    let mut worst = Outcome::Pass;
    for (index, result) in open.iter().enumerate() {
        let scenarios = count(open.len(), "scenario");
        console.data(&text!("\n{} of {}: {}", index + 1, scenarios, describe(result)))?;
        let can_accept = matches!(result.status(), Status::New | Status::Changed);
        let fails = newly_failing(result).is_some();
        let question = if fails { "it does not pass; accept it all the same?" } else { "accept?" };
        match if can_accept { ask(question, None, console)? } else { Answer::Leave } {
            // The user has seen the verdicts before accepting.
            Answer::Accept | Answer::All => worst = worst.max(one(suite, result, true, console)),
            Answer::Leave => worst = worst.max(outcome_of(result.status())),
            Answer::Quit => {
                // Results that were not reviewed keep their goldens, too.
                let left = open[index..].iter().map(|result| outcome_of(result.status()));
                return Ok(left.fold(worst, Outcome::max));
            }
        }
    }
    Ok(worst)
}

/// Remarks to read before accepting.
fn describe(result: &CaseResult<'_>) -> Text {
    let runs = result.runs.iter().filter_map(|run: &RunResult| run.run.as_ref());
    let runs: Text = runs.map(text::accepted).collect();
    match result.status() {
        Status::New => text!("new {}\n{}", result.case.shown, runs),
        Status::Changed => text::describe(result) + runs,
        _ => text::describe(result),
    }
}
