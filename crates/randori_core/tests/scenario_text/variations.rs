//! Values that are drawn per seed.

use randori_core::spec::Coordinate;
use randori_core::text::{Override, sample_variations};

use super::fixture::{files, load, told};

#[test]
fn what_the_files_leave_out_can_be_varied() {
    let more = "vary: {\"robots.twin.pose.xyz.0\": Uniform(1.0, 2.0), \
        \"robots.twin.start.joints.wrist\": Uniform(0.2, 0.3), \
        \"robots.twin.start.joints.slide\": Uniform(0.01, 0.02), \
        \"robots.arm.actuators.motor.limits.speed\": Uniform(3.0, 4.0),";
    let text = load(&super::fixture::changed("scenario", "vary: {", more)).expect("legal");

    let loaded = text.resolve_seed(&[], 7).expect("legal");

    let twin = &loaded.scenario.spec.robots[1];
    assert!((1.0..2.0).contains(&twin.pose.xyz[0]), "{:?}", twin.pose);
    assert!(matches!(twin.start.joints["wrist"], Coordinate::Rad(0.2..0.3)));
    assert!(matches!(twin.start.joints["slide"], Coordinate::M(0.01..0.02)));
    let speed = loaded.scenario.robots[0].actuators[0].limits.speed;
    assert!(speed.is_some_and(|speed| (3.0..4.0).contains(&speed)));
}

#[test]
fn each_seed_draws_its_values_and_repeats_them() {
    let text = load(&files()).expect("the fixture is valid");
    let drawn = |seed| {
        let loaded = text.resolve_seed(&[], seed).expect("all values are legal");
        let mass = loaded.scenario.robots[0].links[1].mass_kg;
        assert!((0.4..0.6).contains(&mass), "{mass}");
        assert!([0.5, 0.7].contains(&loaded.scenario.environment.ground.unwrap().friction));
        assert_eq!(loaded.scenario.robots[1].links[1].mass_kg, 0.5);
        loaded.drawn
    };

    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
}

#[test]
fn what_the_scenario_is_built_from_is_what_was_drawn_to_the_last_bit() {
    let text = load(&files()).expect("the fixture is valid");
    for seed in 0..50 {
        let loaded = text.resolve_seed(&[], seed).expect("all values are legal");
        let expected = sample_variations(&loaded.scenario.spec, seed);

        assert_eq!(loaded.drawn, expected);
        let mass = expected.iter().find(|(path, _)| path.ends_with("hand.mass_kg"));
        assert_eq!(Some(loaded.scenario.robots[0].links[1].mass_kg), mass.map(|(_, mass)| *mass));
    }
}

#[test]
fn a_value_that_is_set_is_not_drawn() {
    let text = load(&files()).expect("the fixture is valid");
    let fixed = Override::number("robots.arm.links.hand.mass_kg", 1.0, "--set");

    let loaded = text.resolve_seed(&[fixed], 3).expect("a legal mass");

    assert_eq!(loaded.scenario.robots[0].links[1].mass_kg, 1.0);
    assert_eq!(loaded.drawn.len(), 2);
}

#[test]
fn a_value_that_is_set_by_another_spelling_of_its_path_is_not_drawn() {
    let text = load(&files()).expect("the fixture is valid");
    let fixed = Override::number("robots.0.links.1.mass_kg", 1.0, "--set");

    let loaded = text.resolve_seed(&[fixed], 3).expect("a legal mass");

    assert_eq!(loaded.scenario.robots[0].links[1].mass_kg, 1.0);
}

#[test]
fn another_variation_changes_no_other_value() {
    let with = load(&files()).expect("the fixture is valid");
    let without = super::fixture::changed(
        "scenario",
        "\"environment.ground.friction\": OneOf([0.5, 0.7]),",
        "",
    );
    let without = load(&without).expect("one variation less is fine");

    let (many, few) = (with.resolve_seed(&[], 5), without.resolve_seed(&[], 5));

    let (mut many, few) = (many.expect("legal").drawn, few.expect("legal").drawn);
    many.retain(|(path, _)| !path.contains("friction"));
    assert_eq!(many, few);
}

#[test]
fn keys_that_lead_nowhere_and_values_that_do_not_fit_are_found_at_load() {
    let path = "robots.arm.links.hand.mass_kg";
    let key = told("scenario", path, "robots.arm.links.hand.mas_kg");
    let text = told("scenario", path, "robots.arm.links.hand.name");
    let whole = told("scenario", path, "physics.solver_iterations");

    insta::assert_snapshot!(key, @r#"
    scenarios/push.ron:22:32: error[RS0211]: no such path: no field is called `mas_kg`
    help: did you mean `mass_kg`?
    "#);
    insta::assert_snapshot!(text, @r#"
    scenarios/push.ron:22:10: error[RS0212]: `robots.arm.links.hand.name` is not a number
    help: the file says `"hand"`
    "#);
    insta::assert_snapshot!(whole, @r#"scenarios/push.ron:22:38: error[RS0105]: a whole number is expected here"#);
}
