//! The list of marks: events, interventions, branches, verdicts, errors.
//!
//! The past is read once: each frame reads only the new ticks.

mod standing;

use bevy::prelude::{ResMut, Resource};
use bevy_egui::egui::Color32;
use randori_core::layout::{BodyId, SceneLayout};
use randori_core::record::{Intervention, TickRecord};
use randori_core::report::Verdict;
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use crate::palette::{MAGENTA, ORANGE};
use crate::run::Run;

pub use standing::Standing;

/// A moment of interest in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The tick that shows it.
    pub tick: Tick,
    /// Its last tick; later than `tick` for a continued pull.
    pub until: Tick,
    /// The kind of moment.
    pub kind: MarkKind,
    /// Description.
    pub text: String,
}

/// Kinds of [`Mark`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkKind {
    /// An event of the scenario.
    Event,
    /// An intervention: a push or a dropped box.
    Intervention,
    /// A branch of the run.
    Branch,
    /// A goal was decided.
    Goal(Standing),
    /// An error that ended the run.
    Error,
    /// The first difference from another recording.
    Parting,
}

impl MarkKind {
    /// The colour of such marks.
    pub(crate) fn color(self) -> Color32 {
        match self {
            Self::Event => ORANGE,
            Self::Intervention => Color32::from_rgb(90, 190, 240),
            Self::Branch => Color32::from_rgb(180, 150, 255),
            Self::Goal(standing) => standing.color(),
            Self::Error => MAGENTA,
            Self::Parting => Color32::from_rgb(230, 230, 120),
        }
    }
}

/// The marks of the open run.
#[derive(Resource, Default)]
pub struct Marks {
    /// Generation and branches of the run as last read.
    seen: (u64, u64),
    /// Number of records read.
    read: usize,
    /// Marks found in records.
    happened: Vec<Mark>,
    /// A pull that may continue in the next tick.
    pull: Option<Pull>,
    /// Marks derived from the report and from branches.
    judged: Vec<Mark>,
    /// Ticks for which `judged` was computed.
    judged_at: Option<u64>,
    /// First differences from other recordings.
    partings: Vec<Mark>,
}

/// Pushes on one body in consecutive ticks: the last of the marks.
struct Pull {
    body: BodyId,
    /// The largest of them, N s.
    hardest: f32,
}

impl Marks {
    /// All marks: those found in records in order of time, then the rest.
    pub fn all(&self) -> impl Iterator<Item = &Mark> {
        self.happened.iter().chain(&self.judged).chain(&self.partings)
    }

    /// Events and interventions, in order of time.
    pub fn happened(&self) -> &[Mark] {
        &self.happened
    }

    /// Sets the marks of first differences from recordings, with their names.
    pub fn set_partings<'a>(&mut self, partings: impl Iterator<Item = (Tick, &'a str)>) {
        let mark = |(tick, name)| Mark {
            tick,
            until: tick,
            kind: MarkKind::Parting,
            text: format!("parts from `{name}`"),
        };
        self.partings = partings.map(mark).collect();
    }

    fn read(&mut self, record: &TickRecord, scene: &Scene<'_>) {
        for event in &record.events {
            let spec = scene.scenario.spec.events.get(event.event);
            let text = match spec.and_then(|spec| spec.name.as_ref()) {
                Some(name) => format!("{name}: {}", event.what),
                None => event.what.clone(),
            };
            self.happened.push(Mark {
                tick: record.tick,
                until: record.tick,
                kind: MarkKind::Event,
                text,
            });
            self.pull = None;
        }
        for intervention in &record.interventions {
            self.read_intervention(record.tick, intervention, scene);
        }
    }

    fn read_intervention(&mut self, tick: Tick, did: &Intervention, scene: &Scene<'_>) {
        let text = match *did {
            Intervention::Push { body, impulse, .. } => {
                let impulse = impulse.length();
                if self.goes_on(tick, body, impulse, scene) {
                    return;
                }
                self.pull = Some(Pull { body, hardest: impulse });
                format!("pushed {} with {impulse:.3} N s", scene.layout.body_name(body))
            }
            Intervention::Drop { size, mass_kg, .. } => {
                self.pull = None;
                let [x, y, z] = size.to_array();
                format!("dropped a box of {mass_kg:.2} kg, {x:.2} x {y:.2} x {z:.2} m")
            }
        };
        let kind = MarkKind::Intervention;
        self.happened.push(Mark { tick, until: tick, kind, text });
    }

    /// True if a push continues the last pull; the pull is then extended.
    fn goes_on(&mut self, tick: Tick, body: BodyId, impulse: f32, scene: &Scene<'_>) -> bool {
        let (Some(pull), Some(mark)) = (&mut self.pull, self.happened.last_mut()) else {
            return false;
        };
        if pull.body != body || mark.until.0 + 1 < tick.0 {
            return false;
        }
        mark.until = tick;
        pull.hardest = pull.hardest.max(impulse);
        let newtons = f64::from(pull.hardest) / scene.period_s;
        let seconds = (mark.until.0 - mark.tick.0 + 1) as f64 * scene.period_s;
        let name = scene.layout.body_name(body);
        mark.text = format!("pulled {name} for {seconds:.3} s with up to {newtons:.1} N");
        true
    }
}

/// The context for reading a record.
struct Scene<'a> {
    scenario: &'a Scenario,
    layout: &'a SceneLayout,
    period_s: f64,
}

/// Reads new records.
pub(crate) fn collect(mut run: ResMut<Run>, mut marks: ResMut<Marks>) {
    let now = (run.generation(), run.branches());
    if marks.seen != now {
        let partings = std::mem::take(&mut marks.partings);
        *marks = Marks { seen: now, partings, ..Marks::default() };
    }
    let run = &mut *run;
    if !run.is_open() {
        return;
    }
    if marks.judged_at != Some(run.newest().0) || run.report().is_some_and(|it| it.error.is_some())
    {
        marks.judged_at = Some(run.newest().0);
        marks.judged = judged(run);
    }
    let read = marks.read;
    let new: Vec<TickRecord> = run.session().map_or_else(Vec::new, |session| {
        let new = session.past().get(read..).unwrap_or_default().iter();
        marks.read = session.past().len();
        new.filter(|it| !it.events.is_empty() || !it.interventions.is_empty()).cloned().collect()
    });
    let (Some(scenario), Some(layout)) = (run.scenario(), run.layout()) else { return };
    let scene = Scene { scenario, layout, period_s: run.period_s() };
    for record in &new {
        marks.read(record, &scene);
    }
}

/// Branches, verdicts of goals, and the error that ended the run.
fn judged(run: &Run) -> Vec<Mark> {
    let at = |tick: Tick, kind, text: String| Mark { tick, until: tick, kind, text };
    let mut marks: Vec<Mark> = run
        .branched_at()
        .iter()
        .map(|tick| at(*tick, MarkKind::Branch, "branched here".to_owned()))
        .collect();
    let Some(report) = run.report() else { return marks };
    for goal in &report.goals {
        let standing = Standing::of(goal, run);
        if let (Some(decided_s), false) = (goal.decided_at_s, standing == Standing::Open) {
            let tick = run.tick_at(decided_s);
            let word = if goal.verdict == Verdict::Pass { "holds" } else { "is violated" };
            marks.push(at(tick, MarkKind::Goal(standing), format!("`{}` {word}", goal.name)));
        }
    }
    if let Some(error) = &report.error {
        let text = format!("error {}: {}", error.code, error.message);
        marks.push(at(Tick(error.tick), MarkKind::Error, text));
    }
    marks
}
