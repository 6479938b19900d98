//! Destinations of recordings.

use std::path::{Path, PathBuf};

use randori_core::diagnostic::RunCode;
use randori_core::report::RunError;

use crate::files::make_folders;

/// A file for one recording, or a folder for several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// This file.
    File(PathBuf),
    /// A file for each run below this folder.
    Folder(PathBuf),
}

impl Destination {
    /// The destination `named` for this number of runs.
    pub fn new(named: &Path, runs: usize) -> Self {
        if runs == 1 && !named.is_dir() {
            Self::File(named.to_owned())
        } else {
            Self::Folder(named.to_owned())
        }
    }

    /// Creates the parent folders of a file of this destination.
    ///
    /// # Errors
    /// When a folder below the named one is a link, or the system refuses.
    pub fn make_folders(&self, file: &Path) -> Result<(), RunError> {
        let Self::Folder(folder) = self else { return Ok(()) };
        let below = file.parent().and_then(|parent| parent.strip_prefix(folder).ok());
        make_folders(folder, below.unwrap_or(Path::new("")))
            .map(drop)
            .map_err(|error| unwritable(file, &error))
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

/// The error of a run whose recording cannot be written.
pub fn unwritable(path: &Path, reason: &dyn std::fmt::Display) -> RunError {
    error(format!("recording into `{}` failed: {reason}", path.display()), None)
}

pub(super) fn error(message: String, help: Option<&str>) -> RunError {
    let error = RunError::new(RunCode::RECORDING_FAILED, 0, message);
    RunError { help: help.map(str::to_owned), ..error }
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
}
