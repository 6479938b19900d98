//! Verdicts: the tick of certainty, the margin, and the explanation.

use crate::fixture::{GLIDING, WEIGHTLESS, assert_near, episode, scenario};
use randori_core::report::{GoalReport, RunReport, Verdict};
use randori_sim::monitors::GoalMonitors;
use randori_sim::signals::SignalTable;

/// A run of 2 s of the gliding block (x = t) with these goals and other fields.
fn glide(goals: &str, fields: &str) -> RunReport {
    let fields = format!("{WEIGHTLESS} duration: 2.0, goals: [{goals}], {fields}");
    episode(&scenario(GLIDING, &fields)).run_to_end()
}

fn only_goal(formula: &str) -> GoalReport {
    let mut report = glide(&format!("(name: \"g\", require: {formula:?})"), "");
    assert_eq!((report.ticks, report.error), (1000, None));
    report.goals.swap_remove(0)
}

#[test]
fn reaching_is_certain_when_it_happens_and_its_margin_is_the_best_moment() {
    let goal = only_goal("eventually (x(block) > 1.001)");

    assert_eq!(goal.verdict, Verdict::Pass);
    assert_eq!(goal.decided_at_s, Some(1.002));
    assert_near(goal.margin, 0.999, 1e-4);
    let reason = goal.reason.expect("something decided");
    assert_eq!(reason.atom, "x(block) > 1.001");
    assert_near(reason.time_s, 2.0, 0.0);
}

#[test]
fn a_violation_is_certain_when_it_happens() {
    let goal = only_goal("always (x(block) < 0.501)");

    assert_eq!(goal.verdict, Verdict::Fail);
    assert_eq!(goal.decided_at_s, Some(0.502));
    assert_near(goal.margin, -1.499, 1e-4);
}

#[test]
fn a_bounded_requirement_is_certain_at_the_end_of_its_window() {
    let goal = only_goal("always[0, 1.5] (x(block) < 1.7)");

    assert_eq!((goal.verdict, goal.decided_at_s), (Verdict::Pass, Some(1.5)));
    assert_near(goal.margin, 0.2, 1e-4);
    assert_near(goal.reason.expect("something decided").time_s, 1.5, 0.0);
}

#[test]
fn an_endless_requirement_is_certain_at_the_end_of_the_run() {
    let goal = only_goal("always (x(block) < 2.5)");

    assert_eq!((goal.verdict, goal.decided_at_s), (Verdict::Pass, Some(2.0)));
}

#[test]
fn the_reason_names_the_part_that_decided() {
    let goal = only_goal("always (speed(block) < 3 and x(block) < 1.5)");

    let reason = goal.reason.expect("something decided");
    assert_eq!(reason.atom, "x(block) < 1.5");
    assert_near(reason.time_s, 2.0, 0.0); // where it is violated most
}

#[test]
fn preferences_are_reported_but_never_fail_a_run() {
    let report = glide(
        r#"(name: "passes", require: "eventually (x(block) > 1)"),
           (name: "fails", prefer: "eventually[0, 0.5] (x(block) > 1)")"#,
        "",
    );

    assert_eq!(report.verdict, Verdict::Pass);
    assert_eq!(report.goals[1].verdict, Verdict::Fail);
    assert_eq!((report.goals[0].required, report.goals[1].required), (true, false));
}

#[test]
fn an_expected_failure_turns_the_verdict_round() {
    let goals = r#"(name: "stays", require: "always (x(block) < 1)")"#;

    assert_eq!(glide(goals, "").verdict, Verdict::Fail);
    assert_eq!(glide(goals, "expect: Fail(goal: \"stays\"),").verdict, Verdict::Pass);

    let goals = r#"(name: "stays", require: "always (x(block) < 3)")"#;
    assert_eq!(glide(goals, "expect: Fail(goal: \"stays\"),").verdict, Verdict::Fail);
}

#[test]
fn judging_the_records_again_gives_the_same_reports() {
    let fields = format!(
        "{WEIGHTLESS} duration: 2.0, goals: [
            (name: \"a\", require: \"eventually[0, 1] always[0, 0.5] (in_zone(block, gate) > 0)\"),
            (name: \"b\", require: \"always (once[0, 0.1] (x(block) < 1.5))\")],"
    );
    let scene = scenario(GLIDING, &fields);
    let mut run = episode(&scene);
    let mut records = vec![run.record().clone()];
    while !run.is_over() {
        records.push(run.advance().record.clone());
    }

    let table = SignalTable::new(&scene).expect("good formulas");
    let mut again = GoalMonitors::new(&table, &scene).expect("good formulas");
    let mut decisions = Vec::new();
    for record in &records {
        decisions.extend(again.observe(record));
    }

    assert_eq!(again.finish(false), run.report().goals);
    assert_eq!(decisions.len(), 2);
    assert!(again.all_decided());
}
