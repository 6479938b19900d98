//! Decoding of recordings. The bytes may be truncated, damaged or forged: every length
//! is checked against the available bytes before any allocation.
//!
//! Start reading at [`Recording`].

mod container;
mod decode;
mod start;
mod ticks;

use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use randori_core::report::RunReport;
use randori_core::time::Tick;

use crate::header::{FORMAT, Start};
use crate::tick::{Decided, Keyframe};
use container::{Container, Span};
pub use ticks::Ticks;

/// An error in reading a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// An I/O error.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not an MCAP file.
    #[error("is not an MCAP file")]
    NotMcap,
    /// An MCAP file of another program.
    #[error("is an MCAP file, but not a recording of Randori")]
    NotARecording,
    /// A newer format.
    #[error("is of format {found}, which is newer than {FORMAT}: update Randori to read it")]
    NewerFormat {
        /// Its format.
        found: u64,
    },
    /// Truncated before the end of its header.
    #[error("is truncated in its header and cannot be used")]
    EndsBeforeStart,
    /// Damaged bytes.
    #[error("is damaged at byte {at}: {what}")]
    Damaged {
        /// Offset of the damaged part from the beginning of the file.
        at: usize,
        /// The problem.
        what: String,
    },
}

/// A recording, open for reading.
///
/// ```no_run
/// use std::path::Path;
///
/// use randori_record::reader::Recording;
///
/// let recording = Recording::open_file(Path::new("run.mcap"))?;
/// println!("{}, seed {}", recording.start().header.title, recording.start().header.seed);
/// for tick in recording.ticks() {
///     let tick = tick?;
///     if tick.sampled {
///         println!("{}: {:?}", tick.record.tick.0, tick.record.state.bodies[0].pose);
///     }
/// }
/// # Ok::<(), randori_record::reader::ReadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Recording {
    bytes: Arc<[u8]>,
    start: Start,
    chunks: Vec<Span>,
    keyframes: Vec<(Tick, Span)>,
    report: Option<RunReport>,
    decided: Vec<Decided>,
    last_tick: Option<Tick>,
    complete: bool,
    sensor_frames: bool,
    state_every: u64,
}

impl Recording {
    /// Opens a recording from a file.
    ///
    /// # Errors
    /// [`ReadError`] if it cannot be read, or is not a recording.
    pub fn open_file(path: &Path) -> Result<Self, ReadError> {
        // Opening a named pipe would block, and devices have no end.
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is not a file").into());
        }
        Self::open(fs::read(path)?)
    }

    /// Opens a recording. A truncated one opens if its header is complete.
    ///
    /// # Errors
    /// [`ReadError`] if this is not a recording, or its header is missing or damaged.
    pub fn open(bytes: impl Into<Arc<[u8]>>) -> Result<Self, ReadError> {
        let bytes = bytes.into();
        let container = Container::scan(&bytes)?;
        let parts = start::read(&bytes, &container)?;
        let mut recording = Self {
            start: parts.start,
            keyframes: parts.keyframes,
            report: parts.report,
            sensor_frames: parts.sensor_frames,
            state_every: parts.state_every,
            chunks: container.chunks,
            decided: Vec::new(),
            last_tick: None,
            complete: false,
            bytes,
        };
        let mut ticks = recording.ticks();
        let mut last_tick = None;
        let mut sound = true;
        for tick in &mut ticks {
            match tick {
                Ok(tick) => last_tick = Some(tick.record.tick),
                Err(_) => sound = false,
            }
        }
        let decided = ticks.into_decided();
        recording.decided = decided;
        recording.last_tick = last_tick;
        recording.complete = sound && container.whole && recording.report.is_some();
        Ok(recording)
    }

    /// Data before the first tick.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// An iterator over the ticks, which reads lazily. It ends after an error.
    pub fn ticks(&self) -> Ticks<'_> {
        Ticks::new(&self.bytes, &self.chunks, &self.start)
    }

    /// The decided goals, in order of decision.
    pub fn decided(&self) -> &[Decided] {
        &self.decided
    }

    /// All keyframes.
    pub fn keyframes(&self) -> Vec<Keyframe> {
        self.keyframes.iter().map(|entry| self.keyframe(entry)).collect()
    }

    /// The last keyframe at or before a tick.
    pub fn keyframe_before(&self, tick: Tick) -> Option<Keyframe> {
        let before = self.keyframes.iter().filter(|(at, _)| *at <= tick);
        before.max_by_key(|(at, _)| *at).map(|entry| self.keyframe(entry))
    }

    /// The report of the run; `None` if the recording is truncated.
    pub fn report(&self) -> Option<&RunReport> {
        self.report.as_ref()
    }

    /// True if the run was recorded to its end and every part is readable.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The last readable tick.
    pub fn last_tick(&self) -> Option<Tick> {
        self.last_tick
    }

    /// True if sensor readings were recorded.
    pub fn has_sensor_frames(&self) -> bool {
        self.sensor_frames
    }

    /// Interval of recorded states, ticks.
    pub fn state_every(&self) -> u64 {
        self.state_every
    }

    fn keyframe(&self, (tick, span): &(Tick, Span)) -> Keyframe {
        Keyframe { tick: *tick, bytes: self.bytes[span.clone()].to_vec() }
    }
}
