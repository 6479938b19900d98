//! Entries of the timeline.

use randori_core::layout::{BodyId, SceneLayout};
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::RunReport;
use randori_core::spec::Scenario;
use randori_record::header::Start;

use crate::data::MomentData;
use crate::run::goal_word;

/// Maximum number of moments on a timeline.
const MAX_MOMENTS: usize = 500;

/// Collects the moments of a run, tick by tick.
#[derive(Debug, Clone, Default)]
pub(crate) struct Moments {
    layout: SceneLayout,
    /// Names of the events.
    events: Vec<String>,
    found: Vec<MomentData>,
    left_out: usize,
    /// The current pull: its body, its last tick, its moment.
    pull: Option<Pull>,
}

#[derive(Debug, Clone)]
struct Pull {
    body: BodyId,
    first_s: f64,
    last_tick: u64,
    last_s: f64,
    /// Sum of the impulses, N s.
    impulse: f64,
}

impl Moments {
    pub(crate) fn new(start: &Start, scenario: &Scenario) -> Self {
        let name = |(index, event): (usize, &randori_core::spec::EventSpec)| {
            event.name.clone().unwrap_or_else(|| format!("event {}", index + 1))
        };
        Self {
            layout: start.layout.clone(),
            events: scenario.spec.events.iter().enumerate().map(name).collect(),
            ..Self::default()
        }
    }

    pub(crate) fn tick(&mut self, record: &TickRecord, time_s: f64) {
        for event in &record.events {
            let name = self.events.get(event.event).map_or("event", String::as_str);
            let text = format!("{name}: {}", event.what);
            self.add(MomentData { time_s, kind: "event", text });
        }
        for intervention in &record.interventions {
            match intervention {
                Intervention::Push { body, impulse, .. } => {
                    self.push(record.tick.0, time_s, *body, f64::from(impulse.length()));
                }
                Intervention::Drop { size, mass_kg, .. } => {
                    let box_ = format!("{} x {} x {} m, {mass_kg} kg", size.x, size.y, size.z);
                    let text = format!("user dropped a box: {box_}");
                    self.add(MomentData { time_s, kind: "intervention", text });
                }
            }
        }
    }

    /// A continuous pull is one push per step, but one moment.
    fn push(&mut self, tick: u64, time_s: f64, body: BodyId, impulse: f64) {
        if let Some(pull) = &mut self.pull
            && pull.body == body
            && pull.last_tick.saturating_add(1) >= tick
        {
            pull.last_tick = tick;
            pull.last_s = time_s;
            pull.impulse += impulse;
            return;
        }
        self.end_pull();
        let (first_s, last_s, last_tick) = (time_s, time_s, tick);
        self.pull = Some(Pull { body, first_s, last_tick, last_s, impulse });
    }

    fn end_pull(&mut self) {
        let Some(Pull { body, first_s, last_s, impulse, .. }) = self.pull.take() else { return };
        let body = self.layout.body_name(body);
        let until = if last_s > first_s { format!(" until {last_s:.3} s") } else { String::new() };
        let text = format!("user pushed {body} with {impulse:.3} N s{until}");
        self.add(MomentData { time_s: first_s, kind: "intervention", text });
    }

    /// Adds the decision of a goal.
    pub(crate) fn decided(&mut self, time_s: f64, verdict: &'static str, goal: &str) {
        self.add(of_goal(time_s, verdict, goal));
    }

    fn add(&mut self, moment: MomentData) {
        if self.found.len() < MAX_MOMENTS {
            self.found.push(moment);
        } else {
            self.left_out += 1;
        }
    }

    /// All moments by time, with the decisions of goals and the end of a broken run; and
    /// the number of omitted ones. Decisions are never omitted.
    pub(crate) fn finish(
        mut self,
        report: Option<&RunReport>,
        period: f64,
    ) -> (Vec<MomentData>, usize) {
        self.end_pull();
        let mut moments = self.found;
        if let Some(report) = report {
            let decided = report.goals.iter().filter_map(|goal| {
                let time_s = goal.decided_at_s?;
                Some(of_goal(time_s, goal_word(goal), &goal.name))
            });
            moments.extend(decided);
            moments.extend(report.error.as_ref().map(|error| MomentData {
                time_s: error.tick as f64 * period,
                kind: "error",
                text: format!("{}: {}", error.code, error.message),
            }));
        }
        moments.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
        (moments, self.left_out)
    }
}

fn of_goal(time_s: f64, kind: &'static str, goal: &str) -> MomentData {
    let how = match kind {
        "pass" => "holds",
        "fail" => "is violated",
        "missed" => "is missed",
        _ => "was not decided",
    };
    MomentData { time_s, kind, text: format!("goal {goal}: {how}") }
}
