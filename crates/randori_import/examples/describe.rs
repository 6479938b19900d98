//! What a robot file becomes: `describe FILE [json|robot|environment|report]`.
//!
//! Without a second word, or with `json`, everything that the comparison with
//! `MuJoCo` needs.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use randori_core::diagnostic::{SourceMap, render_short};
use randori_core::spec::ImportSpec;
use randori_core::text::{FileReader, Limits, ReadError};
use serde_json::json;

/// The files below a folder.
struct Disk(PathBuf);

impl FileReader for Disk {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.0.join(path)).map_err(|_| ReadError::NotFound)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(file) = arguments.first() else {
        eprintln!("usage: describe FILE [json|robot|environment|report]");
        return ExitCode::from(2);
    };
    // The reader's root is two folders up, so that `../meshes` works.
    let file = Path::new(file).canonicalize().unwrap_or_else(|_| file.into());
    let root = file.ancestors().nth(3).unwrap_or(Path::new("/")).to_owned();
    let path = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().into_owned();
    let (from, keep, drop) = (None, Vec::new(), Vec::new());
    let source = if path.ends_with(".urdf") {
        ImportSpec::Urdf { path: path.clone(), from, keep, drop }
    } else {
        ImportSpec::Mjcf { path: path.clone(), from, keep, drop }
    };
    let mut sources = SourceMap::default();
    let found =
        randori_import::import(&Disk(root), &source, &path, &Limits::default(), &mut sources);
    eprint!("{}", render_short(&found.errors, &sources));
    let Some(robot) = &found.robot else { return ExitCode::FAILURE };
    match arguments.get(1).map_or("json", String::as_str) {
        "robot" => print!("{}", randori_import::robot_text(robot)),
        "environment" => {
            let text = found.environment.as_ref().map(randori_import::environment_text);
            print!("{}", text.unwrap_or_default());
        }
        "report" => print!("{}", found.report.text(&sources)),
        _ => {
            let stances: Vec<_> = found
                .stances
                .iter()
                .map(|stance| json!({"name": stance.name, "base": stance.base, "commands": stance.commands}))
                .collect();
            println!(
                "{}",
                json!({"robot": robot, "environment": found.environment, "stances": stances})
            );
        }
    }
    ExitCode::SUCCESS
}
