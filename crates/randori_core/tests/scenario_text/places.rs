//! Later stages find the place of anything, formulas included.

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label};

use super::fixture::{changed, load, set};

#[test]
fn a_part_of_a_formula_is_underlined_inside_its_quotes() {
    let loaded = set(&[]).expect("the fixture is valid");
    let formula = loaded.scenario.spec.goals[0].require.as_deref().expect("a formula");
    let start = formula.find("tilt").expect("it is about tilt");

    let span = loaded.sources.span_in_text("goals.stays.require", start..start + 4);
    let finding = Diagnostic::error(DiagnosticCode::UNKNOWN_SIGNAL, "no signal is called `tilt`")
        .primary(Label::new(span.expect("the goal exists"), "unknown"));

    insta::assert_snapshot!(loaded.diagnostics(vec![finding]).human(false), @r#"
    error[RS0603]: no signal is called `tilt`
      --> scenarios/push.ron:27:43
       |
    27 |         (name: "stays", require: "always (tilt(arm) < 20 deg)"),
       |                                           ^^^^ unknown
    "#);
}

#[test]
fn formulas_in_overrides_are_underlined_in_the_override() {
    let loaded = set(&["goals.0.require=\"always (tilt(arm) < 5 deg)\""]).expect("a legal text");

    let span = loaded.sources.span_in_text("goals.0.require", 8..12).expect("the goal exists");

    assert_eq!(loaded.sources.map.path(span.file), "--set");
    assert_eq!(loaded.sources.map.slice(span), "tilt");
}

#[test]
fn escapes_and_raw_strings_do_not_move_places() {
    for literal in [r#""\u{61}bs \"x\" < 3""#, r##"r#"abs "x" < 3"#"##] {
        let from = "\"always (tilt(arm) < 20 deg)\"";
        let text = load(&changed("scenario", from, literal)).expect("any text is a formula here");
        let loaded = text.resolve(&[]).expect("formulas are read later");

        let span = loaded.sources.span_in_text("goals.0.require", 8..9).expect("the goal exists");

        assert_eq!(loaded.sources.map.slice(span), "<", "{literal}");
    }
}

#[test]
fn every_path_of_every_file_has_a_place() {
    let loaded = set(&[]).expect("the fixture is valid");
    let slice = |path| loaded.sources.span_of(path).map(|span| loaded.sources.map.slice(span));

    assert_eq!(slice("robots.arm.policy.rate_hz"), Some("50"));
    assert_eq!(slice("robots.twin.links.hand.mass_kg"), Some("0.5"));
    assert_eq!(slice("environment.zones.bay.shape.radius"), Some("1.0"));
    assert_eq!(slice("vary.\"environment.ground.friction\".0"), Some("[0.5, 0.7]"));
    assert_eq!(slice("events.1.when"), Some("\"true\""));
    assert_eq!(slice("robots.arm.links.foot"), None);
}
