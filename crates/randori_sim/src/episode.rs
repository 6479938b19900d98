//! One run of one scenario with one seed: simulation, verdicts, report.
//!
//! The command line, replay, the viewer and batches all call [`Episode::advance`], so
//! the result of a run does not depend on the caller. A run lasts as long as the
//! scenario says, even if every verdict is certain earlier: metrics and hashes of two
//! runs are then comparable, and a recording contains the time after a failure.
//! [`Episode::stop_when_decided`] trades that for speed.
//!
//! Start reading at [`Episode::advance`].

use randori_core::diagnostic::RunCode;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::policy::{Policy, RobotInterface};
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::{GoalReport, RunError, RunReport, Verdict};
use randori_core::spec::{Expectation, RobotSpec, Scenario};
use randori_core::time::{Tick, TickPeriod};

use crate::fault::SimulationError;
use crate::intervention::InterventionError;
use crate::metrics::MetricFolds;
use crate::monitors::{GoalDecision, GoalMonitors};
use crate::signals::{FormulaProblem, Plan, ScenarioProbe, SignalTable};
use crate::simulation::Simulation;
use crate::snapshot::RestoreError;

/// A run in progress.
///
/// ```
/// use randori_core::report::Verdict;
/// use randori_sim::episode::Episode;
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
/// let report = Episode::new(&scenario, 0, Vec::new())?.run_to_end();
///
/// assert_eq!(report.verdict, Verdict::Pass);
/// assert_eq!(report.goals[0].name, "lands");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Episode {
    simulation: Simulation,
    table: SignalTable,
    monitors: GoalMonitors,
    metrics: MetricFolds,
    head: ReportHead,
    period: TickPeriod,
    end: Tick,
    stop_when_decided: bool,
    error: Option<RunError>,
    /// Goals whose verdict was certain in the initial state.
    decided_at_start: Vec<GoalDecision>,
    /// True if goals and metrics are evaluated; false after a jump.
    judged: bool,
}

/// Result of one call of [`Episode::advance`].
#[derive(Debug)]
pub struct EpisodeStep<'a> {
    /// The latest record; after an error, the last valid one.
    pub record: &'a TickRecord,
    /// Goals whose verdict became certain in this tick.
    pub decided: Vec<GoalDecision>,
    /// True if the run has ended.
    pub over: bool,
}

/// Reasons for which a run cannot start.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EpisodeError {
    /// The simulation cannot be built.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// Formulas are invalid.
    #[error("{}", list(.0))]
    Formulas(Vec<FormulaProblem>),
}

impl From<&EpisodeError> for RunError {
    fn from(error: &EpisodeError) -> Self {
        match error {
            EpisodeError::Simulation(error) => error.into(),
            EpisodeError::Formulas(problems) => Self {
                code: problems.first().map_or("RS0602", |first| first.code.as_str()).to_owned(),
                message: error.to_string(),
                tick: 0,
                details: problems.iter().skip(1).map(ToString::to_string).collect(),
                help: problems.first().and_then(|problem| problem.help.clone()),
            },
        }
    }
}

fn list(problems: &[FormulaProblem]) -> String {
    match problems {
        [] => "a formula cannot be judged".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more problems)", rest.len()),
    }
}

impl Episode {
    /// Starts a run. `policies` holds one entry per robot, in the order of the file; a
    /// robot without one keeps its initial command.
    ///
    /// # Errors
    /// If formulas are invalid, the world cannot be built, or a policy does not start
    /// or does not fit its robot.
    pub fn new(
        scenario: &Scenario,
        seed: u64,
        policies: Vec<Option<Box<dyn Policy>>>,
    ) -> Result<Self, EpisodeError> {
        let layout = SceneLayout::new(scenario);
        let plan = Plan::new(scenario, &layout).map_err(EpisodeError::Formulas)?;
        let probe = ScenarioProbe::new(&plan, scenario);
        let simulation = Simulation::new(scenario, seed, policies, Box::new(probe))?;
        let period = TickPeriod::from_rate_hz(scenario.physics().rate_hz)
            .expect("a checked scenario has a rate that divides a second");
        let metrics = plan.metric_folds(period.seconds());
        let mut episode = Self {
            simulation,
            monitors: GoalMonitors::from_formulas(&plan.goals, &plan.table, scenario),
            metrics,
            table: plan.table,
            head: ReportHead::new(scenario, seed),
            period,
            end: Tick(period.ticks_nearest(scenario.spec.duration)),
            stop_when_decided: false,
            error: None,
            decided_at_start: Vec::new(),
            judged: true,
        };
        episode.error = episode.infinite_signal();
        if episode.error.is_none() {
            episode.decided_at_start = episode.judge();
        }
        Ok(episode)
    }

    /// Ends the run as soon as the verdicts of all goals are certain.
    #[must_use]
    pub fn stop_when_decided(mut self, stop: bool) -> Self {
        self.stop_when_decided = stop;
        self
    }

    /// Sets the sampled values of this seed, for the report.
    #[must_use]
    pub fn with_varied(mut self, varied: Vec<(String, f64)>) -> Self {
        self.note_varied(varied);
        self
    }

    pub(crate) fn note_varied(&mut self, varied: Vec<(String, f64)>) {
        self.head.varied = varied;
    }

    /// Advances by one tick and evaluates it. Does nothing after the end of the run.
    pub fn advance(&mut self) -> EpisodeStep<'_> {
        let mut decided = Vec::new();
        if !self.is_over() {
            match self.simulation.step() {
                Ok(_) => match self.infinite_signal() {
                    Some(error) => self.error = Some(error),
                    None => decided = self.judge(),
                },
                Err(fault) => self.error = Some(RunError::from(&fault)),
            }
        }
        EpisodeStep { decided, over: self.is_over(), record: self.simulation.record() }
    }

    /// Applies an intervention at the start of the next step; see
    /// [`Simulation::intervene`].
    ///
    /// # Errors
    /// If the body does not exist, or a number is out of range.
    pub fn intervene(&mut self, intervention: Intervention) -> Result<(), InterventionError> {
        self.simulation.intervene(intervention)
    }

    /// Ends the run as `Error` for a reason outside the simulation, such as a recording
    /// that cannot be written. Only the first reason is kept.
    pub fn break_with(&mut self, error: RunError) {
        self.error.get_or_insert(error);
    }

    /// Goals whose verdict was certain in the initial state.
    pub fn decided_at_start(&self) -> &[GoalDecision] {
        &self.decided_at_start
    }

    /// Jumps to a keyframe ([`Simulation::restore_keyframe`]). The skipped ticks are
    /// not evaluated, so goals and metrics stop, and the report is meaningless from now on.
    ///
    /// # Errors
    /// If the keyframe is damaged or belongs to another scenario.
    pub fn restore_keyframe(&mut self, bytes: &[u8]) -> Result<(), RestoreError> {
        self.judged = false;
        self.error = None;
        self.simulation.restore_keyframe(bytes)
    }

    /// See [`Simulation::plant`].
    #[doc(hidden)]
    pub fn plant(&mut self, tick: Tick, body: BodyId) {
        self.simulation.plant(tick, body);
    }

    /// Advances to the end and reports.
    pub fn run_to_end(mut self) -> RunReport {
        while !self.is_over() {
            self.advance();
        }
        self.report()
    }

    /// True if the run has ended: its duration has passed, it broke, or every verdict
    /// is certain and it stops then.
    pub fn is_over(&self) -> bool {
        self.error.is_some()
            || self.simulation.record().tick >= self.end
            || (self.stop_when_decided && self.monitors.all_decided())
    }

    /// The latest record; the initial state before the first step.
    pub fn record(&self) -> &TickRecord {
        self.simulation.record()
    }

    /// The simulation behind the run.
    pub fn simulation(&self) -> &Simulation {
        &self.simulation
    }

    /// Names of the signals in [`TickRecord::signals`].
    pub fn signals(&self) -> &SignalTable {
        &self.table
    }

    /// Length of a tick.
    pub fn period(&self) -> TickPeriod {
        self.period
    }

    /// The tick at the end of the scenario's duration.
    pub fn end(&self) -> Tick {
        self.end
    }

    /// The error of a broken run.
    pub fn error(&self) -> Option<&RunError> {
        self.error.as_ref()
    }

    /// The report of the run so far; final once it [is over](Self::is_over).
    pub fn report(&self) -> RunReport {
        self.report_ended_by(self.error.as_ref())
    }

    /// The report for a run that ends here, with this error if any.
    pub(crate) fn report_ended_by(&self, error: Option<&RunError>) -> RunReport {
        let record = self.simulation.record();
        let goals = self.monitors.finish(error.is_some());
        RunReport {
            verdict: verdict(&goals, self.head.expected_failure.as_deref(), error.is_some()),
            goals,
            metrics: self.metrics.report(),
            ticks: record.tick.0,
            simulated_s: self.period.time_s(record.tick),
            final_hash: record.hash,
            error: error.cloned(),
            ..self.head.unstarted()
        }
    }

    /// The error for a signal that is not a finite number, which would satisfy or
    /// violate any goal.
    fn infinite_signal(&self) -> Option<RunError> {
        let record = self.simulation.record();
        let column = record.signals.iter().position(|value| !value.is_finite())?;
        let (name, value) = (&self.table.signals()[column].name, record.signals[column]);
        let message = format!("signal `{name}` is {value} at tick {}", record.tick.0);
        Some(
            RunError::new(RunCode::NON_FINITE_STATE, record.tick.0, message)
                .help("its value exceeds single precision: check masses, speeds and sizes"),
        )
    }

    fn judge(&mut self) -> Vec<GoalDecision> {
        if !self.judged {
            return Vec::new();
        }
        let record = self.simulation.record();
        self.metrics.observe(&record.signals);
        self.monitors.observe(record)
    }
}

/// The report of a run that could not start.
pub fn unstarted_report(scenario: &Scenario, seed: u64, error: RunError) -> RunReport {
    RunReport {
        verdict: Verdict::Error,
        error: Some(error),
        ..ReportHead::new(scenario, seed).unstarted()
    }
}

/// Interfaces of the robots of a scenario for their policies, in robot order.
pub fn interfaces(scenario: &Scenario) -> Vec<RobotInterface> {
    let layout = SceneLayout::new(scenario);
    let physics = scenario.physics();
    let interface = |(index, model): (usize, &RobotSpec)| {
        let policy = scenario.spec.robots[index].policy.as_ref();
        let rate_hz = policy.map_or(f64::from(physics.rate_hz), |policy| policy.rate_hz);
        RobotInterface::new(&layout, index, model, 1.0 / rate_hz, physics.gravity)
    };
    scenario.robots.iter().enumerate().map(interface).collect()
}

/// The verdict over all goals.
///
/// With an expected failure, that goal must fail and all other requirements must hold,
/// so a scenario that demonstrates one limit still guards the rest.
fn verdict(goals: &[GoalReport], expected_failure: Option<&str>, broken: bool) -> Verdict {
    if broken {
        return Verdict::Error;
    }
    let as_wanted = |goal: &GoalReport| {
        let fails = goal.verdict == Verdict::Fail;
        if expected_failure == Some(goal.name.as_str()) { fails } else { !fails || !goal.required }
    };
    if goals.iter().all(as_wanted) { Verdict::Pass } else { Verdict::Fail }
}

/// The constant part of a report.
#[derive(Debug, Clone)]
struct ReportHead {
    title: String,
    seed: u64,
    expected_failure: Option<String>,
    varied: Vec<(String, f64)>,
}

impl ReportHead {
    fn new(scenario: &Scenario, seed: u64) -> Self {
        let expected_failure = match &scenario.spec.expect {
            Expectation::Pass => None,
            Expectation::Fail { goal } => Some(goal.clone()),
        };
        Self { title: scenario.spec.title.clone(), seed, expected_failure, varied: Vec::new() }
    }

    fn unstarted(&self) -> RunReport {
        RunReport {
            title: self.title.clone(),
            seed: self.seed,
            verdict: Verdict::Error,
            expected_failure: self.expected_failure.clone(),
            goals: Vec::new(),
            metrics: Vec::new(),
            varied: self.varied.clone(),
            ticks: 0,
            simulated_s: 0.0,
            final_hash: 0,
            error: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(name: &str, required: bool, verdict: Verdict) -> GoalReport {
        GoalReport {
            name: name.to_owned(),
            required,
            formula: String::new(),
            verdict,
            margin: 0.0,
            decided_at_s: None,
            reason: None,
        }
    }

    #[test]
    fn only_required_goals_fail_a_run() {
        let goals = [goal("arrives", true, Verdict::Pass), goal("quick", false, Verdict::Fail)];

        assert_eq!(verdict(&goals, None, false), Verdict::Pass);
        assert_eq!(verdict(&goals, None, true), Verdict::Error);
        assert_eq!(verdict(&[goal("arrives", true, Verdict::Fail)], None, false), Verdict::Fail);
    }

    #[test]
    fn an_expected_failure_passes_only_if_it_happens_alone() {
        let fell = goal("stays up", true, Verdict::Fail);
        let stood = goal("stays up", true, Verdict::Pass);
        let hit = goal("hits nothing", true, Verdict::Fail);

        assert_eq!(verdict(std::slice::from_ref(&fell), Some("stays up"), false), Verdict::Pass);
        assert_eq!(verdict(&[stood], Some("stays up"), false), Verdict::Fail);
        assert_eq!(verdict(&[fell, hit], Some("stays up"), false), Verdict::Fail);
    }
}
