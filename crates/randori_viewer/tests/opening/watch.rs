//! Files that change while they are open.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bevy::prelude::*;
use randori_core::time::Tick;
use randori_viewer::action::Action;
use randori_viewer::keep::reproduce;
use randori_viewer::open::{Open, Refused, Terms};
use randori_viewer::run::{Run, RunSystems};

use crate::{FRAME, ask, hash, open, opened, problem, project, replaced, run, step, tick};

const FLAT: &str = "scenarios/courier/flat.ron";

#[expect(clippy::print_stderr, reason = "whoever reads the log has to know")]
pub(crate) fn has_python() -> bool {
    let found = Command::new("python3").arg("--version").output();
    let has = found.is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("skipped: there is no python3");
    }
    has
}

/// A scenario whose courier drives as a Python file says; gives its path.
pub(crate) fn driven(project: &Path, speed: f32) -> PathBuf {
    drive(project, &format!("return {{'left': {speed}, 'right': {speed}}}"));
    let text = fs::read_to_string(project.join(FLAT)).expect("a shipped scenario");
    let policy = r#"Builtin(name: "goal_seeker", params: {"goal": (6.0, 1.0)})"#;
    let text = replaced(&text, policy, r#"Process(command: ["python3", "drive.py"])"#);
    let file = project.join("scenarios/driven.ron");
    fs::write(&file, text).expect("it can be written");
    file
}

/// Writes what the courier does into the Python file.
fn drive(project: &Path, act: &str) {
    let text =
        format!("from randori_policy import run\n\ndef act(observation):\n    {act}\n\nrun(act)\n");
    write_later(&project.join("drive.py"), &text);
}

/// Writes a file anew; each time is later than all before by more than any file
/// system rounds.
fn write_later(file: &Path, text: &str) {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    fs::write(file, text).expect("it can be written");
    let later = Duration::from_secs(10 * WRITTEN.fetch_add(1, Ordering::Relaxed));
    let written = File::options().write(true).open(file).expect("it is there");
    written.set_modified(SystemTime::now() + later).expect("a time can be set");
}

/// Lets a second pass, or less if this holds before.
fn within_a_second(app: &mut App, holds: impl Fn(&App) -> bool) -> bool {
    let frames = Duration::from_secs(1).div_duration_f64(FRAME) as usize;
    (0..frames).any(|_| {
        app.update();
        holds(app)
    })
}

fn rewrite(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).expect("it is there");
    write_later(file, &replaced(&text, old, new));
}

fn duration_s(app: &App) -> f64 {
    run(app).scenario().expect("a run is open").spec.duration
}

#[test]
fn a_scenario_or_a_robot_that_changes_is_opened_again_within_a_second() {
    let project = project("changed");
    let file = project.join(FLAT);
    let mut app = opened(&file, Terms::default());
    step(&mut app, 30);

    assert!(!within_a_second(&mut app, |app| run(app).generation() > 1), "nothing has changed");
    rewrite(&file, "duration: 10.0", "duration: 3.0");
    assert!(within_a_second(&mut app, |app| duration_s(app) == 3.0));
    assert_eq!((tick(&app), run(&app).generation()), (Tick(0), 2));

    let robot = project.join("assets/robots/courier/courier.ron");
    rewrite(&robot, r#"name: "left_wheel", mass_kg: 1.5"#, r#"name: "left_wheel", mass_kg: 1.75"#);
    assert!(within_a_second(&mut app, |app| run(app).generation() == 3));
    assert_eq!(run(&app).scenario().expect("a run").robots[0].links[1].mass_kg, 1.75);
    assert!(!within_a_second(&mut app, |app| run(app).generation() > 3), "once is enough");
}

#[test]
fn a_file_that_is_broken_and_mended_leaves_the_last_good_state_meanwhile() {
    let project = project("mended");
    let file = project.join(FLAT);
    let mut app = opened(&file, Terms::default());
    step(&mut app, 30);
    let before = hash(&app);

    rewrite(&file, "duration: 10.0", "duration: ten");
    assert!(within_a_second(&mut app, |app| run(app).problem().is_some()));
    assert_eq!((hash(&app), tick(&app), run(&app).generation()), (before, Tick(30), 1));
    ask(&mut app, [Action::StepForward]);
    assert_eq!(tick(&app), Tick(31), "it goes on");

    rewrite(&file, "duration: ten", "duration: 4.0");
    assert!(within_a_second(&mut app, |app| run(app).generation() == 2));
    assert_eq!((duration_s(&app), run(&app).problem()), (4.0, None));
    assert!(!within_a_second(&mut app, |app| run(app).generation() > 2), "once is enough");
}

#[test]
fn a_file_that_was_refused_from_the_start_is_opened_when_its_robot_is_mended() {
    let project = project("refused");
    let robot = project.join("assets/robots/courier/courier.ron");
    rewrite(&robot, "mass_kg: 27.0", "mass_kg: -27.0");
    let mut app = crate::app(Terms::default());
    open(&mut app, Open::File(project.join(FLAT)));
    assert!(!run(&app).is_open());

    rewrite(&robot, "mass_kg: -27.0", "mass_kg: 27.0");

    assert!(within_a_second(&mut app, |app| run(app).is_open()));
    assert_eq!(run(&app).problem(), None);
}

#[test]
fn a_file_that_was_missing_opens_the_scenario_when_it_comes() {
    let project = project("missing");
    let robot = project.join("assets/robots/courier/courier.ron");
    let text = fs::read_to_string(&robot).expect("a shipped robot");
    fs::remove_file(&robot).expect("it can be removed");
    let mut app = crate::app(Terms::default());
    open(&mut app, Open::File(project.join(FLAT)));
    assert!(!within_a_second(&mut app, |app| run(app).is_open()));

    fs::write(&robot, text).expect("it can be written");

    assert!(within_a_second(&mut app, |app| run(app).is_open()));
    assert_eq!(run(&app).problem(), None);
}

#[test]
fn the_open_file_is_looked_after_while_another_one_is_refused() {
    let project = project("beside");
    let (good, broken) = (project.join(FLAT), project.join("scenarios/broken.ron"));
    fs::write(&broken, "Scenario(").expect("it can be written");
    let mut app = opened(&good, Terms::default());
    open(&mut app, Open::File(broken));

    rewrite(&good, "duration: 10.0", "duration: 3.0");

    assert!(within_a_second(&mut app, |app| run(app).generation() == 2));
    assert_eq!((duration_s(&app), run(&app).problem()), (3.0, None));
}

/// Completes a file right after it was read, as an editor does that writes in
/// several steps.
#[derive(Resource)]
struct Completes(PathBuf, Option<String>);

#[test]
fn a_file_that_was_read_while_it_was_being_written_is_read_again() {
    let project = project("half");
    let file = project.join(FLAT);
    let whole = fs::read_to_string(&file).expect("a shipped scenario");
    let mut app = opened(&file, Terms::default());
    app.insert_resource(Completes(file.clone(), Some(whole.clone()))).add_systems(
        Update,
        (|run: Res<Run>, mut completes: ResMut<Completes>| {
            if run.problem().is_some()
                && let Some(whole) = completes.1.take()
            {
                write_later(&completes.0, &whole);
            }
        })
        .after(RunSystems::Act),
    );

    write_later(&file, &whole[..whole.len() / 2]);

    assert!(within_a_second(&mut app, |app| run(app).problem().is_some()));
    assert!(within_a_second(&mut app, |app| run(app).generation() == 2));
    assert_eq!(run(&app).problem(), None);
}

#[test]
fn a_policy_in_python_that_changes_decides_from_the_shown_tick_on() {
    if !has_python() {
        return;
    }
    let project = project("python");
    let file = driven(&project, 3.0);
    let mut app = opened(&file, Terms { trust_programs: true, ..Terms::default() });
    step(&mut app, 200);
    let past = crate::hashes(&mut app);
    assert!(reproduce(app.world_mut(), None).starts_with("randori run "));

    drive(&project, "return {'left': -2.0, 'right': -2.0}");

    assert!(within_a_second(&mut app, |app| run(app).branches() == 1));
    assert_eq!((tick(&app), run(&app).problem()), (Tick(200), None));
    assert_eq!(crate::hashes(&mut app), past);
    step(&mut app, 100);
    assert_eq!(run(&app).record().expect("a run").requested, [[-2.0, -2.0]]);
    assert!(reproduce(app.world_mut(), None).starts_with("randori replay "));
}

#[test]
fn a_mistake_in_python_is_shown_and_mending_it_goes_on() {
    if !has_python() {
        return;
    }
    let project = project("mistake");
    let file = driven(&project, 3.0);
    let mut app = opened(&file, Terms { trust_programs: true, ..Terms::default() });
    step(&mut app, 100);

    drive(&project, "return {'left': nonsense}");
    assert!(within_a_second(&mut app, |app| run(app).problem().is_some()));
    let said = problem(&app).details.join("\n");
    assert!(said.contains("drive.py") && said.contains("nonsense"), "{:?}", problem(&app));
    assert_eq!((tick(&app), run(&app).branches()), (Tick(100), 0), "the last good state stays");

    drive(&project, "return {'left': 1.0, 'right': 1.0}");
    assert!(within_a_second(&mut app, |app| run(app).branches() == 1));
    step(&mut app, 100);
    assert_eq!(tick(&app), Tick(200));
    assert_eq!(run(&app).report().and_then(|report| report.error.clone()), None);
}

#[test]
fn a_policy_in_python_that_does_not_start_is_tried_again_when_it_is_mended() {
    if !has_python() {
        return;
    }
    let project = project("no_start");
    let file = driven(&project, 3.0);
    write_later(&project.join("drive.py"), "def act(observation:\n");
    let mut app = crate::app(Terms { trust_programs: true, ..Terms::default() });
    open(&mut app, Open::File(file.clone()));
    assert!(problem(&app).details.join("\n").contains("drive.py"), "{:?}", problem(&app));
    assert_eq!(app.world().resource::<Refused>().file, Some(file));

    drive(&project, "return {'left': 1.0, 'right': 1.0}");

    assert!(within_a_second(&mut app, |app| run(app).is_open()));
    assert_eq!(run(&app).problem(), None);
}
