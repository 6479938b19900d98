//! Arguments of the commands that work on recordings.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use randori_record::writer::Options;

use super::{LimitArgs, PolicyEnvArgs, TimeoutArgs};

/// What `randori run` writes down.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct RecordArgs {
    /// Record the run to this file (MCAP); a folder for several runs
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,

    /// Record the state only at every Nth tick; digests and decisions are
    /// always recorded
    #[arg(long, value_name = "N", requires = "record")]
    pub(crate) record_every: Option<NonZeroU64>,

    /// Leave out sensor readings (observations of policies are kept)
    #[arg(long, requires = "record")]
    pub(crate) no_sensor_frames: bool,

    /// Compress recordings (LZ4): half the size, for a tenth more time
    #[arg(long, requires = "record")]
    pub(crate) record_compressed: bool,
}

impl RecordArgs {
    /// What recordings hold.
    pub(crate) fn options(&self) -> Options {
        Options {
            state_every: self.record_every.map_or(1, NonZeroU64::get),
            sensor_frames: !self.no_sensor_frames,
            compress: self.record_compressed,
            ..Options::default()
        }
    }
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  randori run scenarios/courier/corridor.ron --record corridor.mcap
  randori replay corridor.mcap                # needs neither the scenario nor the policy
  randori replay corridor.mcap --policy       # asks the policy again and compares its answers";

#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a person types")]
#[derive(Debug, Args)]
#[command(after_help = REPLAY_EXAMPLES)]
pub(crate) struct ReplayArgs {
    /// Recordings
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Run the policies again, and compare observations and actions before
    /// the state
    #[arg(long)]
    pub(crate) policy: bool,

    /// Also resume from saved states, at random ticks and at the snapshots of
    /// the recording
    #[arg(long, conflicts_with = "policy")]
    pub(crate) self_check: bool,

    /// Start the programs that recordings name
    #[arg(long, requires = "policy")]
    pub(crate) trust_programs: bool,

    #[command(flatten)]
    pub(crate) env: PolicyEnvArgs,

    /// Threads for several recordings; all cores by default
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) timeout: TimeoutArgs,

    /// Print one JSON object per recording
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

const REPORT_EXAMPLES: &str = "\
Examples:
  randori report corridor.mcap                          # writes corridor.html
  randori report before.mcap after.mcap -o compared.html";

#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct ReportArgs {
    /// A recording, or two to be shown beside each other
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The page; beside the first recording by default, `-` for standard
    /// output. Only pages of randori are overwritten
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  randori export corridor.mcap --csv                          # writes corridor.csv
  randori export corridor.mcap --parquet --channel courier.base --channel clearance
  randori export corridor.mcap --csv --table sensors -o -     # to standard output";

#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub(crate) struct ExportArgs {
    /// A recording
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) format: FormatArgs,

    /// Contents of the table
    #[arg(long, value_enum, default_value_t = TableName::Wide)]
    pub(crate) table: TableName,

    /// Only columns whose name contains this text (of sensors: only these rows);
    /// may be repeated
    #[arg(long, value_name = "TEXT")]
    pub(crate) channel: Vec<String>,

    /// The table; beside the recording by default, `-` for standard output.
    /// Only tables of randori are overwritten
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// How a table is written.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct FormatArgs {
    /// Comma-separated values
    #[arg(long)]
    pub(crate) csv: bool,

    /// Apache Parquet
    #[arg(long)]
    pub(crate) parquet: bool,
}

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableName {
    /// A row per recorded state: state, commands and signals
    Wide,
    /// A row per recorded state: bodies, joints and motors
    State,
    /// A row per tick: commands in force, as policies returned them
    Commands,
    /// A row per recorded state: signals of goals, metrics and events
    Signals,
    /// A row per measured value
    Sensors,
}

const DIFF_EXAMPLES: &str = "\
Examples:
  randori diff before.mcap after.mcap
  randori diff old/drive.golden.ron scenarios/drive.golden.ron
  randori diff scenarios/drive.golden.ron drive.mcap";

#[derive(Debug, Args)]
#[command(after_help = DIFF_EXAMPLES)]
pub(crate) struct DiffArgs {
    /// A recording, or a golden (`.golden.ron`)
    #[arg(value_name = "A")]
    pub(crate) first: PathBuf,

    /// What to compare it with
    #[arg(value_name = "B")]
    pub(crate) second: PathBuf,

    /// Then show both recordings overlaid in the viewer
    #[arg(long, conflicts_with = "json")]
    pub(crate) view: bool,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}
