//! File selection: names are resolved to files of projects.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use randori_core::diagnostic::nearest;
use randori_core::text::FileReader;
use randori_core::text::outline::Outline;

use super::{Places, Project};
use crate::files::kind_unless_file;

/// A selected file, in its project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedFile {
    /// Its project.
    pub project: Project,
    /// Its path from the project's root.
    pub path: String,
    /// Its path as typed in the current folder.
    pub shown: String,
    /// True if it was found in a folder, rather than named itself.
    pub in_folder: bool,
}

/// The reasons why a selection matches nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// There is no such file or folder.
    #[error("the file `{}` does not exist", .path.display())]
    NotFound {
        /// The name as typed.
        path: PathBuf,
        /// A similar file name.
        similar: Option<PathBuf>,
    },
    /// It is neither a file nor a folder.
    #[error("`{}` is {kind}, not a file", .path.display())]
    Special {
        /// The name as typed.
        path: PathBuf,
        /// Its kind, in words.
        kind: &'static str,
    },
    /// The folder contains no files of the kind.
    #[error("there are no scenario files in `{}`", .folder.display())]
    Empty {
        /// The name as typed.
        folder: PathBuf,
    },
    /// The file lies outside the project.
    #[error("`{}` does not lie in the project `{}`", .path.display(), .root.display())]
    Outside {
        /// The name as typed.
        path: PathBuf,
        /// The project's root.
        root: PathBuf,
    },
    /// The system refused.
    #[error("`{}` cannot be read: {error}", .path.display())]
    Unreadable {
        /// The path of the failed read.
        path: PathBuf,
        /// The error of the system.
        error: String,
    },
}

impl SelectError {
    /// Advice on the error.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::NotFound { similar: Some(similar), .. } => {
                Some(format!("did you mean `{}`?", similar.display()))
            }
            _ => None,
        }
    }
}

impl SelectedFile {
    /// The first word of the file: `Scenario`, `Robot`, `Environment`.
    pub fn kind(&self) -> Option<String> {
        let text = self.project.read(&self.path).ok()?;
        let outline = Outline::scan(&text, self.project.limits.nesting);
        outline.kind(&text).map(|(_, name)| name.to_owned())
    }
}

/// All selected scenario files, each once, in the order of the names. Robots and environments in a
/// named folder are skipped; a file that is itself named is treated as a scenario.
///
/// # Errors
/// For the first name that matches nothing.
pub fn select_scenarios(
    named: &[PathBuf],
    places: &Places,
) -> Result<Vec<SelectedFile>, SelectError> {
    let mut scenarios = Vec::new();
    for name in named {
        let mut files = select_all(std::slice::from_ref(name), places)?;
        if name.is_dir() {
            files.retain(|file| {
                !matches!(file.kind().as_deref(), Some("Robot" | "Environment" | "PolicyContract"))
            });
        }
        if files.is_empty() {
            return Err(SelectError::Empty { folder: name.clone() });
        }
        scenarios.extend(files);
    }
    let mut seen = BTreeSet::new();
    scenarios.retain(|file| seen.insert(file.project.root.join(&file.path)));
    Ok(scenarios)
}

/// All scenarios of the project around the root, or around the current folder.
///
/// # Errors
/// When there are none.
pub fn select_scenarios_around(places: &Places) -> Result<Vec<SelectedFile>, SelectError> {
    let here = places.root.as_deref().unwrap_or(Path::new("."));
    let full = std::path::absolute(here).unwrap_or_else(|_| here.to_owned());
    let scenarios = full.ancestors().map(|folder| folder.join("scenarios"));
    let folder: PathBuf = scenarios.into_iter().find(|path| path.is_dir()).unwrap_or(full.clone());
    select_scenarios(&[folder], places)
}

/// All selected files, each once, in the order of the names.
///
/// # Errors
/// For the first name that matches nothing.
pub fn select_all(named: &[PathBuf], places: &Places) -> Result<Vec<SelectedFile>, SelectError> {
    let mut seen = BTreeSet::new();
    let mut selected = Vec::new();
    for name in named {
        for file in select(name)? {
            let project = places.project(&file)?;
            let Some(path) = project.relative(&file) else {
                return Err(SelectError::Outside { path: file, root: project.root });
            };
            let shown = project.shown(&path);
            if seen.insert(project.root.join(&path)) {
                let in_folder = name.is_dir();
                selected.push(SelectedFile { project, path, shown, in_folder });
            }
        }
    }
    Ok(selected)
}

/// The RON files that match `named`: the file itself (its extension may be omitted), or all files
/// below a folder in alphabetical order.
fn select(named: &Path) -> Result<Vec<PathBuf>, SelectError> {
    let with_extension = named.with_extension("ron");
    if named.is_file() {
        return Ok(vec![named.to_path_buf()]);
    }
    if named.is_dir() {
        let mut files = Vec::new();
        collect(named, MAX_DEPTH, &mut files).map_err(|error| SelectError::Unreadable {
            path: named.to_path_buf(),
            error: error.to_string(),
        })?;
        files.sort();
        return if files.is_empty() {
            Err(SelectError::Empty { folder: named.to_path_buf() })
        } else {
            Ok(files)
        };
    }
    if named.extension().is_none() && with_extension.is_file() {
        return Ok(vec![with_extension]);
    }
    let kind = fs::metadata(named).ok().and_then(|it| kind_unless_file(it.file_type()));
    if let Some(kind) = kind {
        return Err(SelectError::Special { path: named.to_path_buf(), kind });
    }
    Err(SelectError::NotFound { path: named.to_path_buf(), similar: similar_file(named) })
}

/// True if the path is that of a golden rather than of a runnable file.
pub fn is_golden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b".golden.ron"))
}

/// Maximum depth of the folder search.
const MAX_DEPTH: usize = 8;

/// All goldens below a folder, in alphabetical order.
///
/// # Errors
/// When the system refuses.
pub fn goldens_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    collect_ron(folder, MAX_DEPTH, &mut files)?;
    files.retain(|path| is_golden(path));
    files.sort();
    Ok(files)
}

/// Files that may be scenarios, robots or environments.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    collect_ron(folder, depth, files)?;
    files.retain(|path| !is_golden(path));
    Ok(())
}

fn collect_ron(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // Links to folders are not followed: they could form a cycle.
        if entry.file_type()?.is_dir() {
            if depth > 0 {
                collect_ron(&path, depth - 1, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "ron") {
            files.push(path);
        }
    }
    Ok(())
}

/// The file with the most similar name in the nearest existing ancestor folder.
fn similar_file(missing: &Path) -> Option<PathBuf> {
    let folder = missing
        .ancestors()
        .skip(1)
        .find(|folder| folder.is_dir() || folder.as_os_str().is_empty())?;
    let shown = |path: &Path| path.strip_prefix(".").unwrap_or(path).with_extension("");
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut files = Vec::new();
    collect(folder, 3, &mut files).ok()?;
    files.sort();
    let names: Vec<String> =
        files.iter().map(|path| shown(path).to_string_lossy().into_owned()).collect();
    let wanted = shown(missing);
    let found = nearest(&wanted.to_string_lossy(), names.iter().map(String::as_str))?;
    let index = names.iter().position(|name| name == found)?;
    Some(files[index].strip_prefix(".").unwrap_or(&files[index]).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::project;
    use super::*;

    #[test]
    fn a_misspelt_file_gets_a_suggestion() {
        let folder = project();
        let wanted = folder.path().join("scenarios/courier/flaat.ron");

        let error = select(&wanted).expect_err("no such file");

        let similar = Some(folder.path().join("scenarios/courier/flat.ron"));
        assert_eq!(error, SelectError::NotFound { path: wanted, similar });
        assert!(error.help().is_some_and(|help| help.contains("flat.ron")));
    }

    #[test]
    fn the_extension_may_be_left_out() {
        let folder = project();

        let files = select(&folder.path().join("scenarios/courier/flat")).expect("found");

        assert_eq!(files, [folder.path().join("scenarios/courier/flat.ron")]);
    }

    #[test]
    fn a_file_named_twice_is_selected_once() {
        let folder = project();
        let file = folder.path().join("scenarios/courier/flat.ron");

        let selected =
            select_all(&[folder.path().to_owned(), file], &Places::default()).expect("found");

        let paths: Vec<_> = selected.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["scenarios/courier/flat.ron"]);
    }
}
