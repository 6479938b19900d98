//! Errors in formulas, and their positions.

use crate::fixture::{GLIDING, scenario};
use randori_core::diagnostic::Severity;
use randori_core::text::Limits;
use randori_sim::signals::{FormulaProblem, SignalTable, check_formulas};

/// A scenario with a lift and a gliding block, and these fields.
fn problems(fields: &str) -> Vec<FormulaProblem> {
    let robots = "robots: [(name: \"lift\", model: \"lift.ron\")],";
    let scenario = scenario(GLIDING, &format!("duration: 10.0, {robots} {fields}"));
    check_formulas(&scenario, &Limits::default())
}

/// Problems of one goal: what is underlined, the message and the advice.
fn of_goal(formula: &str) -> Vec<String> {
    problems(&format!("goals: [(name: \"g\", require: {formula:?})],"))
        .iter()
        .map(|problem| {
            assert_eq!(problem.path, "goals.0.require");
            let help = problem.help.as_deref().unwrap_or("-");
            format!("{} | {} | {help}", &formula[problem.span.clone()], problem.message)
        })
        .collect()
}

#[test]
fn a_good_formula_has_no_problem() {
    assert_eq!(of_goal("always (clearance(lift, block) > 0.1)"), Vec::<String>::new());
    assert_eq!(of_goal("always[0, 10] (in_zone(block, gate) < 1 m)"), Vec::<String>::new());
}

#[test]
fn an_unknown_signal_gets_the_nearest_name() {
    assert_eq!(
        of_goal("always (sped(block) < 1)"),
        ["sped(block) | there is no signal `sped` | a signal with a similar name exists: \
             `speed(a)`"]
    );
}

#[test]
fn an_unknown_thing_gets_the_nearest_name_of_its_kind() {
    assert_eq!(
        of_goal("always (speed(blok) < 1)"),
        ["speed(blok) | there is no body called `blok` | a similar name exists: `block`"]
    );
    assert_eq!(
        of_goal("always (joint(slide) < 1)"),
        ["joint(slide) | there is no joint coordinate called `slide` | a similar name exists: \
             `lift.slide`"]
    );
    assert_eq!(
        of_goal("always (measured(lift.encoder.positoin.slide) < 1)"),
        ["measured(lift.encoder.positoin.slide) | there is no sensor value called \
             `lift.encoder.positoin.slide` | a similar name exists: `lift.encoder.position`"]
    );
}

#[test]
fn a_thing_of_the_wrong_kind_is_called_by_its_kind() {
    assert_eq!(
        of_goal("always (speed(gate) < 1)"),
        ["speed(gate) | `speed` wants a body, but `gate` is a zone | the choices are `lift`, \
          `lift.rail`, `lift.carriage` or `block`"]
    );
    assert_eq!(
        of_goal("always (block < 1)"),
        ["block | there is no signal `block` | this is a body; say what of it matters, as in \
          `height(block)`"]
    );
}

#[test]
fn the_number_of_arguments_is_checked() {
    assert_eq!(
        of_goal("always (distance(block) < 1)"),
        ["distance(block) | `distance` takes 2 arguments, but 1 are given | write \
          `distance(a, b)`: distance between two frame origins"]
    );
}

#[test]
fn a_gap_to_itself_is_refused() {
    assert_eq!(
        of_goal("always (clearance(lift, lift.carriage) > 0)"),
        ["clearance(lift, lift.carriage) | `clearance(lift, lift.carriage)` compares a thing \
          with itself | name two different things; for contact within a robot, two of its links"]
    );
}

#[test]
fn an_interval_must_end_on_ticks() {
    let found = problems("goals: [(name: \"g\", require: \"always[0, 0.0015] (x(block) < 1)\")],");

    assert_eq!(found.len(), 1);
    assert_eq!(found[0].code.as_str(), "RS0605");
    assert!(found[0].help.as_deref().is_some_and(|help| help.contains("0.002")), "{found:?}");
}

#[test]
fn looking_beyond_the_end_is_a_warning_and_looking_only_there_an_error() {
    let severities = |formula: &str| -> Vec<(Severity, String)> {
        problems(&format!("goals: [(name: \"g\", require: {formula:?})],"))
            .into_iter()
            .map(|problem| (problem.severity, formula[problem.span].to_owned()))
            .collect()
    };

    let long = "eventually[0, 12] (x(block) > 1)";
    assert_eq!(severities(long), [(Severity::Warning, long.to_owned())]);
    let late = "always[11, 12] (x(block) > 1)";
    assert_eq!(severities(late), [(Severity::Error, "[11, 12]".to_owned())]);
    let nested = "always[6, 7] eventually[5, inf] (x(block) > 1)";
    assert_eq!(severities(nested), [(Severity::Error, "[5, inf]".to_owned())]);
}

#[test]
fn all_problems_are_reported_with_their_paths() {
    let found = problems(
        r#"goals: [
            (name: "a", prefer: "always (x(blok) < 1)"),
            (name: "b", require: "always (x(block) <"),
        ],
        events: [
            (at: 1.0, do: Push(body: "block", impulse: (0.0, 0.0, 1.0))),
            (when: "eventually (x(block) > 1)", do: Push(body: "block", impulse: (0.0, 0.0, 1.0))),
        ],
        metrics: ["max(speed(block))", "mean(spee(block))"],"#,
    );

    let found: Vec<(&str, &str)> =
        found.iter().map(|problem| (problem.path.as_str(), problem.code.as_str())).collect();
    assert_eq!(
        found,
        [
            ("goals.0.prefer", "RS0603"),
            ("goals.1.require", "RS0602"),
            ("events.1.when", "RS0606"),
            ("metrics.1", "RS0603"),
        ]
    );
}

#[test]
fn a_problem_becomes_a_diagnostic_at_its_place_in_the_file() {
    let text = crate::fixture::text(
        GLIDING,
        "duration: 10.0,\n goals: [(name: \"g\", require: \"always (sped(block) < 1)\")],",
    );
    let loaded = text.resolve(&[]).unwrap_or_else(|e| panic!("{e}"));

    let found = check_formulas(&loaded.scenario, &Limits::default())
        .iter()
        .map(|problem| problem.diagnostic(&loaded.sources))
        .collect();

    assert_eq!(
        loaded.diagnostics(found).short(),
        "test.ron:2:40: error[RS0603]: there is no signal `sped`\n\
         help: a signal with a similar name exists: `speed(a)`\n"
    );
}

#[test]
fn each_signal_stands_once_in_the_table_goals_first() {
    let scene = scenario(
        GLIDING,
        r#"duration: 1.0,
        goals: [(name: "g", require: "always (x(block) < 1 and y(block) < x(block))")],
        events: [(when: "vx(block) > x(block)", do: Push(body: "block", impulse: (0.0, 0.0, 1.0)))],
        metrics: ["max(tilt(block))", "x(block)"],"#,
    );

    let table = SignalTable::new(&scene).expect("good formulas");

    let names: Vec<(&str, &str)> =
        table.signals().iter().map(|signal| (signal.name.as_str(), signal.unit.as_str())).collect();
    assert_eq!(
        names,
        [("x(block)", "m"), ("y(block)", "m"), ("vx(block)", "m/s"), ("tilt(block)", "rad")]
    );
}
