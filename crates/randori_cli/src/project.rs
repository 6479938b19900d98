//! The project on disk: its root, its files, and which of them are meant.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use randori_core::diagnostic::{SourceMap, nearest};
use randori_core::text::outline::Outline;
use randori_core::text::{FileReader, ImportedRobot, Limits, ReadError, RobotImport};

use crate::console::Console;
use crate::exit::Outcome;

/// Where files are looked for, as far as the command line says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    /// The project's root; found from the files if it is left out.
    pub(crate) root: Option<PathBuf>,
    /// Folders that hold assets which are not part of the project.
    pub(crate) assets: Vec<PathBuf>,
}

impl Places {
    /// What the arguments say; assets without any are where `RANDORI_ASSETS`
    /// says.
    pub(crate) fn new(root: Option<PathBuf>, assets: Vec<PathBuf>) -> Self {
        let from_variable = || {
            let folders = std::env::var_os("RANDORI_ASSETS").unwrap_or_default();
            std::env::split_paths(&folders).filter(|p| !p.as_os_str().is_empty()).collect()
        };
        Self { root, assets: if assets.is_empty() { from_variable() } else { assets } }
    }

    /// The arguments that say the same again.
    pub(crate) fn words(&self) -> Vec<String> {
        let root = self.root.iter().map(|root| ("--root", root));
        let places = root.chain(self.assets.iter().map(|folder| ("--assets", folder)));
        places
            .flat_map(|(option, folder)| [option.to_owned(), folder.display().to_string()])
            .collect()
    }

    /// The project that holds the current folder.
    pub(crate) fn current_project(&self) -> Result<Project, SelectError> {
        self.project(Path::new("."))
    }

    /// The project that holds `file`.
    fn project(&self, file: &Path) -> Result<Project, SelectError> {
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

/// A folder with scenarios and assets. Nothing outside of it and of the asset
/// folders that the person has named is ever read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Project {
    root: PathBuf,
    /// Folders where `assets:` files are looked for that the project lacks.
    assets: Vec<PathBuf>,
    /// What its files may ask for.
    pub(crate) limits: Limits,
}

/// A file that somebody named, in its project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectedFile {
    /// The project that it belongs to.
    pub(crate) project: Project,
    /// Its path from the project's root.
    pub(crate) path: String,
    /// Its path as one would type it here.
    pub(crate) shown: String,
    /// Whether it was found in a folder, rather than named itself.
    pub(crate) in_folder: bool,
}

/// A reason why a selection names nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SelectError {
    /// There is no such file or folder; perhaps this one was meant.
    NotFound { path: PathBuf, similar: Option<PathBuf> },
    /// The folder holds no files of the kind.
    Empty { folder: PathBuf },
    /// The file lies outside the project.
    Outside { path: PathBuf, root: PathBuf },
    /// The system refused.
    Unreadable { path: PathBuf, error: String },
}

impl SelectError {
    /// Tells the person, and says how the command ends.
    pub(crate) fn report(&self, console: &Console) -> Outcome {
        match self {
            Self::NotFound { path, similar } => {
                console.error(&format!("there is no file `{}`", path.display()));
                if let Some(similar) = similar {
                    console.help(&format!("did you mean `{}`?", similar.display()));
                }
            }
            Self::Empty { folder } => {
                console.error(&format!("there are no scenario files in `{}`", folder.display()));
            }
            Self::Outside { path, root } => {
                let (path, root) = (path.display(), root.display());
                console.error(&format!("`{path}` does not lie in the project `{root}`"));
            }
            Self::Unreadable { path, error } => {
                console.error(&format!("`{}` cannot be read: {error}", path.display()));
            }
        }
        match self {
            Self::Empty { .. } => Outcome::NothingSelected,
            _ => Outcome::Usage,
        }
    }
}

impl Project {
    /// The project that holds `file`: the nearest folder above it with
    /// `assets` or `scenarios` in it, else the file's own folder.
    pub(crate) fn containing(file: &Path) -> io::Result<Self> {
        let file = std::path::absolute(file)?;
        let own_folder =
            if file.is_dir() { file.as_path() } else { file.parent().unwrap_or(&file) };
        let is_root =
            |folder: &&Path| folder.join("assets").is_dir() || folder.join("scenarios").is_dir();
        let root = own_folder.ancestors().find(is_root).unwrap_or(own_folder);
        Self::at(root)
    }

    /// The project with this root.
    pub(crate) fn at(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()?, assets: Vec::new(), limits: Limits::default() })
    }

    /// The folder, without symbolic links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Path of `file` from the root, with `/` between its parts.
    pub(crate) fn relative(&self, file: &Path) -> Option<String> {
        let file = file.canonicalize().ok()?;
        let inside = file.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = inside.components().map(|c| c.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }
}

impl Project {
    /// The file on disk, provided that it lies inside the root (or an asset
    /// folder) even after following symbolic links.
    fn find(&self, path: &str) -> Result<PathBuf, ReadError> {
        let relative = Path::new(path);
        if relative.components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(ReadError::Other("the path leaves the project".to_owned()));
        }
        let in_project = inside(&self.root, relative);
        let (Err(ReadError::NotFound), Ok(asset)) = (&in_project, relative.strip_prefix("assets"))
        else {
            return in_project;
        };
        let elsewhere = self.assets.iter().map(|folder| inside(folder, asset));
        elsewhere.into_iter().find(|found| *found != Err(ReadError::NotFound)).unwrap_or(in_project)
    }

    /// The file on disk, if it is not too large.
    fn find_file(&self, path: &str) -> Result<PathBuf, ReadError> {
        let real = self.find(path)?;
        let metadata = fs::metadata(&real).map_err(|error| read_error(&error))?;
        if !metadata.is_file() {
            return Err(ReadError::Other("it is not a file".to_owned()));
        }
        Ok(real)
    }

    fn check_size(real: &Path, limit: usize) -> Result<(), ReadError> {
        let size = fs::metadata(real).map_err(|error| read_error(&error))?.len();
        if size > limit as u64 { Err(ReadError::TooLarge { limit }) } else { Ok(()) }
    }
}

/// The real place of a file in a folder.
fn inside(folder: &Path, relative: &Path) -> Result<PathBuf, ReadError> {
    let real = folder.join(relative).canonicalize().map_err(|error| read_error(&error))?;
    if !real.starts_with(folder) {
        return Err(ReadError::Other("it is a link that leaves the project".to_owned()));
    }
    Ok(real)
}

fn read_error(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotFound,
        io::ErrorKind::InvalidData => ReadError::NotText,
        _ => ReadError::Other(error.to_string()),
    }
}

impl FileReader for Project {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        let real = self.find_file(path)?;
        Self::check_size(&real, self.limits.file_bytes)?;
        fs::read_to_string(&real).map_err(|error| read_error(&error))
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let real = self.find_file(path)?;
        Self::check_size(&real, self.limits.asset_bytes)?;
        fs::read(&real).map_err(|error| read_error(&error))
    }

    fn import_robot(&self, import: &RobotImport<'_>, sources: &mut SourceMap) -> ImportedRobot {
        randori_import::import_robot(self, import, sources)
    }

    /// The path as one would type it in the current folder.
    fn shown(&self, path: &str) -> String {
        let full = self.find(path).unwrap_or_else(|_| self.root.join(path));
        let shown = std::env::current_dir().ok().and_then(|here| from_here(&here, &full));
        shown.unwrap_or(full).display().to_string()
    }
}

/// The path from the folder `here` to `full`, if one leads there without
/// climbing far.
fn from_here(here: &Path, full: &Path) -> Option<PathBuf> {
    let common =
        here.components().zip(full.components()).take_while(|(here, full)| here == full).count();
    let up = here.components().count() - common;
    let down = full.components().skip(common);
    // The root folder alone is no kinship.
    (up == 0 || (up <= 3 && common > 1))
        .then(|| std::iter::repeat_n(Component::ParentDir, up).chain(down).collect())
}

impl SelectedFile {
    /// The word that the file starts with: `Scenario`, `Robot`, `Environment`.
    pub(crate) fn kind(&self) -> Option<String> {
        let text = self.project.read(&self.path).ok()?;
        let outline = Outline::scan(&text, self.project.limits.nesting);
        outline.kind(&text).map(|(_, name)| name.to_owned())
    }
}

/// All scenario files that are meant, each once, in the order in which they
/// were named. Robots and environments in a named folder are left out; a file
/// that is itself named is taken to be a scenario.
///
/// # Errors
/// For the first name that stands for nothing.
pub(crate) fn select_scenarios(
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

/// All files that are meant, each once, in the order in which they were named.
///
/// # Errors
/// For the first name that stands for nothing.
pub(crate) fn select_all(
    named: &[PathBuf],
    places: &Places,
) -> Result<Vec<SelectedFile>, SelectError> {
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

/// The RON files that `named` stands for: a file itself (its extension may be
/// left out), or all files below a folder in alphabetical order.
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
    Err(SelectError::NotFound { path: named.to_path_buf(), similar: similar_file(named) })
}

/// Whether a file holds what a scenario is expected to give, rather than
/// something that can be run.
pub(crate) fn is_golden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(b".golden.ron"))
}

/// How deep folders are searched.
const MAX_DEPTH: usize = 8;

/// All goldens below a folder, in alphabetical order.
///
/// # Errors
/// When the system refuses.
pub(crate) fn goldens_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
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
        // Links to folders are not followed: they could form a circle.
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

/// The file with the most similar name in the nearest folder above that exists.
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
    use super::*;

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir_all(folder.path().join("scenarios/courier")).expect("a folder");
        fs::write(folder.path().join("scenarios/courier/flat.ron"), "Scenario()").expect("a file");
        folder
    }

    #[test]
    fn the_root_is_found_from_a_file_inside() {
        let folder = project();

        let found = Project::containing(&folder.path().join("scenarios/courier/flat.ron"))
            .expect("an existing folder");

        assert_eq!(found.root(), folder.path().canonicalize().expect("exists"));
    }

    #[test]
    fn a_misspelt_file_gets_a_suggestion() {
        let folder = project();
        let wanted = folder.path().join("scenarios/courier/flaat.ron");

        let error = select(&wanted).expect_err("no such file");

        let similar = Some(folder.path().join("scenarios/courier/flat.ron"));
        assert_eq!(error, SelectError::NotFound { path: wanted, similar });
    }

    #[test]
    fn the_extension_may_be_left_out() {
        let folder = project();

        let files = select(&folder.path().join("scenarios/courier/flat")).expect("found");

        assert_eq!(files, [folder.path().join("scenarios/courier/flat.ron")]);
    }

    #[test]
    fn nothing_outside_the_root_is_read() {
        let folder = project();
        let inside = Project::at(&folder.path().join("scenarios")).expect("exists");
        fs::write(folder.path().join("secret.ron"), "secret").expect("a file");

        assert!(inside.read("../secret.ron").is_err());
        assert!(inside.read("/etc/hostname").is_err());
        assert_eq!(inside.read("courier/flat.ron").as_deref(), Ok("Scenario()"));
        assert_eq!(inside.read("courier/flut.ron"), Err(ReadError::NotFound));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_cannot_lead_outside() {
        let folder = project();
        let inside = Project::at(&folder.path().join("scenarios")).expect("exists");
        fs::write(folder.path().join("secret.ron"), "secret").expect("a file");
        std::os::unix::fs::symlink(
            folder.path().join("secret.ron"),
            folder.path().join("scenarios/link.ron"),
        )
        .expect("a link");

        assert!(inside.read("link.ron").is_err());
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

    #[test]
    fn paths_are_shown_as_one_would_type_them() {
        let full = Path::new("/home/kim/randori/scenarios/x.ron");
        let shown = |here: &str| from_here(Path::new(here), full).map(|p| p.display().to_string());

        assert_eq!(shown("/home/kim/randori").as_deref(), Some("scenarios/x.ron"));
        assert_eq!(shown("/home/kim/randori/docs").as_deref(), Some("../scenarios/x.ron"));
        assert_eq!(shown("/var/log"), None);
    }
}
