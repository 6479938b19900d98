//! Semantics of formulas: precedence, units, margins at bounds, decisions.

mod common;

use common::vectors::assert_close;
use randori_stl::{
    Bounds, Cause, Compiled, Formula, Interval, Monitor, Period, Seconds, SignalRef, Trace,
    WindowOp, explain, parse, parse_term,
};

fn read(text: &str) -> Formula {
    parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn column(signal: &SignalRef) -> Option<usize> {
    ["x", "y"].iter().position(|name| *name == signal.name)
}

/// Compiled for ten samples a second.
fn compile(text: &str) -> Compiled {
    read(text)
        .compile(Period::from_nanos(100_000_000), &mut column)
        .unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

fn trace(xs: &[f64]) -> Trace {
    let mut trace = Trace::new(2);
    for x in xs {
        trace.push(&[*x, 0.0]);
    }
    trace
}

fn margin(text: &str, xs: &[f64]) -> f64 {
    compile(text).robustness(&trace(xs))[0]
}

fn observe(text: &str, xs: &[f64]) -> Vec<Bounds> {
    let mut monitor = Monitor::new(&compile(text));
    xs.iter().map(|x| monitor.observe(&[*x, 0.0])).collect()
}

#[test]
fn precedence_is_as_documented() {
    let cases = [
        ("not x > 1 and y > 2", "(not (x > 1)) and (y > 2)"),
        ("always x > 1 until y > 2", "(always (x > 1)) until (y > 2)"),
        ("x > 1 until y > 2 and x > 3", "((x > 1) until (y > 2)) and (x > 3)"),
        ("x > 1 or x > 2 and x > 3", "(x > 1) or ((x > 2) and (x > 3))"),
        ("x > 1 or x > 2 -> x > 3", "((x > 1) or (x > 2)) -> (x > 3)"),
        ("x > 1 -> x > 2 <-> x > 3 xor x > 4", "(((x > 1) -> (x > 2)) <-> (x > 3)) xor (x > 4)"),
        ("x + y * 2 - 1 > -x / 3", "(x + (y * 2)) - 1 > (-x) / 3"),
        ("x > 1 and x > 2 and (x > 3 and x > 4)", "(x > 1) and (x > 2) and ((x > 3) and (x > 4))"),
        ("G F[0:5] x > 1", "always (eventually[0, 5] (x > 1))"),
        ("H x > 1 S[100ms, 1 s] O x !== 2", "(historically (x > 1)) since[0.1, 1] (once (x != 2))"),
        ("X x > 1 U Y x > 2", "(next (x > 1)) until (prev (x > 2))"),
    ];
    for (text, printed) in cases {
        assert_eq!(read(text).to_string(), printed);
    }
}

#[test]
fn units_become_si() {
    let values = [
        ("20 deg", 20.0_f64.to_radians()),
        ("180deg/s", std::f64::consts::PI),
        ("60 rpm", std::f64::consts::TAU),
        ("36 km/h", 10.0),
        ("9.81 m/s^2", 9.81),
        ("30 cm", 0.3),
        ("250 mm/s", 0.25),
        ("2 kN", 2_000.0),
        ("500 g", 0.5),
        ("50 %", 0.5),
        ("2 min", 120.0),
        ("-3 ms", -0.003),
    ];
    for (text, value) in values {
        let term = parse_term(text).unwrap_or_else(|error| panic!("`{text}`: {error}"));
        let compiled = term.compile(&mut column).expect("no signals");
        assert_close(compiled.evaluate(&[]), value, text);
    }
}

#[test]
fn terms_read_their_signals() {
    let term = parse_term("max(abs(x - y), sqrt(4), 1) * 2").expect("a term");
    let compiled = term.compile(&mut column).expect("known signals");

    assert_eq!(term.signals().iter().map(|signal| &*signal.name).collect::<Vec<_>>(), ["x", "y"]);
    assert_close(compiled.evaluate(&[5.0, 1.0]), 8.0, "distance");
    assert!(
        compiled.evaluate(&[f64::NAN, 1.0]).is_nan(),
        "a missing reading hides behind no other"
    );
}

#[test]
fn signals_keep_their_order_their_arguments_and_their_place() {
    let text = "always (distance(courier, goal) < x) and joint(pup.fl_hip) > x";
    let formula = read(text);
    let signals = formula.signals();

    let written: Vec<&str> = signals.iter().map(|signal| &text[signal.span.clone()]).collect();
    assert_eq!(written, ["distance(courier, goal)", "x", "joint(pup.fl_hip)", "x"]);
    assert_eq!(signals[2].args, ["pup.fl_hip"]);
}

#[test]
fn the_horizon_adds_up_and_may_be_without_bound() {
    assert_eq!(read("always[0, 5] (eventually[1, 2] (x > 1))").horizon_s(), Some(7.0));
    assert_eq!(
        read("(x > 1) until[0, 3] (eventually[0, 1] (x > 2)) or once[0, 9] (x > 1)").horizon_s(),
        Some(4.0)
    );
    assert_eq!(read("always (x > 1)").horizon_s(), None);
    assert_eq!(read("eventually[2, inf] (x > 1)").horizon_s(), None);
}

#[test]
fn a_margin_of_zero_counts_as_satisfied() {
    assert_close(margin("x < 3", &[3.0]), 0.0, "strict");
    assert_eq!(observe("x < 3", &[3.0])[0].decided(), Some(true));
    assert_eq!(observe("not (x < 3)", &[3.0])[0].decided(), Some(true));
}

#[test]
fn a_value_that_is_no_number_is_the_worst_one() {
    let xs = [1.0, f64::NAN, 1.0];
    assert_close(margin("always (x < 3)", &xs), f64::NEG_INFINITY, "always");
    assert_close(margin("not (eventually (x > 3))", &xs), f64::NEG_INFINITY, "negated");
    assert_close(margin("always (x < 3 -> y > -1)", &xs), 1.0, "left of an implication");
    assert_close(margin("eventually (x < 3)", &xs), 2.0, "eventually");
}

#[test]
fn an_interval_without_end_begins_late() {
    assert_close(margin("always[0.2, inf] (x > 0)", &[-5.0, -5.0, 1.0, 2.0]), 1.0, "always");
    assert_close(
        margin("always[0.5, inf] (x > 0)", &[-5.0, -5.0]),
        f64::INFINITY,
        "beyond the end",
    );
}

#[test]
fn windows_beyond_the_end_are_empty() {
    assert_close(margin("always[1, 2] (x > 0)", &[-1.0]), f64::INFINITY, "always");
    assert_close(margin("eventually[1, 2] (x > 0)", &[1.0]), f64::NEG_INFINITY, "eventually");
    assert_close(
        margin("always[1, 2] (x > 0) <-> always[1, 2] (x < 0)", &[1.0]),
        0.0,
        "equally vacuous",
    );
}

#[test]
fn a_violated_always_is_decided_at_once() {
    let bounds = observe("always (x < 3)", &[1.0, 4.0, 0.0]);

    assert_eq!(bounds[0], Bounds { lower: f64::NEG_INFINITY, upper: 2.0 });
    assert_eq!(
        bounds.iter().map(Bounds::decided).collect::<Vec<_>>(),
        [None, Some(false), Some(false)]
    );
    assert!(!bounds[2].is_exact(), "a larger violation may follow");
}

#[test]
fn a_reached_goal_is_decided_before_its_time_is_up() {
    let bounds = observe("eventually[0, 0.4] (x > 3)", &[1.0, 5.0, 4.0, 4.0, 9.0, 99.0]);

    assert_eq!(bounds.iter().map(Bounds::decided).collect::<Vec<_>>()[..2], [None, Some(true)]);
    assert_eq!(bounds[4], Bounds::exactly(6.0));
    assert_eq!(bounds[5], Bounds::exactly(6.0), "the sixth sample lies beyond the interval");
}

#[test]
fn a_violation_inside_a_pending_condition_is_seen_at_once() {
    let bounds = observe("always (x < 3 and eventually[0, 1] (y > 5))", &[1.0, 4.0]);

    assert_eq!(bounds[1].decided(), Some(false));
}

#[test]
fn an_until_is_lost_when_its_left_side_breaks() {
    let bounds = observe("(x < 3) until (y > 5)", &[1.0, 4.0]);

    assert_eq!(bounds.iter().map(Bounds::decided).collect::<Vec<_>>(), [None, Some(false)]);
}

#[test]
fn a_monitor_without_samples_knows_nothing() {
    let monitor = Monitor::new(&compile("always (x < 3)"));

    assert_eq!(monitor.bounds(), Bounds::UNKNOWN);
    assert!(monitor.finish().is_nan());
    assert!(compile("always (x < 3)").robustness(&Trace::new(2)).is_empty());
}

#[test]
fn huge_intervals_over_short_traces_end_at_once() {
    let text = "eventually[0, 100000000] (always[0, 100000000] (x > 0) until[50000000, 100000000] (x > 1))";
    let mut monitor = Monitor::new(&compile(text));
    monitor.observe(&[1.0, 0.0]);

    assert_close(monitor.finish(), f64::NEG_INFINITY, text);
    assert_close(margin(text, &[1.0]), f64::NEG_INFINITY, text);
}

#[test]
fn the_explanation_names_the_comparison_the_sample_and_its_place() {
    let text = "always (x < 3 and (x > 2 -> eventually[0, 0.1] (x < 1)))";
    let explanation = explain(&compile(text), &trace(&[0.0, 2.5, 2.25, 2.0]));

    assert_eq!(
        (&*explanation.atom, explanation.sample, explanation.cause),
        ("x > 2", 1, Cause::Comparison)
    );
    assert_eq!(&text[explanation.span.clone()], "x > 2");
    assert_close(explanation.value, -0.5, "the request stands out less than the answer is missed");
    let path: Vec<(usize, f64)> =
        explanation.path.iter().map(|step| (step.sample, step.value)).collect();
    assert_eq!(path.len(), 4);
    assert_eq!(path[0], (0, -0.5));
}

#[test]
fn an_empty_window_and_a_distance_are_explained_as_such() {
    let empty = explain(&compile("eventually[1, 2] (x > 0)"), &trace(&[1.0]));
    assert_eq!((&*empty.atom, empty.cause), ("eventually[1, 2] (x > 0)", Cause::NoSample));

    let distance = explain(&compile("always (x > 0 <-> y > 1)"), &trace(&[1.0, 2.0]));
    assert_eq!(
        (&*distance.atom, distance.sample, distance.cause),
        ("(x > 0) <-> (y > 1)", 1, Cause::Distance)
    );
}

#[test]
fn a_tree_that_was_not_parsed_is_checked_too() {
    let seconds = |count| Seconds::from_decimal(count, 0);
    let interval = Interval::new(seconds(5), Some(seconds(2)));
    let formula = Formula::Window(WindowOp::Always, Some(interval), Box::new(read("x > 0")));

    let error = formula.compile(Period::from_nanos(1), &mut column).expect_err("reversed");

    assert!(error.message.contains("before it begins"), "{error}");
}
