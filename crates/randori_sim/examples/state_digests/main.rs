//! Prints digests of runs, to compare targets.
//!
//! `state_digests PROJECT FILE...` runs each scenario (`.ron`) with its own policies,
//! and each network (`.onnx`) on generated inputs. A scenario with a golden beside it
//! runs with the seeds of the golden and must reproduce its digests, otherwise the
//! program fails; any other runs with the seeds 0 and 1. Paths are relative to the root
//! of the project. All printed lines must be equal on all targets.
//!
//! It needs neither threads nor processes, so it also runs on `wasm32-wasip1`;
//! `crates/randori_cli/tests/identity/run.sh` does that.

mod golden;
mod networks;
mod runs;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let project = PathBuf::from(arguments.next().unwrap_or_default());
    let files: Vec<String> = arguments.collect();
    if files.is_empty() {
        complain("usage: state_digests PROJECT FILE...");
        return ExitCode::from(2);
    }
    for file in &files {
        if let Err(error) = digests(&project, file) {
            complain(&format!("{file}: {error}"));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn digests(project: &Path, file: &str) -> Result<(), Box<dyn Error>> {
    let is_network = Path::new(file).extension().is_some_and(|extension| extension == "onnx");
    if is_network { networks::run(project, file) } else { runs::run(project, file) }
}

#[expect(clippy::print_stdout, reason = "a program for the terminal")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a program for the terminal")]
fn complain(line: &str) {
    eprintln!("{line}");
}
