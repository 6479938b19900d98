//! Marks of what happened and how a run is judged, without a window.

mod common;

use bevy::prelude::*;
use bevy_egui::egui;
use randori_core::layout::BodyId;
use randori_core::math::Vector;
use randori_core::record::Intervention;
use randori_core::report::{RunReport, Verdict};
use randori_core::time::Tick;
use randori_sim::episode::{Episode, interfaces};
use randori_viewer::SimulationPlugins;
use randori_viewer::action::Action;
use randori_viewer::judgement::{self, JudgementPlugin, overall, unit_of};
use randori_viewer::marks::{Mark, MarkKind, Marks, Standing};
use randori_viewer::playback::{Playback, Speed};
use randori_viewer::time_bar::TimeBarPlugin;

use common::{ask, open, run, support};

const SHOVED: &str = "scenarios/pup/shoved_too_hard.ron";
const CORRIDOR: &str = "scenarios/courier/corridor.ron";

fn app(path: &str) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, SimulationPlugins, TimeBarPlugin, JudgementPlugin));
    let prepared = support::load(path).expect("a shipped scenario");
    open(&mut app, prepared);
    app
}

fn play_to_the_end(app: &mut App) {
    ask(app, [Action::SetSpeed(Speed::Unlimited), Action::Play]);
    while app.world().resource::<Playback>().playing {
        app.update();
    }
}

fn marks(app: &App) -> Vec<Mark> {
    app.world().resource::<Marks>().all().cloned().collect()
}

fn of_kind(app: &App, wanted: impl Fn(MarkKind) -> bool) -> Vec<Mark> {
    marks(app).into_iter().filter(|mark| wanted(mark.kind)).collect()
}

fn plain_report(path: &str) -> RunReport {
    let scenario = support::load(path).expect("a shipped scenario").scenario;
    let policies = interfaces(&scenario).into_iter().enumerate().map(|(robot, interface)| {
        support::start_policy(&scenario, robot, &interface).expect("it starts")
    });
    Episode::new(&scenario, 0, policies.collect()).expect("it starts").run_to_end()
}

fn push(impulse_ns: f32) -> Action {
    let impulse = Vector::new(0.0, impulse_ns, 0.0);
    Action::Intervene(Intervention::Push { body: BodyId(0), at: Vector::ZERO, impulse })
}

/// The texts that the panel shows.
fn texts(app: &mut App) -> String {
    let context = egui::Context::default();
    let input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 720.0))),
        ..egui::RawInput::default()
    };
    let output = context.run_ui(input, |ui| judgement::show(ui, app.world_mut()));
    let mut texts = String::new();
    for clipped in output.shapes {
        collect(&clipped.shape, &mut texts);
    }
    texts
}

fn collect(shape: &egui::Shape, texts: &mut String) {
    match shape {
        egui::Shape::Text(text) => {
            texts.push_str(text.galley.text());
            texts.push('\n');
        }
        egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, texts)),
        _ => {}
    }
}

#[test]
fn margins_and_verdicts_are_those_of_a_plain_run() {
    let plain = plain_report(CORRIDOR);
    let mut app = app(CORRIDOR);

    play_to_the_end(&mut app);

    let shown = run(&app).report().expect("a run is open");
    assert_eq!(shown.goals, plain.goals);
    assert_eq!(shown.metrics, plain.metrics);
    assert_eq!(overall(shown, run(&app)).0, "pass");
}

#[test]
fn an_event_and_a_decision_are_marked_at_their_ticks_and_a_jump_shows_them() {
    let mut app = app(SHOVED);
    play_to_the_end(&mut app);

    let events = of_kind(&app, |kind| kind == MarkKind::Event);
    let [shove] = &events[..] else { panic!("one event: {events:?}") };
    assert!(shove.text.starts_with("shove: "), "{}", shove.text);
    ask(&mut app, [Action::Pause, Action::Seek(shove.tick)]);
    let record = run(&app).record().expect("a run is open");
    assert_eq!((record.tick, record.events.len()), (shove.tick, 1));

    let goals = of_kind(&app, |kind| matches!(kind, MarkKind::Goal(_)));
    let [fell] = &goals[..] else { panic!("one goal: {goals:?}") };
    assert_eq!(fell.kind, MarkKind::Goal(Standing::Fail));
    let decided_s = plain_report(SHOVED).goals[0].decided_at_s.expect("it is decided");
    assert_eq!(fell.tick, run(&app).tick_at(decided_s));
    assert!(fell.tick > shove.tick);
}

#[test]
fn pushes_in_ticks_one_after_the_other_are_one_mark() {
    let mut app = app(SHOVED);
    ask(&mut app, [push(0.01), Action::StepForward]);
    for _ in 0..4 {
        ask(&mut app, [push(0.02), Action::StepForward]);
    }
    ask(&mut app, [Action::StepForward, Action::StepForward]);
    ask(&mut app, [push(0.01), Action::StepForward]);

    let pushes = of_kind(&app, |kind| kind == MarkKind::Intervention);

    let spans: Vec<_> = pushes.iter().map(|mark| (mark.tick.0, mark.until.0)).collect();
    assert_eq!(spans, [(1, 5), (8, 8)]);
    assert!(pushes[0].text.contains("pulled"), "{}", pushes[0].text);
}

#[test]
fn a_branch_is_marked_and_marks_of_the_forgotten_future_go() {
    let mut app = app(SHOVED);
    play_to_the_end(&mut app);

    ask(&mut app, [Action::Seek(Tick(100)), Action::Branch]);

    assert!(of_kind(&app, |kind| kind == MarkKind::Event).is_empty());
    let branches = of_kind(&app, |kind| kind == MarkKind::Branch);
    assert_eq!(branches.iter().map(|mark| mark.tick).collect::<Vec<_>>(), [Tick(100)]);
    assert_eq!(run(&app).report().expect("a run is open").ticks, 100);
}

#[test]
fn what_is_not_certain_is_open() {
    let mut app = app(CORRIDOR);
    ask(&mut app, [Action::StepForward]);

    let report = run(&app).report().expect("a run is open");
    let standings = report.goals.iter().map(|goal| Standing::of(goal, run(&app)));
    assert!(standings.into_iter().all(|standing| standing == Standing::Open));
    assert_eq!(report.verdict, Verdict::Fail);
    assert_eq!(overall(report, run(&app)).0, "open");
}

#[test]
fn margins_have_the_unit_of_their_signal() {
    let app = app(CORRIDOR);
    let history = run(&app).history().expect("a run is open");

    assert_eq!(unit_of("distance(courier, goal) < 0.3", history), Some("m"));
    assert_eq!(unit_of("distance( courier,goal )<0.3", history), Some("m"));
    assert_eq!(unit_of("tilt(courier) < 15 deg", history), Some("rad"));
    assert_eq!(unit_of("distance(courier, goal) * tilt(courier) < 1", history), None);
    assert_eq!(unit_of("1 > 0", history), None);
}

#[test]
fn the_panel_tells_of_goals_and_that_the_past_is_not_judged() {
    let mut app = app(SHOVED);
    play_to_the_end(&mut app);
    ask(&mut app, [Action::Seek(Tick(40))]);

    let texts = texts(&mut app);

    for text in ["stays upright", "FAIL", "expected to fail", "of the newest tick", "shove: "] {
        assert!(texts.contains(text), "`{text}` in\n{texts}");
    }
}
