//! Several files in one input.

use std::collections::BTreeMap;

use randori_core::diagnostic::Diagnostics;
use randori_core::text::{FileReader, Limits, ReadError};

/// The prefix of the name of a file, at the start of a line.
const SEPARATOR: &str = "=== ";

/// The files of an input: a line `=== NAME` starts the file of that name, and the
/// text before the first such line is the main file.
#[derive(Debug, Default)]
pub(crate) struct InputFiles(BTreeMap<String, Vec<u8>>);

impl InputFiles {
    pub(crate) fn parse(bytes: &[u8], main: &str) -> Self {
        let mut files = Self::default();
        let text = String::from_utf8_lossy(bytes);
        let mut name = main.to_owned();
        let mut content = String::new();
        for line in text.split_inclusive('\n') {
            if let Some(next) = line.strip_prefix(SEPARATOR) {
                files.insert(&name, content.as_bytes());
                next.trim().clone_into(&mut name);
                content.clear();
            } else {
                content.push_str(line);
            }
        }
        files.insert(&name, content.as_bytes());
        files
    }

    /// Adds a file; of several with one name, the first is kept.
    pub(crate) fn insert(&mut self, name: &str, content: &[u8]) {
        self.0.entry(name.to_owned()).or_insert_with(|| content.to_vec());
    }

    /// The text of a file that may be missing.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

impl FileReader for InputFiles {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::NotFound)
    }
}

/// Limits that keep one execution short.
pub(crate) fn limits() -> Limits {
    Limits { bodies: 50, joints_per_robot: 20, lidar_beams: 100, ..Limits::default() }
}

/// Renders diagnostics in every form: spans must be inside their texts.
pub(crate) fn render(findings: &Diagnostics) {
    let _ = (findings.human(true), findings.short(), findings.json());
}
