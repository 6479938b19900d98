//! Recordings of runs that were played.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bevy::prelude::*;
use randori_core::math::{Pose, Rotation, Vector};
use randori_core::record::Intervention;
use randori_core::text::Limits;
use randori_core::time::Tick;
use randori_project::record::load;
use randori_record::reader::Recording;
use randori_sim::replay::Replay;
use randori_viewer::action::Action;
use randori_viewer::driver::Driver;
use randori_viewer::keep::{reproduce, save_recording};
use randori_viewer::open::Terms;

use crate::{
    ask, folder, hash, hashes, of_repository, opened, play_to_the_end, push, repository, run, step,
    tick,
};

const FLAT: &str = "scenarios/courier/flat.ron";

fn command(app: &mut App) -> String {
    reproduce(app.world_mut(), None)
}

/// A run that was pushed, got a box in its way and was driven by hand.
fn played() -> App {
    let mut app = opened(&repository().join(FLAT), of_repository());
    step(&mut app, 100);
    ask(&mut app, [push(5.0)]);
    step(&mut app, 50);
    let pose = Pose::from_parts(Vector::new(1.5, 0.0, 0.4), Rotation::IDENTITY);
    let size = Vector::splat(0.3);
    ask(&mut app, [Action::Intervene(Intervention::Drop { size, mass_kg: 2.0, pose })]);
    step(&mut app, 100);
    ask(&mut app, [Action::Drive { robot: 0, driver: Driver::ByHand }]);
    let hand = run(&app).hand(0).expect("a robot").clone();
    hand.set(0, 4.0);
    step(&mut app, 100);
    hand.set(1, -4.0);
    step(&mut app, 150);
    app
}

fn saved(app: &mut App, name: &str) -> std::path::PathBuf {
    let file = folder(name).join("played.mcap");
    save_recording(app.world_mut(), &file).expect("it can be written");
    file
}

/// Replays a recording without the app; gives the hash of every tick.
#[track_caller]
fn replayed(file: &Path) -> Vec<u64> {
    let recording = Recording::open_file(file).expect("a recording");
    assert!(recording.is_complete());
    let start = recording.start();
    let loaded = load(start, &Limits::default()).expect("its scenario is whole");
    let robots = loaded.scenario.spec.robots.iter();
    let answers = robots.map(|robot| robot.policy.as_ref().map(|_| BTreeMap::new())).collect();
    let mut replay =
        Replay::new(&loaded.scenario, start.header.seed, answers).expect("it can begin");
    let verify = |tick: Result<randori_record::tick::RecordedTick, _>| {
        let record = tick.expect("it can be read").record;
        replay.verify_tick(&record).expect("it is the same");
        replay.episode().record().hash
    };
    recording.ticks().map(verify).collect()
}

#[test]
fn a_played_run_replays_without_the_app_to_the_same_hash_on_every_tick() {
    let mut app = played();
    let expected = hashes(&mut app);

    let file = saved(&mut app, "replayed");

    assert_eq!(expected.len(), 501);
    assert_eq!(replayed(&file), expected);
}

#[test]
fn a_recording_of_a_played_run_is_the_same_run_when_it_is_opened() {
    let mut app = played();
    let expected = hashes(&mut app);
    let file = saved(&mut app, "opened");

    let mut app = opened(&file, of_repository());
    assert_eq!(run(&app).end(), Tick(500));
    play_to_the_end(&mut app);

    assert_eq!(hashes(&mut app), expected);
    assert_eq!(command(&mut app), format!("randori replay {}", file.display()));
}

#[test]
fn a_recording_can_be_led_another_way_from_its_middle_and_saved_again() {
    let mut app = played();
    let expected = hashes(&mut app);
    let file = saved(&mut app, "led");
    let mut app = opened(&file, of_repository());
    step(&mut app, 300);
    ask(&mut app, [Action::Seek(Tick(200)), push(-6.0)]);
    step(&mut app, 200);

    let led = hashes(&mut app);
    assert_eq!((led.len(), run(&app).problem()), (401, None));
    assert_eq!(led[..=200], expected[..=200]);
    assert_ne!(led[201], expected[201]);
    assert!(run(&app).end() > Tick(500), "it may go on to the end of the scenario");
    assert_eq!(command(&mut app), "randori replay RECORDING.mcap");
    let again = saved(&mut app, "led_again");
    assert_eq!(replayed(&again), led);
}

#[test]
fn a_recording_that_goes_on_is_another_run_than_the_one_in_the_file() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    step(&mut app, 50);
    let file = saved(&mut app, "goes_on");
    let mut app = opened(&file, of_repository());
    play_to_the_end(&mut app);
    assert_eq!(tick(&app), Tick(50));

    ask(&mut app, [Action::Branch]);
    step(&mut app, 50);

    assert_eq!(tick(&app), Tick(100));
    assert_eq!(command(&mut app), "randori replay RECORDING.mcap");
}

#[test]
fn the_command_runs_what_was_not_touched_and_replays_what_was_played() {
    let mut app = opened(&repository().join(FLAT), Terms { seed: 3, ..of_repository() });
    step(&mut app, 50);
    let untouched = command(&mut app);
    assert!(untouched.starts_with("randori run "), "{untouched}");
    assert!(untouched.contains("flat.ron --seed 3"), "{untouched}");
    ask(&mut app, [Action::Seek(Tick(20)), Action::Branch]);
    assert_eq!(command(&mut app), untouched, "a branch alone changes nothing");

    ask(&mut app, [push(1.0), Action::StepForward]);
    assert_eq!(command(&mut app), "randori replay RECORDING.mcap");
    let file = Path::new("my run.mcap");
    assert_eq!(reproduce(app.world_mut(), Some(file)), "randori replay 'my run.mcap'");

    // What was done is forgotten by a branch before it.
    ask(&mut app, [Action::Seek(Tick(10)), Action::Branch]);
    assert_eq!(command(&mut app), untouched);
}

#[test]
fn only_recordings_are_overwritten() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    step(&mut app, 10);
    let folder = folder("overwritten");
    let (other, recording) = (folder.join("notes.txt"), folder.join("run.mcap"));
    fs::write(&other, "mine").expect("it can be written");

    let refused = save_recording(app.world_mut(), &other).expect_err("it holds something else");
    assert!(refused.message.contains("not a recording"), "{refused:?}");
    assert!(refused.help.is_some());
    assert_eq!(fs::read(&other).expect("it is there"), b"mine");

    save_recording(app.world_mut(), &recording).expect("it is new");
    step(&mut app, 10);
    save_recording(app.world_mut(), &recording).expect("it is a recording");
    assert_eq!(replayed(&recording).last(), Some(&hash(&app)));
}
