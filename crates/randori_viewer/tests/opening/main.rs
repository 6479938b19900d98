//! What opens files, looks after them and keeps runs, without a window.

mod files;
mod keep;
mod past;
mod shipped;
mod situation;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_core::time::Tick;
use randori_project::project::Places;
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::open::{Open, OpenPlugin, Terms};
use randori_viewer::playback::{Playback, Speed};
use randori_viewer::run::{Problem, Run};
use randori_viewer::watch::WatchPlugin;

/// Length of a frame, whatever the clock says.
const FRAME: Duration = Duration::from_millis(20);

/// An app that opens files and looks after them.
fn app(terms: Terms) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins, OpenPlugin, WatchPlugin))
        .insert_resource(TimeUpdateStrategy::ManualDuration(FRAME))
        .insert_resource(terms);
    app
}

/// An app with an open file.
fn opened(file: &Path, terms: Terms) -> App {
    let mut app = app(terms);
    open(&mut app, Open::File(file.to_owned()));
    assert_eq!(run(&app).problem(), None, "{}", file.display());
    app
}

fn open(app: &mut App, open: Open) {
    app.world_mut().write_message(open);
    app.update();
}

fn ask(app: &mut App, actions: impl IntoIterator<Item = Action>) {
    app.world_mut().write_message_batch(actions);
    app.update();
}

/// Makes so many ticks.
fn step(app: &mut App, ticks: usize) {
    ask(app, std::iter::repeat_n(Action::StepForward, ticks));
    assert_eq!(run(app).problem(), None);
}

fn play_to_the_end(app: &mut App) -> u64 {
    ask(app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    while app.world().resource::<Playback>().playing {
        app.update();
    }
    assert_eq!(run(app).problem(), None);
    hash(app)
}

fn run(app: &App) -> &Run {
    app.world().resource()
}

fn hash(app: &App) -> u64 {
    run(app).record().expect("a run is open").hash
}

/// Hashes of all ticks so far.
fn hashes(app: &mut App) -> Vec<u64> {
    let mut run = app.world_mut().resource_mut::<Run>();
    run.session().expect("a run is open").past().iter().map(|tick| tick.hash).collect()
}

fn problem(app: &App) -> &Problem {
    run(app).problem().expect("something is wrong")
}

/// A blow to the first body, N s.
fn push(y: f32) -> Action {
    let impulse = Vector::new(0.0, y, 0.0);
    Action::Intervene(Intervention::Push { body: BodyId(0), at: Vector::ZERO, impulse })
}

fn tick(app: &App) -> Tick {
    run(app).tick()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// Terms to open files of this repository.
fn of_repository() -> Terms {
    let places = Places { root: Some(repository()), assets: Vec::new() };
    Terms { places, ..Terms::default() }
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("opening").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("it is ours");
    }
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A copy of the shipped assets and scenarios for one test.
fn project(name: &str) -> PathBuf {
    let folder = folder(name);
    for part in ["assets", "scenarios"] {
        copy_texts(&repository().join(part), &folder.join(part));
    }
    folder
}

fn copy_texts(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("it can be read").map(|it| it.expect("an entry")) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy_texts(&from, &to);
        } else if from.extension().is_some_and(|extension| extension == "ron") {
            fs::copy(&from, &to).expect("it can be copied");
        }
    }
}

/// Replaces a part of a text, which is there once.
fn replaced(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "`{old}` is there once");
    text.replace(old, new)
}
