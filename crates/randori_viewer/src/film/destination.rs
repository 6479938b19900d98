//! Destinations of films and pictures: their kinds by extension, and protection of
//! existing files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};

use randori_project::files::{draft_beside, plain_file};

use super::FilmError;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One picture.
    Png,
    /// An animation that every browser shows; 256 colors.
    Gif,
    /// A video (H.264).
    Mp4,
    /// A video (VP9).
    Webm,
}

impl Kind {
    /// The kind for the extension of a path.
    ///
    /// # Errors
    /// If the extension is unknown.
    pub(crate) fn of(path: &Path) -> Result<Self, FilmError> {
        let extension = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("png") => Ok(Self::Png),
            Some("gif") => Ok(Self::Gif),
            Some("mp4") => Ok(Self::Mp4),
            Some("webm") => Ok(Self::Webm),
            _ => Err(FilmError::UnknownKind(path.to_owned())),
        }
    }

    /// Its name for messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Png => "a PNG picture",
            Self::Gif => "a GIF",
            Self::Mp4 => "an MP4 video",
            Self::Webm => "a WebM video",
        }
    }

    /// The magic bytes of its files, and their offset.
    fn magic(self) -> (usize, &'static [u8]) {
        match self {
            Self::Png => (0, b"\x89PNG\r\n\x1a\n"),
            Self::Gif => (0, b"GIF8"),
            Self::Mp4 => (4, b"ftyp"),
            Self::Webm => (0, b"\x1a\x45\xdf\xa3"),
        }
    }

    /// Fails if a file exists that is of another kind.
    ///
    /// # Errors
    /// In that case, or if it cannot be read.
    pub(crate) fn spare_others(self, path: &Path) -> Result<(), FilmError> {
        if self.is_something_else(path).map_err(|error| FilmError::io(path, error))? {
            return Err(FilmError::SomethingElse { path: path.to_owned(), kind: self.name() });
        }
        Ok(())
    }

    fn is_something_else(self, path: &Path) -> io::Result<bool> {
        // Links are not followed, and opening a named pipe would block.
        if plain_file(path)?.is_none() {
            return Ok(false);
        }
        let (skipped, own) = self.magic();
        let mut first = Vec::new();
        File::open(path)?.take((skipped + own.len()) as u64).read_to_end(&mut first)?;
        Ok(!first.is_empty() && first.get(skipped..) != Some(own))
    }
}

/// A file that is moved to its place when complete, and removed if dropped before.
pub(super) struct Unfinished {
    path: PathBuf,
    part: PathBuf,
}

impl Unfinished {
    /// An unfinished file of a kind; its destination must hold no file of another kind.
    ///
    /// # Errors
    /// If a file of another kind exists there.
    pub(super) fn new(path: &Path, kind: Kind) -> Result<Self, FilmError> {
        kind.spare_others(path)?;
        Ok(Self { path: path.to_owned(), part: draft_beside(path) })
    }

    /// The destination.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The temporary file.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// Creates the temporary file.
    ///
    /// # Errors
    /// On I/O errors.
    pub(super) fn create(&self) -> Result<BufWriter<File>, FilmError> {
        let file = OpenOptions::new().write(true).create_new(true).open(&self.part);
        Ok(BufWriter::new(file.map_err(|error| FilmError::io(&self.path, error))?))
    }

    /// Moves the temporary file to its destination.
    ///
    /// # Errors
    /// On I/O errors.
    pub(super) fn complete(&self) -> Result<(), FilmError> {
        fs::rename(&self.part, &self.path).map_err(|error| FilmError::io(&self.path, error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // The file does not exist if it was completed or could not be created.
        let _ = fs::remove_file(&self.part);
    }
}

/// The first free name of `randori-001.png`, `randori-002.png` and so on in a
/// folder.
pub(crate) fn free_name(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    let mut number = 1_u64;
    loop {
        let path = folder.join(format!("{stem}-{number:03}.{extension}"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_extension_and_others_get_advice() {
        assert_eq!(Kind::of(Path::new("a/b.GIF")).ok(), Some(Kind::Gif));
        assert_eq!(Kind::of(Path::new("b.webm")).ok(), Some(Kind::Webm));

        let error = Kind::of(Path::new("film.avi")).expect_err("not made here");

        assert_eq!(error.to_string(), "`film.avi` has an unknown extension");
        assert!(error.help().is_some_and(|help| help.contains("`.gif`")));
    }
}
