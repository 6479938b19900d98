//! Search paths for files.

use std::io;
use std::path::{Path, PathBuf};

use super::{Project, SelectError};

/// The search paths given as arguments.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The project's root; derived from the files if omitted.
    pub root: Option<PathBuf>,
    /// Folders of external assets.
    pub assets: Vec<PathBuf>,
}

impl Places {
    /// The search paths from arguments; without asset folders, those in `RANDORI_ASSETS`.
    pub fn new(root: Option<PathBuf>, assets: Vec<PathBuf>) -> Self {
        let from_variable = || {
            let folders = std::env::var_os("RANDORI_ASSETS").unwrap_or_default();
            std::env::split_paths(&folders).filter(|p| !p.as_os_str().is_empty()).collect()
        };
        Self { root, assets: if assets.is_empty() { from_variable() } else { assets } }
    }

    /// The equivalent command-line arguments.
    pub fn words(&self) -> Vec<String> {
        let root = self.root.iter().map(|root| ("--root", root));
        let places = root.chain(self.assets.iter().map(|folder| ("--assets", folder)));
        places
            .flat_map(|(option, folder)| [option.to_owned(), folder.display().to_string()])
            .collect()
    }

    /// The project that contains the current folder.
    ///
    /// # Errors
    /// When the root or a folder of assets cannot be read.
    pub fn current_project(&self) -> Result<Project, SelectError> {
        self.project(Path::new("."))
    }

    /// The project that contains `file`.
    ///
    /// # Errors
    /// When the root or a folder of assets cannot be read.
    pub fn project(&self, file: &Path) -> Result<Project, SelectError> {
        let unreadable = |path: &Path, error: &io::Error| SelectError::Unreadable {
            path: path.to_owned(),
            error: error.to_string(),
        };
        let mut project = match &self.root {
            Some(root) => Project::at(root).map_err(|error| unreadable(root, &error)),
            None => Project::containing(file).map_err(|error| unreadable(file, &error)),
        }?;
        for folder in &self.assets {
            let real = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
            project.assets.push(real);
        }
        Ok(project)
    }
}
