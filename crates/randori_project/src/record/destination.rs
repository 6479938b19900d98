//! Where recordings go.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use randori_core::report::RunError;

use crate::overwrite::holds_something_else;

/// Code of runs that broke because they could not be recorded.
pub const RECORDING_FAILED: &str = "RR0301";

/// The bytes with which every MCAP file begins.
const MCAP_MAGIC: &[u8] = b"\x89MCAP";

/// A file for one recording, or a folder for several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// This file.
    File(PathBuf),
    /// A file for each run below this folder.
    Folder(PathBuf),
}

impl Destination {
    /// What `named` stands for if there are so many runs.
    pub fn new(named: &Path, runs: usize) -> Self {
        if runs == 1 && !named.is_dir() {
            Self::File(named.to_owned())
        } else {
            Self::Folder(named.to_owned())
        }
    }

    /// The file for a run of a scenario, whose path is from the project root:
    /// `scenarios/courier/flat.ron` with seed 3 goes to `courier/flat.seed3.mcap`
    /// in the folder.
    pub fn path(&self, scenario: &str, seed: u64) -> PathBuf {
        match self {
            Self::File(file) => file.clone(),
            Self::Folder(folder) => {
                let scenario = scenario.strip_prefix("scenarios/").unwrap_or(scenario);
                let name = scenario.strip_suffix(".ron").unwrap_or(scenario);
                folder.join(format!("{name}.seed{seed}.mcap"))
            }
        }
    }
}

/// Makes a new file, in the place of an older recording if there is one.
///
/// # Errors
/// When the system refuses, or the file there is no recording.
pub fn create(path: &Path) -> Result<File, RunError> {
    if holds_something_else(path, MCAP_MAGIC).map_err(|error| unwritable(path, &error))? {
        let help = "name a new file; only recordings are overwritten";
        let message = format!("`{}` exists, and is no recording", path.display());
        return Err(error(message, Some(help)));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| unwritable(path, &error))?;
    }
    File::create(path).map_err(|error| unwritable(path, &error))
}

/// A recording that cannot be written, as a reason why its run broke.
pub fn unwritable(path: &Path, reason: &dyn std::fmt::Display) -> RunError {
    error(format!("recording into `{}` failed: {reason}", path.display()), None)
}

fn error(message: String, help: Option<&str>) -> RunError {
    RunError {
        code: RECORDING_FAILED.to_owned(),
        message,
        tick: 0,
        details: Vec::new(),
        help: help.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_goes_to_the_file_itself_and_several_to_files_in_a_folder() {
        let one = Destination::new(Path::new("out.mcap"), 1);
        let several = Destination::new(Path::new("out"), 2);

        assert_eq!(one.path("scenarios/a/flat.ron", 7), Path::new("out.mcap"));
        assert_eq!(several.path("scenarios/a/flat.ron", 7), Path::new("out/a/flat.seed7.mcap"));
        assert_eq!(several.path("mine.ron", 0), Path::new("out/mine.seed0.mcap"));
    }

    #[test]
    fn only_recordings_are_overwritten() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scenario = folder.path().join("scenario.ron");
        let recording = folder.path().join("new/old.mcap");
        fs::write(&scenario, "Scenario()").expect("a file");

        assert!(create(&scenario).is_err_and(|error| error.message.contains("no recording")));
        assert_eq!(fs::read(&scenario).expect("it is still there"), b"Scenario()");

        drop(create(&recording).expect("its folder is made"));
        fs::write(&recording, b"\x89MCAP0\r\nmore").expect("a file");
        drop(create(&recording).expect("an older recording"));
        assert_eq!(fs::metadata(&recording).expect("it is there").len(), 0);
    }
}
