//! Atomic file replacement.

use std::fs::{self, File, OpenOptions, Permissions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::place::plain_file;

/// Maximum number of names to try; even the second one is rarely needed.
const MAX_NAMES: usize = 100;

/// A file that replaces its target when it is complete. Dropped earlier, it is removed, and the
/// target remains. A killed program leaves the target unchanged, and a hidden file
/// `.randori-*.part` beside it.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    path: PathBuf,
    file: File,
    is_finished: bool,
}

impl Draft {
    /// Creates a draft beside `target`, which must be a regular file or absent.
    ///
    /// # Errors
    /// When the target is anything else or write-protected, or the system refuses.
    pub fn create(target: &Path) -> io::Result<Self> {
        let permissions = replaceable(target)?;
        let (path, file) = new_beside(target, draft_name)?;
        let draft = Self { target: target.to_owned(), path, file, is_finished: false };
        if let Some(permissions) = permissions {
            draft.file.set_permissions(permissions)?;
        }
        Ok(draft)
    }

    /// Replaces the target with the draft, which must be complete.
    ///
    /// # Errors
    /// When the system refuses; the target is then unchanged.
    pub fn finish(mut self) -> io::Result<()> {
        replaceable(&self.target)?;
        self.file.sync_all()?;
        fs::rename(&self.path, &self.target)?;
        self.is_finished = true;
        sync_folder(&self.target);
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_finished {
            // A file that cannot be removed is hidden and harmless.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes a complete file, and replaces an existing one atomically.
///
/// # Errors
/// As for [`Draft`]; the target is then unchanged.
pub fn replace(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut draft = Draft::create(target)?;
    draft.write_all(bytes)?;
    draft.finish()
}

/// A path for a program to write a file that then replaces `target`: an unpredictable name in the
/// same folder.
pub fn draft_beside(target: &Path) -> PathBuf {
    target.with_file_name(draft_name(random(target)))
}

fn draft_name(random: u64) -> String {
    format!(".randori-{random:016x}.part")
}

/// An unpredictable number: the keys of the hasher come from the system's random number generator.
fn random(target: &Path) -> u64 {
    RandomState::new().hash_one(target)
}

/// Creates a new file in the folder of `target`, with an unpredictable random name. It is never
/// opened through a link.
///
/// # Errors
/// When the system refuses.
pub fn new_beside(target: &Path, name: impl Fn(u64) -> String) -> io::Result<(PathBuf, File)> {
    for _ in 0..MAX_NAMES {
        let path = target.with_file_name(name(random(target)));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return Ok((path, opened?)),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "no name beside it is free"))
}

/// The permissions of the file to be replaced, if it exists.
fn replaceable(target: &Path) -> io::Result<Option<Permissions>> {
    let permissions = plain_file(target)?.map(|metadata| metadata.permissions());
    if permissions.as_ref().is_some_and(Permissions::readonly) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    Ok(permissions)
}

/// Makes the renaming of a file durable across a power failure, where the system supports it.
fn sync_folder(file: &Path) {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder");
        let names = entries.map(|it| it.expect("an entry").file_name());
        names.map(|it| it.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_when_the_new_one_is_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("table.csv");
        fs::write(&target, "old").expect("a file");

        let mut draft = Draft::create(&target).expect("a draft");
        draft.write_all(b"new").expect("written");
        assert_eq!(fs::read(&target).expect("still there"), b"old");
        draft.finish().expect("in place");

        assert_eq!(fs::read(&target).expect("replaced"), b"new");
        assert_eq!(names(folder.path()), ["table.csv"]);
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("table.csv");

        drop(Draft::create(&target).expect("a draft"));

        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_followed_nor_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (precious, target) = (folder.path().join("precious"), folder.path().join("x.ron"));
        fs::write(&precious, "mine").expect("a file");
        std::os::unix::fs::symlink(&precious, &target).expect("a link");

        assert!(replace(&target, b"new").is_err());

        assert_eq!(fs::read(&precious).expect("still there"), b"mine");
        assert!(target.is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_write_protection_counts() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("x.ron");
        let mode = || fs::metadata(&target).expect("a file").permissions().mode() & 0o777;
        fs::write(&target, "old").expect("a file");

        fs::set_permissions(&target, Permissions::from_mode(0o640)).expect("allowed");
        replace(&target, b"new").expect("written");
        assert_eq!(mode(), 0o640);

        fs::set_permissions(&target, Permissions::from_mode(0o440)).expect("allowed");
        assert!(replace(&target, b"newer").is_err());
        assert_eq!(fs::read(&target).expect("still there"), b"new");
    }
}
