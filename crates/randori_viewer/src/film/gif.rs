//! Films as GIF files that loop forever.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, ImageError, RgbaImage};

use super::destination::{Kind, Unfinished};
use super::{FilmError, Frame, FrameSink};

/// Quality of the colors, from 1 (best) to 30 (fastest).
const SPEED: i32 = 20;

/// Maximum frame rate of a GIF: programs slow down shorter delays.
const MAX_FPS: f64 = 50.0;

/// A GIF that is being written.
pub(super) struct Gif {
    /// Declared before the file, so that it is closed first.
    encoder: Option<GifEncoder<BufWriter<File>>>,
    file: Unfinished,
    fps: f64,
    added: u64,
}

impl Gif {
    /// Starts a file.
    ///
    /// # Errors
    /// If it cannot be written, a file of another kind exists, or the frame rate is
    /// too high.
    pub(super) fn open(path: &Path, fps: f64) -> Result<Self, FilmError> {
        if fps > MAX_FPS {
            return Err(FilmError::Impossible {
                message: format!("a GIF cannot show {fps} pictures per second"),
                help: format!("choose {MAX_FPS} or fewer, or a `.mp4` or `.webm`"),
            });
        }
        let file = Unfinished::new(path, Kind::Gif)?;
        let mut encoder = GifEncoder::new_with_speed(file.create()?, SPEED);
        encoder.set_repeat(Repeat::Infinite).map_err(|error| refused(path, error))?;
        Ok(Self { encoder: Some(encoder), file, fps, added: 0 })
    }

    /// Time at which a picture appears, in 1/100 s: GIF delays are integers, and
    /// differences of rounded times do not accumulate errors.
    fn begins_at(&self, picture: u64) -> u32 {
        (picture as f64 * 100.0 / self.fps).round() as u32
    }
}

impl FrameSink for Gif {
    fn add(&mut self, frame: &Frame) -> Result<(), FilmError> {
        let lasts = self.begins_at(self.added + 1) - self.begins_at(self.added);
        let picture = RgbaImage::from_raw(frame.width, frame.height, frame.rgba.clone())
            .ok_or_else(|| FilmError::io(self.file.path(), io::Error::other("a broken picture")))?;
        let delay = Delay::from_numer_denom_ms(lasts * 10, 1);
        let picture = image::Frame::from_parts(picture, 0, 0, delay);
        if let Some(encoder) = &mut self.encoder {
            encoder.encode_frame(picture).map_err(|error| refused(self.file.path(), error))?;
        }
        self.added += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), FilmError> {
        // Writes the end of the file.
        self.encoder = None;
        self.file.complete()
    }
}

fn refused(path: &Path, error: ImageError) -> FilmError {
    let error = match error {
        ImageError::IoError(error) => error,
        other => io::Error::other(other),
    };
    FilmError::io(path, error)
}
