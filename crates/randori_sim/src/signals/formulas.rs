//! All formulas of a scenario: parsed, checked, and bound to signals.
//!
//! Start reading at [`check_formulas`].

use std::collections::BTreeSet;
use std::ops::Range;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, Severity};
use randori_core::layout::SceneLayout;
use randori_core::spec::{GoalSpec, Scenario};
use randori_core::text::{Limits, Sources};
use randori_core::time::TickPeriod;
use randori_stl::{ChainOp, Formula, Interval, ParseError, Period, SignalRef};

use super::lints::{Lint, Linter};
use super::measure::Measure;
use super::names::{NameIndex, Names};
use super::resolve::{canonical, resolve};
use super::{SignalTable, history};
use crate::metrics::{Metric, MetricFolds};

/// A diagnostic about a goal, a trigger or a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormulaProblem {
    /// Path of the text within the scenario, such as `goals.2.require`.
    pub path: String,
    /// Severity; an error prevents a run.
    pub severity: Severity,
    /// Stable code of the diagnostic.
    pub code: DiagnosticCode,
    /// Description of the problem.
    pub message: String,
    /// Suggested fix.
    pub help: Option<String>,
    /// Byte range of the problem in the text.
    pub span: Range<usize>,
}

impl FormulaProblem {
    /// The same as a user-facing diagnostic, with its position in the files of the scenario.
    pub fn diagnostic(&self, sources: &Sources) -> Diagnostic {
        let (code, message) = (self.code, self.message.as_str());
        let diagnostic = match self.severity {
            Severity::Error => Diagnostic::error(code, message),
            Severity::Warning => Diagnostic::warning(code, message),
        };
        let diagnostic = match sources.span_in_text(&self.path, self.span.clone()) {
            Some(span) => diagnostic.primary(Label::new(span, "")),
            None => diagnostic,
        };
        diagnostic.maybe_help(self.help.clone())
    }
}

impl std::fmt::Display for FormulaProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

/// All diagnostics about the formulas of a scenario, in the order of goals, events and metrics.
///
/// The scenario itself must have passed its own checks: names are unique and references
/// resolve. `limits` bounds the memory of the history that goals keep.
pub fn check_formulas(scenario: &Scenario, limits: &Limits) -> Vec<FormulaProblem> {
    let (plan, mut problems) = Plan::survey(scenario, &SceneLayout::new(scenario));
    if let Some(period) = TickPeriod::from_rate_hz(scenario.physics().rate_hz) {
        let ticks = period.ticks_nearest(scenario.spec.duration) as f64;
        let bytes = history::bytes(&plan.table, &plan.goals, ticks, period.seconds());
        if bytes > limits.memory_bytes as f64 {
            let gigabytes = |bytes: f64| format!("{:.1} GB", bytes / 1e9);
            problems.push(FormulaProblem {
                path: "goals".to_owned(),
                severity: Severity::Error,
                code: DiagnosticCode::LIMIT_EXCEEDED,
                message: format!(
                    "judging the goals of this run would take about {} of memory; {} are allowed",
                    gigabytes(bytes),
                    gigabytes(limits.memory_bytes as f64)
                ),
                help: Some(
                    "shorten `duration` or the windows of goals, or allow more with \
                     `--max-memory SIZE`"
                        .to_owned(),
                ),
                span: 0..0,
            });
        }
    }
    problems
}

/// Signals to measure and formulas to evaluate in a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) table: SignalTable,
    pub(super) measures: Vec<Measure>,
    /// One per goal, if none has an error.
    pub(crate) goals: Vec<Formula>,
    /// One per event; `None` for those at a given time.
    pub(super) triggers: Vec<Option<Formula>>,
    pub(crate) metrics: Vec<Metric>,
}

impl Plan {
    /// The plan of a scenario.
    ///
    /// # Errors
    /// All errors that prevent a run; see [`check_formulas`].
    pub(crate) fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
    ) -> Result<Self, Vec<FormulaProblem>> {
        let (plan, mut problems) = Self::survey(scenario, layout);
        problems.retain(|problem| problem.severity == Severity::Error);
        if problems.is_empty() { Ok(plan) } else { Err(problems) }
    }

    /// The metrics, bound to the table.
    pub(crate) fn metric_folds(&self, period_s: f64) -> MetricFolds {
        let bound = self.metrics.iter().map(|metric| {
            let mut column = |signal: &SignalRef| self.table.index(signal);
            let term = metric.term.compile(&mut column).expect("a checked term fits the table");
            (metric.clone(), term)
        });
        MetricFolds::new(bound, period_s)
    }

    fn survey(scenario: &Scenario, layout: &SceneLayout) -> (Self, Vec<FormulaProblem>) {
        let index = NameIndex::new(layout);
        let mut surveyor = Surveyor {
            names: Names { scenario, layout, index: &index },
            duration_s: scenario.spec.duration,
            period: TickPeriod::from_rate_hz(scenario.physics().rate_hz)
                .map(|period| Period::from_nanos(period.nanos())),
            plan: Self::default(),
            problems: Vec::new(),
            errors: 0,
            path: String::new(),
        };
        for (index, goal) in scenario.spec.goals.iter().enumerate() {
            let (field, text) = goal_text(goal);
            surveyor.path = format!("goals.{index}.{field}");
            let formula = surveyor.formula(text);
            surveyor.plan.goals.extend(formula);
        }
        for (index, event) in scenario.spec.events.iter().enumerate() {
            surveyor.path = format!("events.{index}.when");
            let formula = event.when.as_deref().and_then(|text| surveyor.trigger(text));
            surveyor.plan.triggers.push(formula);
        }
        for (index, text) in scenario.spec.metrics.iter().enumerate() {
            surveyor.path = format!("metrics.{index}");
            surveyor.metric(text);
        }
        (surveyor.plan, surveyor.problems)
    }
}

/// Field name of a goal's formula, and the formula.
pub(crate) fn goal_text(goal: &GoalSpec) -> (&'static str, &str) {
    match (&goal.require, &goal.prefer) {
        (Some(text), _) => ("require", text),
        (None, Some(text)) => ("prefer", text),
        // The checker rejects this; an empty text would cause a second error.
        (None, None) => ("require", "true"),
    }
}

struct Surveyor<'a> {
    names: Names<'a>,
    duration_s: f64,
    period: Option<Period>,
    plan: Plan,
    problems: Vec<FormulaProblem>,
    errors: usize,
    path: String,
}

/// Maximum number of errors; later formulas are not parsed, since each unknown name
/// would be compared with all existing names.
const MAX_ERRORS: usize = 100;

impl Surveyor<'_> {
    fn report(
        &mut self,
        code: DiagnosticCode,
        span: Range<usize>,
        message: String,
    ) -> &mut FormulaProblem {
        self.errors += 1;
        self.problems.push(FormulaProblem {
            path: self.path.clone(),
            severity: Severity::Error,
            code,
            message,
            help: None,
            span,
        });
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Parses and checks a goal.
    fn formula(&mut self, text: &str) -> Option<Formula> {
        let formula = self.read(randori_stl::parse(text))?;
        self.bind(&formula.signals(), 0);
        self.check_intervals(&formula);
        self.check_horizon(&formula, text.len());
        self.lint(text, |linter| linter.of_goal(&formula));
        Some(formula)
    }

    /// Adds warnings about a formula that has no errors.
    fn lint(&mut self, text: &str, look: impl Fn(&Linter<'_>) -> Vec<Lint>) {
        let (path, severity) = (&self.path, Severity::Error);
        if self
            .problems
            .iter()
            .rev()
            .take_while(|it| it.path == *path)
            .any(|it| it.severity == severity)
        {
            return;
        }
        let units = randori_stl::written_units(text);
        let linter = Linter { table: &self.plan.table, text, duration_s: self.duration_s, units };
        for Lint { code, span, message, help } in look(&linter) {
            let problem = self.report(code, span, message);
            problem.severity = Severity::Warning;
            problem.help = Some(help);
            self.errors -= 1;
        }
    }

    /// Parses and checks the condition of an event.
    fn trigger(&mut self, text: &str) -> Option<Formula> {
        let formula = self.read(randori_stl::parse(text))?;
        self.bind(&formula.signals(), 0);
        self.check_intervals(&formula);
        if !formula.is_past_only() {
            self.report(
                DiagnosticCode::LOOKS_AHEAD,
                0..text.len(),
                "the condition of an event looks into the future".to_owned(),
            )
            .help = Some("use `once`, `historically`, `since` or a plain comparison".to_owned());
        }
        self.lint(text, |linter| linter.of_trigger(&formula));
        Some(formula)
    }

    fn metric(&mut self, text: &str) {
        if let Some(metric) = self.read(Metric::parse(text)) {
            self.bind(&metric.term.signals(), metric.offset);
            if let Some(window) = metric.window() {
                self.check_intervals(window);
                self.check_horizon(window, text.len());
            }
            self.plan.metrics.push(metric);
        }
    }

    fn read<T>(&mut self, parsed: Result<T, ParseError>) -> Option<T> {
        if self.errors >= MAX_ERRORS {
            return None;
        }
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.report(DiagnosticCode::FORMULA, error.span, error.message).help = error.help;
                None
            }
        }
    }

    /// Adds signals to the table, each distinct one once.
    fn bind(&mut self, signals: &[&SignalRef], offset: usize) {
        let mut refused: BTreeSet<String> = BTreeSet::new();
        for signal in signals {
            let name = canonical(signal);
            let is_known = self.plan.table.position(&name).is_some();
            if is_known || refused.contains(&name) || self.errors >= MAX_ERRORS {
                continue;
            }
            match resolve(signal, &self.names) {
                Ok(resolved) => {
                    self.plan.table.push(name, resolved.unit);
                    self.plan.measures.push(resolved.measure);
                }
                Err(problem) => {
                    refused.insert(name);
                    let span = signal.span.start + offset..signal.span.end + offset;
                    self.report(DiagnosticCode::UNKNOWN_SIGNAL, span, problem.message).help =
                        problem.help;
                }
            }
        }
    }

    fn check_intervals(&mut self, formula: &Formula) {
        let Some(period) = self.period else { return };
        if let Err(error) = formula.compile(period, &mut |_| Some(0)) {
            self.report(DiagnosticCode::BETWEEN_TICKS, error.span, error.message).help = error.help;
        }
    }

    fn check_horizon(&mut self, formula: &Formula, text_len: usize) {
        let duration_s = self.duration_s;
        if let Some(interval) = out_of_reach(formula, 0.0, duration_s) {
            let span = if interval.span.is_empty() { 0..text_len } else { interval.span.clone() };
            self.report(
                DiagnosticCode::HORIZON,
                span,
                format!("this window begins after the run has ended at {duration_s} s"),
            )
            .help = Some("lengthen `duration`, or let the window begin earlier".to_owned());
            return;
        }
        let horizon_s = formula.horizon_s().unwrap_or(0.0);
        if horizon_s > duration_s {
            let problem = self.report(
                DiagnosticCode::HORIZON,
                0..text_len,
                format!("the formula looks {horizon_s} s ahead, but the run lasts {duration_s} s"),
            );
            problem.severity = Severity::Warning;
            problem.help = Some("what lies beyond the end of the run does not count".to_owned());
            self.errors -= 1;
        }
    }
}

/// Finds a window into the future that lies entirely after the end of the run.
fn out_of_reach(formula: &Formula, from_s: f64, duration_s: f64) -> Option<&Interval> {
    let ahead = match formula {
        Formula::Window(op, interval, _) if !op.is_past() => interval.as_ref(),
        Formula::Chain(ChainOp::Until | ChainOp::Unless, interval, ..) => interval.as_ref(),
        _ => None,
    };
    let from_s = from_s + ahead.map_or(0.0, |interval| interval.begin.as_f64());
    if from_s > duration_s {
        return ahead;
    }
    formula.parts().into_iter().find_map(|part| out_of_reach(part, from_s, duration_s))
}
