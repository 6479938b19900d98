//! `randori diff`: finds the first difference between two runs, and its cause.
//!
//! `print` and `json` show the differences between two recordings, `goldens`
//! compares goldens, and recordings with goldens.

mod goldens;
mod json;
mod plot;
mod print;

use std::io;
use std::path::{Path, PathBuf};

use randori_core::text::Limits;
use randori_project::files::read_text;
use randori_record::compare::{Comparison, compare};
use randori_record::golden::Golden;
use randori_record::reader::Recording;

use crate::args::DiffArgs;
use crate::console::Console;
use crate::exit::Outcome;

/// A recording or golden.
enum Side {
    Recording(Box<Recording>),
    Golden(Box<Golden>),
}

/// Compares two files.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn diff(args: &DiffArgs, console: &Console) -> io::Result<Outcome> {
    let files = [&args.first, &args.second];
    let (first, second) = (open(&args.first), open(&args.second));
    let (first, second) = match (first, second) {
        (Ok(first), Ok(second)) => (first, second),
        (first, second) => {
            let errors: Vec<_> = [first.err(), second.err()].into_iter().flatten().collect();
            return unreadable(files, &errors, args.json, console);
        }
    };
    if args.view && !matches!((&first, &second), (Side::Recording(_), Side::Recording(_))) {
        console.error("goldens cannot be shown in the viewer");
        console.help("leave `--view` out, or name two recordings");
        return Ok(Outcome::Usage);
    }
    match (&first, &second) {
        (Side::Recording(a), Side::Recording(b)) => {
            let comparison = compare(a, b);
            let recordings: [&Recording; 2] = [a, b];
            let text = if args.json {
                json::object(files, &comparison)
            } else {
                print::describe(files, recordings, &comparison)
            };
            console.data(&text)?;
            Ok(outcome(&comparison))
        }
        _ => match goldens::compare(&first, &second) {
            Ok(differences) => {
                let text = if args.json {
                    goldens::object(files, &differences)
                } else {
                    goldens::describe(files, &differences)
                };
                console.data(&text)?;
                Ok(if differences.is_equal() { Outcome::Pass } else { Outcome::Diverged })
            }
            Err((side, error)) => {
                let error = Unreadable { file: files[side].clone(), error, help: None };
                unreadable(files, &[error], args.json, console)
            }
        },
    }
}

/// A file that cannot be compared.
struct Unreadable {
    file: PathBuf,
    error: String,
    help: Option<String>,
}

fn open(file: &Path) -> Result<Side, Unreadable> {
    let broken = |error: &dyn std::fmt::Display, help| Unreadable {
        file: file.to_owned(),
        error: error.to_string(),
        help,
    };
    if file.extension().is_some_and(|extension| extension == "ron") {
        let limit = Limits::default().asset_bytes;
        let text = read_text(file, limit).map_err(|error| broken(&error, None))?;
        let golden = Golden::parse(&text);
        return match golden {
            Ok(golden) => Ok(Side::Golden(Box::new(golden))),
            Err(error) => Err(broken(&error, Some(error.help.clone()))),
        };
    }
    match Recording::open_file(file) {
        Ok(recording) => Ok(Side::Recording(Box::new(recording))),
        Err(error) => Err(broken(&error, None)),
    }
}

fn unreadable(
    files: [&PathBuf; 2],
    errors: &[Unreadable],
    as_json: bool,
    console: &Console,
) -> io::Result<Outcome> {
    if as_json {
        console.data(&json::unreadable(files, errors))?;
    } else {
        for error in errors {
            console.error(&format!("`{}`: {}", error.file.display(), error.error));
            if let Some(help) = &error.help {
                console.help(help);
            }
        }
    }
    Ok(Outcome::InvalidScenario)
}

/// The exit status. Recordings with lost data do not count as equal.
fn outcome(comparison: &Comparison) -> Outcome {
    if !comparison.is_equal() {
        Outcome::Diverged
    } else if comparison.is_whole() {
        Outcome::Pass
    } else {
        Outcome::InvalidScenario
    }
}
