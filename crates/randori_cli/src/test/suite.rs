//! Scenarios with their goldens, ready to run.

use std::path::{Path, PathBuf};

use randori_core::diagnostic::Diagnostics;
use randori_core::spec::Expectation;
use randori_core::text::{ReadError, bundle};
use randori_project::command_line;
use randori_project::context::{Entry, Refusal, RunContext};
use randori_project::findings::lacks_assets;
use randori_project::project::{Places, SelectedFile};
use randori_project::record::engine;
use randori_record::golden::{Golden, GoldenEngine, Inputs, Level, Tolerances};

use super::select::Selection;
use crate::args::{Shard, SuiteArgs};
use crate::console::{Console, stderr_has_colours};
use crate::exit::Outcome;
use crate::style::count;
use crate::tell;
use crate::text::{Text, text};

/// The purpose of a test run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Compares accepted scenarios only.
    Compare,
    /// Also runs scenarios without a golden.
    Accept,
    /// Compares accepted runs bit by bit, whatever level the golden names.
    Rebaseline,
}

/// All cases to compare.
pub(super) struct Suite {
    pub(super) cases: Vec<Case>,
    pub(super) context: RunContext,
    pub(super) engine: GoldenEngine,
    pub(super) purpose: Purpose,
    /// Scenarios without a golden, if only accepted ones are run.
    pub(super) without_golden: Vec<String>,
}

/// A scenario with its golden.
pub(super) struct Case {
    /// Path of the scenario, as one would type it; of the golden for one without
    /// a scenario.
    pub(super) shown: String,
    /// Path of its golden.
    pub(super) golden_path: PathBuf,
    /// The same path, as one would type it.
    pub(super) golden_shown: String,
    /// The accepted golden.
    pub(super) golden: Option<Golden>,
    /// The text of the golden's file.
    pub(super) golden_text: Option<String>,
    /// The level of agreement that runs need.
    pub(super) level: Level,
    /// The tolerances of the comparison.
    pub(super) tolerances: Tolerances,
    /// The seeds to run.
    pub(super) seeds: Vec<u64>,
    /// The scenario to run, or the reason why there is none.
    pub(super) state: State,
    /// The command that reproduces the result.
    pub(super) reproduce: String,
}

/// The effect of a goal on the verdict of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Required,
    /// It may fail.
    Preferred,
    ExpectedToFail,
}

/// The subject of a case.
pub(super) enum State {
    /// This scenario, which resolves to these texts.
    Ready { entry: Box<Entry>, texts: Vec<(String, String)> },
    /// None: a file is invalid, for this reason.
    Invalid(Text),
    /// None: skipped, since assets were not found.
    Skipped,
    /// None: the scenario is missing.
    Orphan,
}

impl Suite {
    /// Reads all selected scenarios and goldens.
    ///
    /// # Errors
    /// The exit status if there is nothing to do; the reason is printed.
    pub(super) fn load(
        selection: Selection,
        args: &SuiteArgs,
        shard: Shard,
        purpose: Purpose,
        places: &Places,
        console: &Console,
    ) -> Result<Self, Outcome> {
        let files = &selection.files;
        if files.iter().any(|file| file.project != files[0].project) {
            console.error("these files belong to different projects");
            console.help("test them one after the other, or name their common folder by `--root`");
            return Err(Outcome::Usage);
        }
        let arguments = args.repeatable(places);
        let context = RunContext { arguments, ..RunContext::default() };
        let engine = GoldenEngine::from(&engine());
        let (cases, without_golden) = (Vec::new(), Vec::new());
        let mut suite = Self { cases, context, engine, purpose, without_golden };
        for (_, file) in mine(selection.files, shard) {
            suite.add(file, args);
        }
        for (_, path) in mine(selection.orphans, shard) {
            suite.cases.push(Case::orphan(path));
        }
        let skipped = suite.cases.iter().filter(|case| matches!(case.state, State::Skipped));
        let skipped = skipped.count();
        if skipped > 0 {
            tell::skipped(console, &count(skipped, "scenario"));
        }
        if suite.cases.is_empty() {
            if suite.without_golden.is_empty() {
                console.error("this part of the suite is empty");
            } else {
                let which = if selection.named_files { "named" } else { "found" };
                console.error(&format!("no scenario that was {which} has a golden file"));
                console.help("check the run, then use `randori test --accept` or `randori review`");
            }
            return Err(Outcome::NothingSelected);
        }
        Ok(suite)
    }

    fn add(&mut self, mut file: SelectedFile, args: &SuiteArgs) {
        file.project.limits = args.limits.limits();
        file.project.policy_env.clone_from(&args.env.policy_env);
        let golden_path = file.project.root().join(&file.path).with_extension("golden.ron");
        let (golden, golden_text) = match read(&file) {
            Ok(Some((golden, text))) => (Some(golden), Some(text)),
            Ok(None) => (None, None),
            Err(reason) => {
                let case = Case::new(file.shown, golden_path, None, args, &self.context);
                self.cases.push(Case { state: State::Invalid(reason), ..case });
                return;
            }
        };
        if golden.is_none() && self.purpose != Purpose::Accept {
            self.without_golden.push(file.shown);
            return;
        }
        let case = Case::new(file.shown.clone(), golden_path, golden, args, &self.context);
        let state = self.state(file, args.trust_programs);
        self.cases.push(Case { golden_text, state, ..case });
    }

    fn state(&mut self, file: SelectedFile, trusted: bool) -> State {
        let in_folder = file.in_folder;
        match self.context.load(file, trusted) {
            Ok((entry, _warnings)) => match bundle(&entry.scenario) {
                Ok(texts) => State::Ready { entry: Box::new(entry), texts },
                Err(error) => State::Invalid(text!("it cannot be written as text: {}", error)),
            },
            Err(Refusal::Choice(error)) => State::Invalid(Text::clean(&error.message)),
            Err(Refusal::Findings(found)) if in_folder && lacks_assets(&found) => State::Skipped,
            Err(Refusal::Findings(found)) => State::Invalid(shown_findings(&found)),
        }
    }

    /// The level at which a run of a case is compared with the accepted one.
    pub(super) fn level(&self, case: &Case) -> Level {
        if self.purpose == Purpose::Rebaseline { Level::Exact } else { case.level }
    }

    /// The fingerprints of the inputs of a case; empty for a case that cannot
    /// run.
    pub(super) fn inputs(case: &Case) -> Inputs {
        match &case.state {
            State::Ready { entry, texts } => Inputs::new(texts, &entry.files),
            _ => Inputs::default(),
        }
    }
}

impl Case {
    fn new(
        shown: String,
        golden_path: PathBuf,
        golden: Option<Golden>,
        args: &SuiteArgs,
        context: &RunContext,
    ) -> Self {
        let seeds: Vec<u64> = match (&args.seeds, &golden) {
            (Some(seeds), _) => seeds.iter().collect(),
            (None, Some(golden)) => golden.runs.iter().map(|run| run.seed).collect(),
            (None, None) => vec![0],
        };
        let accepted = golden.as_ref().map(|golden| golden.level).unwrap_or_default();
        let tolerances = golden.as_ref().map(|golden| golden.tolerances.clone());
        let level = args.level.map(|level| ["--level", level.word()]);
        let words = ["randori", "test", shown.as_str()].into_iter();
        let words = words.chain(level.into_iter().flatten());
        let reproduce = command_line(words.chain(context.arguments.iter().map(String::as_str)));
        Self {
            golden_shown: Path::new(&shown).with_extension("golden.ron").display().to_string(),
            level: args.level.unwrap_or(accepted),
            tolerances: tolerances.unwrap_or_default(),
            seeds,
            state: State::Skipped,
            reproduce,
            shown,
            golden_path,
            golden,
            golden_text: None,
        }
    }

    fn orphan(path: PathBuf) -> Self {
        let shown = path.display().to_string();
        let reproduce = command_line(["randori", "test", shown.as_str()]);
        Self {
            golden_shown: shown.clone(),
            shown,
            golden_path: path,
            golden: None,
            golden_text: None,
            level: Level::default(),
            tolerances: Tolerances::default(),
            seeds: Vec::new(),
            state: State::Orphan,
            reproduce,
        }
    }

    /// The effect of one of its goals on the verdict of a run.
    pub(super) fn role(&self, goal: &str) -> Role {
        let State::Ready { entry, .. } = &self.state else { return Role::Required };
        let spec = &entry.scenario.spec;
        if matches!(&spec.expect, Expectation::Fail { goal: expected } if expected == goal) {
            return Role::ExpectedToFail;
        }
        let preferred = spec.goals.iter().any(|it| it.name == goal && it.require.is_none());
        if preferred { Role::Preferred } else { Role::Required }
    }
}

/// The golden beside a scenario with its text, if it exists. A link that leads
/// out of the project is not followed.
fn read(file: &SelectedFile) -> Result<Option<(Golden, String)>, Text> {
    let shown = Path::new(&file.shown).with_extension("golden.ron");
    let shown = shown.display();
    let path = Path::new(&file.path).with_extension("golden.ron");
    let text = match file.project.read_long_text(&path.to_string_lossy()) {
        Ok(text) => text,
        Err(ReadError::NotFound) => return Ok(None),
        Err(error) => return Err(text!("{}: it cannot be read: {}", shown, error)),
    };
    match Golden::parse(&text) {
        Ok(golden) => Ok(Some((golden, text))),
        Err(error) => Err(text!("{}:{}\nhelp: {}", shown, error, error.help)),
    }
}

fn shown_findings(found: &Diagnostics) -> Text {
    Text::findings(found, stderr_has_colours())
}

/// The items of a shard.
fn mine<T>(items: Vec<T>, shard: Shard) -> impl Iterator<Item = (usize, T)> {
    items.into_iter().enumerate().filter(move |(index, _)| shard.contains(*index))
}
