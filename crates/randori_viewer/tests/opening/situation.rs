//! Situations that are saved as scenarios.

use std::fs;
use std::path::{Path, PathBuf};

use bevy::prelude::*;
use randori_core::layout::SceneLayout;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::{BodyState, Intervention, TickRecord};
use randori_viewer::action::Action;
use randori_viewer::keep::save_situation;
use randori_viewer::open::Terms;
use randori_viewer::run::Run;

use crate::{ask, opened, project, replaced, run, step};

/// Largest difference of places (m) and directions (rad).
const TOLERANCE: f32 = 1e-4;

fn save(app: &mut App, name: &str) -> PathBuf {
    save_situation(app.world_mut(), name).expect("it can be saved")
}

fn drop_box(at: Vector) -> Action {
    let pose = Pose::from_parts(at, Rotation::from_rotation_z(0.3));
    Action::Intervene(Intervention::Drop { size: Vector::new(0.2, 0.3, 0.4), mass_kg: 3.0, pose })
}

/// What is where now.
fn now(app: &App) -> (SceneLayout, TickRecord) {
    let run = run(app);
    (run.layout().expect("a run").clone(), run.record().expect("a run").clone())
}

#[track_caller]
fn assert_there(what: &str, expected: &BodyState, found: &BodyState) {
    let apart = (expected.pose.translation - found.pose.translation).length();
    // Of a small angle; an arc cosine near 1 would know half of the digits.
    let between = expected.pose.rotation.inverse() * found.pose.rotation;
    let turned = 2.0 * between.xyz().length();
    assert!(apart <= TOLERANCE && turned <= TOLERANCE, "{what}: {apart} m, {turned} rad apart");
}

/// Opens what was saved: all that was there is where it was.
#[track_caller]
fn reopened(before: &(SceneLayout, TickRecord), file: &Path) -> App {
    let app = opened(file, Terms::default());
    let (layout, record) = now(&app);
    for (body, expected) in before.0.bodies.iter().zip(&before.1.state.bodies) {
        let found = layout.bodies.iter().position(|it| it.path == body.path).expect(&body.path);
        assert_there(&body.path, expected, &record.state.bodies[found]);
    }
    app
}

/// Times of all that events do, in ticks of the steps, with what they do.
fn events(app: &mut App) -> Vec<(u64, String)> {
    let mut run = app.world_mut().resource_mut::<Run>();
    let past = run.session().expect("a run is open").past();
    let words = |what: &str| what.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let done = past.iter().flat_map(|tick| {
        tick.events.iter().map(move |event| (tick.tick.0 - 1, words(&event.what)))
    });
    done.collect()
}

#[test]
fn a_situation_begins_where_everything_was_with_boxes_and_walkers() {
    let project = project("situation");
    let mut app = opened(&project.join("scenarios/courier/distracted.ron"), Terms::default());
    step(&mut app, 1000);
    ask(&mut app, [drop_box(Vector::new(3.0, 0.2, 0.6))]);
    step(&mut app, 400);
    let before = now(&app);

    let file = save(&mut app, "crossing");

    assert_eq!(file, project.join("scenarios/saved/crossing/scenario.ron"));
    let mut app = reopened(&before, &file);
    let (layout, record) = now(&app);
    let dropped = layout.body("dropped_box_1").expect("it is an object now");
    assert_there("the box", &before.1.state.dropped[0], &record.state.bodies[dropped.0]);
    let walker = layout.actors.start;
    let walked = |record: &TickRecord, layout: &SceneLayout| {
        record.state.bodies[layout.actors.start].pose.translation
    };
    let from = walked(&record, &layout);
    step(&mut app, 250);
    let (_, later) = now(&app);
    let speed = (later.state.bodies[walker].pose.translation - from).length() / 0.5;
    assert!((speed - 1.2).abs() < 0.01, "the walker goes on with {speed} m/s");
}

#[test]
fn a_situation_of_a_situation_keeps_the_boxes_of_both() {
    let project = project("twice");
    let mut app = opened(&project.join("scenarios/courier/flat.ron"), Terms::default());
    ask(&mut app, [drop_box(Vector::new(3.0, 0.0, 0.4))]);
    step(&mut app, 200);
    let before = now(&app);
    let mut app = reopened(&before, &save(&mut app, "one"));
    ask(&mut app, [drop_box(Vector::new(4.0, 1.0, 0.4))]);
    step(&mut app, 200);
    let before = now(&app);

    let app = reopened(&before, &save(&mut app, "two"));

    let (layout, record) = now(&app);
    let second = layout.body("dropped_box_2").expect("it has a name of its own");
    assert_there("the box", &before.1.state.dropped[0], &record.state.bodies[second.0]);
}

#[test]
fn a_name_is_used_once_and_is_a_name() {
    let project = project("names");
    let mut app = opened(&project.join("scenarios/courier/flat.ron"), Terms::default());
    let file = save(&mut app, "mine");
    let text = fs::read(&file).expect("it is there");

    for name in ["mine", "", "../mine", "a b"] {
        let refused = save_situation(app.world_mut(), name).expect_err("it cannot be saved");
        assert!(refused.help.is_some(), "{refused:?}");
    }
    assert_eq!(fs::read(&file).expect("it is there"), text);
}

#[test]
fn what_has_happened_does_not_happen_again_and_what_comes_comes_at_its_time() {
    let project = project("events");
    let file = project.join("scenarios/pup/stand.ron");
    let text = fs::read_to_string(&file).expect("a shipped scenario");
    let shove =
        r#"(name: "shove", at: 3.0, do: Push(body: "pup.trunk", impulse: (0.0, 1.2, 0.0))),"#;
    let text = replaced(
        &text,
        shove,
        r#"
        (name: "load", at: 0.4, do: Payload(body: "pup.trunk", mass_kg: 0.1)),
        (name: "past", at: 1.0, do: Push(body: "pup.trunk", impulse: (0.0, 0.1, 0.0))),
        (name: "wind", at: 1.5, do: Force(body: "pup.trunk", force: (0.2, 0.0, 0.0), lasts: 1.0)),
        (name: "over", at: 0.6, do: Force(body: "pup.trunk", force: (0.2, 0.0, 0.0), lasts: 0.5)),
        (name: "gusts", at: 1.9, do: RandomPushes(body: "pup.trunk", every: (0.9, 1.0), impulse: (0.01, 0.02), lasts: 1.5)),
        (name: "now", at: 1.9995, do: Push(body: "pup.trunk", impulse: (0.0, 0.01, 0.0))),
        (name: "shove", at: 3.0, do: Push(body: "pup.trunk", impulse: (0.0, 0.2, 0.0))),
        (name: "fall", when: "once (height(pup) > 0.10 m)", do: Push(body: "pup.trunk", impulse: (0.01, 0.0, 0.0))),
        (name: "never", when: "height(pup) > 5 m", do: Push(body: "pup.trunk", impulse: (0.0, 0.0, 9.0))),
        "#,
    );
    let from = text.find("vary: {").expect("what varies");
    let to = from + text[from..].find("    },\n").expect("its end") + "    },\n".len();
    fs::write(&file, format!("{}{}", &text[..from], &text[to..])).expect("it can be written");
    let mut app = opened(&file, Terms::default());
    step(&mut app, 1000);
    let before = now(&app);
    let past: Vec<String> = events(&mut app).into_iter().map(|event| event.1).collect();
    assert_eq!(past.iter().filter(|what| *what == "push pup.trunk").count(), 2, "{past:?}");

    let mut app = reopened(&before, &save(&mut app, "shoved"));
    step(&mut app, 1000);

    let done = events(&mut app);
    let at = |what: &str| -> Vec<u64> {
        done.iter().filter(|event| event.1 == what).map(|event| event.0).collect()
    };
    assert_eq!(at("load pup.trunk"), [0], "it stays loaded");
    assert_eq!(at("pull pup.trunk"), [0], "the wind goes on");
    assert_eq!(at("let go"), [250], "until its end");
    let pushes = at("push pup.trunk");
    assert!(matches!(pushes[..], [0, 450..500, 500]), "one now, a gust, one later: {pushes:?}");
    assert_eq!(done.len(), 6, "{done:?}");
}

#[test]
fn a_robot_with_a_network_is_saved_with_it() {
    let Some(assets) = crate::shipped::foreign_assets() else { return };
    let project = project("network");
    let mut terms = Terms::default();
    terms.places.assets.push(assets);
    let mut app = opened(&project.join("scenarios/imported/go1_forward.ron"), terms.clone());
    step(&mut app, 300);
    let expected = now(&app);

    let file = save(&mut app, "walking");

    let mut app = opened(&file, terms);
    let (_, record) = now(&app);
    for (body, (expected, found)) in
        expected.0.bodies.iter().zip(expected.1.state.bodies.iter().zip(&record.state.bodies))
    {
        assert_there(&body.path, expected, found);
    }
    step(&mut app, 300);
}
