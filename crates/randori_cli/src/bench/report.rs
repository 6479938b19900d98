//! The results of the runs of one case.

use randori_accuracy::{AccuracyCase, fitted_order, settings};
use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

/// All runs of a case.
pub(super) struct Report {
    pub(super) case: &'static AccuracyCase,
    /// By rate, coarsest step first.
    pub(super) attempts: Vec<Attempt>,
}

/// One run.
pub(super) struct Attempt {
    pub(super) rate_hz: u32,
    /// One figure per measure, or the error that ended the run.
    pub(super) errors: Result<Vec<f64>, String>,
    pub(super) wall_s: f64,
}

impl Attempt {
    pub(super) fn step_s(&self) -> f64 {
        1.0 / f64::from(self.rate_hz)
    }
}

impl Report {
    /// The fitted order of each measure.
    pub(super) fn orders(&self) -> Vec<Option<f64>> {
        let done = |attempt: &Attempt| {
            let errors = attempt.errors.as_ref().ok()?;
            Some((attempt.step_s(), errors.clone()))
        };
        let done: Vec<(f64, Vec<f64>)> = self.attempts.iter().filter_map(done).collect();
        let order = |measure| {
            let points: Vec<_> =
                done.iter().map(|(step, errors)| (*step, errors[measure])).collect();
            fitted_order(&points)
        };
        (0..self.case.measures.len()).map(order).collect()
    }
}

/// The settings of the solver; gravity is the case's own.
fn setting(rate_hz: u32) -> Value {
    let settings = settings(rate_hz);
    json!({
        "substeps": settings.substeps,
        "solver_iterations": settings.solver_iterations,
        "contact_frequency_hz": settings.contact_frequency_hz,
        "contact_damping_ratio": settings.contact_damping_ratio,
    })
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let AccuracyCase { name, title, about, source, truth, measures, peers, .. } = *self.case;
        let measures = measures.iter().map(|measure| {
            json!({"name": measure.name, "unit": measure.unit, "meaning": measure.meaning})
        });
        let runs = self.attempts.iter().map(|attempt| {
            json!({
                "rate_hz": attempt.rate_hz,
                "step_s": attempt.step_s(),
                "settings": setting(attempt.rate_hz),
                "errors": attempt.errors.as_ref().ok(),
                "broke": attempt.errors.as_ref().err(),
                "wall": {"seconds": attempt.wall_s},
            })
        });
        let published = peers.iter().map(
            |peer| json!({"engine": peer.engine, "step_s": peer.step_s, "errors": peer.errors}),
        );
        let object = json!({
            "name": name,
            "title": title,
            "about": about,
            "source": source,
            "truth": truth,
            "measures": measures.collect::<Vec<Value>>(),
            "runs": runs.collect::<Vec<Value>>(),
            "orders": self.orders(),
            "published": published.collect::<Vec<Value>>(),
        });
        object.serialize(serializer)
    }
}
