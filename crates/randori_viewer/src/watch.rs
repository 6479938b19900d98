//! Notices when files change on disk, and opens them again.
//!
//! An editor may write a file in place, or put another one in its place; both
//! show in the time and length that the file system tells, which are looked at a
//! few times per second.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bevy::prelude::*;
use bevy::time::Real;
use randori_core::spec::PolicySource;
use randori_core::text::FileReader;

use crate::action::Action;
use crate::notice::Notices;
use crate::open::{Open, OpenFile, Refused};
use crate::run::{Run, RunSystems};

/// How often files are looked at.
const EVERY: Duration = Duration::from_millis(300);

/// Opens what is open again when one of its files changes: a scenario from its
/// start, a policy that is a program from the tick that is shown. A file that was
/// refused is tried again.
pub struct WatchPlugin;

impl Plugin for WatchPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Watched>().add_systems(Update, look.before(RunSystems::Act));
    }
}

/// Files as they were when they were last looked at.
#[derive(Resource, Default)]
struct Watched {
    /// What was open when they were chosen.
    of: (u64, u64, Refused),
    scenario: Files,
    programs: Files,
    since: Duration,
}

/// When files were written, and how long they are; `None` if they are not there.
type Files = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

fn look(
    time: Res<Time<Real>>,
    open: Option<Res<OpenFile>>,
    refused: Res<Refused>,
    run: Res<Run>,
    mut watched: ResMut<Watched>,
    mut found: ParamSet<(MessageWriter<Open>, MessageWriter<Action>, ResMut<Notices>)>,
) {
    let of = (run.generation(), run.branches(), refused.clone());
    if watched.of != of {
        watched.scenario = state_of(scenario_files(open.as_deref(), &refused));
        watched.programs = state_of(program_files(&run, open.as_deref()));
        watched.of = of;
        return;
    }
    watched.since += time.delta();
    if watched.since < EVERY {
        return;
    }
    watched.since = Duration::ZERO;
    if let Some(name) = renew(&mut watched.scenario) {
        found.p2().say(format!("{name} has changed: it is read again"));
        found.p0().write(refused.file.clone().map_or(Open::Again, Open::File));
    } else if let Some(name) = renew(&mut watched.programs) {
        found.p2().say(format!("{name} has changed: it decides from here on"));
        found.p1().write(Action::Branch);
    }
}

fn scenario_files(open: Option<&OpenFile>, refused: &Refused) -> Vec<PathBuf> {
    let mut files = refused.sources.clone();
    files.extend(refused.file.clone());
    if let Some(open) = open.filter(|open| !open.is_recording()) {
        files.extend(open.files().keys().map(|path| PathBuf::from(open.project.shown(path))));
    }
    files
}

/// Files that commands of policies name.
fn program_files(run: &Run, open: Option<&OpenFile>) -> Vec<PathBuf> {
    let Some(open) = open else { return Vec::new() };
    let robots = run.scenario().into_iter().flat_map(|scenario| &scenario.spec.robots);
    let commands = robots.filter_map(|robot| match &robot.policy.as_ref()?.source {
        PolicySource::Process { command, .. } => Some(command),
        _ => None,
    });
    let words = commands.flatten().map(|word| open.project.root().join(word));
    words.filter(|path| path.is_file()).collect()
}

fn state_of(files: Vec<PathBuf>) -> Files {
    files.into_iter().map(|file| (file.clone(), state(&file))).collect()
}

fn state(file: &PathBuf) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Looks at all files again; gives the name of one that has changed and is there.
fn renew(files: &mut Files) -> Option<String> {
    let mut changed = None;
    for (file, before) in files.iter_mut() {
        let now = state(file);
        if now != *before && now.is_some() {
            *before = now;
            changed = file.file_name().map(|name| name.to_string_lossy().into_owned());
        }
    }
    changed
}
