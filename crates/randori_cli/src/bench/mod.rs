//! `randori bench accuracy`: measures the errors of the physics, beside published
//! errors of other engines.
//!
//! Start reading at [`accuracy`].

mod report;
mod sheet;

use std::io;
use std::time::Instant;

use randori_accuracy::{self, AccuracyCase};

use crate::args::{AccuracyArgs, BenchCommand};
use crate::console::Console;
use crate::exit::Outcome;
use crate::text::{Text, text};

use self::report::{Attempt, Report};

/// Runs a benchmark.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn bench(command: &BenchCommand, console: &Console) -> io::Result<Outcome> {
    match command {
        BenchCommand::Accuracy(args) => accuracy(args, console),
    }
}

/// Runs the cases in order and prints each when it is done.
fn accuracy(args: &AccuracyArgs, console: &Console) -> io::Result<Outcome> {
    let chosen = match choose(&args.only) {
        Ok(chosen) => chosen,
        Err(unknown) => {
            console.error(&format!("no case is called `{unknown}`"));
            let names: Vec<&str> = randori_accuracy::all().map(|case| case.name).collect();
            console.help(&format!("there are {}", names.join(", ")));
            return Ok(Outcome::NothingSelected);
        }
    };
    let started = Instant::now();
    let mut outcome = Outcome::Pass;
    for case in chosen {
        let report = measure(case);
        if report.attempts.iter().any(|attempt| attempt.errors.is_err()) {
            outcome = Outcome::RunError;
        }
        console.data(&match (args.json, args.markdown) {
            (true, _) => Text::json(&report),
            (_, true) => Text::lines(&sheet::as_markdown(&report)),
            _ => sheet::as_text(&report),
        })?;
    }
    let wall = format!("{:.1} s", started.elapsed().as_secs_f64());
    console.note(&text!("{}\n", wall));
    Ok(outcome)
}

/// The named cases; all of them without names.
fn choose(names: &[String]) -> Result<Vec<&'static AccuracyCase>, &String> {
    if names.is_empty() {
        return Ok(randori_accuracy::all().collect());
    }
    names.iter().map(|name| AccuracyCase::named(name).ok_or(name)).collect()
}

fn measure(case: &'static AccuracyCase) -> Report {
    let attempt = |rate_hz: &u32| {
        let started = Instant::now();
        let errors = case.run(*rate_hz).map_err(|fault| fault.to_string());
        Attempt { rate_hz: *rate_hz, errors, wall_s: started.elapsed().as_secs_f64() }
    };
    let attempts = case.rates_hz.iter().map(attempt).collect();
    Report { case, attempts }
}
