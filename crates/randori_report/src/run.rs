//! Collects a run for the page, tick by tick.

use std::collections::BTreeSet;

use randori_core::report::{GoalReport, RunReport, Verdict};
use randori_core::spec::Scenario;
use randori_core::time::NANOS_PER_SECOND;
use randori_record::header::Start;
use randori_record::tick::{Decided, RecordedTick};

use crate::data::{GoalData, RunData, SignalData};
use crate::moments::Moments;
use crate::scene::Scene;
use crate::thin;

/// Maximum pose rate, Hz: the frame rate of screens.
const POSE_RATE_HZ: f64 = 60.0;
/// Maximum number of poses; longer runs get a lower rate.
const MAX_POSES: usize = 6000;

/// One run for the page.
///
/// Memory is proportional to the ticks only for signals in goals.
#[derive(Debug, Clone)]
pub struct ReportRun {
    pub(crate) data: RunData,
    pub(crate) scene: Scene,
    report: Option<RunReport>,
    moments: Moments,
    /// Columns of the shown signals.
    columns: Vec<usize>,
    signal_ticks: Vec<u64>,
    /// Values of each shown signal.
    signals: Vec<Vec<f64>>,
    /// Ticks whose poses and signals must be kept.
    decisive: BTreeSet<u64>,
    poses: Vec<(u64, Vec<[i64; 7]>)>,
    /// Minimum ticks between two poses.
    pose_gap: u64,
}

impl ReportRun {
    /// A run without ticks. Its scenario gives the shapes; `report` is missing if the
    /// recording was truncated before the verdicts.
    pub fn new(start: &Start, scenario: &Scenario, report: Option<&RunReport>) -> Self {
        let period = start.header.period_ns as f64 / NANOS_PER_SECOND as f64;
        let goals = goals(start, scenario, report);
        let shown = |name: &String| goals.iter().any(|goal| goal.signals.contains(name));
        let columns: Vec<usize> =
            (0..start.signals.len()).filter(|&i| shown(&start.signals[i].name)).collect();
        let tick = |time_s: f64| (time_s / period).round() as u64;
        let times = goals.iter().flat_map(|goal| [goal.decided_s, goal.atom_s]);
        let decisive = times.flatten().map(tick).collect();
        let signals = columns
            .iter()
            .map(|&column| SignalData {
                name: start.signals[column].name.clone(),
                unit: start.signals[column].unit.clone(),
                ticks: Vec::new(),
                values: Vec::new(),
            })
            .collect();
        let data = RunData { goals, signals, ..about(start, report, period) };
        Self {
            data,
            scene: Scene::new(&start.layout, scenario),
            report: report.cloned(),
            moments: Moments::new(start, scenario),
            signals: vec![Vec::new(); columns.len()],
            columns,
            signal_ticks: Vec::new(),
            decisive,
            poses: Vec::new(),
            pose_gap: ((1.0 / (POSE_RATE_HZ * period)).ceil() as u64).max(1),
        }
    }

    /// Adds the decided goals of a truncated recording, by their index in the scenario.
    /// Without effect on a run with verdicts.
    pub fn decided(&mut self, decided: &[Decided]) {
        if self.report.is_some() {
            return;
        }
        for decided in decided {
            let Some(goal) = self.data.goals.get_mut(decided.goal) else { continue };
            goal.verdict = match (decided.holds, goal.required) {
                (true, _) => "pass",
                (false, true) => "fail",
                (false, false) => "missed",
            };
            let time_s = decided.tick.0 as f64 * self.data.period;
            goal.decided_s = Some(time_s);
            self.moments.decided(time_s, goal.verdict, &goal.name);
        }
    }

    /// Adds a note about the recording itself, such as its truncation.
    pub fn note(&mut self, text: String) {
        self.data.notes.push(text);
    }

    /// Adds the next tick.
    #[must_use]
    pub fn tick(mut self, tick: &RecordedTick) -> Self {
        self.add(tick);
        self
    }

    /// Adds the next tick in place.
    pub fn add(&mut self, tick: &RecordedTick) {
        let record = &tick.record;
        let number = record.tick.0;
        self.data.last_tick = self.data.last_tick.max(number);
        self.moments.tick(record, number as f64 * self.data.period);
        if !tick.sampled {
            return;
        }
        self.signal_ticks.push(number);
        for (values, &column) in self.signals.iter_mut().zip(&self.columns) {
            values.push(record.signals.get(column).copied().unwrap_or(f64::NAN));
        }
        let due =
            self.poses.last().is_none_or(|(last, _)| number >= last.saturating_add(self.pose_gap));
        if due || self.decisive.contains(&number) {
            let poses = record.state.bodies.iter().map(|body| quantized(&body.pose)).collect();
            self.poses.push((number, poses));
        }
        if self.poses.len() > MAX_POSES {
            self.pose_gap = self.pose_gap.saturating_mul(2);
            let decisive = &self.decisive;
            let mut last = None;
            let gap = self.pose_gap;
            self.poses.retain(|(number, _)| {
                let due = last.is_none_or(|last: u64| *number >= last.saturating_add(gap));
                last = if due { Some(*number) } else { last };
                due || decisive.contains(number)
            });
        }
    }

    /// The run with all its ticks.
    #[must_use]
    pub fn finish(mut self) -> Self {
        let (moments, left_out) =
            std::mem::take(&mut self.moments).finish(self.report.as_ref(), self.data.period);
        self.data.moments = moments;
        self.data.moments_left_out = left_out;
        let must_keep: Vec<usize> = (0..self.signal_ticks.len())
            .filter(|&index| self.decisive.contains(&self.signal_ticks[index]))
            .collect();
        for (signal, values) in self.data.signals.iter_mut().zip(&self.signals) {
            let kept = thin::kept(values, &must_keep);
            signal.ticks = kept.iter().map(|&index| self.signal_ticks[index]).collect();
            let finite = |value: f64| value.is_finite().then_some(value as f32);
            signal.values = kept.iter().map(|&index| finite(values[index])).collect();
        }
        self.data.pose_ticks = differences(self.poses.iter().map(|(tick, _)| *tick as i64));
        let bodies = self.poses.iter().map(|(_, poses)| poses.len()).min().unwrap_or(0);
        self.data.tracks = (0..bodies).map(|body| track(&self.poses, body)).collect();
        self.signals.clear();
        self.poses.clear();
        self
    }
}

fn track(poses: &[(u64, Vec<[i64; 7]>)], body: usize) -> [Vec<i64>; 7] {
    std::array::from_fn(|row| {
        let mut row = differences(poses.iter().map(|(_, poses)| poses[body][row]));
        if row.iter().skip(1).all(|&difference| difference == 0) {
            row.truncate(1);
        }
        row
    })
}

fn differences(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut previous = 0;
    values.map(|value| value - std::mem::replace(&mut previous, value)).collect()
}

/// A pose in 0.1 mm and in 1/10000 of a quaternion.
fn quantized(pose: &randori_core::math::Pose) -> [i64; 7] {
    let [x, y, z] = pose.translation.to_array();
    let [i, j, k, w] = pose.rotation.to_array();
    [x, y, z, i, j, k, w].map(|value| (f64::from(value) * 1e4).round() as i64)
}

fn about(start: &Start, report: Option<&RunReport>, period: f64) -> RunData {
    let header = &start.header;
    let mut run = RunData {
        title: header.title.clone(),
        file: header.file.clone(),
        seed: header.seed.to_string(),
        verdict: "unknown",
        facts: facts(start),
        varied: header.varied.iter().map(|(path, value)| (path.clone(), (*value).into())).collect(),
        period,
        ..RunData::default()
    };
    let Some(report) = report else { return run };
    run.verdict = word(report.verdict);
    run.expected_failure.clone_from(&report.expected_failure);
    run.metrics = report.metrics.iter().map(|m| (m.name.clone(), m.value.into())).collect();
    run.facts.push(("ticks", report.ticks.to_string()));
    run.facts.push(("simulated", format!("{} s", report.simulated_s)));
    run.facts.push(("final hash", format!("{:016x}", report.final_hash)));
    if let Some(error) = &report.error {
        run.error.push(format!("{} at tick {}: {}", error.code, error.tick, error.message));
        run.error.extend(error.details.iter().cloned());
        run.error.extend(error.help.iter().map(|help| format!("help: {help}")));
    }
    run
}

fn facts(start: &Start) -> Vec<(&'static str, String)> {
    let header = &start.header;
    let engine = &header.engine;
    let features = if engine.features.is_empty() {
        String::new()
    } else {
        format!(" ({})", engine.features.join(", "))
    };
    let mut facts = vec![
        (
            "engine",
            format!(
                "Randori {}, Rapier {}, Parry {}{features}, {}",
                engine.randori, engine.rapier, engine.parry, engine.target
            ),
        ),
        ("reproduce", header.reproduce.clone()),
        ("scenario digest", header.scenario_digest.clone()),
    ];
    facts.extend(
        header.policies.iter().flatten().map(|policy| {
            ("policy", format!("{}: {} ({})", policy.robot, policy.name, policy.kind))
        }),
    );
    facts
}

/// The goals with their results, or without a report those of the scenario.
fn goals(start: &Start, scenario: &Scenario, report: Option<&RunReport>) -> Vec<GoalData> {
    let named = |formula: &str| {
        let formula = without_spaces(formula);
        let names = start.signals.iter().map(|signal| &signal.name);
        names.filter(|name| formula.contains(&without_spaces(name))).cloned().collect()
    };
    if let Some(report) = report {
        return report.goals.iter().map(|goal| judged(goal, named(&goal.formula))).collect();
    }
    let unjudged = scenario.spec.goals.iter().map(|goal| {
        let formula = goal.require.as_ref().or(goal.prefer.as_ref()).cloned().unwrap_or_default();
        GoalData {
            name: goal.name.clone(),
            required: goal.require.is_some(),
            signals: named(&formula),
            formula,
            verdict: "unknown",
            margin: f64::NAN.into(),
            decided_s: None,
            atom: None,
            atom_s: None,
        }
    });
    unjudged.collect()
}

fn judged(goal: &GoalReport, signals: Vec<String>) -> GoalData {
    GoalData {
        name: goal.name.clone(),
        required: goal.required,
        formula: goal.formula.clone(),
        verdict: goal_word(goal),
        margin: goal.margin.into(),
        decided_s: goal.decided_at_s,
        atom: goal.reason.as_ref().map(|reason| reason.atom.clone()),
        atom_s: goal.reason.as_ref().map(|reason| reason.time_s),
        signals,
    }
}

/// The name of a goal's verdict: a preferred goal cannot fail, and an undecided goal of
/// a broken run is open.
pub(crate) fn goal_word(goal: &GoalReport) -> &'static str {
    match goal.verdict {
        Verdict::Fail if !goal.required => "missed",
        Verdict::Error => "open",
        decided => word(decided),
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}
