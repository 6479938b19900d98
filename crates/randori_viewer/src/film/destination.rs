//! Where films and pictures go: their kinds by name, and what is never
//! overwritten.

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
    /// A film that every browser shows; 256 colors.
    Gif,
    /// A video (H.264).
    Mp4,
    /// A video (VP9).
    Webm,
}

impl Kind {
    /// The kind that a name asks for.
    ///
    /// # Errors
    /// When its extension is none of those.
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

    /// In words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Png => "a PNG picture",
            Self::Gif => "a GIF",
            Self::Mp4 => "an MP4 video",
            Self::Webm => "a WebM video",
        }
    }

    /// How its files begin: bytes, after so many others.
    fn magic(self) -> (usize, &'static [u8]) {
        match self {
            Self::Png => (0, b"\x89PNG\r\n\x1a\n"),
            Self::Gif => (0, b"GIF8"),
            Self::Mp4 => (4, b"ftyp"),
            Self::Webm => (0, b"\x1a\x45\xdf\xa3"),
        }
    }

    /// Fails if something else is in a file.
    ///
    /// # Errors
    /// That, or when it cannot be read.
    pub(crate) fn spare_others(self, path: &Path) -> Result<(), FilmError> {
        if self.is_something_else(path).map_err(|error| FilmError::io(path, error))? {
            return Err(FilmError::SomethingElse { path: path.to_owned(), kind: self.name() });
        }
        Ok(())
    }

    fn is_something_else(self, path: &Path) -> io::Result<bool> {
        // A link is not followed, and opening a named pipe would wait for ever.
        if plain_file(path)?.is_none() {
            return Ok(false);
        }
        let (skipped, own) = self.magic();
        let mut first = Vec::new();
        File::open(path)?.take((skipped + own.len()) as u64).read_to_end(&mut first)?;
        Ok(!first.is_empty() && first.get(skipped..) != Some(own))
    }
}

/// A file that takes its place when it is whole. Dropped before, it vanishes.
pub(super) struct Unfinished {
    path: PathBuf,
    part: PathBuf,
}

impl Unfinished {
    /// Of a kind, at a place where nothing else is.
    ///
    /// # Errors
    /// When something else is there.
    pub(super) fn new(path: &Path, kind: Kind) -> Result<Self, FilmError> {
        kind.spare_others(path)?;
        Ok(Self { path: path.to_owned(), part: draft_beside(path) })
    }

    /// Where it is going to be.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where it is until then.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// Makes the file.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn create(&self) -> Result<BufWriter<File>, FilmError> {
        let file = OpenOptions::new().write(true).create_new(true).open(&self.part);
        Ok(BufWriter::new(file.map_err(|error| FilmError::io(&self.path, error))?))
    }

    /// Moves it to its place.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn complete(&self) -> Result<(), FilmError> {
        fs::rename(&self.part, &self.path).map_err(|error| FilmError::io(&self.path, error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // There is none if it was completed, or could not be made.
        let _ = fs::remove_file(&self.part);
    }
}

/// The first of `randori-001.png`, `randori-002.png` and so on that is free in a
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

        assert_eq!(error.to_string(), "`film.avi` has an extension that is not known");
        assert!(error.help().is_some_and(|help| help.contains("`.gif`")));
    }
}
