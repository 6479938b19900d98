//! Measures the signals of a run, tick by tick, and evaluates event conditions.

use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_core::time::TickPeriod;
use randori_stl::{Compiled, Formula, PastMonitor, Period};
use serde::{Deserialize, Serialize};

use super::SignalTable;
use super::formulas::{FormulaProblem, Plan};
use super::measure::{Measure, View};
use crate::simulation::SignalProbe;
use crate::world::SimWorld;

/// The probe of a scenario: the signals of its goals, event conditions and metrics.
#[derive(Debug, Clone)]
pub struct ScenarioProbe {
    measures: Vec<Measure>,
    /// Memory of measures from tick to tick.
    kept: Vec<f64>,
    /// One per event; `None` for those at a given time.
    triggers: Vec<Option<TriggerWatch>>,
    /// Signals that event conditions read.
    trigger_columns: Vec<usize>,
    /// Their values at all ticks so far, to re-run the monitors of a restored probe.
    /// Empty without such events.
    trigger_history: Vec<f64>,
    period: TickPeriod,
}

/// Waits for the first tick at which a condition holds.
#[derive(Debug, Clone)]
struct TriggerWatch {
    compiled: Compiled,
    monitor: Option<PastMonitor>,
    due: bool,
}

/// The state of a probe.
#[derive(Serialize, Deserialize)]
struct State {
    kept: Vec<f64>,
    trigger_history: Vec<f64>,
}

impl ScenarioProbe {
    /// The probe of a checked scenario, and the table of its signals.
    ///
    /// # Errors
    /// All errors in the scenario's formulas.
    pub fn for_scenario(scenario: &Scenario) -> Result<(Self, SignalTable), Vec<FormulaProblem>> {
        let plan = Plan::new(scenario, &SceneLayout::new(scenario))?;
        Ok((Self::new(&plan, scenario), plan.table))
    }

    /// The probe for a plan.
    pub(crate) fn new(plan: &Plan, scenario: &Scenario) -> Self {
        let period = TickPeriod::from_rate_hz(scenario.physics().rate_hz)
            .expect("a checked scenario has a rate that divides a second");
        let mut measures = plan.measures.clone();
        let mut kept = 0;
        for measure in &mut measures {
            measure.place_memory(kept);
            kept += measure.memory_len();
        }
        let mut trigger_columns = Vec::new();
        let triggers = plan
            .triggers
            .iter()
            .map(|formula| {
                formula.as_ref().map(|formula| {
                    TriggerWatch::new(formula, period, &mut |signal| {
                        let column = plan.table.index(signal)?;
                        let known = trigger_columns.iter().position(|other| *other == column);
                        Some(known.unwrap_or_else(|| {
                            trigger_columns.push(column);
                            trigger_columns.len() - 1
                        }))
                    })
                })
            })
            .collect();
        let trigger_history = Vec::new();
        Self { measures, kept: vec![0.0; kept], triggers, trigger_columns, trigger_history, period }
    }

    fn watch_triggers(&mut self, signals: &[f64]) {
        if self.triggers.iter().all(Option::is_none) {
            return;
        }
        let first = self.trigger_history.len();
        self.trigger_history.extend(self.trigger_columns.iter().map(|column| signals[*column]));
        let sample = &self.trigger_history[first..];
        self.triggers.iter_mut().flatten().for_each(|trigger| trigger.observe(sample));
    }
}

impl TriggerWatch {
    fn new(
        condition: &Formula,
        period: TickPeriod,
        column: &mut dyn FnMut(&randori_stl::SignalRef) -> Option<usize>,
    ) -> Self {
        let compiled = condition
            .compile(Period::from_nanos(period.nanos()), column)
            .expect("a checked formula fits the table and the tick");
        let mut watch = Self { monitor: None, compiled, due: false };
        watch.restart();
        watch
    }

    fn restart(&mut self) {
        self.monitor = PastMonitor::new(&self.compiled);
        assert!(self.monitor.is_some(), "a checked condition looks back only");
        self.due = false;
    }

    fn observe(&mut self, sample: &[f64]) {
        // An event happens once, so later samples do not matter.
        if !self.due
            && let Some(monitor) = &mut self.monitor
        {
            self.due = monitor.observe(sample) >= 0.0;
        }
    }
}

impl SignalProbe for ScenarioProbe {
    fn measure(
        &mut self,
        world: &SimWorld,
        _layout: &SceneLayout,
        record: &TickRecord,
        out: &mut Vec<f64>,
    ) {
        let view = View {
            world,
            record,
            time_s: self.period.time_s(record.tick),
            period_s: self.period.seconds(),
        };
        let kept = &mut self.kept;
        out.extend(self.measures.iter().map(|measure| measure.value(&view, kept)));
        self.watch_triggers(out);
    }

    fn event_due(&mut self, event: usize) -> bool {
        self.triggers.get(event).and_then(Option::as_ref).is_some_and(|trigger| trigger.due)
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        let state =
            State { kept: self.kept.clone(), trigger_history: self.trigger_history.clone() };
        postcard::to_allocvec(&state).ok()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), String> {
        let state: State = postcard::from_bytes(snapshot).map_err(|error| error.to_string())?;
        let width = self.trigger_columns.len();
        let whole_rows = width == 0 || state.trigger_history.len().is_multiple_of(width);
        if state.kept.len() != self.kept.len() || !whole_rows {
            return Err("the snapshot holds other signals".to_owned());
        }
        self.kept = state.kept;
        self.trigger_history = state.trigger_history;
        for trigger in self.triggers.iter_mut().flatten() {
            trigger.restart();
            if width > 0 {
                self.trigger_history.chunks_exact(width).for_each(|row| trigger.observe(row));
            }
        }
        Ok(())
    }
}
