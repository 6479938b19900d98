//! Opens a recorded run as a session.

use std::collections::{BTreeMap, VecDeque};

use randori_core::policy::CommandChunk;
use randori_core::record::{Decision, TickRecord};
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use super::branch::repeat;
use super::{Progress, Session, SessionError, without_bulk_data};
use crate::episode::Episode;
use crate::replay::{RecordedAnswers, ReplayError, compare, recorded_policies};

/// The remaining ticks of a recording.
pub(super) struct Script(VecDeque<TickRecord>);

impl Script {
    pub(super) fn ticks(&self) -> impl Iterator<Item = &TickRecord> {
        self.0.iter()
    }
}

impl Session {
    /// Opens a recorded run at its start. `ticks` are all its records, from 0;
    /// readings, applied torques, states and signals may be missing.
    ///
    /// The run follows the recorded responses and interventions, and each tick is
    /// compared with the recorded one. It is over at the last one, until it is
    /// [branched](Session::branch).
    ///
    /// # Errors
    /// If the run cannot start, a tick is missing, or the initial state differs from
    /// the recorded one.
    pub fn from_recording(
        scenario: &Scenario,
        seed: u64,
        ticks: impl IntoIterator<Item = TickRecord>,
        budget: usize,
    ) -> Result<Self, SessionError> {
        let mut script: VecDeque<TickRecord> = ticks.into_iter().map(without_bulk_data).collect();
        for (index, record) in script.iter().enumerate() {
            let expected = Tick(index as u64);
            if record.tick != expected {
                return Err(ReplayError::OutOfOrder { expected, found: record.tick }.into());
            }
        }
        let decisions = || script.iter().flat_map(|record| &record.decisions);
        let answers = |robot: usize| {
            let mine = decisions().filter(|decision| decision.robot.0 == robot);
            let answer =
                |it: &Decision| (it.request, CommandChunk { commands: it.commands.clone() });
            RecordedAnswers::new(mine.map(answer).collect::<BTreeMap<_, _>>())
        };
        let robots = scenario.spec.robots.iter().enumerate();
        let answers: Vec<_> =
            robots.map(|(robot, entry)| entry.policy.as_ref().map(|_| answers(robot))).collect();
        let live = Episode::new(scenario, seed, recorded_policies(scenario, &answers))?;
        if let Some(start) = script.pop_front() {
            compare(&start, live.record())?;
        }
        let mut session = Self::of(live, scenario, seed, budget);
        session.script = Some(Script(script));
        Ok(session)
    }

    /// True if the run follows a recording.
    pub fn is_recorded(&self) -> bool {
        self.script.is_some()
    }

    /// The last tick that the run can reach: that of the recording, if it follows one.
    pub fn end(&self) -> Tick {
        match &self.script {
            Some(script) => Tick(self.newest().0 + script.0.len() as u64),
            None => self.live.end(),
        }
    }

    /// Simulates the next tick of a recorded run. A tick that differs is kept, since it
    /// is the engine's result, but no tick is simulated after it.
    pub(super) fn follow_script(&mut self) -> Result<Progress, SessionError> {
        let Some(script) = &mut self.script else { return Ok(Progress::Over) };
        let Some(next) = script.0.pop_front() else { return Ok(Progress::Over) };
        let mut followed = repeat(&mut self.live, &next);
        if followed.is_ok() {
            self.keep();
            followed = compare(&next, self.live.record()).map_err(SessionError::from);
        }
        if let (Err(_), Some(script)) = (&followed, &mut self.script) {
            script.0.clear();
        }
        followed.map(|()| Progress::New)
    }
}
