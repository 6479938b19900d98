//! Arguments of the commands that work on goldens.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, ValueEnum};
use randori_project::project::Places;
use randori_record::golden::Level;

use super::{LimitArgs, PolicyEnvArgs, Seeds, TimeoutArgs};

const TEST_EXAMPLES: &str = "\
Examples:
  randori test                                   # everything in `scenarios`
  randori test scenarios/courier --fail-fast
  randori test courier --accept                  # files whose path contains `courier`
  randori test --rebaseline                      # after an update of Randori
  randori test --format github --junit results.xml --shard 1/4";

#[derive(Debug, Args)]
#[command(after_help = TEST_EXAMPLES)]
#[command(group = ArgGroup::new("unasked").args(["accept", "yes"]))]
pub(crate) struct TestArgs {
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,

    /// Write goldens: new ones, and in the place of those that differ. Refused
    /// where the variable `CI` is set
    #[arg(long)]
    pub(crate) accept: bool,

    /// Also accept runs that fail or end in an error without an `expect` in the
    /// scenario
    #[arg(long, requires = "unasked")]
    pub(crate) accept_failures: bool,

    #[command(flatten)]
    pub(crate) rebaseline: RebaselineArgs,

    /// Only the Ith of N parts, such as `1/4`
    #[arg(long, value_name = "I/N", default_value = "1/1", hide_default_value = true)]
    pub(crate) shard: Shard,

    /// Stop after the first run that differs from its golden
    #[arg(long, conflicts_with = "accept")]
    pub(crate) fail_fast: bool,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,

    /// Write JUnit XML to this file as well
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
}

/// What happens to goldens after an update of the engine.
#[derive(Debug, Args)]
pub(crate) struct RebaselineArgs {
    /// After an update of Randori: show how far each run has moved from its golden,
    /// and ask which goldens to rewrite. Compares at the level `tolerance`, whatever
    /// level the golden names, and leaves goldens alone whose files were edited
    #[arg(id = "rebaseline", long = "rebaseline", conflicts_with_all = ["accept", "fail_fast", "junit", "level", "seeds"])]
    pub(crate) is_asked: bool,

    /// Do not ask: rewrite all goldens whose runs moved within the tolerances.
    /// Refused where the variable `CI` is set
    #[arg(long, requires = "rebaseline")]
    pub(crate) yes: bool,

    /// With `--yes`: also rewrite goldens whose runs moved further or have another
    /// verdict, of scenarios that are named as files
    #[arg(long, requires_all = ["yes", "names"])]
    pub(crate) beyond_tolerance: bool,
}

const REVIEW_EXAMPLES: &str = "\
Examples:
  randori review
  randori review scenarios/courier";

#[derive(Debug, Args)]
#[command(after_help = REVIEW_EXAMPLES)]
pub(crate) struct ReviewArgs {
    #[command(flatten)]
    pub(crate) suite: SuiteArgs,
}

/// Which scenarios are run, and how.
#[derive(Debug, Args)]
pub(crate) struct SuiteArgs {
    /// Scenario files, goldens, folders that hold them, or parts of their paths;
    /// the project's `scenarios` by default
    #[arg(value_name = "DIR|FILE|FILTER")]
    pub(crate) names: Vec<String>,

    /// Compare at this level instead of the one in the golden; accepted goldens
    /// get it
    #[arg(long, value_name = "LEVEL", value_parser = level())]
    pub(crate) level: Option<Level>,

    /// Seeds of goldens that are accepted, from A up to, but not including, B;
    /// those of the golden by default, or 0
    #[arg(long, value_name = "A..B", value_parser = few_seeds)]
    pub(crate) seeds: Option<Seeds>,

    /// Start the programs that scenario files name
    #[arg(long)]
    pub(crate) trust_programs: bool,

    #[command(flatten)]
    pub(crate) env: PolicyEnvArgs,

    /// Threads; all cores by default
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(crate) timeout: TimeoutArgs,

    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

impl SuiteArgs {
    /// The arguments that a run depends on, besides its file and seed.
    pub(crate) fn repeatable(&self, places: &Places) -> Vec<String> {
        let mut words = places.words();
        words.extend(self.limits.words());
        words.extend(self.env.words());
        if self.trust_programs {
            words.push("--trust-programs".to_owned());
        }
        words
    }
}

/// What `randori test` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line per scenario, then failures
    Text,
    /// One JSON object per scenario
    Json,
    /// JUnit XML
    Junit,
    /// Text with annotations for GitHub Actions, and a step summary
    Github,
}

/// One of several equal parts of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Counted from 1.
    part: usize,
    parts: usize,
}

impl Shard {
    /// Everything.
    pub(crate) const WHOLE: Self = Self { part: 1, parts: 1 };

    /// Whether the scenario with this index belongs to it. Neighbours go to
    /// different parts, because files of one folder take similar times.
    pub(crate) fn contains(self, index: usize) -> bool {
        index % self.parts == self.part - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(part, parts)| {
            Some((part.parse::<usize>().ok()?, parts.parse::<usize>().ok()?))
        });
        match numbers {
            Some((part, parts)) if (1..=parts).contains(&part) => Ok(Self { part, parts }),
            _ => Err("write I/N with I from 1 to N, such as 1/4".to_owned()),
        }
    }
}

/// Runs that a golden can hold; more would be no text that people read.
const MAX_GOLDEN_RUNS: u64 = 10_000;

/// Reads seeds of a golden.
fn few_seeds(text: &str) -> Result<Seeds, String> {
    let seeds = Seeds::parse(text)?;
    if seeds.count() > MAX_GOLDEN_RUNS {
        return Err(format!("a golden holds at most {MAX_GOLDEN_RUNS} runs"));
    }
    Ok(seeds)
}

/// Reads a level by its word.
fn level() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.map(Level::word)).map(|word| {
        // Only these words get here.
        Level::ALL.into_iter().find(|level| level.word() == word).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_share_everything_without_overlap() {
        let shards: Vec<Shard> =
            ["1/3", "2/3", "3/3"].iter().map(|text| text.parse().expect("a shard")).collect();

        for index in 0..10 {
            assert_eq!(shards.iter().filter(|shard| shard.contains(index)).count(), 1);
        }
        assert!((0..10).all(|index| Shard::WHOLE.contains(index)));
    }

    #[test]
    fn shards_that_make_no_sense_are_refused() {
        for text in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
