//! Observers of a run, such as a recorder, called at every tick.
//!
//! Start reading at [`ObservedRun::advance`].

use randori_core::report::{RunError, RunReport};
use randori_core::time::Tick;

use crate::episode::{Episode, EpisodeStep};
use crate::monitors::GoalDecision;

/// Observes a run. It changes nothing, but can end the run with an error.
pub trait RunObserver {
    /// Called for the initial state and after every step, with the goals whose verdict
    /// became certain in it.
    ///
    /// # Errors
    /// If the run must end as `Error`; the observer is not called again.
    fn observe(&mut self, episode: &Episode, decided: &[GoalDecision]) -> Result<(), RunError>;

    /// Called before each step: an error that ends the run as `Error` for an external
    /// reason, such as a timeout. The observer is then finished as for any broken run.
    fn interruption(&mut self, episode: &Episode) -> Option<RunError> {
        let _ = episode;
        None
    }

    /// Called once after the last step, with the report; also if the run broke, but not
    /// if it was cancelled.
    ///
    /// # Errors
    /// If the run must count as `Error` in spite of its report.
    fn finish(&mut self, episode: &Episode, report: &RunReport) -> Result<(), RunError>;
}

/// A run with its observer, for batches and for single runs at any rate.
pub struct ObservedRun<'a> {
    episode: Episode,
    observer: Option<Box<dyn RunObserver + 'a>>,
}

impl<'a> ObservedRun<'a> {
    /// Observes a run that has just started with the result of `observer`. If creating
    /// or starting the observer fails, the run ends as `Error`.
    pub fn start(
        mut episode: Episode,
        observer: impl FnOnce(&Episode) -> Result<Option<Box<dyn RunObserver + 'a>>, RunError>,
    ) -> Self {
        let observer = observer(&episode).unwrap_or_else(|error| {
            episode.break_with(error);
            None
        });
        let mut run = Self { episode, observer };
        let decided = run.episode.decided_at_start().to_vec();
        run.show(&decided);
        run
    }

    /// The run.
    pub fn episode(&self) -> &Episode {
        &self.episode
    }

    /// The run, for interventions. Advance it by [`Self::advance`] only: the observer
    /// misses other steps.
    pub fn episode_mut(&mut self) -> &mut Episode {
        &mut self.episode
    }

    /// Advances by one tick ([`Episode::advance`]) and calls the observer.
    pub fn advance(&mut self) -> EpisodeStep<'_> {
        let interruption = self.observer.as_mut().and_then(|it| it.interruption(&self.episode));
        if let Some(error) = interruption {
            self.episode.break_with(error);
            let record = self.episode.record();
            return EpisodeStep { record, decided: Vec::new(), over: true };
        }
        let before: Tick = self.episode.record().tick;
        let decided = self.episode.advance().decided;
        if self.episode.record().tick != before {
            self.show(&decided);
        }
        EpisodeStep { record: self.episode.record(), decided, over: self.episode.is_over() }
    }

    /// The report, once the observer has finished.
    pub fn finish(mut self) -> RunReport {
        let report = self.episode.report();
        let Some(mut observer) = self.observer.take() else { return report };
        match observer.finish(&self.episode, &report) {
            Ok(()) => report,
            Err(error) => {
                self.episode.break_with(error);
                self.episode.report()
            }
        }
    }

    fn show(&mut self, decided: &[GoalDecision]) {
        let Some(observer) = &mut self.observer else { return };
        if let Err(error) = observer.observe(&self.episode, decided) {
            self.episode.break_with(error);
            self.observer = None;
        }
    }
}
