//! Warnings with advice for goals that are valid but probably wrong.

use crate::fixture::{GLIDING, scenario};
use randori_core::diagnostic::Severity;
use randori_core::text::Limits;
use randori_sim::signals::check_formulas;

/// Codes, underlined text and advice of the warnings about one goal.
fn lints(formula: &str) -> Vec<String> {
    lints_of(&format!("goals: [(name: \"g\", require: {formula:?})],"), formula)
}

fn lints_of(fields: &str, formula: &str) -> Vec<String> {
    let robots = "robots: [(name: \"lift\", model: \"lift.ron\")],";
    let scenario = scenario(GLIDING, &format!("duration: 10.0, {robots} {fields}"));
    let problems = check_formulas(&scenario, &Limits::default());
    let told = problems.iter().map(|problem| {
        assert_eq!(problem.severity, Severity::Warning, "{problem}");
        assert!(problem.help.is_some(), "{problem}");
        format!("{} {}", problem.code, &formula[problem.span.clone()])
    });
    told.collect()
}

#[test]
fn comparisons_that_no_run_can_change_are_told() {
    for (formula, atom) in [
        ("always (distance(lift, block) > -1)", "distance(lift, block) > -1"),
        ("always (speed(block) >= 0)", "speed(block) >= 0"),
        ("always (speed(block) > 0)", "speed(block) > 0"),
        ("always (tilt(block) < 181 deg)", "tilt(block) < 181 deg"),
        ("eventually (tilt(block) > 200 deg)", "tilt(block) > 200 deg"),
        ("always (abs(yaw(block)) <= 181 deg)", "abs(yaw(block)) <= 181 deg"),
        ("always (touching(lift, block) <= 1)", "touching(lift, block) <= 1"),
        ("always (clearance(lift, block) < 11)", "clearance(lift, block) < 11"),
        ("eventually (clearance(lift, block) > 12 m)", "clearance(lift, block) > 12 m"),
        ("always (2 * speed(block) + 1 > 0.5)", "2 * speed(block) + 1 > 0.5"),
        ("always (min(speed(block), distance(lift, block)) > -1)", ""),
        ("eventually (time > 20)", "time > 20"),
        ("always (x(block) < 1 or contact_force(block) >= 0)", "contact_force(block) >= 0"),
    ] {
        let found = lints(formula);
        let told = found.iter().any(|it| it.starts_with("RS0607") && it.ends_with(atom));
        assert!(told, "{formula}: {found:?}");
    }
}

#[test]
fn a_goal_that_is_a_constant_is_told_as_a_whole() {
    assert_eq!(lints("always (1 > 0)"), ["RS0607 always (1 > 0)"]);
}

#[test]
fn comparisons_that_a_run_can_decide_are_not_told() {
    for formula in [
        "always (distance(lift, block) > 0.1)",
        "always (speed(block) < 2 m/s)",
        "eventually (speed(block) < 1 cm/s)",
        "always (tilt(block) < 20 deg)",
        "always (abs(yaw(block)) < 10 deg)",
        "always (yaw(block) > -1 rad and x(block) < 3 m)",
        "always (touching(lift, block) < 0.5)",
        "always (time > 5 -> speed(block) < 0.1 m/s)",
        "eventually[0, 5 s] (x(block) - x(lift) < 20 cm)",
        "always (x(block) * tilt(block) < 3)",
        "always (x(block) / 2 < 10 cm)",
        "always (joint(lift.slide) < 1 m)",
        "always (speed(block) < 3 rpm * 0.1)",
        "always (once[0, 1] (speed(block) < 1 km/h))",
        "rise(speed(block) > 1) -> eventually (speed(block) < 1)",
    ] {
        assert_eq!(lints(formula), Vec::<String>::new(), "{formula}");
    }
}

#[test]
fn unlike_units_are_told() {
    for (formula, atom) in [
        ("always (tilt(block) < 0.3 m)", "tilt(block) < 0.3 m"),
        ("always (distance(lift, block) > 20 deg)", "distance(lift, block) > 20 deg"),
        ("always (speed(block) < 2 m)", "speed(block) < 2 m"),
        ("always (speed(block) < 2 rad/s)", "speed(block) < 2 rad/s"),
        ("always (distance(lift, block) > speed(block))", "distance(lift, block) > speed(block)"),
        ("always (x(block) + tilt(block) < 1)", "x(block) + tilt(block) < 1"),
        ("always (max(x(block), yaw(block)) < 1)", "max(x(block), yaw(block)) < 1"),
        ("always (contact_force(block) < 3 kg)", "contact_force(block) < 3 kg"),
        ("eventually (time > 3 m)", "time > 3 m"),
        ("always (joint(lift.slide) < 10 deg)", "joint(lift.slide) < 10 deg"),
    ] {
        assert_eq!(lints(formula), [format!("RS0608 {atom}")], "{formula}");
    }
}

#[test]
fn a_goal_without_an_operator_that_looks_ahead_is_told() {
    for formula in ["speed(block) < 2", "once (speed(block) < 2)", "x(block) < 1 or y(block) < 1"] {
        assert_eq!(lints(formula), [format!("RS0609 {formula}")]);
    }
}

#[test]
fn an_event_that_never_happens_is_told() {
    let event = |when: &str| {
        let fields =
            format!("events: [(when: {when:?}, do: Push(body: \"block\", impulse: (1, 0, 0)))],");
        lints_of(&fields, when)
    };
    assert_eq!(event("speed(block) < -1"), ["RS0607 speed(block) < -1"]);
    assert_eq!(event("tilt(block) > 3 m"), ["RS0608 tilt(block) > 3 m"]);
    assert_eq!(event("1 > 0"), Vec::<String>::new());
    assert_eq!(event("time > 2"), Vec::<String>::new());
}

#[test]
fn goals_that_keep_more_than_is_allowed_are_refused() {
    let scenario = scenario(
        GLIDING,
        "duration: 1000.0, goals: [(name: \"g\", require: \
        \"always (eventually (speed(block) < 1))\")],",
    );
    let limits = |memory_bytes| Limits { memory_bytes, ..Limits::default() };

    assert!(check_formulas(&scenario, &limits(1 << 30)).is_empty());
    let problems = check_formulas(&scenario, &limits(1 << 20));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].message.contains("judging the goals"), "{}", problems[0]);
}
