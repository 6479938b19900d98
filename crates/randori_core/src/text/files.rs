//! File access through a reader of the caller; this crate uses no file system.

use std::collections::BTreeMap;

use super::limits::Limits;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label, SourceMap, Span};
use crate::spec::ImportSpec;

/// A request for a robot file in another format.
#[derive(Debug, Clone, Copy)]
pub struct RobotImport<'i> {
    /// The import, as written.
    pub spec: &'i ImportSpec,
    /// Path of the file from the project root.
    pub path: &'i str,
    /// Limits on files.
    pub limits: &'i Limits,
    /// Position of the file's name.
    pub named_at: Span,
}

/// The result of an import.
#[derive(Debug, Clone, Default)]
pub struct ImportedRobot {
    /// The text of a `Robot(...)` file; absent if the import failed.
    pub text: Option<String>,
    /// Errors and warnings.
    pub found: Vec<Diagnostic>,
}

/// A source of files. The crate does not access files: the command line provides a reader of
/// the disk, tests use [`MemoryFiles`].
pub trait FileReader {
    /// The text of a file. `path` is relative to the project root, uses `/`,
    /// and holds neither `.` nor `..`.
    ///
    /// # Errors
    /// When there is no such file, or it is not text.
    fn read(&self, path: &str) -> Result<String, ReadError>;

    /// The bytes of a binary file, such as a mesh or a network. `path` is as for
    /// [`Self::read`].
    ///
    /// # Errors
    /// When there is no such file.
    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read(path).map(String::into_bytes)
    }

    /// The path of a file that exists: `path` itself, or one that differs from it only in
    /// case. By default a file exists if it can be read.
    fn existing(&self, path: &str) -> Option<String> {
        self.read_bytes(path).is_ok().then(|| path.to_owned())
    }

    /// Converts a robot file in another format to the text of a `Robot(...)` file. Texts for
    /// positions of diagnostics are added to `sources`. A reader without other formats returns
    /// an error.
    fn import_robot(&self, import: &RobotImport<'_>, sources: &mut SourceMap) -> ImportedRobot {
        let _ = sources;
        let message = format!("`{}` cannot be imported here", self.shown(import.path));
        let error = Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message)
            .primary(Label::new(import.named_at, "a robot file of another kind"));
        ImportedRobot { text: None, found: vec![error] }
    }

    /// The path of the file in diagnostics: by default its path from the project root.
    fn shown(&self, path: &str) -> String {
        path.to_owned()
    }
}

/// The reason why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such file.
    #[error("it does not exist")]
    NotFound,
    /// It is not UTF-8.
    #[error("it is not UTF-8 text")]
    NotText,
    /// It is UTF-16.
    #[error("it is UTF-16 text, not UTF-8")]
    Utf16,
    /// It is larger than the limit of the reader, so it was not read.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The largest accepted size.
        limit: usize,
    },
    /// Any other error, in the words of the operating system.
    #[error("{0}")]
    Other(String),
}

/// True for the pointer that Git LFS leaves in place of a large file until it has been
/// fetched.
pub fn is_git_lfs_pointer(bytes: &[u8]) -> bool {
    // Pointers are texts of three short lines.
    bytes.len() < 1024 && bytes.starts_with(b"version https://git-lfs.github.com/spec/")
}

/// Files in memory, by their path from the project root.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<String, String>,
}

impl MemoryFiles {
    /// These files.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        let files = files.into_iter().map(|(path, text)| (path.into(), text.into())).collect();
        Self { files }
    }

    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        self.files.insert(path.into(), text.into());
    }
}

impl FileReader for MemoryFiles {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }

    fn existing(&self, path: &str) -> Option<String> {
        let mut similar = self.files.keys().filter(|known| known.eq_ignore_ascii_case(path));
        self.files.get_key_value(path).map(|(known, _)| known).or_else(|| similar.next()).cloned()
    }
}

/// The path from the project root of `named`, as used in a file at `from`: relative to that
/// file's folder, or `assets:...`.
///
/// # Errors
/// A reason, when the path leaves the project or is invalid.
pub(crate) fn resolve_path(from: &str, named: &str) -> Result<String, &'static str> {
    let (folder, relative) = match named.strip_prefix("assets:") {
        Some(rest) => ("assets", rest),
        None => (from.rsplit_once('/').map_or("", |(folder, _)| folder), named),
    };
    if relative.is_empty() {
        return Err("the path is empty");
    }
    if relative.starts_with('/') {
        return Err("the path is absolute");
    }
    // Backslashes and colons are separators and drives on Windows.
    if relative.contains(['\\', ':']) || relative.contains(char::is_control) {
        return Err("the path contains a character that file names cannot have");
    }
    let mut parts: Vec<&str> = Vec::new();
    let floor = usize::from(named.starts_with("assets:"));
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.len() > floor => {
                parts.pop();
            }
            ".." => return Err("the path leaves the project"),
            name => parts.push(name),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        let from = "scenarios/courier/flat.ron";

        assert_eq!(resolve_path(from, "x.ron").as_deref(), Ok("scenarios/courier/x.ron"));
        assert_eq!(resolve_path(from, "./../../a/x.ron").as_deref(), Ok("a/x.ron"));
        assert_eq!(resolve_path(from, "assets:robots/x.ron").as_deref(), Ok("assets/robots/x.ron"));
    }

    #[test]
    fn a_git_lfs_pointer_is_told_from_a_file_that_mentions_one() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 84213\n";

        assert!(is_git_lfs_pointer(pointer));
        assert!(!is_git_lfs_pointer(b"# version https://git-lfs.github.com/spec/v1\n"));
        assert!(!is_git_lfs_pointer(b""));
    }

    #[test]
    fn no_path_leaves_the_project() {
        for named in [
            "",
            "/etc/passwd",
            "../../../x.ron",
            "assets:../x.ron",
            "assets:/x",
            "..\\x",
            "C:x",
            "assets:assets:x",
        ] {
            assert!(resolve_path("scenarios/a/b.ron", named).is_err(), "{named}");
        }
    }
}
