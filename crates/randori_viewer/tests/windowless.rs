//! The app without a window: the same run as anywhere else, forwards and
//! backwards.

mod common;

use bevy::prelude::*;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::playback::{Playback, Speed};

use common::{ask, open, run, support};

const FLAT: &str = "scenarios/courier/flat.ron";

fn app(prepared: PreparedRun) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins));
    open(&mut app, prepared);
    app
}

fn play_to_the_end(app: &mut App) -> u64 {
    ask(app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    while app.world().resource::<Playback>().playing {
        app.update();
    }
    assert_eq!(run(app).problem(), None);
    run(app).record().expect("a run is open").hash
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
