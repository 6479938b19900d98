//! Builds a golden from a run, tick by tick.

use randori_core::layout::SceneLayout;
use randori_core::record::TickRecord;
use randori_core::report::RunReport;
use sha2::{Digest as _, Sha256};

use super::{GoldenEvent, GoldenGoal, GoldenRun, Instant, Trace};

/// Maximum number of stored events; further ones are only part of the digests.
pub const MAX_EVENTS: usize = 500;

/// Percent of the run at which the state is stored, besides the first tick.
const INSTANTS: [u64; 5] = [10, 25, 50, 75, 100];

/// Observes a run and stores the content of a golden.
#[derive(Debug, Clone)]
pub struct Recorder {
    layout: SceneLayout,
    instants_at: Vec<u64>,
    chain: Sha256,
    events: Vec<GoldenEvent>,
    instants: Vec<Instant>,
    trace: Trace,
}

impl Recorder {
    /// For a run in this scene that lasts until `end_tick`.
    pub fn new(layout: &SceneLayout, end_tick: u64) -> Self {
        // In 128 bits, because the length of a run is not limited.
        let part = |percent| (u128::from(end_tick) * u128::from(percent) / 100) as u64;
        let mut instants_at = vec![1];
        instants_at.extend(INSTANTS.map(part));
        Self {
            layout: layout.clone(),
            instants_at,
            chain: Sha256::new(),
            events: Vec::new(),
            instants: Vec::new(),
            trace: Trace::default(),
        }
    }

    /// Takes the initial state, then every tick.
    pub fn observe(&mut self, record: &TickRecord) {
        let tick = record.tick.0;
        self.chain.update(record.hash.to_le_bytes());
        self.trace.push(tick, &record.digests);
        let room = MAX_EVENTS.saturating_sub(self.events.len());
        let events = record.events.iter().take(room);
        self.events.extend(events.map(|event| GoldenEvent { tick, what: event.what.clone() }));
        // A recording may lack the state of some ticks.
        let is_known = record.state.bodies.len() == self.layout.bodies.len()
            && record.state.positions.len() == self.layout.dofs.len();
        if is_known && self.instants_at.contains(&tick) {
            self.instants.push(self.instant(record));
        }
    }

    /// The entry of the golden for the run with this report.
    pub fn finish(self, report: &RunReport) -> GoldenRun {
        let chain = self.chain.finalize();
        let goal = |goal: &randori_core::report::GoalReport| GoldenGoal {
            name: goal.name.clone(),
            verdict: goal.verdict,
            margin: goal.margin,
            decided_at: goal.decided_at_s,
        };
        GoldenRun {
            seed: report.seed,
            verdict: report.verdict,
            error: report.error.as_ref().map(|error| error.code.clone()),
            ticks: report.ticks,
            final_hash: report.final_hash,
            chain: chain.iter().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte)),
            varied: report.varied.clone(),
            goals: report.goals.iter().map(goal).collect(),
            metrics: report.metrics.iter().map(|m| (m.name.clone(), m.value)).collect(),
            events: self.events,
            instants: self.instants,
            trace: self.trace,
        }
    }

    fn instant(&self, record: &TickRecord) -> Instant {
        let layout = &self.layout;
        let bodies = layout.bodies.iter().zip(&record.state.bodies).enumerate();
        let is_kept = |index: usize| {
            layout.bodies[index].robot.is_none_or(|robot| layout.robots[robot.0].base.0 == index)
        };
        let joints = layout.dofs.iter().zip(&record.state.positions);
        Instant {
            tick: record.tick.0,
            bodies: bodies
                .filter(|(index, _)| is_kept(*index))
                .map(|(_, (body, state))| (body.path.clone(), state.pose))
                .collect(),
            joints: joints.map(|(dof, position)| (dof.path.clone(), *position)).collect(),
        }
    }
}
