//! Errors of the physics in cases with known solutions, compared with the tables of
//! the documentation page.

mod page;

use randori_accuracy::{AccuracyCase, all};

use page::Page;

fn run(name: &str, rate_hz: u32) -> Vec<f64> {
    let case = AccuracyCase::named(name).expect("the test names a case that exists");
    case.run(rate_hz).unwrap_or_else(|fault| panic!("{name} at {rate_hz} Hz: {fault}"))
}

#[test]
fn errors_of_mechanisms_are_of_second_order() {
    // Each with the measure that rounding touches least.
    for (name, measure) in [("pendulum", 0), ("babyboot", 1), ("bricard", 0)] {
        let [coarse, fine] = [250, 1000].map(|rate_hz| run(name, rate_hz)[measure]);

        assert!((12.0..18.0).contains(&(coarse / fine)), "{name}: {coarse} and {fine}");
    }
}

#[test]
fn a_four_bar_linkage_passes_its_singular_positions() {
    // A perfect method of first order, in double precision, loses 0.09 J.
    let energy = run("double_four_bar", 1000)[0];

    assert!(energy < 0.002, "{energy} J");
}

#[test]
fn friction_does_not_depend_on_the_direction() {
    let (askew, along) = (run("rolling_xy", 500)[0], run("rolling_y", 500)[0]);

    assert!((askew / along - 1.0).abs() < 0.1, "{askew} askew, {along} along an axis");
}

#[test]
fn a_tumbling_box_keeps_its_angular_momentum_as_well_as_in_other_engines() {
    let peers = AccuracyCase::named("boxes_complex").expect("it exists").peers;
    let ode = peers.iter().find(|peer| peer.engine == "ODE" && peer.step_s == Some(1e-3));
    let bound = ode.and_then(|peer| peer.errors[2]).expect("a figure is published");

    let error = run("boxes_complex", 1000)[2];

    assert!(error < bound, "{error} instead of {bound}");
}

#[test]
fn a_tumbling_box_gains_less_than_a_hundredth_of_its_energy() {
    let [gain, loss, _] = run("tumbling_energy", 200)[..] else { panic!("three measures") };

    assert!(gain < 0.01 && loss < 0.01, "gains {gain}, loses {loss}");
}

#[test]
fn a_tower_of_ten_stands_at_the_usual_step() {
    let [drift, overlap, _] = run("tower", 500)[..] else { panic!("three measures") };

    assert!(drift < 1e-3, "drifts by {drift} m");
    assert!(overlap < 0.01, "overlaps by {overlap} m");
}

#[test]
fn a_box_stays_on_a_slope_that_friction_just_holds() {
    let [creep, slide] = run("slope", 500)[..] else { panic!("two measures") };

    assert!(creep < 5e-4, "creeps {creep} m");
    assert!(slide < 5e-3, "slides {slide} off");
}

#[test]
fn the_page_shows_every_case_at_every_step_beside_every_engine() {
    let page = Page::read();
    for case in all() {
        let rows = page.rows(case.name);
        for rate_hz in case.rates_hz {
            assert!(page.figures(case, *rate_hz).is_some(), "{rate_hz} Hz");
        }
        for peer in case.peers {
            let shown = rows.iter().any(|row| row[0] == peer.engine);
            assert!(shown, "{}: {} is missing", case.name, peer.engine);
        }
    }
}

/// The step is coarse because unoptimised builds are slow; the law that the
/// errors follow is the same.
#[test]
fn nothing_is_worse_than_the_page_says() {
    let page = Page::read();
    for case in all() {
        let (name, rate_hz) = (case.name, case.rates_hz[1]);
        let told = page.figures(case, rate_hz).expect("the page is complete");

        let errors = run(name, rate_hz);

        for ((error, told), measure) in errors.iter().zip(told).zip(case.measures) {
            // Below a millionth it is rounding, which any change may move.
            let bound = told * band(name) + 1e-6;
            let measure = measure.name;
            assert!(*error < bound, "{name}, {measure} at {rate_hz} Hz: {error}, page {told}");
        }
    }
}

/// Allowed growth of an error: results of many collisions
/// and of unstable motions depend on every rounding.
fn band(name: &str) -> f64 {
    match name {
        "pile" | "elastic_pile" | "boxes_complex" => 3.0,
        _ => 1.3,
    }
}
