//! Output of a command: to a file, or to standard output.
//!
//! A file is written beside its target and replaces it when it is complete.

use std::fs;
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use randori_project::files::{Draft, is_standard_output};
use randori_project::overwrite::holds_something_else;

use crate::console::Console;
use crate::text::text;

/// A file, or standard output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Output {
    /// Written `-` (or `/dev/stdout`).
    Stdout,
    /// This file.
    File(PathBuf),
}

/// The reason why nothing was written: message and advice.
#[derive(Debug)]
pub(crate) struct Unwritable {
    message: String,
    help: Option<String>,
}

/// An output in progress. If it is dropped before [`finish`](Self::finish), the
/// partial file is removed, and an existing file stays.
#[derive(Debug)]
pub(crate) enum Unfinished {
    Stdout(BufWriter<Stdout>),
    File(BufWriter<Draft>),
}

impl Output {
    /// The requested output, otherwise the file `otherwise`.
    pub(crate) fn new(asked: Option<&Path>, otherwise: PathBuf) -> Self {
        asked.map_or(Self::File(otherwise), Self::named)
    }

    /// The requested output.
    pub(crate) fn named(asked: &Path) -> Self {
        if is_standard_output(asked) { Self::Stdout } else { Self::File(asked.to_owned()) }
    }

    /// Opens it for writing. A file is overwritten only if it begins with `own`,
    /// the magic bytes of its kind.
    ///
    /// # Errors
    /// When the system refuses, or the path holds anything else.
    pub(crate) fn create(&self, own: &[u8], kind: &str) -> Result<Unfinished, Unwritable> {
        let Self::File(path) = self else {
            return Ok(Unfinished::Stdout(BufWriter::new(io::stdout())));
        };
        if holds_something_else(path, own).map_err(|error| self.refused(&error))? {
            return Err(Unwritable {
                message: format!("`{}` exists, and is not {kind} of randori", path.display()),
                help: Some("name another file with `-o`".to_owned()),
            });
        }
        let draft = Draft::create(path).map_err(|error| self.refused(&error))?;
        Ok(Unfinished::File(BufWriter::new(draft)))
    }

    /// Writes the whole output.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub(crate) fn write(&self, own: &[u8], kind: &str, text: &str) -> Result<(), Unwritable> {
        let mut out = self.create(own, kind)?;
        let written = out.write_all(text.as_bytes()).and_then(|()| out.finish());
        written.map_err(|error| self.refused(&error))
    }

    /// The system error of the write.
    pub(crate) fn refused(&self, error: &io::Error) -> Unwritable {
        let name = match self {
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => format!("`{}`", path.display()),
        };
        Unwritable { message: format!("{name} cannot be written: {error}"), help: None }
    }

    /// Prints the path and size of the result.
    pub(crate) fn tell(&self, console: &Console) {
        let Self::File(path) = self else { return };
        let bytes = fs::metadata(path).map_or(0, |file| file.len());
        let size = match bytes {
            0..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
            _ => format!("{:.1} MB", bytes as f64 / 1e6),
        };
        console.note(&text!("wrote {} ({})\n", path.display(), size));
    }
}

impl Unfinished {
    /// Completes it: a file replaces its target.
    ///
    /// # Errors
    /// When the system refuses; an existing file stays.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut out) => out.flush(),
            Self::File(out) => out.into_inner().map_err(io::IntoInnerError::into_error)?.finish(),
        }
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(out) => out.flush(),
        }
    }
}

impl Unwritable {
    /// Prints it.
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
        assert_eq!(Output::named(Path::new("/dev/stdout")), Output::Stdout);
        assert_eq!(Output::new(None, beside.clone()), Output::File(beside));
    }
}
