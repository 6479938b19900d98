//! Accuracy benchmark cases: tests of physics engines with known solutions, run in
//! Randori's own world.
//!
//! Each [`AccuracyCase`] describes the simulation, its error measures, and the published
//! errors of other engines. [`AccuracyCase::run`] simulates it at a given rate and
//! returns the errors; it reads no clock, so callers measure the run time. All cases use
//! the same [`settings`], in which only the step varies.
//!
//! Start reading at [`all`].

mod babyboot;
mod balls;
mod bodies;
mod contacts;
mod linkages;
mod reference;
mod rolling;
mod stage;

use randori_core::spec::{PhysicsPreset, PhysicsSettings};
use randori_sim::world::WorldFault;

/// A benchmark case with a known solution.
#[derive(Debug, Clone, Copy)]
pub struct AccuracyCase {
    /// Name by which it is selected, such as `boxes_simple`.
    pub name: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Description of the simulation.
    pub about: &'static str,
    /// Source of the case, or of the published figures.
    pub source: &'static str,
    /// Reference solution.
    pub truth: &'static str,
    /// Error measures, in the order of the errors.
    pub measures: &'static [Measure],
    /// Rates (Hz) to run it at, coarsest step first; each divides 1,000,000,000.
    pub rates_hz: &'static [u32],
    /// Published errors of other engines.
    pub peers: &'static [Peer],
    simulate: Simulate,
}

type Simulate = fn(u32) -> Result<Vec<f64>, WorldFault>;

/// An error measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Its name, such as `energy`.
    pub name: &'static str,
    /// Unit; empty for ratios.
    pub unit: &'static str,
    /// Definition.
    pub meaning: &'static str,
}

/// Published errors of another engine at one step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peer {
    /// The engine, with its variant.
    pub engine: &'static str,
    /// Its step, s; `None` if it was not published.
    pub step_s: Option<f64>,
    /// Its errors in the order of the measures; `None` if not published.
    pub errors: &'static [Option<f64>],
}

impl AccuracyCase {
    /// Simulates at `rate_hz` steps per second, and returns one error per measure.
    ///
    /// # Errors
    ///
    /// If a body's state is not finite.
    ///
    /// # Panics
    ///
    /// If `rate_hz` does not divide 1,000,000,000.
    pub fn run(&self, rate_hz: u32) -> Result<Vec<f64>, WorldFault> {
        let errors = (self.simulate)(rate_hz)?;
        assert_eq!(errors.len(), self.measures.len(), "one error per measure of {}", self.name);
        Ok(errors)
    }

    /// The case with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        all().find(|case| case.name == name)
    }
}

/// All cases, in the order of the documentation page.
pub fn all() -> impl Iterator<Item = &'static AccuracyCase> {
    [bodies::CASES, rolling::CASES, balls::CASES, linkages::CASES, babyboot::CASES, contacts::CASES]
        .into_iter()
        .flatten()
}

/// The common settings: those of the `Default` preset with another step.
///
/// The presets make contacts as stiff as their step allows, so contact
/// frequency times step is that of `Default` (240 Hz times 2 ms).
pub fn settings(rate_hz: u32) -> PhysicsSettings {
    let preset = PhysicsPreset::Default.settings();
    let finer = f64::from(rate_hz) / f64::from(preset.rate_hz);
    PhysicsSettings { rate_hz, contact_frequency_hz: preset.contact_frequency_hz * finer, ..preset }
}

/// Finer steps are excluded from [`fitted_order`], s: single precision dominates.
pub const FINEST_FITTED_STEP_S: f64 = 1e-3;

/// The order of convergence: the slope of the line through the logarithms of step and
/// error, by least squares, over the steps (s) from [`FINEST_FITTED_STEP_S`] up.
///
/// `None` with fewer than three points, or if an error is not positive.
pub fn fitted_order(errors_by_step: &[(f64, f64)]) -> Option<f64> {
    let points: Vec<(f64, f64)> = errors_by_step
        .iter()
        .filter(|(step_s, _)| *step_s >= FINEST_FITTED_STEP_S * (1.0 - 1e-9))
        .map(|(step_s, error)| (libm::log(*step_s), libm::log(*error)))
        .collect();
    if points.len() < 3 || points.iter().any(|(_, error)| !error.is_finite()) {
        return None;
    }
    let count = points.len() as f64;
    let mean_step = points.iter().map(|(step, _)| step).sum::<f64>() / count;
    let mean_error = points.iter().map(|(_, error)| error).sum::<f64>() / count;
    let (mut both, mut squares) = (0.0, 0.0);
    for (step, error) in &points {
        both += (step - mean_step) * (error - mean_error);
        squares += (step - mean_step) * (step - mean_step);
    }
    Some(both / squares)
}

/// Source of the cases with many contacts and their published figures.
const SIM_BENCHMARK: &str = "Kang and Hwangbo 2018, SimBenchmark \
                             (github.com/leggedrobotics/SimBenchmark), \
                             without error reduction, 1000 iterations";
/// Name of the ideal first-order method in tables.
const FIRST_ORDER: &str = "symplectic Euler, f64";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_exponent_of_a_power_law() {
        let law: Vec<_> = [0.016, 0.004, 0.002, 0.001].map(|h: f64| (h, 3.0 * h * h)).into();

        let order = fitted_order(&law).expect("four good points");

        assert!((order - 2.0).abs() < 1e-12, "{order}");
    }

    #[test]
    fn steps_below_a_millisecond_do_not_count_for_the_order() {
        let law: Vec<_> = [0.004, 0.002, 0.001].map(|h: f64| (h, h)).into();
        let floored: Vec<_> = law.iter().copied().chain([(1e-4, 5.0)]).collect();

        assert_eq!(fitted_order(&floored), fitted_order(&law));
    }

    #[test]
    fn an_exact_result_has_no_order() {
        assert_eq!(fitted_order(&[(0.004, 1e-3), (0.002, 0.0), (0.001, 1e-3)]), None);
        assert_eq!(fitted_order(&[(0.004, 1e-3), (0.002, 5e-4)]), None);
    }

    #[test]
    fn the_setting_at_the_step_of_the_preset_is_the_preset() {
        assert_eq!(settings(500), PhysicsPreset::Default.settings());
        assert_eq!(settings(1000).contact_frequency_hz, 480.0);
    }

    #[test]
    fn every_case_is_complete() {
        let mut names: Vec<_> = all().map(|case| case.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "names are unique");
        for case in all() {
            let name = case.name;
            assert!(case.rates_hz.is_sorted(), "{name}");
            for peer in case.peers {
                assert_eq!(peer.errors.len(), case.measures.len(), "{name}: {}", peer.engine);
            }
        }
    }
}
