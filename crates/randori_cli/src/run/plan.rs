//! The runs to carry out: valid scenarios, and seeds.

use std::path::PathBuf;
use std::time::Duration;

use randori_core::diagnostic::{Diagnostics, Failure};
use randori_core::report::RunError;
use randori_project::choice::PolicyChoice;
use randori_project::context::{Entry, Refusal, RunContext};
use randori_project::findings::{Unseen, lacks_assets};
use randori_project::networks::Networks;
use randori_project::project::{Places, select_scenarios};
use randori_project::record::{Destination, Origin, Recorder, start};
use randori_project::runs::Runs;
use randori_sim::batch::PreparedRun;
use randori_sim::episode::Episode;
use randori_sim::observer::RunObserver;

use crate::args::{RecordArgs, RunArgs, Seeds};
use crate::console::{Console, stderr_has_colours};
use crate::exit::Outcome;
use crate::style::count;
use crate::tell;
use crate::text::{Text, text};

/// Maximum number of runs. More are surely a mistake, and their results would not
/// fit into memory.
const MAX_RUNS: u64 = 10_000_000;

/// All runs to carry out, in this order: all seeds of the first scenario, then
/// all of the second, and so on.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) entries: Vec<Entry>,
    pub(crate) seeds: Seeds,
    pub(crate) context: RunContext,
    recording: RecordArgs,
    /// Wall-clock limit of each run.
    timeout: Option<Duration>,
}

impl Plan {
    /// Reads and checks all files that the arguments name.
    ///
    /// # Errors
    /// The exit status, after the reason was printed.
    pub(crate) fn new(args: &RunArgs, places: &Places, console: &Console) -> Result<Self, Outcome> {
        let usage = |error: Failure| {
            console.error(&error.message);
            error.help.iter().for_each(|help| console.help(help));
            Outcome::Usage
        };
        let choices: Result<_, _> =
            args.policy.iter().map(|text| PolicyChoice::parse(text)).collect();
        let mut files = select_scenarios(&args.files, places)
            .map_err(|error| tell::unselected(console, &error))?;
        for file in &mut files {
            file.project.limits = args.limits.limits();
            file.project.policy_env.clone_from(&args.env.policy_env);
        }
        if files.iter().any(|file| file.project != files[0].project) {
            console.error("these files belong to different projects");
            console.help("run them one after the other, or name their common folder by `--root`");
            return Err(Outcome::Usage);
        }
        let mut plan = Self {
            entries: Vec::with_capacity(files.len()),
            seeds: args.seeds.seeds(),
            context: RunContext {
                overrides: args.overrides(),
                choices: choices.map_err(usage)?,
                networks: networks(args, console)?,
                arguments: args.repeatable(places),
                ..RunContext::default()
            },
            recording: args.recording.clone(),
            timeout: args.timeout.timeout,
        };
        if plan.seeds.count() > MAX_RUNS / files.len().max(1) as u64 {
            console.error(&format!("these are more than {MAX_RUNS} runs"));
            return Err(Outcome::Usage);
        }
        let mut unseen = Unseen::default();
        let (mut errors, mut skipped) = (0, 0);
        for file in files {
            let tell = |diagnostics: &Diagnostics| console.note(&with_gap(diagnostics));
            let in_folder = file.in_folder;
            match plan.context.load(file, args.trust_programs) {
                Ok((entry, warnings)) => {
                    tell(&unseen.filter(warnings));
                    plan.entries.push(entry);
                }
                Err(Refusal::Choice(error)) => return Err(usage(error)),
                Err(Refusal::Findings(findings)) if in_folder && lacks_assets(&findings) => {
                    skipped += 1;
                }
                Err(Refusal::Findings(findings)) => {
                    errors += findings.errors();
                    tell(&unseen.filter(findings));
                }
            }
        }
        if errors > 0 {
            console.error(&format!("nothing was run because of {}", count(errors, "error")));
            return Err(Outcome::InvalidScenario);
        }
        if skipped > 0 {
            tell::skipped(console, &count(skipped, "scenario"));
        }
        if plan.entries.is_empty() {
            return Err(Outcome::NothingSelected);
        }
        Ok(plan)
    }

    /// All runs: every scenario with every seed.
    pub(crate) fn runs(&self) -> Runs<'_> {
        let runs = Runs::new(&self.context, self.timeout);
        let seeds = self.seeds.first..=self.seeds.last;
        self.entries.iter().fold(runs, |runs, entry| runs.with(entry, seeds.clone()))
    }

    /// Number of runs of each scenario.
    pub(crate) fn seeds_per_entry(&self) -> usize {
        self.seeds.count() as usize
    }

    /// The file into which a run is recorded, if any.
    pub(crate) fn recording(&self, entry: &Entry, seed: u64) -> Option<PathBuf> {
        Some(self.destination()?.path(&entry.file.path, seed))
    }

    fn destination(&self) -> Option<Destination> {
        let runs = self.entries.len() * self.seeds_per_entry();
        Some(Destination::new(self.recording.record.as_deref()?, runs))
    }

    /// The recorder of a run that has started, if it is to be recorded.
    ///
    /// # Errors
    /// The reason why the run cannot be recorded.
    pub(crate) fn recorder(
        &self,
        entry: &Entry,
        prepared: &PreparedRun,
        episode: &Episode,
    ) -> Result<Option<Box<dyn RunObserver>>, RunError> {
        let Some(destination) = self.destination() else { return Ok(None) };
        let path = destination.path(&entry.file.path, prepared.seed);
        destination.make_folders(&path)?;
        let reproduce = self.context.reproduce(entry, prepared.seed);
        let origin =
            Origin { file: &entry.file.shown, assets: &entry.files, reproduce: &reproduce };
        let start = start(prepared, episode, origin)?;
        let options = self.recording.options();
        Ok(Some(Box::new(Recorder::create(&path, &start, &prepared.scenario, options)?)))
    }
}

/// Networks, with the selected inference backend.
#[cfg(feature = "ort")]
fn networks(args: &RunArgs, console: &Console) -> Result<Networks, Outcome> {
    Networks::with_runtime(args.onnxruntime.as_deref()).map_err(|reason| {
        console.error(&format!("ONNX Runtime cannot be used: {reason}"));
        Outcome::Usage
    })
}

/// Networks, all of them with the built-in interpreter.
#[cfg(not(feature = "ort"))]
#[expect(clippy::unnecessary_wraps, reason = "with ONNX Runtime it can fail")]
fn networks(_: &RunArgs, _: &Console) -> Result<Networks, Outcome> {
    Ok(Networks::default())
}

fn with_gap(diagnostics: &Diagnostics) -> Text {
    let text = Text::findings(diagnostics, stderr_has_colours());
    if text.is_empty() { text } else { text!("{}\n", text) }
}
