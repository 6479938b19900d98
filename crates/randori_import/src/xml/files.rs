//! Reading the files of one import, within limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, FileId, Label, SourceMap, Span};
use randori_core::text::{FileReader, Limits, ReadError, is_git_lfs_pointer};

use super::Tree;
use super::assembly::Assembly;
use super::encoding;
use crate::mesh::Mesh;
use crate::paths;
use crate::recognise::{self, Foreign, by_content};
use crate::report::{Entry, ImportStatus};

/// Limit on the total size of meshes relative to that of one.
const ASSETS_READ: usize = 4;

/// Reader, limits and diagnostics of one import.
pub(crate) struct Files<'f> {
    pub(crate) reader: &'f dyn FileReader,
    pub(crate) limits: &'f Limits,
    pub(crate) sources: &'f mut SourceMap,
    pub(crate) found: Vec<Diagnostic>,
    /// Lines of the report about texts.
    pub(crate) remarks: Vec<Entry>,
    /// Position of the `import:`, if there is one.
    pub(crate) named_at: Option<Span>,
    /// Files that were not read because they are outside of the reader's root, relative to
    /// it.
    pub(crate) outside: BTreeSet<String>,
    /// Folders of the expanded include files.
    included: BTreeMap<FileId, String>,
    /// Cache of the existence of searched files.
    exists: BTreeMap<String, bool>,
    total_bytes: usize,
    asset_bytes: usize,
    count: usize,
    main: String,
}

impl<'f> Files<'f> {
    pub(crate) fn new(
        reader: &'f dyn FileReader,
        limits: &'f Limits,
        sources: &'f mut SourceMap,
        named_at: Option<Span>,
    ) -> Self {
        Self {
            reader,
            limits,
            sources,
            found: Vec::new(),
            remarks: Vec::new(),
            named_at,
            outside: BTreeSet::new(),
            included: BTreeMap::new(),
            exists: BTreeMap::new(),
            total_bytes: 0,
            asset_bytes: 0,
            count: 0,
            main: String::new(),
        }
    }

    /// Path of the document from the root of the reader.
    pub(crate) fn main(&self) -> &str {
        &self.main
    }

    /// Path of the document for the user.
    pub(crate) fn shown_main(&self) -> String {
        self.reader.shown(&self.main)
    }

    /// The document at `path` with its include files; `None` with a diagnostic.
    pub(crate) fn document(&mut self, path: &str) -> Option<Tree> {
        path.clone_into(&mut self.main);
        Assembly::document(self, path)
    }

    /// A document referenced at a position of the main one, with its include files.
    pub(crate) fn part(&mut self, path: &str, named_at: Span) -> Option<Tree> {
        let main = std::mem::take(&mut self.main);
        let before = self.named_at.replace(named_at);
        let tree = self.document(path);
        (self.main, self.named_at) = (main, before);
        tree
    }

    /// The bytes of a binary file, or the reason for an error.
    pub(crate) fn bytes(&mut self, path: &str) -> Result<Vec<u8>, String> {
        self.count += 1;
        let bytes = self.reader.read_bytes(path).map_err(|error| error.to_string())?;
        // A mesh file is many times larger than the text that refers to it.
        let limit = self.limits.file_bytes.saturating_mul(16);
        if bytes.len() > limit {
            return Err(format!("it is larger than {limit} bytes"));
        }
        // A text can refer to a large file many times.
        let limit = self.limits.asset_bytes.saturating_mul(ASSETS_READ);
        self.asset_bytes = self.asset_bytes.saturating_add(bytes.len());
        if self.asset_bytes > limit {
            return Err(format!("all meshes together are larger than {limit} bytes"));
        }
        if is_git_lfs_pointer(&bytes) {
            return Err(recognise::LFS_POINTER.to_owned());
        }
        Ok(bytes)
    }

    /// The mesh in the bytes of the file at a path, and the number of triangles of
    /// its first object. Its data can be in files beside it.
    ///
    /// # Errors
    /// The reason, if there is no such mesh.
    pub(crate) fn mesh(&mut self, path: &str, bytes: &[u8]) -> Result<(Mesh, usize), String> {
        Mesh::read_parts(path, bytes, &mut |named| {
            let written = paths::Written::of(named)?;
            if !written.is_local {
                return Err("it is not in the folder of the mesh".to_owned());
            }
            self.bytes(&paths::resolve(paths::folder(path), &written.path)?)
        })
    }

    /// The path of an existing file, compared without regard to case.
    pub(crate) fn existing(&self, path: &str) -> Option<String> {
        self.reader.existing(path)
    }

    /// The path of a referenced file: `path`, or, if there is no such file and the text was
    /// included, relative to the folder of that text. `MuJoCo` searches in this order.
    pub(crate) fn or_beside(
        &mut self,
        path: Result<String, &'static str>,
        named: &str,
        text: FileId,
    ) -> Result<String, &'static str> {
        let own_folder = self.included.get(&text);
        let beside = own_folder.and_then(|folder| paths::resolve(folder, named).ok());
        match beside {
            Some(beside)
                if !path.as_ref().is_ok_and(|path| self.exists(path)) && self.exists(&beside) =>
            {
                Ok(beside)
            }
            _ => path,
        }
    }

    fn exists(&mut self, path: &str) -> bool {
        if let Some(known) = self.exists.get(path) {
            return *known;
        }
        let exists = self.reader.read_bytes(path) != Err(ReadError::NotFound);
        self.exists.insert(path.to_owned(), exists);
        exists
    }

    /// Records that a text was included.
    pub(super) fn is_included(&mut self, text: FileId, path: &str) {
        self.included.insert(text, paths::folder(path).to_owned());
    }

    /// Adds a line to the report.
    pub(super) fn remark(
        &mut self,
        kind: ImportStatus,
        place: Option<Span>,
        what: String,
        advice: Option<&str>,
    ) {
        let (element, advice) = (String::new(), advice.map(str::to_owned));
        self.remarks.push(Entry { kind, what, element, place, advice, is_doubtful: true });
    }

    pub(super) fn text(&mut self, path: &str, at: Option<Span>) -> Option<(FileId, Arc<str>)> {
        match self.read(path) {
            Ok((text, remark)) => {
                let text: Arc<str> = text.into();
                let file = self.sources.add(self.reader.shown(path), Arc::clone(&text));
                if let Some(remark) = remark {
                    let place = Span::new(file, 0..0);
                    let advice = Some("save it as UTF-8");
                    self.remark(ImportStatus::Approximated, Some(place), remark, advice);
                }
                Some((file, text))
            }
            Err(mut error) => {
                error.primary = at.map(|place| Label::new(place, "named here"));
                self.found.push(*error);
                None
            }
        }
    }

    /// A text, and a warning about its encoding.
    fn read(&mut self, path: &str) -> Result<(String, Option<String>), Box<Diagnostic>> {
        let shown = self.reader.shown(path);
        let exceeded = |message: String, name: &str| {
            Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                .help(format!("raise the limit with `--limit {name}=N`"))
        };
        self.count += 1;
        if self.count > self.limits.files {
            let message = format!("the import needs more than {} files", self.limits.files);
            return Err(exceeded(message, "files").into());
        }
        let foreign = |found: Foreign| {
            let message = format!("`{shown}` cannot be read: {}", found.what);
            Diagnostic::error(DiagnosticCode::MALFORMED_XML, message).help(found.help)
        };
        let (text, remark) = match self.decoded(path) {
            Ok(Ok(read)) => read,
            Ok(Err(found)) => return Err(foreign(found).into()),
            Err(error) => {
                let message = format!("`{shown}` cannot be read: {error}");
                let help = if matches!(error, ReadError::TooLarge { .. }) {
                    "raise the limit with `--limit file_bytes=N`"
                } else {
                    "check the path; paths of include files are relative to the folder of the main file"
                };
                return Err(Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message)
                    .help(help)
                    .into());
            }
        };
        self.total_bytes += text.len();
        let limits = [
            (text.len(), self.limits.file_bytes, "file_bytes"),
            (self.total_bytes, self.limits.total_bytes, "total_bytes"),
        ];
        for (size, limit, name) in limits {
            if size > limit {
                let message =
                    format!("`{shown}`, or all files together, are larger than {limit} bytes");
                return Err(exceeded(message, name).into());
            }
        }
        Ok((text, remark))
    }

    /// The text of a file in any encoding, or the actual kind of the file.
    fn decoded(&self, path: &str) -> Result<Result<(String, Option<String>), Foreign>, ReadError> {
        let bytes = match self.reader.read(path) {
            Ok(text) if encoding::is_bare_utf16(text.as_bytes()) => text.into_bytes(),
            Ok(text) => return Ok(by_content(text.as_bytes()).map_or(Ok((text, None)), Err)),
            Err(ReadError::NotText) => self.reader.read_bytes(path)?,
            Err(error @ ReadError::TooLarge { .. }) => {
                // For example a compiled model, which is binary.
                let bytes = self.reader.read_bytes(path).unwrap_or_default();
                return by_content(&bytes).map(Err).ok_or(error);
            }
            Err(error) => return Err(error),
        };
        if bytes.len() > self.limits.file_bytes {
            return Err(ReadError::TooLarge { limit: self.limits.file_bytes });
        }
        if let Some(found) = by_content(&bytes) {
            return Ok(Err(found));
        }
        let read = encoding::decode(&bytes);
        if read.text.trim_end_matches('\0').contains('\0') {
            return Err(ReadError::NotText);
        }
        Ok(Ok((read.text, read.remark)))
    }
}
