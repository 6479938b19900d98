//! What a robot file becomes: `describe FILE [json|robot|environment|report]`.
//!
//! Without a second word, or with `json`, what the comparison with `MuJoCo` and
//! Pinocchio reads.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the terminal")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use randori_core::diagnostic::{SourceMap, render_short};
use randori_core::spec::{EnvironmentSpec, ImportSpec};
use randori_core::text::{FileReader, Limits, MemoryFiles, ReadError, check_file, load_robot};

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
    let source = if file.extension().is_some_and(|ending| ending == "urdf") {
        ImportSpec::Urdf { path: path.clone(), from, keep, drop }
    } else {
        ImportSpec::Mjcf { path: path.clone(), from, keep, drop }
    };
    let mut sources = SourceMap::default();
    let mut found =
        randori_import::import(&Disk(root), &source, &path, &Limits::default(), &mut sources);
    let environment = randori_import::surroundings(&mut found);
    eprint!("{}", render_short(&found.errors, &sources));
    eprint!("{}", render_short(&found.report.warnings(), &sources));
    let Some(robot) = &found.robot else { return ExitCode::FAILURE };
    if !passes_the_check(&found, &environment) {
        return ExitCode::FAILURE;
    }
    match arguments.get(1).map_or("json", String::as_str) {
        "robot" => print!("{}", randori_import::robot_text(robot)),
        "environment" => {
            let text = found.environment.as_ref().map(randori_import::environment_text);
            print!("{}", text.unwrap_or_default());
        }
        "report" => print!("{}", found.report.text(&sources)),
        _ => {
            let input = randori_import::verify::input(&found, &source, &file);
            println!("{}", input.unwrap_or_default());
        }
    }
    ExitCode::SUCCESS
}

/// Whether the written files read back equal and pass the check.
fn passes_the_check(found: &randori_import::Import, environment: &EnvironmentSpec) -> bool {
    let Some(robot) = &found.robot else { return false };
    let files = MemoryFiles::new([
        ("r.ron", randori_import::robot_text(robot)),
        ("e.ron", randori_import::environment_text(environment)),
        ("s.ron", randori_import::scenario_text(found, "r.ron", "e.ron")),
    ]);
    let (_, findings) = check_file(&files, "s.ron", &Limits::default());
    eprint!("{}", findings.short());
    let same =
        load_robot(&files, "r.ron", &Limits::default()).is_ok_and(|(read, _)| read == *robot);
    if !same {
        eprintln!("the robot does not read back equal");
    }
    same && findings.errors() == 0
}
