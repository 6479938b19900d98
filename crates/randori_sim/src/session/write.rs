//! Writes a session as a recording.

use randori_core::diagnostic::RunCode;
use randori_core::report::{RunError, RunReport};
use randori_core::time::Tick;

use super::{Session, SessionError};
use crate::observer::RunObserver;

impl Session {
    /// Re-simulates the whole run, from its start to its newest tick, for an observer
    /// such as a recorder. The current tick does not matter.
    ///
    /// A run that was not simulated to its end counts as stopped manually, `RR0104`:
    /// goals without a certain verdict are `Error`. Returns the report of the observer.
    ///
    /// # Errors
    /// If a tick differs from its record, or the observer fails; its `finish` is not
    /// called then.
    pub fn record_into(&self, observer: &mut dyn RunObserver) -> Result<RunReport, SessionError> {
        let mut replay = self.replay_from(None)?;
        for record in &self.past {
            let decided = replay.verify_judged(record)?;
            observer.observe(replay.episode(), &decided).map_err(failed)?;
        }
        let report = if self.live.is_over() {
            self.live.report()
        } else {
            self.live.report_ended_by(Some(&ended_by_hand(self.newest())))
        };
        observer.finish(replay.episode(), &report).map_err(failed)?;
        Ok(report)
    }
}

fn failed(error: RunError) -> SessionError {
    SessionError::Observer(Box::new(error))
}

fn ended_by_hand(tick: Tick) -> RunError {
    RunError::new(RunCode::ENDED_BY_USER, tick.0, "the run was ended by the user")
        .help("play it to its end to get a verdict")
}
