//! Detects changed files on disk, and reloads them.
//!
//! An editor may write a file in place, or replace it; both change its modification
//! time or length, which are polled a few times per second.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use bevy::prelude::*;
use bevy::time::Real;
use randori_project::program_files::program_files;

use crate::action::Action;
use crate::notice::Notices;
use crate::open::{Open, OpenFile, Refused};
use crate::run::{Run, RunSystems};

/// Polling period.
const EVERY: Duration = Duration::from_millis(300);

/// Reloads the open file when one of its files changes: a scenario from its start,
/// a policy program from the shown tick. A rejected file is retried.
pub struct WatchPlugin;

impl Plugin for WatchPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Watched>()
            .init_resource::<Notices>()
            .add_systems(Update, look.after(RunSystems::Act).before(RunSystems::Advance));
    }
}

/// Watched files with their last known state.
#[derive(Resource, Default)]
struct Watched {
    /// The open run and rejected file for which they were chosen.
    of: (u64, u64, Refused),
    refused: Files,
    scenario: Files,
    programs: Files,
    since: Duration,
}

/// Modification times and lengths of files; `None` for missing files.
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
        let mut tried = refused.sources.clone();
        tried.extend(refused.file.clone());
        let scenario = open.as_deref().map(OpenFile::on_disk).unwrap_or_default();
        let programs = programs(&run, open.as_deref());
        watched.choose([tried, scenario, programs]);
        watched.of = of;
        return;
    }
    watched.since += time.delta();
    if watched.since < EVERY {
        return;
    }
    watched.since = Duration::ZERO;
    // A file may be in several of these sets.
    let tried = renew(&mut watched.refused);
    let scenario = renew(&mut watched.scenario);
    let program = renew(&mut watched.programs);
    if let Some((name, file)) = tried.zip(refused.file.clone()) {
        found.p2().say(format!("{name} has changed: reloaded"));
        found.p0().write(Open::File(file));
    } else if let Some(name) = scenario {
        found.p2().say(format!("{name} has changed: reloaded"));
        found.p0().write(Open::Again);
    } else if let Some(name) = program {
        found.p2().say(format!("{name} has changed: the new policy acts from here on"));
        found.p1().write(Action::Branch);
    }
}

impl Watched {
    /// Watches these files: of the rejected file, of the open file, and programs. A
    /// file that was watched before keeps its last known state, since it may have
    /// been written again after it was read.
    fn choose(&mut self, files: [Vec<PathBuf>; 3]) {
        let all = [&self.refused, &self.scenario, &self.programs];
        let before: Files = all.into_iter().flatten().map(|(k, v)| (k.clone(), *v)).collect();
        let known = |file: PathBuf| {
            let state = before.get(&file).copied().unwrap_or_else(|| state(&file));
            (file, state)
        };
        let [refused, scenario, programs] =
            files.map(|files| files.into_iter().map(known).collect::<Files>());
        (self.refused, self.scenario, self.programs) = (refused, scenario, programs);
    }
}

/// Files named in the commands of policies.
fn programs(run: &Run, open: Option<&OpenFile>) -> Vec<PathBuf> {
    let open = run.scenario().zip(open);
    let files = open.map(|(scenario, open)| program_files(&open.project, scenario));
    files.unwrap_or_default().into_values().collect()
}

fn state(file: &PathBuf) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Polls all files; returns the name of one that has changed and exists.
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
