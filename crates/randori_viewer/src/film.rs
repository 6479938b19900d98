//! Writes pictures as films: numbered PNG files, a GIF, or a video.
//!
//! The extension of the file determines its format ([`open`]). A film is written to
//! a temporary file beside its destination and moved there when complete, so a
//! cancelled film loses nothing, and files of another kind are never overwritten.
//!
//! Start reading at [`FrameSink`]; `FilmPlugin` makes films of the open run in the
//! app, [`headless`](crate::headless) without a window.

mod cut;
mod destination;
mod frames;
mod gif;
mod in_app;
mod times;
mod video;

use std::io;
use std::path::{Path, PathBuf};

use crate::run::{OpenError, Problem};
pub(crate) use cut::frame_of;
pub(crate) use destination::{Kind, free_name};
pub use frames::write_png;
pub(crate) use in_app::{FilmPlugin, FilmProgress, MakeFilm, StopFilm};
pub use times::{FilmOptions, FrameTimes};

/// A picture: rows from the top, pixels from the left, four bytes each (red,
/// green, blue and 255, sRGB).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

impl Frame {
    /// True if all pixels have the same color.
    pub fn is_blank(&self) -> bool {
        let mut pixels = self.rgba.chunks_exact(4);
        let first = pixels.next();
        pixels.all(|pixel| Some(pixel) == first)
    }
}

/// Receives the pictures of a film in order.
pub trait FrameSink: Send + Sync {
    /// Adds a picture; all must have the size of the first one.
    ///
    /// # Errors
    /// If it cannot be written.
    fn add(&mut self, frame: &Frame) -> Result<(), FilmError>;

    /// Completes the film. A film dropped before leaves no file, except numbered
    /// pictures.
    ///
    /// # Errors
    /// If it cannot be written.
    fn finish(&mut self) -> Result<(), FilmError>;
}

/// Opens a film for writing: `.gif`, `.mp4` or `.webm`; a name without an
/// extension, or a folder, gets numbered PNG files. `fps` is the number of
/// pictures per second.
///
/// # Errors
/// If the extension is unknown, the video encoder is missing, a file of another
/// kind exists, or the film cannot be written.
pub fn open(path: &Path, fps: f64) -> Result<Box<dyn FrameSink>, FilmError> {
    if !(fps.is_finite() && (0.1..=240.0).contains(&fps)) {
        return Err(FilmError::Impossible {
            message: format!("a film cannot have {fps} pictures per second"),
            help: "choose from 0.1 to 240, such as 30".to_owned(),
        });
    }
    if path.is_dir() || path.extension().is_none() {
        return open_folder(path);
    }
    match Kind::of(path)? {
        Kind::Gif => Ok(Box::new(gif::Gif::open(path, fps)?)),
        kind @ (Kind::Mp4 | Kind::Webm) => Ok(Box::new(video::Video::open(path, kind, fps)?)),
        Kind::Png => Err(FilmError::Impossible {
            message: format!("`{}` is one picture, not a film", path.display()),
            help: "name a folder for numbered pictures, or a `.gif`, `.mp4` or `.webm`".to_owned(),
        }),
    }
}

/// Opens a folder for numbered PNG files.
///
/// # Errors
/// On I/O errors, or if the folder has pictures of another film.
pub fn open_folder(path: &Path) -> Result<Box<dyn FrameSink>, FilmError> {
    Ok(Box::new(frames::Frames::open(path)?))
}

/// The reason why there is no film, or no picture.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FilmError {
    /// An unsupported kind of file.
    #[error("`{}` has an unknown extension", .0.display())]
    UnknownKind(PathBuf),
    /// A file of another kind exists at the destination.
    #[error("`{}` exists, and is not {kind}", .path.display())]
    SomethingElse {
        /// The file.
        path: PathBuf,
        /// The kind of file that was asked for.
        kind: &'static str,
    },
    /// An I/O error.
    #[error("`{}` cannot be written: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The video encoder is missing.
    #[error("`ffmpeg`, which makes `.mp4` and `.webm` files, is not installed")]
    NoFfmpeg,
    /// The video encoder failed.
    #[error("`ffmpeg` could not write `{}`: {said}", .path.display())]
    Ffmpeg {
        /// The video.
        path: PathBuf,
        /// The end of its error output.
        said: String,
    },
    /// Invalid options or an impossible request.
    #[error("{message}")]
    Impossible {
        /// The problem.
        message: String,
        /// The advice.
        help: String,
    },
    /// There is no graphics device, not even a software renderer.
    #[error("no renderer was found: neither a graphics card nor software Vulkan")]
    NoGraphics,
    /// The run cannot start.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The run cannot continue.
    #[error("{}", .0.message)]
    Run(Box<Problem>),
}

impl FilmError {
    pub(crate) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }

    /// The advice for this error.
    pub fn help(&self) -> Option<&str> {
        match self {
            Self::UnknownKind(_) => {
                Some("end the name in `.gif`, `.mp4` or `.webm`; a folder gets numbered pictures")
            }
            Self::SomethingElse { .. } => Some("choose another name, or move the file away"),
            Self::Io { .. } | Self::Ffmpeg { .. } => {
                Some("check that the folder can be written to and the disk is not full")
            }
            Self::NoFfmpeg => Some(
                "install it, for instance with `apt-get install ffmpeg`; `.gif` files and \
                 folders of pictures work without it",
            ),
            Self::NoGraphics => Some(
                "install software Vulkan, for instance with `apt-get install \
                 mesa-vulkan-drivers`",
            ),
            Self::Impossible { help, .. } => Some(help),
            Self::Run(problem) => problem.help.as_deref(),
            Self::Open(_) => None,
        }
    }
}

impl From<FilmError> for Problem {
    fn from(error: FilmError) -> Self {
        match error {
            FilmError::Open(error) => error.into(),
            FilmError::Run(problem) => *problem,
            error => Self {
                message: error.to_string(),
                details: Vec::new(),
                help: error.help().map(str::to_owned),
            },
        }
    }
}
