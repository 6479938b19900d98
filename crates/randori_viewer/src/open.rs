//! Opens scenarios and recordings from disk, under the terms that a person gave:
//! seed, overrides, policies, trust.
//!
//! Start reading at [`open`].

mod recording;
mod scenario;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bevy::prelude::*;
use randori_core::diagnostic::Diagnostics;
use randori_core::text::{FileReader, Limits, Override};
use randori_project::context::{Entry, RunContext};
use randori_project::networks::Networks;
use randori_project::project::{Places, Project};
use randori_project::reading::FileDigests;
use randori_project::start_policy::start_policy;
use randori_record::header::Start;

use crate::action::Action;
use crate::driver::StartPolicy;
use crate::run::{Problem, Run, RunSystems};
use crate::scene::MeshFiles;

/// What a person said besides the file; it holds for all files that are opened.
#[derive(Resource, Debug, Clone, Default)]
pub struct Terms {
    /// Where files are looked for.
    pub places: Places,
    /// Seed of the random streams; a recording has its own.
    pub seed: u64,
    /// Scalars that are replaced.
    pub overrides: Vec<Override>,
    /// Policies as `[ROBOT=]POLICY`.
    pub policies: Vec<String>,
    /// Whether programs that files name may be started.
    pub trust_programs: bool,
    /// What files may ask for.
    pub limits: Limits,
    /// Whether time begins to pass when something is opened.
    pub plays: bool,
}

/// The file that is open.
#[derive(Resource)]
pub struct OpenFile {
    /// Its path, as a person named it.
    pub named: PathBuf,
    /// The project that it belongs to; for a recording, the one around the current
    /// folder.
    pub project: Project,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
pub enum Content {
    /// A scenario, with what its runs share.
    Scenario {
        /// Overrides, policies, the command's arguments.
        context: Box<RunContext>,
        /// The file as it was read.
        entry: Box<Entry>,
    },
    /// A recorded run.
    Recording {
        /// What the recording says about itself.
        start: Box<Start>,
    },
}

impl OpenFile {
    /// SHA-256 of all files that belong to it, by their path from the project's
    /// root.
    pub fn files(&self) -> &FileDigests {
        match &self.content {
            Content::Scenario { entry, .. } => &entry.files,
            Content::Recording { start } => &start.header.assets,
        }
    }

    /// The scenario file as one would type it here; for a recording, the one that
    /// was recorded.
    pub fn shown(&self) -> &str {
        match &self.content {
            Content::Scenario { entry, .. } => &entry.file.shown,
            Content::Recording { start } => &start.header.file,
        }
    }

    /// Whether it is a recording.
    pub fn is_recording(&self) -> bool {
        matches!(self.content, Content::Recording { .. })
    }
}

/// Asks for files to be opened.
#[derive(Message, Debug, Clone, PartialEq)]
pub enum Open {
    /// A scenario or a recording.
    File(PathBuf),
    /// What is open, again from its start.
    Again,
    /// What is open with this seed.
    Seed(u64),
    /// What is open with this scalar replaced, from the tick that is shown on.
    Change(Override),
    /// Programs that files name may be started from now on; then as `File`.
    Trusted(PathBuf),
}

/// The file that was refused last, until one is opened.
#[derive(Resource, Debug, Clone, PartialEq, Eq, Default)]
pub struct Refused {
    /// The file; `None` if the last one was opened.
    pub file: Option<PathBuf>,
    /// Files in which the reasons may lie.
    pub sources: Vec<PathBuf>,
    /// Whether it wants to start programs that nobody allowed.
    pub untrusted: bool,
}

/// Carries [`Open`] out.
pub struct OpenPlugin;

impl Plugin for OpenPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Terms>()
            .init_resource::<Refused>()
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

/// Opens a file: a recording if it ends in `.mcap`, else a scenario. What was
/// open stays if this cannot be opened.
///
/// # Errors
/// Why it cannot be opened, with places and advice.
pub fn open(world: &mut World, file: &Path) -> Result<(), Problem> {
    let terms = world.resource::<Terms>().clone();
    *world.resource_mut::<Refused>() = Refused::default();
    let is_recording = file.extension().is_some_and(|it| it.eq_ignore_ascii_case("mcap"));
    let opened = if is_recording {
        recording::open(world, file, &terms)?
    } else {
        scenario::open(world, file, &terms)?
    };
    let project = opened.project.clone();
    let read = move |path: &str| project.read_bytes(path).map_err(|error| error.to_string());
    world.insert_resource(MeshFiles(Some(Box::new(read))));
    world.insert_resource(opened);
    if terms.plays {
        world.write_message(Action::Play);
    }
    Ok(())
}

/// Starts policies with these networks; programs run in the project's root.
fn starter(networks: Arc<Networks>, project: &Project) -> StartPolicy {
    let root = project.root().to_owned();
    Box::new(move |scenario, robot, interface| {
        start_policy(scenario, robot, interface, &networks, &root)
    })
}

/// Findings as a problem.
fn findings(found: &Diagnostics, file: &str) -> Problem {
    let count = found.errors();
    let errors = if count == 1 { "an error".to_owned() } else { format!("{count} errors") };
    Problem {
        message: format!("{file} has {errors}"),
        details: found.human(false).lines().map(str::to_owned).collect(),
        help: Some("mend it and save: it is opened again by itself".to_owned()),
    }
}
