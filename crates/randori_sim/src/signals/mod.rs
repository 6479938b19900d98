//! Signals: the numbers that goals, metrics and event conditions read.
//!
//! A formula refers to them as functions of items in the scene, such as
//! `distance(courier, goal)`. Names are resolved once, before the run; in each tick
//! every distinct signal is measured once, in SI units, and stored in
//! [`TickRecord::signals`](randori_core::record::TickRecord::signals). Formulas are
//! evaluated from these values only, so they can be evaluated on a recording.
//!
//! Start reading at [`FUNCTIONS`] (all functions) and [`check_formulas`] (all errors).

mod formulas;
mod functions;
mod history;
mod lints;
mod measure;
mod names;
mod probe;
mod resolve;
mod zone;

use std::collections::BTreeMap;

use randori_core::layout::SceneLayout;
use randori_core::spec::Scenario;
use randori_stl::SignalRef;
use serde::{Deserialize, Serialize};

pub use formulas::{FormulaProblem, check_formulas};
pub use functions::{FUNCTIONS, ParameterKind, SignalFunction, find};
pub use measure::FARTHEST_CLEARANCE_M;

pub use probe::ScenarioProbe;

pub(crate) use formulas::{Plan, goal_text};

/// The signals of a run, in the order of a record's values.
///
/// Signals of goals come first, then those that only event conditions read,
/// then those that only metrics read; each in order of first appearance.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Entries")]
pub struct SignalTable {
    signals: Vec<Signal>,
    /// Index by name.
    #[serde(skip)]
    places: BTreeMap<String, usize>,
}

/// The serialized form of a table.
#[derive(Deserialize)]
#[serde(rename = "SignalTable")]
struct Entries {
    signals: Vec<Signal>,
}

impl From<Entries> for SignalTable {
    fn from(entries: Entries) -> Self {
        let mut table = Self::default();
        entries.signals.into_iter().for_each(|signal| table.push(signal.name, signal.unit));
        table
    }
}

impl PartialEq for SignalTable {
    fn eq(&self, other: &Self) -> bool {
        self.signals == other.signals
    }
}

/// One entry of a [`SignalTable`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Its name in formulas, such as `distance(courier, goal)`.
    pub name: String,
    /// Unit of its values.
    pub unit: String,
}

impl SignalTable {
    /// The signals of a scenario.
    ///
    /// # Errors
    /// All errors in its formulas.
    pub fn new(scenario: &Scenario) -> Result<Self, Vec<FormulaProblem>> {
        Plan::new(scenario, &SceneLayout::new(scenario)).map(|plan| plan.table)
    }

    /// All entries, in order.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.signals.len()
    }

    /// True if there are no signals.
    pub fn is_empty(&self) -> bool {
        self.signals.is_empty()
    }

    /// Index of the value of `signal` in a record.
    pub fn index(&self, signal: &SignalRef) -> Option<usize> {
        self.position(&resolve::canonical(signal))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    fn push(&mut self, name: String, unit: String) {
        self.places.entry(name.clone()).or_insert(self.signals.len());
        self.signals.push(Signal { name, unit });
    }
}
