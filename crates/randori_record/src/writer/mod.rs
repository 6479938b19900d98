//! Writer of recordings: one MCAP file per run.
//!
//! Equal runs give equal bytes: the writer uses no clocks and no threads, and
//! all times are simulated. The file grows in complete chunks, so a truncated file is
//! readable up to its last chunk.
//!
//! Start reading at [`RecordingWriter`].

mod channels;
mod lidar;
mod scene;
mod viewers;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use mcap::records::Metadata;
use mcap::write::NoSeek;
use mcap::{Attachment, Compression, McapError, WriteOptions};
use randori_core::record::{Contact, TickRecord};
use randori_core::report::RunReport;
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use crate::header::{Header, Start};
use crate::tick::{Decided, Keyframe};
use crate::verdicts;
use crate::wire;
use channels::{Channels, File};
use viewers::Viewers;

/// Settings of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Interval of recorded states, ticks; 0 counts as 1, every tick.
    pub state_every: u64,
    /// True to record sensor readings. Without them files are smaller, and replay still
    /// works: it simulates the sensors again.
    pub sensor_frames: bool,
    /// True for additional channels for viewers (transforms, shapes, scans).
    pub viewers: bool,
    /// True to compress chunks (LZ4). This halves a file, and takes more time than all the
    /// rest of recording.
    pub compress: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { state_every: 1, sensor_frames: true, viewers: true, compress: false }
    }
}

/// An error in writing a recording, without the name of the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// An I/O error, for instance a full disk.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    /// A value has no JSON form.
    #[error("cannot write `{what}` as JSON: {source}")]
    Json {
        /// Its name.
        what: &'static str,
        /// The reason.
        source: serde_json::Error,
    },
    /// Data that the file format cannot represent.
    #[error("cannot write: {0}")]
    Container(McapError),
}

impl From<McapError> for WriteError {
    fn from(error: McapError) -> Self {
        match error {
            McapError::Io(error) => Self::Io(error),
            other => Self::Container(other),
        }
    }
}

/// Writes one recording, tick after tick.
///
/// If it is dropped before [`finish`](Self::finish), the file is readable, but
/// incomplete.
pub struct RecordingWriter<W: Write> {
    file: File<W>,
    channels: Channels,
    viewers: Option<Viewers>,
    period_ns: u64,
}

impl<W: Write> RecordingWriter<W> {
    /// Bytes (before compression) after which a chunk ends.
    const CHUNK_BYTES: u64 = 256 * 1024;

    /// Begins a recording: writes all data before the first tick.
    ///
    /// # Errors
    /// [`WriteError`] if `out` cannot be written to.
    pub fn create(
        out: W,
        start: &Start,
        scenario: &Scenario,
        options: Options,
    ) -> Result<Self, WriteError> {
        let mut file = WriteOptions::new()
            .profile(wire::PROFILE)
            .library(concat!("randori ", env!("CARGO_PKG_VERSION")))
            .compression(options.compress.then_some(Compression::Lz4))
            .chunk_size(Some(Self::CHUNK_BYTES))
            // Chunks are assembled in memory, so chunks on the disk are complete.
            .disable_seeking(true)
            .create(NoSeek::new(out))?;
        file.write_metadata(&Metadata {
            name: wire::METADATA.to_owned(),
            metadata: metadata(start, options)?,
        })?;
        for (path, text) in &start.texts {
            attach(&mut file, 0, path, "text/plain", text.as_bytes())?;
        }
        let layout = json(wire::LAYOUT, &start.layout)?;
        attach(&mut file, 0, wire::LAYOUT, "application/json", layout.as_bytes())?;
        let signals = json(wire::SIGNALS, &start.signals)?;
        attach(&mut file, 0, wire::SIGNALS, "application/json", signals.as_bytes())?;
        let channels = Channels::create(&mut file, options)?;
        let viewers = options.viewers.then(|| Viewers::create(&mut file, start, scenario, options));
        let viewers = viewers.transpose()?;
        Ok(Self { file, channels, viewers, period_ns: start.header.period_ns })
    }

    /// Adds a tick. `contacts` are those after its step.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn tick(&mut self, record: &TickRecord, contacts: &[Contact]) -> Result<(), WriteError> {
        let time_ns = self.time_ns(record.tick);
        self.channels.tick(&mut self.file, time_ns, record, contacts)?;
        match &mut self.viewers {
            Some(viewers) => viewers.tick(&mut self.file, record),
            None => Ok(()),
        }
    }

    /// Adds a decided goal.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn decided(&mut self, decided: Decided) -> Result<(), WriteError> {
        let time_ns = self.time_ns(decided.tick);
        self.channels.decided(&mut self.file, time_ns, decided)?;
        match &mut self.viewers {
            Some(viewers) => viewers.decided(&mut self.file, decided),
            None => Ok(()),
        }
    }

    /// Adds a keyframe.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn keyframe(&mut self, keyframe: &Keyframe) -> Result<(), WriteError> {
        let name = format!("{}{}", wire::KEYFRAME, keyframe.tick.0);
        let time_ns = self.time_ns(keyframe.tick);
        attach(&mut self.file, time_ns, &name, "application/octet-stream", &keyframe.bytes)
    }

    /// Adds the verdicts, completes the file and returns it.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be written.
    pub fn finish(mut self, report: &RunReport) -> Result<W, WriteError> {
        let time_ns = self.time_ns(Tick(report.ticks));
        let verdicts = verdicts::to_json(report)
            .map_err(|source| WriteError::Json { what: wire::VERDICTS, source })?;
        let metrics = json(wire::METRICS, &verdicts["metrics"])?;
        let verdicts = json(wire::VERDICTS, &verdicts)?;
        let file = &mut self.file;
        if let Some(viewers) = &mut self.viewers {
            viewers.finish(file, report)?;
        }
        attach(file, time_ns, wire::VERDICTS, "application/json", verdicts.as_bytes())?;
        attach(file, time_ns, wire::METRICS, "application/json", metrics.as_bytes())?;
        file.finish()?;
        let mut out = self.file.into_inner().into_inner();
        out.flush()?;
        Ok(out)
    }

    /// Simulated time of a tick, ns.
    fn time_ns(&self, tick: Tick) -> u64 {
        tick.0.saturating_mul(self.period_ns)
    }
}

/// The header as flat metadata, and complete as JSON for the reader.
fn metadata(start: &Start, options: Options) -> Result<BTreeMap<String, String>, WriteError> {
    let Header { engine, policies, .. } = &start.header;
    let header = &start.header;
    let names: Vec<&str> = start.texts.iter().map(|(path, _)| path.as_str()).collect();
    let mut map = BTreeMap::from(
        [
            ("format", header.format.to_string()),
            ("file", header.file.clone()),
            ("title", header.title.clone()),
            ("seed", header.seed.to_string()),
            ("period_ns", header.period_ns.to_string()),
            ("end_tick", header.end_tick.to_string()),
            ("scenario_digest", header.scenario_digest.clone()),
            ("reproduce", header.reproduce.clone()),
            ("engine.randori", engine.randori.clone()),
            ("engine.rapier", engine.rapier.clone()),
            ("engine.parry", engine.parry.clone()),
            ("engine.features", engine.features.join(" ")),
            ("engine.digests", engine.digests.to_string()),
            ("engine.target", engine.target.clone()),
            (wire::STATE_EVERY_KEY, options.state_every.max(1).to_string()),
            (wire::SENSOR_FRAMES_KEY, options.sensor_frames.to_string()),
            (wire::TEXTS_KEY, json(wire::TEXTS_KEY, &names)?),
            (wire::HEADER_KEY, json(wire::HEADER_KEY, header)?),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    );
    map.extend(
        header.varied.iter().map(|(path, value)| (format!("varied.{path}"), value.to_string())),
    );
    map.extend(header.assets.iter().map(|(path, sum)| (format!("asset.{path}"), sum.clone())));
    for policy in policies.iter().flatten() {
        map.insert(format!("policy.{}", policy.robot), format!("{}: {}", policy.kind, policy.name));
    }
    Ok(map)
}

fn json(what: &'static str, value: &impl serde::Serialize) -> Result<String, WriteError> {
    serde_json::to_string(value).map_err(|source| WriteError::Json { what, source })
}

fn attach<W: Write>(
    file: &mut File<W>,
    time_ns: u64,
    name: &str,
    media_type: &str,
    data: &[u8],
) -> Result<(), WriteError> {
    Ok(file.attach(&Attachment {
        log_time: time_ns,
        create_time: 0,
        name: name.to_owned(),
        media_type: media_type.to_owned(),
        data: Cow::Borrowed(data),
    })?)
}
