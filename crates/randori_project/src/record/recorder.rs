//! Records a run.

use std::path::{Path, PathBuf};

use randori_core::record::Contact;
use randori_core::report::{RunError, RunReport};
use randori_core::spec::Scenario;
use randori_record::header::Start;
use randori_record::tick::{Decided, Keyframe};
use randori_record::writer::{Options, RecordingWriter, WriteError};
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;

use super::destination::unwritable;
use super::file::RecordingFile;

/// Simulated time from one keyframe to the next, s. A keyframe is about as large
/// as the recording of half a second.
const KEYFRAME_S: f64 = 5.0;

/// Writes one run to a file.
pub struct Recorder {
    /// Final location.
    path: PathBuf,
    /// Location while recording.
    partial: PathBuf,
    /// Held until the end.
    writer: Option<RecordingWriter<RecordingFile>>,
    state_every: u64,
    ticks_per_keyframe: u64,
    contacts: Vec<Contact>,
}

impl Recorder {
    /// Starts a recording in a file.
    ///
    /// # Errors
    /// The reason why it cannot be written.
    pub fn create(
        path: &Path,
        start: &Start,
        scenario: &Scenario,
        options: Options,
    ) -> Result<Self, RunError> {
        let out = RecordingFile::create(path)?;
        let partial = out.path().to_owned();
        let writer = RecordingWriter::create(out, start, scenario, options)
            .map_err(|error| unwritable(path, &error))?;
        let period_s = start.header.period_ns as f64 * 1e-9;
        Ok(Self {
            path: path.to_owned(),
            partial,
            writer: Some(writer),
            state_every: options.state_every.max(1),
            ticks_per_keyframe: ((KEYFRAME_S / period_s).round() as u64).max(1),
            contacts: Vec::new(),
        })
    }

    fn write(&mut self, episode: &Episode, decided: &[GoalDecision]) -> Result<(), WriteError> {
        let Some(writer) = &mut self.writer else { return Ok(()) };
        let record = episode.record();
        if record.tick.0.is_multiple_of(self.state_every) {
            episode.simulation().world().contacts(&mut self.contacts);
        }
        writer.tick(record, &self.contacts)?;
        for decision in decided {
            let GoalDecision { goal, holds, tick } = *decision;
            writer.decided(Decided { goal, holds, tick })?;
        }
        if record.tick.0.is_multiple_of(self.ticks_per_keyframe)
            && let Some(bytes) = episode.simulation().keyframe()
        {
            writer.keyframe(&Keyframe { tick: record.tick, bytes })?;
        }
        Ok(())
    }

    fn broken(&self, episode: &Episode, error: &dyn std::fmt::Display) -> RunError {
        let part = || format!("the recording up to then is in `{}`", self.partial.display());
        let help = (self.partial != self.path).then(part);
        RunError { tick: episode.record().tick.0, help, ..unwritable(&self.path, error) }
    }
}

impl RunObserver for Recorder {
    fn observe(&mut self, episode: &Episode, decided: &[GoalDecision]) -> Result<(), RunError> {
        self.write(episode, decided).map_err(|error| self.broken(episode, &error))
    }

    fn finish(&mut self, episode: &Episode, report: &RunReport) -> Result<(), RunError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let file = writer.finish(report).map_err(|error| self.broken(episode, &error))?;
        file.finish().map_err(|error| self.broken(episode, &error))
    }
}
