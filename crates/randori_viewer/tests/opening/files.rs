//! Files that are opened, changed and refused.

use std::fs;

use randori_core::text::Override;
use randori_core::time::Tick;
use randori_viewer::action::Action;
use randori_viewer::open::{Open, OpenFile, Refused, Terms};
use randori_viewer::run::Past;

use crate::{
    app, ask, hash, of_repository, open, opened, play_to_the_end, problem, project, replaced,
    repository, run, step, tick,
};

const FLAT: &str = "scenarios/courier/flat.ron";
const MASS: &str = "robots.courier.links.base.mass_kg";

fn change(text: &str) -> Open {
    Open::Change(Override::parse(text, "the test").expect("a path and a value"))
}

#[test]
fn a_broken_scenario_is_explained_and_leaves_the_last_good_run_open() {
    let project = project("broken");
    let (good, broken) = (project.join(FLAT), project.join("scenarios/broken.ron"));
    let text = fs::read_to_string(&good).expect("a shipped scenario");
    let text = replaced(&text, "duration: 10.0", "duraton: 10.0");
    fs::write(&broken, text).expect("it can be written");
    let mut app = opened(&good, Terms::default());
    step(&mut app, 50);
    let (before, generation) = (hash(&app), run(&app).generation());

    open(&mut app, Open::File(broken.clone()));

    let said = problem(&app);
    assert!(said.message.contains("broken.ron has"), "{said:?}");
    let details = said.details.join("\n");
    assert!(details.contains("broken.ron:5:"), "where: {details}");
    assert!(details.contains("`duration`"), "what was meant: {details}");
    assert!(said.help.is_some());
    assert_eq!((hash(&app), run(&app).generation(), tick(&app)), (before, generation, Tick(50)));
    assert_eq!(app.world().resource::<OpenFile>().named, good);
    assert_eq!(app.world().resource::<Refused>().file, Some(broken));
}

#[test]
fn a_file_that_is_not_there_gets_a_suggestion() {
    let mut app = app(of_repository());

    open(&mut app, Open::File(repository().join("scenarios/courier/flaat.ron")));

    let said = problem(&app);
    assert!(said.message.contains("does not exist"), "{said:?}");
    assert!(said.help.as_ref().is_some_and(|help| help.contains("flat.ron")), "{said:?}");
    assert!(!run(&app).is_open());
}

#[test]
fn a_program_is_started_only_for_a_file_that_is_trusted() {
    if !crate::watch::has_python() {
        return;
    }
    let project = project("trust");
    let file = crate::watch::driven(&project, 3.0);
    let mut app = app(Terms::default());

    open(&mut app, Open::File(file.clone()));
    assert!(problem(&app).details.join("\n").contains("drive.py"), "{:?}", problem(&app));
    assert!(app.world().resource::<Refused>().untrusted);
    assert!(!run(&app).is_open());

    open(&mut app, Open::Trusted(file));
    assert_eq!(run(&app).problem(), None);
    assert_eq!(*app.world().resource::<Refused>(), Refused::default());
    step(&mut app, 100);
    assert_eq!(run(&app).record().expect("a run").requested, [[3.0, 3.0]]);
}

#[test]
fn another_mass_makes_the_past_again_and_goes_on_from_the_tick_that_is_shown() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    step(&mut app, 400);
    let before = hash(&app);
    ask(&mut app, [Action::Seek(Tick(300))]);

    open(&mut app, change(&format!("{MASS}=35.0")));

    assert_eq!(run(&app).problem(), None);
    assert_eq!((tick(&app), run(&app).newest()), (Tick(300), Tick(300)));
    assert_eq!(run(&app).branches(), 1);
    assert!(run(&app).was_handed_over());
    let scenario = run(&app).scenario().expect("a run is open");
    let base = scenario.robots[0].links.iter().find(|link| link.name == "base");
    assert_eq!(base.map(|base| base.mass_kg), Some(35.0));
    step(&mut app, 100);
    assert_ne!(hash(&app), before);
}

#[test]
fn what_changes_nothing_leaves_the_past_as_it_was_and_another_mass_does_not() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    let written = run(&app).written().expect("a run is open").clone();
    step(&mut app, 100);
    let mut heavier = written.clone();
    heavier.scenario.robots[0].links[0].mass_kg = 40.0;

    let world = app.world_mut();
    let mut run = world.resource_mut::<randori_viewer::run::Run>();

    assert_eq!(run.change(written), Some(Past::Same));
    assert!(matches!(run.change(heavier), Some(Past::OtherFrom(Tick(1 | 0)))));
}

#[test]
fn another_seed_is_another_run_from_the_start_with_the_number_that_was_changed() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    open(&mut app, change("duration=1.0"));
    let first = play_to_the_end(&mut app);

    open(&mut app, Open::Seed(7));

    assert_eq!((tick(&app), run(&app).seed()), (Tick(0), 7));
    assert_eq!(run(&app).scenario().expect("a run is open").spec.duration, 1.0);
    assert_ne!(play_to_the_end(&mut app), first);
    open(&mut app, Open::Seed(0));
    assert_eq!(play_to_the_end(&mut app), first);
}

#[test]
fn a_number_that_does_not_exist_is_a_problem_and_changes_nothing() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    step(&mut app, 60);
    let before = hash(&app);

    for text in ["robots.courier.links.bass.mass_kg=35.0", &format!("{MASS}=-1")] {
        open(&mut app, change(text));

        assert!(!problem(&app).details.is_empty(), "{:?}", problem(&app));
        assert_eq!((hash(&app), run(&app).branches()), (before, 0));
        assert!(app.world().resource::<Terms>().changes.is_empty());
        app.world_mut().resource_mut::<randori_viewer::run::Run>().set_problem(None);
    }
    step(&mut app, 1);
}

#[test]
fn what_was_changed_in_one_file_does_not_keep_another_from_opening() {
    let mut app = opened(&repository().join(FLAT), of_repository());
    open(&mut app, change(&format!("{MASS}=35.0")));
    open(&mut app, change(&format!("{MASS}=36.0")));

    open(&mut app, Open::Again);
    assert_eq!(run(&app).scenario().expect("a run").robots[0].links[0].mass_kg, 36.0);

    open(&mut app, Open::File(repository().join("scenarios/pup/stand.ron")));
    assert_eq!(run(&app).problem(), None);
    assert_eq!(run(&app).scenario().expect("a run").spec.robots[0].name, "pup");
}
