//! Where a command puts what it makes: a file, or standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use randori_project::overwrite::holds_something_else;

use crate::console::Console;

/// A file, or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    /// Written `-`.
    Stdout,
    /// This file.
    File(PathBuf),
}

/// Why nothing was written, for people: message and advice.
#[derive(Debug)]
pub(crate) struct Unwritable {
    message: String,
    help: Option<String>,
}

impl Output {
    /// What was asked for, else the file `otherwise`.
    pub(crate) fn new(asked: Option<&Path>, otherwise: PathBuf) -> Self {
        match asked {
            Some(path) if path == Path::new("-") => Self::Stdout,
            Some(path) => Self::File(path.to_owned()),
            None => Self::File(otherwise),
        }
    }

    /// Opens it for writing. A file is overwritten only if it begins with
    /// `own`, the bytes with which its kind begins.
    ///
    /// # Errors
    /// When the system refuses, or something else is in the file.
    pub(crate) fn create(
        &self,
        own: &[u8],
        kind: &str,
    ) -> Result<Box<dyn Write + Send>, Unwritable> {
        let Self::File(path) = self else { return Ok(Box::new(BufWriter::new(io::stdout()))) };
        if holds_something_else(path, own).map_err(|error| self.refused(&error))? {
            return Err(Unwritable {
                message: format!("`{}` exists, and is not {kind} of randori", path.display()),
                help: Some("name another file with `-o`".to_owned()),
            });
        }
        let file = File::create(path).map_err(|error| self.refused(&error))?;
        Ok(Box::new(BufWriter::new(file)))
    }

    /// What the system said when it was written.
    pub(crate) fn refused(&self, error: &io::Error) -> Unwritable {
        let name = match self {
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => format!("`{}`", path.display()),
        };
        Unwritable { message: format!("{name} cannot be written: {error}"), help: None }
    }

    /// Says where the result is, and how large.
    pub(crate) fn tell(&self, console: &Console) {
        let Self::File(path) = self else { return };
        let bytes = fs::metadata(path).map_or(0, |file| file.len());
        let size = match bytes {
            0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
            _ => format!("{:.1} MB", bytes as f64 / 1e6),
        };
        let path = crate::style::clean(&path.display().to_string());
        console.note(&format!("wrote {path} ({size})\n"));
    }
}

impl Unwritable {
    /// Tells people.
    pub(crate) fn tell(&self, console: &Console) {
        console.error(&self.message);
        if let Some(help) = &self.help {
            console.help(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_same_kind_are_overwritten() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("page.html");
        let output = Output::new(Some(&path), PathBuf::new());
        fs::write(&path, "tick,mine").expect("a file");

        assert!(output.create(b"<!DOCTYPE", "a page").is_err());
        assert_eq!(fs::read(&path).expect("still there"), b"tick,mine");
        assert!(output.create(b"tick,", "a table").is_ok());
    }

    #[test]
    fn a_dash_is_standard_output() {
        let beside = PathBuf::from("run.html");

        assert_eq!(Output::new(Some(Path::new("-")), beside.clone()), Output::Stdout);
        assert_eq!(Output::new(None, beside.clone()), Output::File(beside));
    }
}
