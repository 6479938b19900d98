//! Selects scenarios and goldens by the arguments.

use std::path::{Path, PathBuf};

use randori_core::diagnostic::nearest;
use randori_project::project::{Places, SelectedFile, goldens_below, is_golden, select_scenarios};
use randori_record::golden::GOLDEN_SUFFIX;

use crate::console::Console;
use crate::exit::Outcome;
use crate::tell;

/// The selected files.
pub(super) struct Selection {
    /// Scenarios, with goldens or without.
    pub(super) files: Vec<SelectedFile>,
    /// Goldens whose scenario is missing.
    pub(super) orphans: Vec<PathBuf>,
    /// True if a scenario was named itself, rather than found in a folder.
    pub(super) named_files: bool,
}

/// Resolves names: files, goldens, folders, or else parts of paths.
///
/// # Errors
/// The exit status if a name matches nothing; the reason is printed.
pub(super) fn select(
    names: &[String],
    places: &Places,
    console: &Console,
) -> Result<Selection, Outcome> {
    let mut selection = Selection { files: Vec::new(), orphans: Vec::new(), named_files: false };
    let (mut paths, mut filters) = (Vec::new(), Vec::new());
    for name in names {
        let path = Path::new(name);
        if is_golden(path) && path.is_file() {
            match scenario_of(path) {
                Some(scenario) => paths.push(scenario),
                None => selection.orphans.push(path.to_owned()),
            }
        } else if path.exists() || path.with_extension("ron").is_file() {
            paths.push(path.to_owned());
        } else {
            filters.push(name.as_str());
        }
    }
    selection.named_files = paths.iter().any(|path| !path.is_dir());
    if paths.is_empty() && selection.orphans.is_empty() {
        let project =
            places.current_project().map_err(|error| tell::unselected(console, &error))?;
        paths.push(project.root().join("scenarios"));
    }
    if !paths.is_empty() {
        selection.files =
            select_scenarios(&paths, places).map_err(|error| tell::unselected(console, &error))?;
    }
    for folder in paths.iter().filter(|path| path.is_dir()) {
        let goldens = goldens_below(folder).map_err(|error| {
            console.error(&format!("`{}` cannot be read: {error}", folder.display()));
            Outcome::Usage
        })?;
        let orphans = goldens.into_iter().filter(|golden| scenario_of(golden).is_none());
        selection.orphans.extend(orphans.map(|golden| shown(&golden)));
    }
    selection.orphans.sort();
    selection.orphans.dedup();
    selection.keep_matching(&filters, console)?;
    Ok(selection)
}

impl Selection {
    fn keep_matching(&mut self, filters: &[&str], console: &Console) -> Result<(), Outcome> {
        if filters.is_empty() {
            return Ok(());
        }
        let paths = |selection: &Self| -> Vec<String> {
            let files = selection.files.iter().map(|file| file.shown.clone());
            let orphans = selection.orphans.iter().map(|path| path.display().to_string());
            files.chain(orphans).collect()
        };
        let known = paths(self);
        for filter in filters {
            if !known.iter().any(|path| path.contains(filter)) {
                console
                    .error(&format!("`{filter}` is not a file, and no scenario path contains it"));
                let words = known.iter().flat_map(|path| path.split(['/', '\\', '.']));
                if let Some(similar) = nearest(filter, words) {
                    console.help(&format!("did you mean `{similar}`?"));
                }
                return Err(Outcome::NothingSelected);
            }
        }
        let matches = |path: &str| filters.iter().any(|filter| path.contains(filter));
        self.files.retain(|file| matches(&file.shown));
        self.orphans.retain(|path| matches(&path.display().to_string()));
        Ok(())
    }
}

/// The scenario beside a golden, if it exists.
fn scenario_of(golden: &Path) -> Option<PathBuf> {
    let name = golden.file_name()?.to_str()?.strip_suffix(GOLDEN_SUFFIX)?;
    let scenario = golden.with_file_name(format!("{name}.ron"));
    scenario.is_file().then_some(scenario)
}

/// The path relative to the current folder, if it is inside of it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    inside.unwrap_or_else(|| path.to_owned())
}
