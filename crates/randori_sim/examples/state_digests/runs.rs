//! Runs of scenarios with built-in policies.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use randori_core::policy::Policy;
use randori_core::spec::Scenario;
use randori_core::text::{FileReader, Limits, ReadError, ScenarioText};
use randori_policy::{Context, start};
use randori_sim::batch::PreparedRun;
use randori_sim::episode::{Episode, interfaces};
use sha2::{Digest as _, Sha256};

use crate::golden::{self, GoldenRun};
use crate::say;

/// Ticks between printed digests of a run without a golden; they show roughly when a
/// difference began.
const TICKS_PER_LINE: u64 = 250;

/// Files below the root of a project.
struct Project(PathBuf);

impl FileReader for Project {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(self.0.join(path)).map_err(|error| ReadError::Other(error.to_string()))
    }
}

/// Runs a scenario with all its seeds and prints a line for each.
pub(crate) fn run(project: &Path, file: &str) -> Result<(), Box<dyn Error>> {
    let text = ScenarioText::load(&Project(project.to_owned()), file, &Limits::default())?;
    let accepted = golden::read(&project.join(file))?;
    for expected in &accepted {
        let (ticks, found) = run_seed(&text, expected.seed, |_| ())?;
        if found != *expected {
            return Err(format!("{found:?} instead of {expected:?}").into());
        }
        say(&format!(
            "{file} seed {}: {ticks} ticks, {} as in its golden",
            found.seed, found.chain
        ));
    }
    if accepted.is_empty() {
        for seed in 0..2 {
            let mut lines = Vec::new();
            let (ticks, found) = run_seed(&text, seed, |line| lines.push(line))?;
            for line in &lines {
                say(line);
            }
            say(&format!("{file} seed {seed}: {ticks} ticks, {}", found.chain));
        }
    }
    Ok(())
}

/// Runs one seed; `report` receives a line with the digest of some ticks.
fn run_seed(
    text: &ScenarioText,
    seed: u64,
    mut report: impl FnMut(String),
) -> Result<(u64, GoldenRun), Box<dyn Error>> {
    let run = PreparedRun::draw(text, &[], seed)?;
    let mut episode = Episode::new(&run.scenario, seed, policies(&run.scenario)?)?;
    let mut chain = Sha256::new();
    chain.update(episode.record().hash.to_le_bytes());
    while !episode.is_over() {
        episode.advance();
        let record = episode.record();
        chain.update(record.hash.to_le_bytes());
        if record.tick.0 % TICKS_PER_LINE == 0 {
            report(format!("  tick {}: {:016x}", record.tick.0, record.hash));
        }
    }
    if let Some(error) = episode.error() {
        return Err(format!("the run broke: {}", error.message).into());
    }
    let chain = chain
        .finalize()
        .iter()
        .take(8)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let record = episode.record();
    let found = GoldenRun { seed, final_hash: format!("{:016x}", record.hash), chain };
    Ok((record.tick.0, found))
}

type Policies = Vec<Option<Box<dyn Policy>>>;

/// The policies of a scenario; built-in ones only.
fn policies(scenario: &Scenario) -> Result<Policies, Box<dyn Error>> {
    let interfaces = interfaces(scenario);
    let robots = scenario.spec.robots.iter().zip(&interfaces);
    robots
        .map(|(robot, interface)| {
            let policy = robot.policy.as_ref();
            let started = policy.map(|policy| start(&policy.source, &Context::new(interface)));
            started.transpose().map_err(|error| format!("`{}`: {error}", robot.name).into())
        })
        .collect()
}
