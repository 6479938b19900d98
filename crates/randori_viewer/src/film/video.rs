//! Videos, encoded by `ffmpeg` from raw pictures.

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread::{self, JoinHandle};

use super::destination::{Kind, Unfinished};
use super::{FilmError, Frame, FrameSink};

/// The encoder, searched for in the system's path.
const FFMPEG: &str = "ffmpeg";

/// Pads videos to even sizes and converts colors to BT.709, which players expect.
const FILTER: &str = "pad=ceil(iw/2)*2:ceil(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv";

/// A video that is being written.
pub(super) struct Video {
    file: Unfinished,
    kind: Kind,
    fps: f64,
    /// Started with the first picture, since its size must be known.
    running: Option<Running>,
}

struct Running {
    child: Child,
    /// Closed after the last picture.
    pictures: Option<ChildStdin>,
    said: Option<JoinHandle<String>>,
}

impl Video {
    /// Checks that a video can be made.
    ///
    /// # Errors
    /// If `ffmpeg` is missing, or a file of another kind exists.
    pub(super) fn open(path: &Path, kind: Kind, fps: f64) -> Result<Self, FilmError> {
        let file = Unfinished::new(path, kind)?;
        let quiet = Command::new(FFMPEG)
            .arg("-version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        match quiet {
            Ok(_) => Ok(Self { file, kind, fps, running: None }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(FilmError::NoFfmpeg),
            Err(error) => Err(FilmError::io(Path::new(FFMPEG), error)),
        }
    }

    fn start(&self, frame: &Frame) -> Result<Running, FilmError> {
        let mut command = Command::new(FFMPEG);
        command
            .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
            .args(["-f", "rawvideo", "-pixel_format", "rgba"])
            .args(["-video_size", &format!("{}x{}", frame.width, frame.height)])
            .args(["-framerate", &self.fps.to_string(), "-i", "pipe:0", "-an"])
            .args(["-vf", FILTER, "-pix_fmt", "yuv420p"])
            .args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"])
            // Equal pictures give equal bytes.
            .args(["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"])
            .args(encoder(self.kind));
        // Otherwise ffmpeg takes the text before a colon for a protocol.
        let mut target = std::ffi::OsString::from("file:");
        target.push(self.file.part());
        let mut child = command
            .arg(target)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| FilmError::io(Path::new(FFMPEG), error))?;
        let errors = child.stderr.take();
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(mut errors) = errors {
                // After an error, the output read so far is reported.
                let _ = errors.read_to_end(&mut said);
            }
            String::from_utf8_lossy(&said).trim().to_owned()
        });
        Ok(Running { pictures: child.stdin.take(), said: Some(said), child })
    }

    /// Waits for the end, and returns an error with the output of ffmpeg.
    fn failed(&mut self) -> FilmError {
        let mut said = String::new();
        if let Some(mut running) = self.running.take() {
            running.pictures = None;
            let _ = running.child.wait();
            said = running.said.take().and_then(|said| said.join().ok()).unwrap_or_default();
        }
        let said = said.lines().last().unwrap_or("it gave no reason").to_owned();
        FilmError::Ffmpeg { path: self.file.path().to_owned(), said }
    }
}

fn encoder(kind: Kind) -> &'static [&'static str] {
    if kind == Kind::Webm {
        &[
            "-c:v",
            "libvpx-vp9",
            "-crf",
            "32",
            "-b:v",
            "0",
            "-deadline",
            "good",
            "-cpu-used",
            "5",
            "-row-mt",
            "1",
            "-f",
            "webm",
        ]
    } else {
        &[
            "-c:v",
            "libx264",
            "-preset",
            "fast",
            "-crf",
            "20",
            "-movflags",
            "+faststart",
            "-f",
            "mp4",
        ]
    }
}

impl FrameSink for Video {
    fn add(&mut self, frame: &Frame) -> Result<(), FilmError> {
        if self.running.is_none() {
            self.running = Some(self.start(frame)?);
        }
        let pictures = self.running.as_mut().and_then(|running| running.pictures.as_mut());
        match pictures.map(|pictures| pictures.write_all(&frame.rgba)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.failed()),
        }
    }

    fn finish(&mut self) -> Result<(), FilmError> {
        let Some(running) = &mut self.running else {
            return Err(FilmError::Impossible {
                message: "there is no picture to make a film of".to_owned(),
                help: "choose a longer time".to_owned(),
            });
        };
        running.pictures = None;
        match running.child.wait() {
            Ok(status) if status.success() => {
                self.running = None;
                self.file.complete()
            }
            _ => Err(self.failed()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.pictures = None;
        // Fails if the process has ended already, as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
