//! Films as GIF files, which loop for ever.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, ImageError, RgbaImage};

use super::destination::{Kind, Unfinished};
use super::{FilmError, Frame, FrameSink};

/// How carefully colors are chosen, from 1 (best) to 30 (fastest).
const SPEED: i32 = 20;

/// Pictures that a GIF can show per second: programs slow shorter ones down.
const MAX_FPS: f64 = 50.0;

/// A GIF that is being written.
pub(super) struct Gif {
    /// Before the file, so that it is closed first.
    encoder: Option<GifEncoder<BufWriter<File>>>,
    file: Unfinished,
    fps: f64,
    added: u64,
}

impl Gif {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written, something else is there, or pictures would
    /// follow too fast.
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

    /// When a picture appears, in 1/100 s: the delays of a GIF are whole ones, so
    /// they are rounded such that errors do not add up.
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
