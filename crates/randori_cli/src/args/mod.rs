//! Command line arguments.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use randori_core::text::{Limits, Override};
use randori_policy::EnvVar;
use randori_project::arguments::{parse_limit, parse_override, parse_size};
use randori_project::project::Places;

mod recordings;
mod regressions;
mod seeds;

pub(crate) use recordings::{DiffArgs, ExportArgs, RecordArgs, ReplayArgs, ReportArgs, TableName};
pub(crate) use regressions::{Format, ReviewArgs, Shard, SuiteArgs, TestArgs};
pub(crate) use seeds::Seeds;

use crate::exit::EXIT_CODES;

/// A simulation sandbox that tests robot policies in physical scenarios.
#[derive(Debug, Parser)]
#[command(name = "randori", version, about, after_help = EXIT_CODES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// Project root: the folder that holds `assets` and `scenarios`. Found
    /// from the named files by default.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,

    /// Folder with assets that are not part of the project: where `assets:` files
    /// are looked for next; can be repeated. `RANDORI_ASSETS` by default
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) assets: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios to their verdict
    Run(RunArgs),
    /// Watch a scenario or a recording, rewind it and intervene
    ///
    /// Starts the program `randori-viewer`, which is looked for beside this one
    /// and then on the search path, with everything that follows.
    #[command(disable_help_flag = true)]
    View(ViewArgs),
    /// Re-simulate recordings and verify every tick
    Replay(ReplayArgs),
    /// Write an HTML report of a recording, or of two side by side
    Report(ReportArgs),
    /// Export a recording as a table (CSV or Parquet)
    Export(ExportArgs),
    /// Compare scenarios with their golden files
    Test(TestArgs),
    /// Review changed and new goldens one by one
    Review(ReviewArgs),
    /// Find the first difference between two recordings or goldens
    Diff(DiffArgs),
    /// List scenarios
    List(ListArgs),
    /// Check scenario, robot and environment files without running them
    Check(CheckArgs),
    /// Rename fields in files of an older version, and nothing else
    Migrate(MigrateArgs),
    /// Import a URDF or MJCF file as robot, environment and scenario files
    Import(ImportArgs),
    /// Inspect networks and check their policy contracts
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List the built-in policies and their parameters
    Policies(PoliciesArgs),
    /// Benchmark Randori
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Explain a diagnostic code
    Explain {
        /// A code such as RS0203
        code: String,
    },
}

const RUN_EXAMPLES: &str = "\
Examples:
  randori run scenarios/courier/flat.ron
  randori run scenarios/pup --seeds 0..100
  randori run scenarios/courier/corridor.ron --policy my_policy.py
  randori run scenarios/cartpole/balance.ron --set robots.cartpole.links.pole.mass_kg=0.2";

#[derive(Debug, Args)]
#[command(after_help = RUN_EXAMPLES)]
pub(crate) struct RunArgs {
    /// Scenario files, or folders that hold them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) seeds: SeedArgs,

    /// Replace a scalar of the scenario or of a file that it names, by its path
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_override)]
    overrides: Vec<Override>,

    /// Drive a robot by a built-in policy, a .py file, or a program with its
    /// arguments; with several robots, say which: `ROBOT=POLICY`
    #[arg(long, value_name = "[ROBOT=]POLICY")]
    pub(crate) policy: Vec<String>,

    /// Start the programs that scenario files name
    #[arg(long)]
    pub(crate) trust_programs: bool,

    #[command(flatten)]
    pub(crate) env: PolicyEnvArgs,

    /// Compute networks by this shared library of ONNX Runtime, such as
    /// `libonnxruntime.so`: for those that are large or that Randori's own
    /// interpreter cannot run. Results then depend on this machine
    #[cfg(feature = "ort")]
    #[arg(long, value_name = "LIBRARY")]
    pub(crate) onnxruntime: Option<PathBuf>,

    /// Threads for several runs; all cores by default
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,

    /// Print one JSON object per run instead of tables
    #[arg(long)]
    pub(crate) json: bool,

    /// Pace a single run by the clock (results are the same)
    #[arg(long)]
    pub(crate) realtime: bool,

    #[command(flatten)]
    pub(crate) timeout: TimeoutArgs,

    #[command(flatten)]
    pub(crate) recording: RecordArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ViewArgs {
    /// Arguments of the viewer; see `randori view --help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "WORD")]
    pub(crate) words: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct TimeoutArgs {
    /// Wall-clock limit of a run in seconds; a run that exceeds it ends with
    /// an error (RR0105). No limit by default
    #[arg(long, value_name = "SECONDS", value_parser = parse_timeout)]
    pub(crate) timeout: Option<Duration>,
}

fn parse_timeout(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    let limit = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    limit.ok_or_else(|| "write a number of seconds above 0, such as 60".to_owned())
}

#[derive(Debug, Default, Args)]
pub(crate) struct LimitArgs {
    /// Raise or lower a default limit, such as `bodies=20000`
    #[arg(long = "limit", value_name = "NAME=N", value_parser = parse_limit)]
    changes: Vec<(String, u64)>,

    /// Refuse files whose estimated memory exceeds this, such as 8GiB; 1GiB by
    /// default
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,
}

impl LimitArgs {
    /// The limits in force.
    pub(crate) fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, value) in &self.changes {
            limits.set(name, *value).expect("the argument parser has tried it");
        }
        limits.memory_bytes = self.max_memory.unwrap_or(limits.memory_bytes);
        limits
    }

    /// The arguments that say the same again.
    fn words(&self) -> impl Iterator<Item = String> {
        let changes = self.changes.iter();
        let changes =
            changes.map(|(name, value)| ["--limit".to_owned(), format!("{name}={value}")]);
        let memory = self.max_memory.map(|bytes| ["--max-memory".to_owned(), bytes.to_string()]);
        changes.chain(memory).flatten()
    }
}

/// What policies that are programs get besides the usual variables.
#[derive(Debug, Default, Args)]
pub(crate) struct PolicyEnvArgs {
    /// Pass an environment variable to policies that are programs: by name from
    /// this shell, or with a value. Without it they get only a few, such as PATH
    /// and HOME; can be repeated
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = EnvVar::parse)]
    pub(crate) policy_env: Vec<EnvVar>,
}

impl PolicyEnvArgs {
    /// The arguments that say the same again.
    fn words(&self) -> impl Iterator<Item = String> {
        self.policy_env.iter().flat_map(|it| ["--policy-env".to_owned(), it.word()])
    }
}

impl RunArgs {
    /// All `--set`, in their order.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        self.overrides.clone()
    }

    /// The arguments that a run depends on, besides its file and seed.
    pub(crate) fn repeatable(&self, places: &Places) -> Vec<String> {
        let overrides = self.overrides.iter();
        let overrides = overrides.map(|set| ("--set", format!("{}={}", set.path, set.value)));
        let policies = self.policy.iter().map(|policy| ("--policy", policy.clone()));
        let mut words = places.words();
        let chosen = overrides.chain(policies);
        words.extend(chosen.flat_map(|(option, value)| [option.to_owned(), value]));
        words.extend(self.limits.words());
        words.extend(self.env.words());
        #[cfg(feature = "ort")]
        if let Some(library) = &self.onnxruntime {
            words.extend(["--onnxruntime".to_owned(), library.display().to_string()]);
        }
        if self.trust_programs {
            words.push("--trust-programs".to_owned());
        }
        words
    }
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct SeedArgs {
    /// Seed of the random streams; 0 by default
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Run once for each seed from A up to, but not including, B
    #[arg(long, value_name = "A..B", value_parser = Seeds::parse)]
    seeds: Option<Seeds>,
}

impl SeedArgs {
    /// The seeds to run.
    pub(crate) fn seeds(&self) -> Seeds {
        let one = self.seed.unwrap_or(0);
        self.seeds.unwrap_or(Seeds { first: one, last: one })
    }
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Folders or files to look at; the project's `scenarios` by default
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Only scenarios with this tag
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Vec<String>,

    /// Print one JSON object per scenario
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Files of any kind, or folders that hold them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Replace a scalar before checking, by its path
    #[arg(long = "set", value_name = "PATH=VALUE", value_parser = parse_override)]
    overrides: Vec<Override>,

    /// Print one line per problem
    #[arg(long, conflicts_with = "json")]
    pub(crate) short: bool,

    /// Print one JSON object per problem
    #[arg(long)]
    pub(crate) json: bool,

    /// Count warnings as errors
    #[arg(long)]
    pub(crate) deny_warnings: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl CheckArgs {
    /// All `--set`, in their order.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        self.overrides.clone()
    }
}

const MIGRATE_EXAMPLES: &str = "\
Examples:
  randori migrate .
  randori migrate --check scenarios assets";

#[derive(Debug, Args)]
#[command(after_help = MIGRATE_EXAMPLES)]
pub(crate) struct MigrateArgs {
    /// Files of any kind, or folders that hold them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Write nothing; end with code 3 if a file would be rewritten
    #[arg(long)]
    pub(crate) check: bool,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  randori import go1/scene.xml
  randori import my_robot/urdf/arm.urdf --root my_robot -o arm_project";

#[derive(Debug, Default, Args)]
#[command(after_help = IMPORT_EXAMPLES)]
pub(crate) struct ImportArgs {
    /// A .urdf file, or an MJCF .xml file. Includes and meshes must lie in its
    /// folder (or in its ROS package), or in that of `--root`
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Project to write into; a new folder with the robot's name by default
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,

    /// Keep only these bodies (with all below them), joints, actuators, sensors
    /// and keyframes
    #[arg(long, value_name = "NAME")]
    pub(crate) keep: Vec<String>,

    /// Leave these out
    #[arg(long, value_name = "NAME")]
    pub(crate) drop: Vec<String>,

    /// Overwrite files
    #[arg(long)]
    pub(crate) force: bool,

    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,

    /// Compare the robot with what `MuJoCo` or Pinocchio makes of the file: one
    /// of the two must be installed for Python
    #[arg(long)]
    pub(crate) verify: bool,

    /// The Python that has `MuJoCo` or Pinocchio; that of the active virtual
    /// environment, or `python3`, by default
    #[arg(long, value_name = "PATH", requires = "verify")]
    pub(crate) python: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Show what an ONNX file holds, and a first draft of its contract
    Inspect(InspectArgs),
    /// Check policy contracts against their networks and robots
    Check(PolicyCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// An ONNX file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Write the draft of a contract to this file instead of printing it
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Print what the file holds as JSON, without a draft
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// Contract files, or folders that hold them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Robot file of the contracts
    #[arg(long, value_name = "FILE")]
    pub(crate) robot: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PoliciesArgs {
    /// Print one JSON object per policy
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Run the accuracy benchmark: cases with known solutions
    Accuracy(AccuracyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AccuracyArgs {
    /// Only the case of this name; can be repeated
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,

    /// Print one JSON object per case instead of tables
    #[arg(long, conflicts_with = "markdown")]
    pub(crate) json: bool,

    /// Print the tables as they stand in the documentation
    #[arg(long)]
    pub(crate) markdown: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_timeout_is_a_time() {
        assert_eq!(parse_timeout("0.5"), Ok(Duration::from_millis(500)));
        for none in ["0", "-1", "nan", "inf", "1e300", "soon", ""] {
            assert!(parse_timeout(none).is_err(), "{none}");
        }
    }
}
