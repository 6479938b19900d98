//! Numbered PNG files in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};

use super::destination::{Kind, Unfinished};
use super::{FilmError, Frame, FrameSink};

/// A folder with `frame-00000.png`, `frame-00001.png` and so on.
pub(super) struct Frames {
    folder: PathBuf,
    next: u64,
}

impl Frames {
    /// Creates the folder if it does not exist.
    ///
    /// # Errors
    /// On I/O errors, or if the folder has pictures of another film.
    pub(super) fn open(folder: &Path) -> Result<Self, FilmError> {
        fs::create_dir_all(folder).map_err(|error| FilmError::io(folder, error))?;
        let frames = Self { folder: folder.to_owned(), next: 0 };
        // The last pictures of a longer film would remain and appear to belong to this one.
        if frames.path().exists() {
            return Err(FilmError::Impossible {
                message: format!("`{}` holds the pictures of another film", folder.display()),
                help: "name another folder, or empty this one".to_owned(),
            });
        }
        Ok(frames)
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("frame-{:05}.png", self.next))
    }
}

impl FrameSink for Frames {
    fn add(&mut self, frame: &Frame) -> Result<(), FilmError> {
        write_png(frame, &self.path())?;
        self.next += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), FilmError> {
        Ok(())
    }
}

/// Writes a picture as a PNG file.
///
/// # Errors
/// If it cannot be written, or a file of another kind exists there.
pub fn write_png(frame: &Frame, path: &Path) -> Result<(), FilmError> {
    let file = Unfinished::new(path, Kind::Png)?;
    let rgb: Vec<u8> = frame.rgba.chunks_exact(4).flat_map(|pixel| &pixel[..3]).copied().collect();
    PngEncoder::new_with_quality(file.create()?, CompressionType::Fast, FilterType::Sub)
        .write_image(&rgb, frame.width, frame.height, ExtendedColorType::Rgb8)
        .map_err(|error| FilmError::io(path, std::io::Error::other(error)))?;
    file.complete()
}
