//! Offline, online and explained margins agree with each other and with the definitions.

mod common;

use common::naive;
use common::random::{Random, index_of, trace_of};
use common::vectors::assert_close;
use randori_stl::{Bounds, Cause, Compiled, Formula, Monitor, PastMonitor, Period, explain, parse};

const FORMULAS: u64 = 1_000;

fn compile(formula: &Formula) -> Compiled {
    formula
        .compile(Period::from_nanos(1_000_000_000), &mut index_of)
        .expect("whole seconds and known signals")
}

/// Random formulas with a random trace each.
fn cases(looks_ahead: bool) -> impl Iterator<Item = (Formula, Vec<[f64; 2]>)> {
    (0..FORMULAS).map(move |seed| {
        let mut random = Random::new(seed);
        let depth = 1 + random.below(4);
        (random.formula(depth, looks_ahead), random.samples())
    })
}

#[test]
fn offline_margins_are_those_of_the_definitions() {
    for (formula, samples) in cases(true) {
        let margins = compile(&formula).robustness(&trace_of(&samples));
        let expected = naive::margins(&formula, &samples);

        assert_eq!(margins.len(), expected.len());
        for (margin, expected) in margins.iter().zip(expected) {
            assert_close(*margin, expected, &formula.to_string());
        }
    }
}

#[test]
fn a_monitor_may_end_after_any_sample_with_the_offline_margin() {
    for (formula, samples) in cases(true) {
        let compiled = compile(&formula);
        let mut monitor = Monitor::new(&compiled);
        for seen in 1..=samples.len() {
            monitor.observe(&samples[seen - 1]);
            let offline = compiled.robustness(&trace_of(&samples[..seen]))[0];
            assert_close(monitor.finish(), offline, &formula.to_string());
        }
    }
}

#[test]
fn early_bounds_never_widen_and_contain_the_final_margin() {
    let mut decided_early = 0;
    for (formula, samples) in cases(true) {
        let compiled = compile(&formula);
        let mut monitor = Monitor::new(&compiled);
        let mut before = Bounds::UNKNOWN;
        let margins = compiled.robustness(&trace_of(&samples));
        for sample in &samples {
            let now = monitor.observe(sample);
            assert!(
                before.lower <= now.lower && now.lower <= now.upper && now.upper <= before.upper,
                "{formula}"
            );
            assert!(
                now.lower <= margins[0] && margins[0] <= now.upper,
                "{formula}: {now:?} without {}",
                margins[0]
            );
            before = now;
        }
        decided_early += usize::from(before.decided() == Some(margins[0] >= 0.0));
    }
    assert!(decided_early > 700, "only {decided_early} formulas were decided by their bounds");
}

#[test]
fn bounded_formulas_are_decided_when_their_horizon_has_passed() {
    for (formula, samples) in cases(true) {
        let steps = formula.to_string().matches("next").count();
        let Some(horizon) = formula.horizon_s().map(|horizon| horizon as usize + steps) else {
            continue;
        };
        let mut monitor = Monitor::new(&compile(&formula));
        let last = samples.iter().map(|sample| monitor.observe(sample)).last();
        if samples.len() > horizon {
            assert!(last.is_some_and(|bounds| bounds.is_exact()), "{formula}: {last:?}");
        }
    }
}

#[test]
fn past_formulas_are_known_at_every_sample() {
    for (formula, samples) in cases(false) {
        let compiled = compile(&formula);
        let mut monitor = PastMonitor::new(&compiled).expect("a formula over the past");
        let margins = compiled.robustness(&trace_of(&samples));
        for (sample, margin) in samples.iter().zip(margins) {
            assert_close(monitor.observe(sample), margin, &formula.to_string());
        }
    }
}

#[test]
fn a_formula_that_looks_ahead_has_no_past_monitor() {
    for text in ["always (x0 > 0)", "once (next (x0 > 0))", "(x0 > 0) until (x1 > 0)"] {
        let formula = parse(text).expect("a formula");
        assert!(!formula.is_past_only());
        assert!(PastMonitor::new(&compile(&formula)).is_none());
    }
}

#[test]
fn the_explained_comparison_has_the_margin_of_the_formula_up_to_its_sign() {
    let mut comparisons = 0;
    for (formula, samples) in cases(true) {
        let (compiled, trace) = (compile(&formula), trace_of(&samples));
        let explanation = explain(&compiled, &trace);

        assert_close(explanation.value, compiled.robustness(&trace)[0], &formula.to_string());
        assert_eq!(explanation.path.last().map(|step| step.sample), Some(explanation.sample));
        if explanation.cause == Cause::Comparison {
            let atom = parse(&explanation.atom).expect("an atom prints as a formula");
            assert!(matches!(atom, Formula::Atom(_)), "{atom}");
            let margin = compile(&atom).robustness(&trace)[explanation.sample];
            assert_close(margin.abs(), explanation.value.abs(), &formula.to_string());
            comparisons += 1;
        }
    }
    assert!(comparisons > 500, "only {comparisons} explanations named a comparison");
}

#[test]
fn a_copy_of_a_monitor_goes_its_own_way() {
    let formula = parse("eventually[0, 3] (always[0, 2] (x0 > 0))").expect("a formula");
    let mut first = Monitor::new(&compile(&formula));
    first.observe(&[1.0, 0.0]);
    let mut second = first.clone();
    for at in 0..5 {
        first.observe(&[f64::from(at), 0.0]);
        second.observe(&[-f64::from(at), 0.0]);
    }

    assert_close(first.finish(), 2.0, "rising");
    assert_close(second.finish(), -1.0, "falling");
}
