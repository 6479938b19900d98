//! A wall-clock limit for a whole run.
//!
//! The simulation is independent of wall-clock time. [`Timed`] checks the clock between ticks and
//! ends the run; the timeout of a policy process is at most that of the run.

use std::time::{Duration, Instant};

use randori_core::diagnostic::RunCode;
use randori_core::report::{RunError, RunReport};
use randori_core::spec::Scenario;
use randori_sim::episode::Episode;
use randori_sim::monitors::GoalDecision;
use randori_sim::observer::RunObserver;

/// The wall-clock limit of a run and its start time.
#[derive(Debug, Clone, Copy)]
pub struct Timeout {
    begun: Instant,
    limit: Duration,
}

impl Timeout {
    /// The limit of a run that began at this time.
    pub fn new(begun: Instant, limit: Duration) -> Self {
        Self { begun, limit }
    }

    /// The error of a run at this tick if its time is up; `None` if time is left.
    pub fn over(&self, tick: u64) -> Option<RunError> {
        (self.begun.elapsed() >= self.limit).then(|| self.error(tick))
    }

    /// The report, without blame for a policy that was waited for at the timeout of the run.
    #[must_use]
    pub fn judged(&self, report: RunReport) -> RunReport {
        RunReport { error: report.error.map(|error| self.judged_error(error)), ..report }
    }

    /// The same for a single error.
    pub fn judged_error(&self, error: RunError) -> RunError {
        let is_policy = error.is(RunCode::POLICY_FAILED) || error.is(RunCode::POLICY_NOT_STARTED);
        match self.over(error.tick).filter(|_| is_policy) {
            None => error,
            Some(over) => {
                let details = std::iter::once(error.message).chain(error.details).collect();
                RunError { details, ..over }
            }
        }
    }

    fn error(&self, tick: u64) -> RunError {
        let message = format!("the run took longer than {} s", self.limit.as_secs_f64());
        RunError::new(RunCode::TIMED_OUT, tick, message)
            .help("raise the limit with `--timeout`, or find out what is slow")
    }
}

/// The scenario with the timeouts of its policies limited to that of the run.
pub fn within(scenario: &Scenario, limit: Duration) -> Scenario {
    let mut scenario = scenario.clone();
    let policies = scenario.spec.robots.iter_mut().filter_map(|robot| robot.policy.as_mut());
    for policy in policies {
        policy.source.limit_timeout(limit.as_secs_f64());
    }
    scenario
}

/// Observes a run and ends it at its timeout. The inner observer is finished then, so that a
/// recording is complete.
pub struct Timed<'a> {
    timeout: Timeout,
    inner: Option<Box<dyn RunObserver + 'a>>,
}

impl<'a> Timed<'a> {
    /// Combines `inner` with the clock.
    pub fn new(timeout: Timeout, inner: Option<Box<dyn RunObserver + 'a>>) -> Self {
        Self { timeout, inner }
    }
}

impl RunObserver for Timed<'_> {
    fn observe(&mut self, episode: &Episode, decided: &[GoalDecision]) -> Result<(), RunError> {
        self.inner.as_mut().map_or(Ok(()), |inner| inner.observe(episode, decided))
    }

    fn interruption(&mut self, episode: &Episode) -> Option<RunError> {
        let inner = self.inner.as_mut().and_then(|inner| inner.interruption(episode));
        inner.or_else(|| self.timeout.over(episode.record().tick.0))
    }

    fn finish(&mut self, episode: &Episode, report: &RunReport) -> Result<(), RunError> {
        let Some(inner) = &mut self.inner else { return Ok(()) };
        inner.finish(episode, &self.timeout.judged(report.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_over_when_its_time_is_up() {
        let begun = Instant::now();

        assert!(Timeout::new(begun, Duration::from_hours(1)).over(1).is_none());
        let error = Timeout::new(begun, Duration::ZERO).over(7).expect("it is over");
        assert_eq!((error.is(RunCode::TIMED_OUT), error.tick), (true, 7));
        assert_eq!(error.message, "the run took longer than 0 s");
    }
}
