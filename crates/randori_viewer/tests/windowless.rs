//! The app without a window: the same run as anywhere else, forwards and
//! backwards.

#[path = "../examples/support/mod.rs"]
mod support;

use std::path::Path;

use bevy::prelude::*;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_core::spec::{PolicySource, Scenario};
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;
use randori_sim::episode::{Episode, interfaces};
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::playback::{Playback, Speed};
use randori_viewer::run::Run;

const FLAT: &str = "scenarios/courier/flat.ron";

fn app(prepared: PreparedRun) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins));
    let mut run = app.world_mut().resource_mut::<Run>();
    run.open(prepared, Box::new(support::start_policy)).expect("it starts");
    app
}

fn ask(app: &mut App, actions: impl IntoIterator<Item = Action>) {
    app.world_mut().write_message_batch(actions);
    app.update();
}

fn run(app: &App) -> &Run {
    app.world().resource()
}

fn play_to_the_end(app: &mut App) -> u64 {
    ask(app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    while app.world().resource::<Playback>().playing {
        app.update();
    }
    assert_eq!(run(app).problem(), None);
    run(app).record().expect("a run is open").hash
}

fn is_built_in(scenario: &Scenario) -> bool {
    let policies = scenario.spec.robots.iter().filter_map(|robot| robot.policy.as_ref());
    policies.into_iter().all(|policy| matches!(policy.source, PolicySource::Builtin { .. }))
}

#[test]
fn every_shipped_scenario_gives_the_same_hash_as_without_the_app() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["cartpole", "courier", "pup"] {
        let folder = Path::new("scenarios").join(folder);
        support::collect(&root, &folder, &mut files).expect("it can be read");
    }
    let scenarios = files.iter().filter(|(path, _)| !path.ends_with(".golden.ron"));
    let mut compared = 0;
    for (path, _) in scenarios {
        let prepared = support::load(path).expect("shipped scenarios are valid");
        let scenario = &prepared.scenario;
        if !is_built_in(scenario) {
            continue;
        }
        let policies = interfaces(scenario).into_iter().enumerate().map(|(robot, interface)| {
            support::start_policy(scenario, robot, &interface).expect("it starts")
        });
        let mut plain = Episode::new(scenario, 0, policies.collect()).expect("it starts");
        while !plain.is_over() {
            plain.advance();
        }

        let hash = play_to_the_end(&mut app(prepared));

        assert_eq!(hash, plain.record().hash, "{path}");
        compared += 1;
    }
    assert!(compared >= 5, "only {compared} scenarios were compared");
}

#[test]
fn time_that_is_dragged_back_passes_again_to_the_same_bits() {
    let mut app = app(support::load(FLAT).expect("a shipped scenario"));
    let hash = play_to_the_end(&mut app);
    let end = run(&app).newest();

    for tick in [700, 30, 29, 1900, 0] {
        ask(&mut app, [Action::Seek(Tick(tick))]);
        assert_eq!(run(&app).tick(), Tick(tick));
        assert!(run(&app).shows_past());
    }
    ask(&mut app, [Action::StepForward, Action::StepForward, Action::StepBack]);
    assert_eq!(run(&app).tick(), Tick(1));

    assert_eq!(play_to_the_end(&mut app), hash);
    assert_eq!(run(&app).newest(), end);
    assert_eq!(run(&app).repeated().up_to, end);
    assert!(run(&app).repeated().ticks >= end.0 - 1, "every tick was made again and compared");
}

#[test]
fn a_push_in_the_past_branches_there_and_a_branch_alone_changes_nothing() {
    let mut app = app(support::load(FLAT).expect("a shipped scenario"));
    let hash = play_to_the_end(&mut app);

    ask(&mut app, [Action::Seek(Tick(500)), Action::Branch]);
    assert_eq!(run(&app).newest(), Tick(500));
    assert_eq!(play_to_the_end(&mut app), hash);

    let push = Intervention::Push {
        body: BodyId(0),
        at: Vector::ZERO,
        impulse: Vector::new(0.0, 4.0, 0.0),
    };
    ask(&mut app, [Action::Seek(Tick(500)), Action::Intervene(push), Action::StepForward]);
    assert_eq!(run(&app).newest(), Tick(501));
    assert_eq!(run(&app).record().expect("a run is open").interventions, [push]);
    assert_ne!(play_to_the_end(&mut app), hash);
}

#[test]
fn a_push_on_a_body_that_is_not_there_is_a_problem_and_not_a_panic() {
    let mut app = app(support::load(FLAT).expect("a shipped scenario"));
    let push = Intervention::Push { body: BodyId(10_000), at: Vector::ZERO, impulse: Vector::ZERO };

    ask(&mut app, [Action::Intervene(push)]);

    let problem = run(&app).problem().expect("it is said");
    assert!(problem.message.contains("no body 10000"), "{}", problem.message);
}
