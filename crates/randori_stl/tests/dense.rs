//! Dense time agrees with discrete time where both are defined alike.

mod common;

use common::naive;
use common::random::{Random, index_of};
use common::vectors::assert_close;
use randori_stl::dense::{DenseSignal, robustness};
use randori_stl::{ChainOp, Formula, parse};

/// The same formula, with `until` and `since` holding at the moment of release as in dense time.
fn held_at_release(formula: Formula) -> Formula {
    let inner = |body: Box<Formula>| Box::new(held_at_release(*body));
    let each = |parts: Vec<Formula>| parts.into_iter().map(held_at_release).collect();
    match formula {
        Formula::Chain(op, interval, left, right) => {
            let (left, right) = (inner(left), inner(right));
            Formula::Chain(op, interval, left.clone(), Box::new(Formula::All(vec![*left, *right])))
        }
        Formula::Not(body) => Formula::Not(inner(body)),
        Formula::All(parts) => Formula::All(each(parts)),
        Formula::Any(parts) => Formula::Any(each(parts)),
        Formula::Connect(op, left, right) => Formula::Connect(op, inner(left), inner(right)),
        Formula::Window(op, interval, body) => Formula::Window(op, interval, inner(body)),
        Formula::Step(..) | Formula::Atom(_) => formula,
    }
}

fn has_steps(formula: &Formula) -> bool {
    matches!(formula, Formula::Step(..)) || formula.parts().into_iter().any(has_steps)
}

fn signal(samples: &[[f64; 2]], column: usize) -> DenseSignal {
    let breakpoints = samples.iter().enumerate().map(|(at, sample)| (at as f64, sample[column]));
    DenseSignal::new(breakpoints.collect()).expect("ordered breakpoints")
}

#[test]
fn whole_seconds_agree_with_samples_of_a_second() {
    let mut compared = 0;
    for seed in 0..2_000 {
        let mut random = Random::new(seed);
        let depth = 1 + random.below(3);
        let formula = random.formula(depth, true);
        let Some(horizon) = formula.horizon_s().filter(|_| !has_steps(&formula)) else { continue };
        let samples = random.samples();
        let signals = [signal(&samples, 0), signal(&samples, 1)];
        // In dense time the last value is held for ever.
        let mut held = samples.clone();
        held.extend(std::iter::repeat_n(samples[samples.len() - 1], horizon as usize));

        let dense = robustness(&formula, &signals, &mut index_of).expect("known signals");
        let discrete = naive::margins(&held_at_release(formula.clone()), &held);

        for (at, expected) in discrete.iter().enumerate().take(samples.len()) {
            assert_close(dense.value_at(at as f64), *expected, &format!("{formula} at {at}"));
        }
        compared += 1;
    }
    assert!(compared > 500, "only {compared} formulas were comparable");
}

#[test]
fn a_since_between_breakpoints_is_exact() {
    let x =
        DenseSignal::new(vec![(0.0, 1.0), (1.25, 3.0), (2.5, -1.0)]).expect("ordered breakpoints");
    let formula = parse("once[0.5, 1] (x > 2)").expect("a formula");

    let margin = robustness(&formula, &[x], &mut |_| Some(0)).expect("known signals");

    let expected = [(0.0, f64::NEG_INFINITY), (0.5, -1.0), (1.75, 1.0), (3.5, -3.0)];
    assert_eq!(margin.breakpoints(), expected);
}

#[test]
fn operators_on_neighbouring_samples_are_refused() {
    let x = DenseSignal::new(vec![(0.0, 1.0)]).expect("ordered breakpoints");
    for text in ["rise(x > 1)", "always (next (x > 1))"] {
        let formula = parse(text).expect("a formula");
        let error = robustness(&formula, std::slice::from_ref(&x), &mut |_| Some(0))
            .expect_err("no neighbours");
        assert!(error.message.contains("evenly spaced"), "{error}");
    }
}

#[test]
fn breakpoints_out_of_order_are_no_signal() {
    assert_eq!(DenseSignal::new(vec![(1.0, 0.0), (1.0, 2.0)]), None);
    assert_eq!(DenseSignal::new(vec![(0.0, 0.0), (f64::NAN, 2.0)]), None);
    assert_eq!(DenseSignal::new(Vec::new()), None);
}

#[test]
fn unless_is_satisfied_by_holding_to_the_end_of_its_interval() {
    let x = DenseSignal::new(vec![(0.0, 2.0), (4.0, -1.0)]).expect("ordered breakpoints");
    let formula = parse("(x > 0) unless[0, 3] (x > 5)").expect("a formula");
    assert!(matches!(formula, Formula::Chain(ChainOp::Unless, ..)));

    let margin = robustness(&formula, &[x], &mut |_| Some(0)).expect("known signals");

    assert_eq!(margin.breakpoints(), [(0.0, 2.0), (1.0, -1.0)]);
}
