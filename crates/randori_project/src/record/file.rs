//! The file of a recording.
//!
//! A new recording is written directly at its target, so that the file of a killed run can be found
//! and replayed up to its end. An existing recording remains until the new one is complete: until
//! then the new one is beside it, as `NAME.partial-*.mcap`. A lock prevents two runs from recording
//! to one file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use randori_core::report::RunError;

use super::destination::{error, unwritable};
use crate::files::{new_beside, plain_file};
use crate::overwrite::holds_something_else;

/// Magic bytes of MCAP.
const MCAP_MAGIC: &[u8] = b"\x89MCAP";

/// A recording in progress.
#[derive(Debug)]
pub(super) struct RecordingFile {
    target: PathBuf,
    out: BufWriter<File>,
    /// Path of the partial file, if it is not the target.
    partial: Option<PathBuf>,
    /// The existing recording, whose lock is held until the end.
    _older: Option<File>,
}

impl RecordingFile {
    /// Creates the file of a recording.
    ///
    /// # Errors
    /// When the target is not a regular file, another run is recording to it, or the system
    /// refuses.
    pub(super) fn create(target: &Path) -> Result<Self, RunError> {
        let failed = |error: io::Error| unwritable(target, &error);
        if target == Path::new("-") {
            let message = "a recording cannot go to standard output".to_owned();
            return Err(error(message, Some("name a file, such as `run.mcap`")));
        }
        let older = plain_file(target).map_err(failed)?;
        if older.is_none() {
            return Self::begin(target).map_err(failed)?.ok_or_else(|| busy(target));
        }
        if holds_something_else(target, MCAP_MAGIC).map_err(failed)? {
            let help = "choose a new file; only recordings are overwritten";
            let message = format!("`{}` exists, and is not a recording", target.display());
            return Err(error(message, Some(help)));
        }
        let older = File::open(target).map_err(failed)?;
        if !lock(&older) {
            return Err(busy(target));
        }
        let stem = target.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = |random: u64| format!("{stem}.partial-{random:016x}.mcap");
        let (partial, file) = new_beside(target, name).map_err(failed)?;
        lock(&file);
        let out = BufWriter::new(file);
        let target = target.to_owned();
        Ok(Self { target, out, partial: Some(partial), _older: Some(older) })
    }

    /// A new file; `None` if another run has just created it.
    fn begin(target: &Path) -> io::Result<Option<Self>> {
        if let Some(folder) = target.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let file = match OpenOptions::new().write(true).create_new(true).open(target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
            opened => opened?,
        };
        if !lock(&file) {
            return Ok(None);
        }
        let out = BufWriter::new(file);
        Ok(Some(Self { target: target.to_owned(), out, partial: None, _older: None }))
    }

    /// Path of the bytes until the end.
    pub(super) fn path(&self) -> &Path {
        self.partial.as_deref().unwrap_or(&self.target)
    }

    /// Moves the complete recording to its target.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        let Some(partial) = &self.partial else { return Ok(()) };
        self.out.get_ref().sync_all()?;
        // A link that has appeared at the target meanwhile is not written through.
        plain_file(&self.target)?;
        fs::rename(partial, &self.target)
    }
}

impl Write for RecordingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Locks a file for this run; `false` if another run holds the lock. On systems without locks it
/// always succeeds.
fn lock(file: &File) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

fn busy(target: &Path) -> RunError {
    let message = format!("another run is recording into `{}`", target.display());
    error(message, Some("wait for it, or name another file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(target: &Path, bytes: &[u8]) {
        let mut file = RecordingFile::create(target).expect("it can be written");
        file.write_all(bytes).expect("written");
        file.finish().expect("in its place");
    }

    #[test]
    fn only_recordings_are_overwritten() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let scenario = folder.path().join("scenario.ron");
        let recording = folder.path().join("new/old.mcap");
        fs::write(&scenario, "Scenario()").expect("a file");

        let refused = RecordingFile::create(&scenario);
        assert!(refused.is_err_and(|error| error.message.contains("not a recording")));
        assert_eq!(fs::read(&scenario).expect("it is still there"), b"Scenario()");

        finished(&recording, b"\x89MCAP0\r\nmore");
        finished(&recording, b"\x89MCAP0\r\n");
        assert_eq!(fs::metadata(&recording).expect("it is there").len(), 8);
        assert_eq!(fs::read_dir(folder.path().join("new")).expect("a folder").count(), 1);
    }

    #[test]
    fn a_new_recording_is_in_its_place_from_the_start_and_an_old_one_until_the_end() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("run.mcap");
        let length = || fs::metadata(&target).expect("it is there").len();

        let mut first = RecordingFile::create(&target).expect("it can be written");
        first.write_all(MCAP_MAGIC).and_then(|()| first.flush()).expect("written");
        assert_eq!(length(), 5);
        drop(first);

        let mut second = RecordingFile::create(&target).expect("it can be written");
        second.write_all(b"\x89MCAP0\r\n").and_then(|()| second.flush()).expect("written");
        assert_eq!(length(), 5, "a run that is killed now loses nothing");
        let partial = second.path().to_owned();
        assert_eq!(partial.extension().map(|it| it.to_string_lossy()).as_deref(), Some("mcap"));
        drop(second);
        assert_eq!(fs::metadata(&partial).expect("what there is can be replayed").len(), 8);
    }

    #[test]
    fn two_runs_cannot_record_into_one_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let target = folder.path().join("run.mcap");
        let is_busy = || {
            let refused = RecordingFile::create(&target).map(drop);
            refused.is_err_and(|error| error.message.contains("another run"))
        };

        let mut first = RecordingFile::create(&target).expect("it can be written");
        assert!(is_busy(), "a new file");
        first.write_all(MCAP_MAGIC).expect("written");
        first.finish().expect("in its place");
        let second = RecordingFile::create(&target).expect("it can be written");
        assert!(is_busy(), "in the place of an old one");
        drop(second);
        assert!(!is_busy());
    }
}
