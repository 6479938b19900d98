//! Monitors of goals: evaluates formulas over signals during a run.
//!
//! Monitors read only the stream of [`TickRecord`]s, so a goal has the same verdict
//! live, in a batch and on a recording. A verdict may be certain long before the end
//! ([`GoalDecision`]); its margin is that of the whole run, because later ticks can
//! still lower or raise it.
//!
//! Start reading at [`GoalMonitors::observe`].

mod scale;

use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::report::{GoalReason, GoalReport, Verdict};
use randori_core::spec::Scenario;
use randori_core::time::{Tick, TickPeriod};
use randori_stl::{Compiled, Formula, Monitor, Period, Trace, explain};

use crate::signals::{FormulaProblem, Plan, SignalTable, goal_text};

pub use scale::relative_margin;

/// All goals of one run.
///
/// ```
/// use randori_core::time::Tick;
/// use randori_sim::episode::Episode;
/// use randori_sim::monitors::GoalMonitors;
/// use randori_sim::signals::SignalTable;
///
/// # use randori_core::text::{Limits, MemoryFiles, ScenarioText};
/// # let files = MemoryFiles::new([
/// #     ("room.ron", r#"Environment(format: 1, name: "room", ground: (), objects: [(name: "ball",
/// #         mobility: Movable(mass_kg: 1.0), shapes: [(shape: Sphere(radius: 0.1))],
/// #         pose: (xyz: (0.0, 0.0, 1.0)))])"#),
/// #     ("drop.ron", r#"Scenario(format: 1, title: "drop", duration: 1.0, environment: "room.ron",
/// #         goals: [(name: "lands", require: "eventually (z(ball) < 0.11 m)")])"#),
/// # ]);
/// # let text = ScenarioText::load(&files, "drop.ron", &Limits::default())?;
/// # let scenario = text.resolve(&[])?.scenario;
/// let table = SignalTable::new(&scenario).expect("formulas of a checked scenario");
/// let mut monitors = GoalMonitors::new(&table, &scenario).expect("they read the same signals");
/// let mut episode = Episode::new(&scenario, 0, Vec::new())?;
/// let mut decided = monitors.observe(episode.record());
/// while !episode.is_over() {
///     decided.extend(monitors.observe(episode.advance().record));
/// }
///
/// assert!(decided[0].holds && decided[0].tick > Tick(0));
/// assert!(monitors.finish(false)[0].margin > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct GoalMonitors {
    goals: Vec<Goal>,
    /// The signals that goals read, for explanations.
    trace: Trace,
    width: usize,
    period: TickPeriod,
    undecided: usize,
}

#[derive(Debug, Clone)]
struct Goal {
    name: String,
    required: bool,
    text: String,
    compiled: Compiled,
    monitor: Monitor,
    decision: Option<GoalDecision>,
}

/// The moment at which the verdict of a goal became certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoalDecision {
    /// Index of the goal in the scenario.
    pub goal: usize,
    /// The verdict: true if the goal holds.
    pub holds: bool,
    /// The first tick from which the verdict can no longer change.
    pub tick: Tick,
}

impl GoalMonitors {
    /// Monitors for the goals of a checked scenario; they read signals in the order of
    /// `table` (that of the run, or of a recording).
    ///
    /// # Errors
    /// All errors in the scenario's formulas.
    pub fn new(table: &SignalTable, scenario: &Scenario) -> Result<Self, Vec<FormulaProblem>> {
        let plan = Plan::new(scenario, &SceneLayout::new(scenario))?;
        Ok(Self::from_formulas(&plan.goals, table, scenario))
    }

    /// Monitors for parsed and checked formulas.
    pub(crate) fn from_formulas(
        formulas: &[Formula],
        table: &SignalTable,
        scenario: &Scenario,
    ) -> Self {
        let period = TickPeriod::from_rate_hz(scenario.physics().rate_hz)
            .expect("a checked scenario has a rate that divides a second");
        let mut width = 0;
        let mut column = |signal: &randori_stl::SignalRef| {
            let index = table.index(signal)?;
            width = width.max(index + 1);
            Some(index)
        };
        let goals: Vec<Goal> = scenario
            .spec
            .goals
            .iter()
            .zip(formulas)
            .map(|(spec, formula)| {
                let compiled = formula
                    .compile(Period::from_nanos(period.nanos()), &mut column)
                    .expect("a checked formula fits the table and the tick");
                Goal {
                    name: spec.name.clone(),
                    required: spec.prefer.is_none(),
                    text: goal_text(spec).1.to_owned(),
                    monitor: Monitor::new(&compiled),
                    compiled,
                    decision: None,
                }
            })
            .collect();
        Self { undecided: goals.len(), goals, trace: Trace::new(width), width, period }
    }

    /// Adds the next record, the initial state first. Returns the goals whose verdict
    /// it made certain.
    ///
    /// # Panics
    /// If the record holds fewer signals than the table.
    pub fn observe(&mut self, record: &TickRecord) -> Vec<GoalDecision> {
        let sample = &record.signals[..self.width];
        self.trace.push(sample);
        let mut decided = Vec::new();
        for (index, goal) in self.goals.iter_mut().enumerate() {
            let bounds = goal.monitor.observe(sample);
            if goal.decision.is_some() {
                continue;
            }
            if let Some(holds) = bounds.decided() {
                let decision = GoalDecision { goal: index, holds, tick: record.tick };
                goal.decision = Some(decision);
                decided.push(decision);
            }
        }
        self.undecided -= decided.len();
        decided
    }

    /// True if all verdicts are certain.
    pub fn all_decided(&self) -> bool {
        self.undecided == 0
    }

    /// The reports of all goals over the whole run, in the order of the file.
    ///
    /// With `broken`, the run ended early: goals that are not certain are `Error`, with
    /// the margin of the part that was simulated.
    pub fn finish(&self, broken: bool) -> Vec<GoalReport> {
        self.goals.iter().map(|goal| self.report(goal, broken)).collect()
    }

    fn report(&self, goal: &Goal, broken: bool) -> GoalReport {
        let margin = goal.monitor.finish();
        let verdict = match goal.decision {
            None if broken => Verdict::Error,
            Some(decision) if broken => verdict_of(decision.holds),
            // A margin of zero passes: strict and non-strict comparisons have the same
            // margin, and a bound that is met exactly is met.
            _ => verdict_of(margin >= 0.0),
        };
        let is_open = verdict == Verdict::Error;
        let end = Tick(self.trace.len().saturating_sub(1) as u64);
        let decided_at = goal.decision.map_or(end, |decision| decision.tick);
        GoalReport {
            name: goal.name.clone(),
            required: goal.required,
            formula: goal.text.clone(),
            verdict,
            margin,
            decided_at_s: (!is_open).then(|| self.period.time_s(decided_at)),
            reason: if is_open { None } else { self.reason(goal) },
        }
    }

    fn reason(&self, goal: &Goal) -> Option<GoalReason> {
        if self.trace.is_empty() {
            return None;
        }
        let explanation = explain(&goal.compiled, &self.trace);
        // As in the source text: `20 deg` rather than its value in radians.
        let written = goal.text.get(explanation.span).filter(|text| !text.is_empty());
        Some(GoalReason {
            atom: written.map_or(explanation.atom, str::to_owned),
            time_s: self.period.time_s(Tick(explanation.sample as u64)),
        })
    }
}

fn verdict_of(holds: bool) -> Verdict {
    if holds { Verdict::Pass } else { Verdict::Fail }
}
