//! A report for tests of the output.

use randori_core::report::{GoalReport, RunReport, Verdict};

/// A run with one goal, `arrives`, of this verdict and margin.
pub(crate) fn report(seed: u64, verdict: Verdict, margin: f64) -> RunReport {
    let goal = GoalReport {
        name: "arrives".to_owned(),
        required: true,
        formula: "eventually (x > 1)".to_owned(),
        verdict,
        margin,
        decided_at_s: Some(1.0),
        reason: None,
    };
    RunReport {
        title: "A test".to_owned(),
        seed,
        verdict,
        expected_failure: None,
        goals: vec![goal],
        metrics: Vec::new(),
        varied: Vec::new(),
        ticks: 500,
        simulated_s: 1.0,
        final_hash: 42,
        error: None,
    }
}
