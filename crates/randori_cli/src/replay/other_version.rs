//! Recordings from other versions: bits are not expected to be reproduced, but
//! verdicts are, and the motion should stay close for a while.

use randori_core::record::WorldState;
use randori_core::report::{GoalReport, RunReport, Verdict};
use randori_core::time::Tick;
use randori_project::recorded_run::RecordedRun;
use randori_record::reader::Recording;
use randori_sim::replay::ReplayError;

use super::watch::Watch;
use crate::exit::Outcome;

/// Distance from which a body counts as diverged, m.
pub(super) const APART_M: f64 = 1e-3;

/// The agreement of a run with its recording.
#[derive(Debug, Default)]
pub(super) struct Likeness {
    /// Ticks whose states were compared.
    pub(super) compared: u64,
    /// The first tick at which a body is farther than [`APART_M`] from its
    /// recorded position, with the index of the body.
    pub(super) apart: Option<(Tick, usize)>,
    /// The largest distance of a body from its recorded position, m, with its
    /// index.
    pub(super) worst: Option<(f64, usize)>,
    /// The reason why the run ended before the recording did, if so.
    pub(super) stopped: Option<String>,
    /// True if that was a timeout.
    pub(super) timed_out: bool,
    /// Goals whose verdict has changed: name, recorded, now.
    pub(super) changed_goals: Vec<(String, bool, bool)>,
    /// True if there are verdicts to compare.
    pub(super) has_verdicts: bool,
}

impl Likeness {
    /// Re-simulates the run with the recorded responses, and compares what is
    /// still meaningful.
    pub(super) fn measure(run: &RecordedRun, recording: &Recording, watch: Watch<'_>) -> Self {
        let mut likeness = Self::default();
        let mut replay = match run.replay() {
            Ok(replay) => replay,
            Err(error) => {
                likeness.stopped = Some(error.message);
                return likeness;
            }
        };
        for tick in recording.ticks() {
            if watch.is_cancelled() {
                likeness.stopped = Some("stopped by Ctrl-C".to_owned());
                return likeness;
            }
            if let Some(error) = watch.over(replay.episode().record().tick) {
                likeness.stopped = Some(format!("{}: {}", error.code, error.message));
                likeness.timed_out = true;
                return likeness;
            }
            let recorded = match tick {
                Ok(recorded) => recorded,
                Err(error) => {
                    likeness.stopped = Some(error.to_string());
                    break;
                }
            };
            match replay.verify_tick(&recorded.record) {
                // Bits are known to differ, so the states are compared.
                Ok(()) | Err(ReplayError::Mismatch(_) | ReplayError::Contradiction(_)) => {}
                Err(error) => {
                    likeness.stopped = Some(error.to_string());
                    break;
                }
            }
            if recorded.sampled {
                let now = &replay.episode().record().state;
                likeness.look(recorded.record.tick, &recorded.record.state, now);
            }
        }
        if let (Some(then), true) = (recording.report(), replay.episode().is_over()) {
            likeness.judge(then, &replay.episode().report());
        }
        likeness
    }

    fn look(&mut self, tick: Tick, then: &WorldState, now: &WorldState) {
        self.compared += 1;
        for (body, (then, now)) in then.bodies.iter().zip(&now.bodies).enumerate() {
            let distance = f64::from(then.pose.translation.distance(now.pose.translation));
            if self.worst.is_none_or(|(worst, _)| distance > worst) {
                self.worst = Some((distance, body));
            }
            if distance > APART_M {
                self.apart.get_or_insert((tick, body));
            }
        }
    }

    fn judge(&mut self, then: &RunReport, now: &RunReport) {
        self.has_verdicts = true;
        for goal in &then.goals {
            let same_name = now.goals.iter().find(|other| other.name == goal.name);
            let passes = |goal: &GoalReport| goal.verdict == Verdict::Pass;
            let (was, is) = (passes(goal), same_name.is_some_and(passes));
            if was != is {
                self.changed_goals.push((goal.name.clone(), was, is));
            }
        }
    }

    /// The exit status: verdicts count, bits do not.
    pub(super) fn outcome(&self) -> Outcome {
        if self.timed_out {
            return Outcome::RunError;
        }
        match (&self.stopped, self.changed_goals.is_empty()) {
            (None, true) => Outcome::Pass,
            _ => Outcome::Diverged,
        }
    }
}
