//! `randori review`: changed and new goldens, one by one.

use std::io::{self, BufRead};

use randori_project::project::Places;

use super::accept::one;
use super::execute::{Options, execute};
use super::result::{CaseResult, RunResult, Status};
use super::suite::{Purpose, Suite};
use super::{load, outcome_of, refuses_writing, text, threads};
use crate::args::{ReviewArgs, Shard};
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use crate::style::{clean, count};

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Accept,
    Leave,
    Quit,
}

/// Runs what the arguments name, shows what is not as accepted, and asks about
/// each.
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
    let options = Options { fail_fast: false, threads: threads(&args.suite) };
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
        return Ok(Outcome::Pass);
    }
    let mut worst = Outcome::Pass;
    for (index, result) in open.iter().enumerate() {
        let heading = format!("\n{} of {}: ", index + 1, count(open.len(), "scenario"));
        console.data(&(heading + &describe(result)))?;
        let can_accept = matches!(result.status(), Status::New | Status::Changed);
        match if can_accept { ask(console)? } else { Answer::Leave } {
            Answer::Accept => worst = worst.max(one(suite, result, console)),
            Answer::Leave => worst = worst.max(outcome_of(result.status())),
            Answer::Quit => {
                // What nobody looked at is left as it is, too.
                let left = open[index..].iter().map(|result| outcome_of(result.status()));
                return Ok(left.fold(worst, Outcome::max));
            }
        }
    }
    Ok(worst)
}

/// What a person should know before accepting.
fn describe(result: &CaseResult<'_>) -> String {
    if result.status() != Status::New {
        return text::describe(result);
    }
    let runs = result.runs.iter().filter_map(|run: &RunResult| run.run.as_ref());
    let runs = runs.map(text::accepted).collect::<String>();
    format!("new {}\n{runs}", clean(&result.case.shown))
}

/// Asks until there is an answer. Whoever has nothing more to say quits.
fn ask(console: &Console) -> io::Result<Answer> {
    loop {
        console.note("accept? [y]es, [n]o, [q]uit: ");
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Ok(Answer::Quit);
        }
        match line.trim() {
            "y" | "yes" => return Ok(Answer::Accept),
            "n" | "no" => return Ok(Answer::Leave),
            "q" | "quit" => return Ok(Answer::Quit),
            _ => {}
        }
    }
}
