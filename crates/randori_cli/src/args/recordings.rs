//! Arguments of the commands that work on recordings.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::Args;
use randori_record::writer::Options;

/// What `randori run` writes down.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RecordArgs {
    /// Write everything that happens to this file (MCAP); a folder for several
    /// runs
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,

    /// Record the state only at every Nth tick; digests and decisions are
    /// always recorded
    #[arg(long, value_name = "N", requires = "record")]
    pub(crate) record_every: Option<NonZeroU64>,

    /// Leave out what sensors measured (what policies were asked stays)
    #[arg(long, requires = "record")]
    pub(crate) no_sensor_frames: bool,
}

impl RecordArgs {
    /// What recordings hold.
    pub(crate) fn options(&self) -> Options {
        Options {
            state_every: self.record_every.map_or(1, NonZeroU64::get),
            sensor_frames: !self.no_sensor_frames,
            ..Options::default()
        }
    }
}
