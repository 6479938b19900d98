//! Shared state of the runs of a command, and loading of scenario files.

use std::collections::BTreeSet;

use randori_core::diagnostic::{Diagnostics, Failure};
use randori_core::report::RunError;
use randori_core::spec::Scenario;
use randori_core::text::{Override, ScenarioText};
use randori_sim::batch::PreparedRun;

use crate::choice::PolicyChoice;
use crate::command_line;
use crate::findings::{findings, refused, untrusted_programs};
use crate::networks::Networks;
use crate::program_files::program_digests;
use crate::project::SelectedFile;
use crate::reading::{FileDigests, Reading};
use crate::world_findings::overlaps;

/// Shared state of the runs of a command.
#[derive(Debug, Default)]
pub struct RunContext {
    /// Scalar overrides for loaded files.
    pub overrides: Vec<Override>,
    /// Policies from the command line.
    pub choices: Vec<PolicyChoice>,
    /// Networks read so far, and their backend.
    pub networks: Networks,
    /// Arguments besides the file and the seed that change results.
    pub arguments: Vec<String>,
    /// Missing files, by path from the project root.
    pub missing: BTreeSet<String>,
}

/// A scenario that is ready to run.
#[derive(Debug)]
pub struct Entry {
    /// Its file.
    pub file: SelectedFile,
    text: ScenarioText,
    /// Scalar overrides of it.
    overrides: Vec<Override>,
    /// All files read for it.
    pub files: FileDigests,
    /// The scenario before values are sampled for a seed.
    pub scenario: Scenario,
}

/// The reasons why a file cannot be run.
#[derive(Debug)]
pub enum Refusal {
    /// An invalid choice of a policy.
    Choice(Failure),
    /// Errors in the files.
    Findings(Diagnostics),
}

impl RunContext {
    /// Reads and checks a scenario. Programs that it names are refused unless
    /// they are trusted.
    ///
    /// # Errors
    /// The reason why it cannot be run.
    pub fn load(
        &mut self,
        file: SelectedFile,
        trusted: bool,
    ) -> Result<(Entry, Diagnostics), Refusal> {
        let reading = Reading::new(&file.project);
        let text = ScenarioText::load(&reading, &file.path, &file.project.limits);
        self.missing.extend(reading.missing());
        let text = text.map_err(Refusal::Findings)?;
        let mut files = reading.into_digests();
        let mut loaded = text
            .resolve(&self.overrides)
            .map_err(|errors| Refusal::Findings(refused(&text, &self.overrides, errors)))?;
        let chosen = self.choose(&mut loaded.scenario).map_err(Refusal::Choice)?;
        let mut list = std::mem::take(&mut loaded.warnings);
        list.extend(findings(&loaded.scenario, &loaded.sources, &chosen, text.limits()));
        // A world that cannot be built is reported by the run itself.
        list.extend(overlaps(&loaded.scenario, &loaded.sources).unwrap_or_default());
        if !trusted {
            list.extend(untrusted_programs(&loaded.scenario, &loaded.sources, &chosen));
        }
        let (scenario, sources) = (&loaded.scenario, &loaded.sources);
        list.extend(self.networks.load(&file.project, scenario, sources, &chosen));
        self.missing.extend(self.networks.missing().iter().cloned());
        let diagnostics = loaded.diagnostics(list);
        if diagnostics.errors() > 0 {
            return Err(Refusal::Findings(diagnostics));
        }
        files.extend(self.networks.digests(scenario));
        files.extend(program_digests(&file.project, scenario));
        let overrides = self.overrides.clone();
        Ok((Entry { file, text, overrides, files, scenario: loaded.scenario }, diagnostics))
    }

    /// Applies all `--policy` arguments; returns their robots.
    fn choose(&self, scenario: &mut Scenario) -> Result<BTreeSet<usize>, Failure> {
        self.choices.iter().map(|choice| choice.apply(scenario)).collect()
    }

    /// The scenario of a run with all values sampled for its seed.
    ///
    /// # Errors
    /// When a sampled value makes the scenario invalid.
    pub fn prepare(&self, entry: &Entry, seed: u64) -> Result<PreparedRun, RunError> {
        if entry.scenario.spec.vary.is_empty() {
            return Ok(PreparedRun { scenario: entry.scenario.clone(), seed, varied: Vec::new() });
        }
        let loaded = entry.text.resolve_seed(&entry.overrides, seed);
        let mut loaded = loaded.map_err(|error| impossible(&error))?;
        // The set of robots does not depend on the seed.
        let _ = self.choose(&mut loaded.scenario);
        Ok(PreparedRun { scenario: loaded.scenario, seed, varied: loaded.drawn })
    }

    /// The command that reproduces one run.
    pub fn reproduce(&self, entry: &Entry, seed: u64) -> String {
        let seed = seed.to_string();
        let words = ["randori", "run", &entry.file.shown, "--seed", &seed];
        command_line(words.into_iter().chain(self.arguments.iter().map(String::as_str)))
    }
}

/// An outcome for a seed whose sampled values are invalid.
fn impossible(findings: &Diagnostics) -> RunError {
    let first = findings.list.first();
    RunError {
        code: first.map_or("RS0301", |finding| finding.code.as_str()).to_owned(),
        message: format!(
            "the values sampled for this seed are invalid: {}",
            first.map_or("", |finding| finding.message.as_str())
        ),
        tick: 0,
        details: findings.short().lines().map(str::to_owned).collect(),
        help: Some("narrow the ranges of `vary`".to_owned()),
    }
}
