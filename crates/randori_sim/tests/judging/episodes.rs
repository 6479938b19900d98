//! Episodes: progress, end, and broken runs.

use crate::fixture::{GLIDING, WEIGHTLESS, assert_near, constant, episode, scenario};
use randori_core::report::Verdict;
use randori_core::spec::{Scenario, Shape};
use randori_sim::episode::Episode;
use randori_sim::signals::ScenarioProbe;
use randori_sim::simulation::Simulation;

fn glide(fields: &str) -> Scenario {
    scenario(GLIDING, &format!("{WEIGHTLESS} duration: 2.0, {fields}"))
}

#[test]
fn a_run_lasts_as_long_as_the_scenario_says() {
    let scene = glide("goals: [(name: \"g\", require: \"always (x(block) < 0.5)\")],");
    let mut run = episode(&scene);

    let mut decided_at = None;
    while !run.is_over() {
        let step = run.advance();
        if let [decision] = step.decided[..] {
            decided_at = Some((decision.goal, decision.holds, decision.tick.0));
        }
    }

    let (goal, holds, tick) = decided_at.expect("decided during the run");
    assert_eq!((goal, holds), (0, false));
    assert_near(tick as f64, 251.0, 1.0);
    assert_eq!((run.record().tick, run.end().0), (run.end(), 1000));

    let hash = run.record().hash;
    let step = run.advance();
    assert_eq!((step.over, step.record.hash), (true, hash), "nothing moves after the end");
}

#[test]
fn a_run_may_stop_once_all_verdicts_are_certain() {
    let scene = glide(
        r#"goals: [(name: "early", require: "eventually (x(block) > 0.5)"),
                   (name: "later", prefer: "eventually (x(block) > 1.0)")],"#,
    );

    let full = episode(&scene).run_to_end();
    let short = episode(&scene).stop_when_decided(true).run_to_end();

    assert_eq!(full.ticks, 1000);
    assert_near(short.ticks as f64, 501.0, 1.0);
    assert_eq!((full.verdict, short.verdict), (Verdict::Pass, Verdict::Pass));
    assert_eq!(full.goals[1].decided_at_s, short.goals[1].decided_at_s);
}

#[test]
fn a_broken_run_is_an_error_and_keeps_what_was_certain() {
    let fields = r#"duration: 1.0, robots: [(name: "lift", model: "lift.ron", policy: (
            use: Builtin(name: "hold"), rate_hz: 2.0))],
        goals: [(name: "certain", require: "eventually (time > 0.2)"),
                (name: "open", require: "always (joint(lift.slide) < 5)")],"#;
    let scene = scenario("", fields);
    // The first answer is fine, the second one is not a number.
    let run = Episode::new(&scene, 1, vec![Some(crate::batch::breaking_policy())]);

    let report = run.unwrap_or_else(|e| panic!("{e}")).run_to_end();

    assert_eq!(report.verdict, Verdict::Error);
    let error = report.error.expect("a reason");
    assert_eq!((error.code.as_str(), error.tick), ("RR0103", 250));
    assert_eq!(report.goals[0].verdict, Verdict::Pass);
    assert_eq!(report.goals[1].verdict, Verdict::Error);
    assert_eq!(report.goals[1].decided_at_s, None);
}

#[test]
fn a_policy_of_the_wrong_size_prevents_the_run() {
    let fields = r#"duration: 1.0, robots: [(name: "lift", model: "lift.ron", policy: (
            use: Builtin(name: "hold"), rate_hz: 50.0))],"#;

    let error = Episode::new(&scenario("", fields), 1, vec![Some(constant(&[0.0, 0.0]))]);

    assert!(error.is_err_and(|error| error.to_string().contains("lift")));
}

#[test]
fn an_event_happens_at_the_first_tick_after_its_condition_held() {
    let scene = glide(
        r#"goals: [(name: "turned back", require: "eventually (vx(block) < 0)")],
           events: [(when: "once[0, 0.1] (x(block) > 0.501)",
                     do: Push(body: "block", impulse: (-2.0, 0.0, 0.0)))],"#,
    );
    let mut run = episode(&scene);

    let mut happened = Vec::new();
    while !run.is_over() {
        let record = run.advance().record;
        happened.extend(record.events.iter().map(|event| (event.event, record.tick.0)));
    }

    // x > 0.501 first holds in record 251; the step from there makes record 252.
    assert_eq!(happened, [(0, 252)]);
    assert_eq!(run.report().verdict, Verdict::Pass);
}

#[test]
fn signals_and_conditions_go_on_from_a_snapshot() {
    let scene = glide(
        r#"events: [(when: "path_length(block) > 1.0", do: Push(body: "block", impulse: (-2.0, 0.0, 0.0)))],
           metrics: ["path_length(block)", "acceleration(block)"],"#,
    );
    let start = || {
        let (probe, _) = ScenarioProbe::for_scenario(&scene).expect("good formulas");
        Simulation::new(&scene, 1, Vec::new(), Box::new(probe)).unwrap_or_else(|e| panic!("{e}"))
    };
    let mut first = start();
    for _ in 0..300 {
        first.step().expect("goes on");
    }
    let snapshot = first.snapshot().expect("everything has a state");

    let mut second = start();
    second.restore(&snapshot).expect("the same scenario");
    for _ in 0..500 {
        let expected = first.step().expect("goes on").clone();
        assert_eq!(*second.step().expect("goes on"), expected);
    }

    assert!(first.record().state.bodies[0].twist.linear.x < 0.0, "the event has happened");
}

#[test]
fn a_signal_that_is_infinite_ends_the_run_as_an_error_that_names_it() {
    let fields = r#"duration: 1.0,
        robots: [(name: "lift", model: "lift.ron", start: (joints: {"slide": M(3.0)}))],
        goals: [(name: "g", require: "always (mechanical_energy(lift) > 0)")],"#;
    let mut scene = scenario("", fields);
    scene.robots[0].links[1].mass_kg = 3e38;

    let report = episode(&scene).run_to_end();

    let error = report.error.expect("an infinite energy fulfils every goal of its kind");
    assert_eq!((report.verdict, error.code.as_str(), report.ticks), (Verdict::Error, "RR0101", 0));
    assert_eq!(error.message, "signal `mechanical_energy(lift)` is inf at tick 0");
}

/// A needle that no checker lets through and whose contacts the engine cannot
/// compute, and a block that flies towards it.
fn needle(block_x_m: f64) -> Scenario {
    let objects = format!(
        "objects: [
            (name: \"needle\", pose: (xyz: (3, 0, 2)), shapes: [
                (shape: Capsule(radius: 0.1, length: 0.1))]),
            (name: \"block\", pose: (xyz: ({block_x_m}, 0, 0)), mobility: Movable(mass_kg: 1,
                linear_velocity: (100, 0, 0)), shapes: [(shape: Box(size: (0.2, 0.2, 0.2)))])]"
    );
    let mut scene = scenario(&objects, &format!("{WEIGHTLESS} duration: 0.1,"));
    scene.environment.objects[0].shapes[0].shape = Shape::Capsule { radius: 1e-20, length: 1e20 };
    scene
}

#[test]
fn a_panic_of_the_engine_ends_the_run_as_an_error_that_names_the_bodies() {
    let mut run = episode(&needle(0.0));
    while !run.is_over() {
        run.advance();
    }

    let report = run.report();
    assert_eq!(report.verdict, Verdict::Error);
    let error = report.error.expect("the run cannot go on");
    assert_eq!(error.code, "RR0101");
    let start = "`needle` made the physics engine fail at its contact with `block` (";
    assert!(error.message.starts_with(start), "{error:?}");
    let tick = run.record().tick;
    assert!((10..16).contains(&tick.0), "the last good tick is {}", tick.0);
    assert_eq!(run.advance().record.tick, tick, "a broken world is not stepped");
}

#[test]
fn a_panic_of_the_engine_at_the_start_names_the_bodies_too() {
    let scene = needle(3.0);

    let error = Episode::new(&scene, 1, Vec::new()).err().expect("no world");

    let start = "the physics engine fails at the contact of `needle` and `block` (";
    assert!(error.to_string().starts_with(start), "{error}");
}
