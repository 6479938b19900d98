//! Another recording over the open run, and what changed first.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use randori_core::record::{Contact, Stage};
use randori_core::report::{RunError, RunReport};
use randori_core::text::bundle;
use randori_core::time::Tick;
use randori_record::header::{Engine, FORMAT, Header, SignalColumn, Start, texts_digest};
use randori_record::writer::{Options, RecordingWriter};
use randori_sim::batch::PreparedRun;
use randori_sim::engine::DIGEST_VERSION;
use randori_sim::episode::{Episode, interfaces};
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;
use randori_sim::session::Session;
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::ghosts::{Ghosts, GhostsPlugin};
use randori_viewer::run::Run;

use crate::{folder, support};

const TICKS: u64 = 600;

/// Writes a recording.
struct Writing(Option<RecordingWriter<File>>);

impl RunObserver for Writing {
    fn observe(&mut self, episode: &Episode, _: &[GoalDecision]) -> Result<(), RunError> {
        let mut contacts: Vec<Contact> = Vec::new();
        episode.simulation().world().contacts(&mut contacts);
        let writer = self.0.as_mut().expect("it is not finished");
        writer.tick(episode.record(), &contacts).expect("a file can be written to");
        Ok(())
    }

    fn finish(&mut self, _: &Episode, report: &RunReport) -> Result<(), RunError> {
        let writer = self.0.take().expect("it is finished once");
        writer.finish(report).expect("a file can be written to");
        Ok(())
    }
}

fn start(prepared: &PreparedRun, episode: &Episode) -> Start {
    let texts = bundle(&prepared.scenario).expect("a scenario has a text");
    let columns = episode.signals().signals().iter();
    let columns = columns.map(|it| SignalColumn { name: it.name.clone(), unit: it.unit.clone() });
    Start {
        header: Header {
            format: FORMAT,
            engine: Engine {
                randori: String::new(),
                rapier: String::new(),
                parry: String::new(),
                features: Vec::new(),
                digests: DIGEST_VERSION,
                target: String::new(),
            },
            file: "flat.ron".to_owned(),
            title: prepared.scenario.spec.title.clone(),
            seed: prepared.seed,
            varied: Vec::new(),
            period_ns: episode.period().nanos(),
            end_tick: episode.end().0,
            scenario_digest: texts_digest(&texts),
            assets: BTreeMap::new(),
            policies: vec![None; prepared.scenario.spec.robots.len()],
            reproduce: String::new(),
        },
        layout: episode.simulation().layout().clone(),
        signals: columns.collect(),
        texts,
    }
}

/// Plays a scenario for a while and writes it down, with the state of each
/// `state_every`-th tick.
fn record(prepared: &PreparedRun, state_every: u64, path: &Path) {
    let scenario = &prepared.scenario;
    let policies = interfaces(scenario).into_iter().enumerate().map(|(robot, interface)| {
        support::start_policy(scenario, robot, &interface).expect("it starts")
    });
    let mut session =
        Session::new(scenario, prepared.seed, policies.collect(), 1 << 26).expect("it starts");
    for _ in 0..TICKS {
        session.advance().expect("it goes on");
    }
    let options = Options { state_every, ..Options::default() };
    let file = File::create(path).expect("a file");
    let writer = RecordingWriter::create(file, &start(prepared, session.live()), scenario, options)
        .expect("a file can be written to");
    session.record_into(&mut Writing(Some(writer))).expect("it is written");
}

fn flat() -> PreparedRun {
    support::load("scenarios/courier/flat.ron").expect("a shipped scenario")
}

/// The same scenario with a heavier robot.
fn heavier() -> PreparedRun {
    let mut prepared = flat();
    prepared.scenario.robots[0].links[0].mass_kg *= 1.1;
    prepared
}

/// An app that has played the scenario, with a ghost.
fn app(recording: &Path) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins, GhostsPlugin));
    let mut run = app.world_mut().resource_mut::<Run>();
    run.open(flat(), Box::new(support::start_policy)).expect("it starts");
    for _ in 0..TICKS {
        run.advance();
    }
    app.world_mut().resource_mut::<Ghosts>().add(recording).expect("a recording");
    app.update();
    app
}

fn recorded(name: &str, prepared: &PreparedRun, state_every: u64) -> PathBuf {
    let path = folder(name).join("other.mcap");
    record(prepared, state_every, &path);
    path
}

#[test]
fn the_same_run_is_equal_to_the_last_bit() {
    let app = app(&recorded("equal", &flat(), 1));

    let ghost = &app.world().resource::<Ghosts>().all()[0];

    assert_eq!(ghost.comparison().first, None);
    assert_eq!(ghost.comparison().equal, TICKS + 1);
    assert!(ghost.distances(app.world().resource()).iter().all(|it| it.distance_m == 0.0));
}

#[test]
fn another_mass_is_found_at_its_first_tick_with_its_values() {
    let app = app(&recorded("heavier", &heavier(), 1));

    let ghosts = app.world().resource::<Ghosts>();
    let run = app.world().resource::<Run>();
    let first = ghosts.all()[0].comparison().first.clone().expect("they differ");
    let detail = first.detail.expect("the run has come there");

    assert!(first.tick <= Tick(2), "{:?}", first.tick);
    // The accelerometer feels before the first step how a heavier robot begins to sink.
    assert_eq!(first.stage, Stage::Sensor);
    assert_eq!(detail.tick, first.tick);
    assert!(detail.fields[0].entity.ends_with("courier"), "{:?}", detail.fields[0]);
    assert_eq!(run.tick(), Tick(TICKS), "the tick that is shown stays");
    let farthest = &ghosts.all()[0].distances(run)[0];
    assert!(farthest.distance_m > 1e-6 && farthest.body.starts_with("courier"));
    assert_eq!(ghosts.marks().collect::<Vec<_>>(), [(first.tick, "other")]);
}

#[test]
fn a_ghost_with_few_states_shows_the_last_one_before() {
    let app = app(&recorded("few", &heavier(), 100));

    let ghost = &app.world().resource::<Ghosts>().all()[0];
    let first = ghost.comparison().first.as_ref().expect("they differ");

    assert_eq!(first.detail.as_ref().map(|it| it.tick), Some(Tick(100)));
    let period_s = ghost.period_s();
    assert!((ghost.state_s(250.5 * period_s) - 200.0 * period_s).abs() < 1e-9);
    let body = "courier.base";
    assert_eq!(ghost.pose(body, 299.0 * period_s), ghost.pose(body, 200.0 * period_s));
    assert_ne!(ghost.pose(body, 300.0 * period_s), ghost.pose(body, 200.0 * period_s));
}

#[test]
fn a_branch_is_compared_anew() {
    let mut app = app(&recorded("branch", &flat(), 1));

    app.world_mut().write_message_batch([Action::Seek(Tick(300)), Action::Branch]);
    app.update();

    let ghost = &app.world().resource::<Ghosts>().all()[0];
    assert_eq!(ghost.comparison().equal, 301);
}

#[test]
fn what_is_no_recording_is_refused_with_advice() {
    let path = folder("no-recording").join("notes.mcap");
    std::fs::write(&path, "my notes").expect("a file");
    let mut ghosts = Ghosts::default();

    let problem = ghosts.add(&path).expect_err("refused");

    assert!(problem.message.contains("notes.mcap` is not an MCAP file"), "{}", problem.message);
    assert!(problem.help.is_some());
    assert!(ghosts.is_empty());
}
