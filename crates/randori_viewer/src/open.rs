//! Opens scenarios and recordings from disk, with the options of the user: seed,
//! overrides, policies, trust.
//!
//! Start reading at [`open`].

mod recording;
mod scenario;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::prelude::*;
use randori_core::diagnostic::Diagnostics;
use randori_core::record::TickRecord;
use randori_core::text::{FileReader, Limits, Override};
use randori_policy::EnvVar;
use randori_project::context::{Entry, RunContext};
use randori_project::networks::Networks;
use randori_project::program_files::program_files;
use randori_project::project::{Places, Project};
use randori_project::reading::FileDigests;
use randori_project::start_policy::start_policy;
use randori_record::header::Start;
use randori_sim::batch::PreparedRun;

use crate::action::Action;
use crate::driver::StartPolicy;
use crate::notice::Notices;
use crate::run::{OpenError, Problem, Run, RunSystems};
use crate::scene::{MeshFiles, ReadFile};

/// Options besides the file; they hold for all files that are opened.
#[derive(Resource, Debug, Clone, Default)]
pub struct Terms {
    /// Folders in which files are searched for.
    pub places: Places,
    /// Seed of the random streams; a recording has its own.
    pub seed: u64,
    /// Replaced scalars.
    pub overrides: Vec<Override>,
    /// Scalars of the open file that were changed after opening; they do not apply
    /// to other files.
    pub changes: Vec<Override>,
    /// Policies as `[ROBOT=]POLICY`.
    pub policies: Vec<String>,
    /// True if programs that files name may be started.
    pub trust_programs: bool,
    /// Environment variables passed to programs in addition to the usual ones.
    pub policy_env: Vec<EnvVar>,
    /// Limits on the contents of files.
    pub limits: Limits,
    /// True if playback starts when a file is opened.
    pub plays: bool,
}

impl Terms {
    /// All replaced scalars of the open file, each once.
    pub fn replaced(&self) -> impl Iterator<Item = &Override> {
        let changed = |given: &Override| self.changes.iter().any(|it| it.path == given.path);
        self.overrides.iter().filter(move |given| !changed(given)).chain(&self.changes)
    }
}

/// The open file.
#[derive(Resource)]
pub struct OpenFile {
    /// Its path, as the user gave it.
    pub named: PathBuf,
    /// Its project; for a recording, the one around the current folder.
    pub project: Project,
    /// Its content.
    pub content: Content,
}

/// The content of a file.
pub enum Content {
    /// A scenario, with the context of its runs.
    Scenario {
        /// Overrides, policies, the command's arguments.
        context: Box<RunContext>,
        /// The file as it was read.
        entry: Box<Entry>,
    },
    /// A recorded run.
    Recording {
        /// The header of the recording.
        start: Box<Start>,
    },
}

impl OpenFile {
    /// SHA-256 of all files of the project that it uses, by path from the project
    /// root.
    pub fn files(&self) -> &FileDigests {
        match &self.content {
            Content::Scenario { entry, .. } => &entry.files,
            Content::Recording { start } => &start.header.assets,
        }
    }

    /// The path of the scenario file relative to the current folder; for a
    /// recording, the recorded scenario's path.
    pub fn shown(&self) -> &str {
        match &self.content {
            Content::Scenario { entry, .. } => &entry.file.shown,
            Content::Recording { start } => &start.header.file,
        }
    }

    /// The files of a scenario, relative to the current folder, without those of
    /// programs; empty for a recording, which contains its files.
    pub(crate) fn on_disk(&self) -> Vec<PathBuf> {
        let Content::Scenario { entry, .. } = &self.content else { return Vec::new() };
        let programs = program_files(&self.project, &entry.scenario);
        let files = entry.files.keys().filter(|path| !programs.contains_key(*path));
        files.map(|path| PathBuf::from(self.project.shown(path))).collect()
    }

    /// True for a recording.
    pub(crate) fn is_recording(&self) -> bool {
        matches!(self.content, Content::Recording { .. })
    }
}

/// Requests to open files.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Open {
    /// A scenario or a recording.
    File(PathBuf),
    /// Restarts the open file.
    Again,
    /// Restarts the open file with this seed.
    Seed(u64),
    /// Replaces this scalar of the open file, from the shown tick on.
    Change(Override),
    /// Trusts programs that files name from now on; then like `File`.
    Trusted(PathBuf),
}

/// The file that was rejected last, until a file is opened.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub struct Refused {
    /// The file; `None` if the last one was opened.
    pub file: Option<PathBuf>,
    /// Files that may contain the cause.
    pub sources: Vec<PathBuf>,
    /// True if it would start a program that is not trusted.
    pub untrusted: bool,
}

/// Carries [`Open`] out.
pub struct OpenPlugin;

impl Plugin for OpenPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Terms>()
            .init_resource::<Refused>()
            .init_resource::<Notices>()
            .add_message::<Open>()
            .add_systems(Update, carry_out.in_set(RunSystems::Act));
    }
}

fn carry_out(world: &mut World) {
    let asked: Vec<Open> = world.resource_mut::<Messages<Open>>().drain().collect();
    for open in asked {
        if let Err(problem) = carry_out_one(open, world) {
            world.resource_mut::<Run>().set_problem(Some(problem));
        }
    }
}

fn carry_out_one(asked: Open, world: &mut World) -> Result<(), Problem> {
    match asked {
        Open::File(file) => open(world, &file),
        Open::Trusted(file) => {
            world.resource_mut::<Terms>().trust_programs = true;
            open(world, &file)
        }
        Open::Again => again(world),
        Open::Seed(seed) => {
            world.resource_mut::<Terms>().seed = seed;
            again(world)
        }
        Open::Change(change) => scenario::change(world, change).map(drop),
    }
}

fn again(world: &mut World) -> Result<(), Problem> {
    let file = world.get_resource::<OpenFile>().map(|open| open.named.clone());
    file.map_or(Ok(()), |file| open(world, &file))
}

/// A file that was read and can be run.
pub struct Ready {
    /// The file.
    pub file: OpenFile,
    /// Its run.
    pub run: PreparedRun,
    /// All records, if it is a recording.
    pub ticks: Option<Vec<TickRecord>>,
    /// Starts its policies.
    pub start: StartPolicy,
    /// A note for the user, although it can be run.
    pub note: Option<String>,
}

/// The reason why a file cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Refusal {
    /// The reason, with locations and advice.
    pub problem: Problem,
    /// Files that may contain the cause.
    pub sources: Vec<PathBuf>,
    /// True if it would start a program that is not trusted.
    pub untrusted: bool,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, ..Self::default() }
    }
}

/// Reads a file: a recording if it ends in `.mcap`, else a scenario.
///
/// # Errors
/// If it cannot be run, with the reason.
pub fn read(file: &Path, terms: &Terms) -> Result<Ready, Refusal> {
    let is_recording = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("mcap"));
    if is_recording { Ok(recording::read(file, terms)?) } else { scenario::read(file, terms) }
}

impl Ready {
    /// Files that may contain the cause of a failed start.
    fn sources(&self) -> Vec<PathBuf> {
        let mut sources = self.file.on_disk();
        sources.extend(program_files(&self.file.project, &self.run.scenario).into_values());
        sources
    }

    /// Opens it at its start.
    ///
    /// # Errors
    /// If the run cannot start; the open file then stays open.
    pub fn open_in(self, run: &mut Run) -> Result<OpenFile, OpenError> {
        match self.ticks {
            Some(ticks) => run.open_recording(self.run, ticks, self.start)?,
            None => run.open(self.run, self.start)?,
        }
        Ok(self.file)
    }
}

/// Opens a file at its start. On failure, the open file stays open.
///
/// # Errors
/// If it cannot be opened, with locations and advice.
pub fn open(world: &mut World, file: &Path) -> Result<(), Problem> {
    let mut terms = world.resource::<Terms>().clone();
    if world.get_resource::<OpenFile>().is_some_and(|open| open.named != file) {
        terms.changes.clear();
    }
    *world.resource_mut::<Refused>() = Refused::default();
    let ready = read(file, &terms).map_err(|refusal| refuse(world, file, refusal))?;
    let note = ready.note.clone();
    let sources = ready.sources();
    let opened = ready.open_in(&mut world.resource_mut::<Run>()).map_err(|error| {
        refuse(world, file, Refusal { problem: error.into(), sources, untrusted: false })
    })?;
    world.resource_mut::<Terms>().changes = terms.changes;
    if let Some(note) = note {
        world.resource_mut::<Notices>().say(note);
    }
    world.insert_resource(MeshFiles(Some(mesh_files(&opened.project))));
    world.insert_resource(opened);
    if terms.plays {
        world.write_message(Action::Play);
    }
    Ok(())
}

/// Records a rejected file.
fn refuse(world: &mut World, file: &Path, refusal: Refusal) -> Problem {
    let Refusal { problem, sources, untrusted } = refusal;
    *world.resource_mut::<Refused>() = Refused { file: Some(file.to_owned()), sources, untrusted };
    problem
}

/// Mesh files of a project.
pub fn mesh_files(project: &Project) -> ReadFile {
    let project = project.clone();
    Box::new(move |path| project.read_bytes(path).map_err(|error| error.to_string()))
}

/// Starts policies with these networks; programs run in the project's root.
fn starter(networks: Arc<Networks>, project: &Project) -> StartPolicy {
    let project = project.clone();
    Box::new(move |scenario, robot, interface| {
        start_policy(scenario, robot, interface, &networks, &project)
    })
}

/// Converts diagnostics to a problem.
fn findings(found: &Diagnostics, file: &str) -> Problem {
    let count = found.errors();
    let errors = if count == 1 { "an error".to_owned() } else { format!("{count} errors") };
    Problem {
        message: format!("{file} has {errors}"),
        details: found.human(false).lines().map(str::to_owned).collect(),
        help: Some("fix it and save; the file is reloaded automatically".to_owned()),
    }
}
