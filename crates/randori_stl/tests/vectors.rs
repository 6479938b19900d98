//! Conformance with margins that were computed by two independent evaluators.

mod common;

use common::vectors::{Vector, assert_close, load};
use randori_stl::dense::{DenseSignal, robustness};
use randori_stl::{Bounds, Compiled, Formula, Monitor, PastMonitor, parse};

fn text_of(vector: &Vector) -> Formula {
    parse(&vector.text)
        .unwrap_or_else(|error| panic!("{}: `{}`: {error}", vector.name, vector.text))
}

/// The formula once from its tree and once from its text.
fn both_ways(vector: &Vector) -> [Formula; 2] {
    [vector.tree.clone(), text_of(vector)]
}

fn compile(vector: &Vector, formula: &Formula) -> Compiled {
    let compiled = formula.compile(vector.period(), &mut |signal| vector.index_of(signal));
    compiled.unwrap_or_else(|error| panic!("{}: {error}", vector.name))
}

fn assert_offline(section: &str, expected_count: usize) {
    let vectors = load(section);
    assert_eq!(vectors.len(), expected_count);
    for vector in &vectors {
        for formula in both_ways(vector) {
            let margins = compile(vector, &formula).robustness(&vector.trace());
            assert_eq!(margins.len(), vector.expected().len(), "{}", vector.name);
            for (margin, expected) in margins.iter().zip(vector.expected()) {
                assert_close(*margin, expected, &vector.name);
            }
        }
    }
}

#[test]
fn hand_picked_discrete_vectors_agree() {
    assert_offline("discrete", 55);
}

#[test]
fn random_discrete_vectors_agree() {
    assert_offline("random_discrete", 120);
}

#[test]
fn a_tree_and_its_text_say_the_same() {
    for section in ["discrete", "random_discrete", "online", "dense", "disputed"] {
        for vector in load(section) {
            let read = text_of(&vector);
            let margins = |formula: &Formula| formula.to_string();
            assert_eq!(margins(&read), margins(&vector.tree), "{}", vector.name);
        }
    }
}

#[test]
fn a_monitor_ends_at_the_margin_of_the_first_sample() {
    for section in ["discrete", "random_discrete"] {
        for vector in load(section) {
            let mut monitor = Monitor::new(&compile(&vector, &vector.tree));
            let trace = vector.trace();
            for at in 0..trace.len() {
                monitor.observe(trace.sample(at));
            }
            assert_close(monitor.finish(), vector.expected()[0], &vector.name);
        }
    }
}

#[test]
fn delayed_monitors_agree() {
    let vectors = load("online");
    assert_eq!(vectors.len(), 8);
    for vector in &vectors {
        let compiled = compile(vector, &vector.tree);
        let trace = vector.trace();
        for (at, expected) in vector.expected().iter().enumerate().skip(vector.delay()) {
            // A delayed monitor answers at `at` for the sample `delay` earlier.
            let first = at - vector.delay();
            let margin = if let Some(mut past) = PastMonitor::new(&compiled) {
                (0..=at).map(|k| past.observe(trace.sample(k))).last()
            } else {
                let mut monitor = Monitor::new(&compiled);
                let bounds = (first..=at).map(|k| monitor.observe(trace.sample(k))).last();
                bounds.filter(Bounds::is_exact).map(|bounds| bounds.lower)
            };
            assert_close(margin.expect("decided within its delay"), *expected, &vector.name);
        }
    }
}

#[test]
fn the_disputed_vector_has_the_value_of_the_brute_force_evaluator() {
    let vectors = load("disputed");
    assert_eq!(vectors.len(), 1);
    for vector in &vectors {
        let margins = compile(vector, &vector.tree).robustness(&vector.trace());
        for (margin, expected) in margins.iter().zip(vector.numbers("offline_bruteforce")) {
            assert_close(*margin, expected, &vector.name);
        }
    }
}

#[test]
fn dense_vectors_agree_where_the_log_is_long_enough() {
    let vectors = load("dense");
    assert_eq!(vectors.len(), 16);
    for vector in &vectors {
        let signals: Vec<DenseSignal> =
            vector.dense_signals().into_iter().filter_map(DenseSignal::new).collect();
        let end =
            signals.iter().map(|signal| signal.breakpoints().last().map_or(0.0, |last| last.0));
        let valid_to = end.fold(0.0, f64::max) - vector.tree.horizon_s().unwrap_or(0.0);
        let expected = DenseSignal::new(vector.pairs("expected")).expect("ordered breakpoints");
        for formula in both_ways(vector) {
            let margin = robustness(&formula, &signals, &mut |signal| vector.index_of(signal))
                .expect("known signals");
            for step in 0..2_000 {
                let time = f64::from(step) * 0.005;
                if time < valid_to - 1e-9 {
                    assert_close(margin.value_at(time), expected.value_at(time), &vector.name);
                }
            }
            let sampled = vector.numbers_under("sampled", "values");
            for (step, expected) in sampled.iter().enumerate() {
                assert_close(margin.value_at(step as f64 * 0.5), *expected, &vector.name);
            }
        }
    }
}
