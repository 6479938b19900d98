//! Tracks the files that a scenario is loaded from.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use randori_core::diagnostic::SourceMap;
use randori_core::text::{FileReader, ImportedRobot, ReadError, RobotImport};
use randori_record::header::bytes_digest;

use crate::project::Project;

/// SHA-256 of files, hexadecimal, by their path from the project root.
pub type FileDigests = BTreeMap<String, String>;

/// A project that records each file read from it.
#[derive(Debug)]
pub struct Reading<'a> {
    project: &'a Project,
    digests: RefCell<FileDigests>,
    missing: RefCell<BTreeSet<String>>,
}

impl<'a> Reading<'a> {
    /// An empty list of files.
    pub fn new(project: &'a Project) -> Self {
        Self { project, digests: RefCell::default(), missing: RefCell::default() }
    }

    /// The files read so far.
    pub fn into_digests(self) -> FileDigests {
        self.digests.into_inner()
    }

    /// The missing files that were requested, by path from the project root.
    pub fn missing(&self) -> BTreeSet<String> {
        self.missing.borrow().clone()
    }

    fn note(&self, path: &str, bytes: &[u8]) {
        self.digests.borrow_mut().insert(path.to_owned(), bytes_digest(bytes));
    }

    fn note_missing(&self, path: &str, error: &ReadError) {
        if *error == ReadError::NotFound {
            self.missing.borrow_mut().insert(path.to_owned());
        }
    }
}

impl FileReader for Reading<'_> {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        let text = self.project.read(path).inspect_err(|error| self.note_missing(path, error))?;
        self.note(path, text.as_bytes());
        Ok(text)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes =
            self.project.read_bytes(path).inspect_err(|error| self.note_missing(path, error))?;
        self.note(path, &bytes);
        Ok(bytes)
    }

    fn existing(&self, path: &str) -> Option<String> {
        self.project.existing(path)
    }

    fn import_robot(&self, import: &RobotImport<'_>, sources: &mut SourceMap) -> ImportedRobot {
        randori_import::import_robot(self, import, sources)
    }

    fn shown(&self, path: &str) -> String {
        self.project.shown(path)
    }
}
