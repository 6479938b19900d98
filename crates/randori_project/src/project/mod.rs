//! The project on disk: its root, its files, and their selection.

mod places;
mod select;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use randori_core::diagnostic::SourceMap;
use randori_core::text::{FileReader, ImportedRobot, Limits, ReadError, RobotImport};
use randori_policy::EnvVar;

use crate::files::{kind_unless_file, read_bytes};

pub use places::Places;
pub use select::{
    SelectError, SelectedFile, goldens_below, is_golden, select_all, select_scenarios,
    select_scenarios_around,
};

/// A folder with scenarios and assets. Nothing outside of it and of the asset folders given by the
/// user is ever read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    root: PathBuf,
    /// Search folders for `assets:` files that the project lacks.
    assets: Vec<PathBuf>,
    /// Limits on the resources that its files may request.
    pub limits: Limits,
    /// Additional environment variables for its policies.
    pub policy_env: Vec<EnvVar>,
}

impl Project {
    /// The project that contains `file`: the nearest ancestor folder with `assets` or `scenarios`
    /// in it, else the file's own folder.
    ///
    /// # Errors
    /// When the system cannot resolve the real path.
    pub fn containing(file: &Path) -> io::Result<Self> {
        let file = std::path::absolute(file)?;
        let own_folder =
            if file.is_dir() { file.as_path() } else { file.parent().unwrap_or(&file) };
        let is_root =
            |folder: &&Path| folder.join("assets").is_dir() || folder.join("scenarios").is_dir();
        let root = own_folder.ancestors().find(is_root).unwrap_or(own_folder);
        Self::at(root)
    }

    /// The project with this root.
    ///
    /// # Errors
    /// When the system cannot resolve the real path.
    pub fn at(root: &Path) -> io::Result<Self> {
        Ok(Self {
            root: root.canonicalize()?,
            assets: Vec::new(),
            limits: Limits::default(),
            policy_env: Vec::new(),
        })
    }

    /// The folder, without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Path of `file` from the root, with `/` between its parts.
    pub fn relative(&self, file: &Path) -> Option<String> {
        let file = file.canonicalize().ok()?;
        let inside = file.strip_prefix(&self.root).ok()?;
        let parts: Vec<_> = inside.components().map(|c| c.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }

    /// The real path of a file, for instance to detect changes; `None` if the project has no such
    /// file or may not read it.
    pub fn on_disk(&self, path: &str) -> Option<PathBuf> {
        self.find_file(path).ok()
    }

    /// The path at which a file is expected, existing or not.
    pub fn candidates(&self, path: &str) -> impl Iterator<Item = PathBuf> {
        let asset = path.strip_prefix("assets/");
        let elsewhere = self.assets.iter().filter_map(move |folder| Some(folder.join(asset?)));
        std::iter::once(self.root.join(path)).chain(elsewhere)
    }
}

impl Project {
    /// The file on disk, provided that it is inside the root (or an asset folder) even after
    /// resolving symbolic links.
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
        match kind_unless_file(metadata.file_type()) {
            None => Ok(real),
            Some(kind) => Err(ReadError::Other(format!("it is {kind}, not a file"))),
        }
    }

    /// The bytes of a file of at most `limit` bytes.
    fn read_up_to(&self, path: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        let real = self.find_file(path)?;
        read_bytes(&real, limit).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => ReadError::TooLarge { limit },
            _ => read_error(&error),
        })
    }

    /// A text that is not part of a scenario, such as a golden; the size limit is that of assets.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_long_text(&self, path: &str) -> Result<String, ReadError> {
        let bytes = self.read_up_to(path, self.limits.asset_bytes)?;
        String::from_utf8(bytes).map_err(|_| ReadError::NotText)
    }
}

/// The real path of a file in a folder.
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
        let bytes = self.read_up_to(path, self.limits.file_bytes)?;
        String::from_utf8(bytes).map_err(|error| {
            let is_wide = error.as_bytes().starts_with(&[0xff, 0xfe])
                || error.as_bytes().starts_with(&[0xfe, 0xff]);
            if is_wide { ReadError::Utf16 } else { ReadError::NotText }
        })
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read_up_to(path, self.limits.asset_bytes)
    }

    fn existing(&self, path: &str) -> Option<String> {
        if self.find_file(path).is_ok() {
            return Some(path.to_owned());
        }
        if Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
            return None;
        }
        let mut found = String::new();
        for part in path.split('/') {
            let folder = self.root.join(&found);
            let known = folder.join(part).exists().then(|| part.to_owned());
            let name = known.or_else(|| similar_name(&folder, part))?;
            if !found.is_empty() {
                found.push('/');
            }
            found.push_str(&name);
        }
        // Links that leave the project are not part of it.
        self.find_file(&found).is_ok().then_some(found)
    }

    fn import_robot(&self, import: &RobotImport<'_>, sources: &mut SourceMap) -> ImportedRobot {
        randori_import::import_robot(self, import, sources)
    }

    /// The path relative to the current folder, as a user would type it.
    fn shown(&self, path: &str) -> String {
        let full = self.find(path).unwrap_or_else(|_| self.root.join(path));
        let shown = std::env::current_dir().ok().and_then(|here| from_here(&here, &full));
        shown.unwrap_or(full).display().to_string()
    }
}

/// The first name in a folder that differs from `name` only in case.
fn similar_name(folder: &Path, name: &str) -> Option<String> {
    let names =
        fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names.filter(|other| other.eq_ignore_ascii_case(name)).min()
}

/// The relative path from the folder `here` to `full`, if it needs only a few parent steps.
fn from_here(here: &Path, full: &Path) -> Option<PathBuf> {
    let common =
        here.components().zip(full.components()).take_while(|(here, full)| here == full).count();
    let up = here.components().count() - common;
    let down = full.components().skip(common);
    // A common root folder alone does not count.
    (up == 0 || (up <= 3 && common > 1))
        .then(|| std::iter::repeat_n(Component::ParentDir, up).chain(down).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn project() -> tempfile::TempDir {
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
    fn nothing_outside_the_root_is_read() {
        let folder = project();
        let inside = Project::at(&folder.path().join("scenarios")).expect("exists");
        fs::write(folder.path().join("secret.ron"), "secret").expect("a file");

        assert!(inside.read("../secret.ron").is_err());
        assert!(inside.read("/etc/hostname").is_err());
        assert_eq!(inside.read("courier/flat.ron").as_deref(), Ok("Scenario()"));
        assert_eq!(inside.read("courier/flut.ron"), Err(ReadError::NotFound));
        assert_eq!(inside.on_disk("../secret.ron"), None);
        assert!(inside.on_disk("courier/flat.ron").is_some_and(|path| path.is_absolute()));
    }

    #[test]
    fn a_file_is_found_whatever_its_capitals() {
        let folder = project();
        let inside = Project::at(folder.path()).expect("exists");

        let found = inside.existing("Scenarios/Courier/FLAT.ron");

        assert_eq!(found.as_deref(), Some("scenarios/courier/flat.ron"));
        assert_eq!(inside.existing("scenarios/courier/flut.ron"), None);
        assert_eq!(inside.existing("../x"), None);
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
    fn paths_are_shown_as_one_would_type_them() {
        let full = Path::new("/home/kim/randori/scenarios/x.ron");
        let shown = |here: &str| from_here(Path::new(here), full).map(|p| p.display().to_string());

        assert_eq!(shown("/home/kim/randori").as_deref(), Some("scenarios/x.ron"));
        assert_eq!(shown("/home/kim/randori/docs").as_deref(), Some("../scenarios/x.ron"));
        assert_eq!(shown("/var/log"), None);
    }
}
