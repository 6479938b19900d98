//! `randori replay`: re-simulates recordings and compares the result with them.
//!
//! A recording is self-contained: it holds the scenario and all responses of
//! policies. `verify` re-simulates the run and compares it tick by tick,
//! `other_version` compares what is still meaningful for a file from another
//! version.

mod other_version;
mod print;
mod verify;
mod watch;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use randori_project::project::{Places, SelectError};
use randori_project::record::engine;
use randori_project::recorded_run::{RecordedRun, Unusable};
use randori_project::timeout::{Timeout, within};
use randori_record::reader::{ReadError, Recording};

use crate::args::ReplayArgs;
use crate::console::Console;
use crate::exit::Outcome;
use crate::interrupt;
use other_version::Likeness;
use verify::{Ending, Verification, verify};
use watch::Watch;

/// The result of one recording.
struct Replayed {
    recording: Option<Recording>,
    result: Result,
    wall_s: f64,
}

/// The kind of result of a recording.
enum Result {
    /// It cannot be read.
    Unreadable(ReadError),
    /// Its run cannot be re-simulated.
    Refused(Unusable),
    /// It was re-simulated tick by tick.
    Verified {
        verification: Verification,
        /// Files of policies that have changed since.
        changed_files: Vec<String>,
    },
    /// Another version has written it.
    OtherVersion(Likeness),
}

/// Verifies recordings.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn replay(
    args: &ReplayArgs,
    places: &Places,
    console: &'static Console,
) -> io::Result<Outcome> {
    let cancel = interrupt::listen(console);
    let next = AtomicUsize::new(0);
    let results: Vec<Mutex<Option<Replayed>>> =
        args.files.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while let Some(index) = Some(next.fetch_add(1, Ordering::Relaxed))
            && let (Some(file), Some(place)) = (args.files.get(index), results.get(index))
        {
            let replayed = one(file, args, places, cancel);
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(replayed);
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = args.threads.map_or(cores, usize::from);
    thread::scope(|scope| {
        for _ in 1..threads.clamp(1, args.files.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut worst = Outcome::Pass;
    for (file, result) in args.files.iter().zip(results) {
        let result = result.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(replayed) = result else { continue };
        worst = worst.max(replayed.outcome());
        if args.json {
            console.data(&print::line(file, &replayed))?;
        } else {
            console.data(&print::describe(file, &replayed))?;
        }
    }
    Ok(worst)
}

fn one(file: &Path, args: &ReplayArgs, places: &Places, cancel: &AtomicBool) -> Replayed {
    let begun = Instant::now();
    let (recording, result) = match Recording::open_file(file) {
        Ok(recording) => {
            let timeout = args.timeout.timeout.map(|limit| Timeout::new(begun, limit));
            let watch = Watch { cancel, timeout };
            let result = compute(&recording, args, places, watch).unwrap_or_else(Result::Refused);
            (Some(recording), result)
        }
        Err(error) => (None, Result::Unreadable(error)),
    };
    Replayed { recording, result, wall_s: begun.elapsed().as_secs_f64() }
}

fn compute(
    recording: &Recording,
    args: &ReplayArgs,
    places: &Places,
    watch: Watch<'_>,
) -> std::result::Result<Result, Unusable> {
    let (start, limits) = (recording.start(), args.limits.limits());
    let same_engine = engine().agrees_with(&start.header.engine);
    let mut run = if args.policy {
        let mut project = places.current_project().map_err(|error| Unusable(reason(&error)))?;
        project.policy_env.clone_from(&args.env.policy_env);
        RecordedRun::with_policies(start, &limits, project, args.trust_programs)?
    } else {
        RecordedRun::with_answers(start, &limits)?
    };
    if let Some(limit) = args.timeout.timeout {
        run.scenario = within(&run.scenario, limit);
    }
    if !same_engine {
        return Ok(Result::OtherVersion(Likeness::measure(&run, recording, watch)));
    }
    let verification = verify(&run, recording, args.self_check, watch);
    Ok(Result::Verified { verification, changed_files: run.changed_files(&start.header) })
}

fn reason(error: &SelectError) -> String {
    let why = match error {
        SelectError::Unreadable { path, error } => format!("`{}`: {error}", path.display()),
        _ => "there is no current folder".to_owned(),
    };
    format!("the project that holds the policies cannot be read: {why}")
}

impl Replayed {
    /// The exit status for it.
    fn outcome(&self) -> Outcome {
        let whole = self.recording.as_ref().is_some_and(Recording::is_complete);
        let read = if whole { Outcome::Pass } else { Outcome::InvalidScenario };
        match &self.result {
            Result::Unreadable(_) | Result::Refused(_) => Outcome::InvalidScenario,
            Result::OtherVersion(likeness) => likeness.outcome().max(read),
            Result::Verified { verification, .. } => match verification.ending {
                Ending::Equal => read,
                Ending::Diverged(_) => Outcome::Diverged,
                Ending::Broken(_) => Outcome::RunError,
                Ending::Damaged(_) => Outcome::InvalidScenario,
                Ending::Interrupted => Outcome::Interrupted,
            },
        }
    }
}
