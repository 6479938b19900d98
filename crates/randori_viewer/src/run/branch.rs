//! Branches a run at the shown tick.

use randori_core::record::Intervention;
use randori_core::time::Tick;
use randori_sim::batch::PreparedRun;

use super::{OpenError, Repeated, Run};
use crate::driver::Driver;
use crate::history::History;

/// Effect of changed values on the past of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Past {
    /// The past is bitwise equal.
    Same,
    /// The past differs from this tick on.
    OtherFrom(Tick),
}

impl Run {
    /// Discards the ticks after the shown one, and restarts the policies.
    pub fn branch(&mut self) {
        let Some(open) = &mut self.view.open else { return };
        match open.drivers.start(&open.scenario) {
            Ok(policies) => {
                if self.with_session(|session| session.branch(policies)).is_some() {
                    // A program may have changed since.
                    self.note_branch(self.has_programs(), None);
                }
            }
            Err(error) => self.view.problem = Some(OpenError::from(error).into()),
        }
    }

    /// Continues from the shown tick with another driver of a robot.
    pub fn drive(&mut self, robot: usize, driver: Driver) {
        let Some(open) = &mut self.view.open else { return };
        let Some(before) = open.drivers.choose(robot, driver) else { return };
        let written = open.written.clone();
        if self.branch_to(&written).is_none()
            && let Some(open) = &mut self.view.open
        {
            open.drivers.choose(robot, before);
        }
    }

    /// Continues from the shown tick with changed values in the scenario; see
    /// [`Session::branch_with`](randori_sim::session::Session::branch_with). `None`
    /// if this fails, which is reported as a [problem](super::RunView::problem).
    pub fn change(&mut self, changed: PreparedRun) -> Option<Past> {
        let past = self.branch_to(&changed)?;
        if let Some(open) = &mut self.view.open {
            open.written = changed;
        }
        Some(past)
    }

    fn branch_to(&mut self, written: &PreparedRun) -> Option<Past> {
        let open = self.view.open.as_mut()?;
        let scenario = open.drivers.apply(&written.scenario);
        let run = PreparedRun { scenario, ..written.clone() };
        let policies = match open.drivers.start(&run.scenario) {
            Ok(policies) => policies,
            Err(error) => {
                self.view.problem = Some(OpenError::from(error).into());
                return None;
            }
        };
        let first_other = self.with_session(|session| session.branch_with(&run, policies))?;
        if let Some(open) = &mut self.view.open {
            open.scenario = run.scenario;
        }
        self.note_branch(true, first_other);
        Some(first_other.map_or(Past::Same, Past::OtherFrom))
    }

    fn has_programs(&self) -> bool {
        let robots = self.scenario().map_or(&[][..], |scenario| &scenario.spec.robots);
        let mut policies = robots.iter().filter_map(|robot| robot.policy.as_ref());
        policies.any(|policy| policy.source.trust().is_some())
    }

    /// Records a branch; `changed` is true if policies or values may have changed.
    /// `other_from` is the first tick of the past that differs now.
    fn note_branch(&mut self, changed: bool, other_from: Option<Tick>) {
        self.view.branches += 1;
        self.view.problem = None;
        self.view.handed_over = (self.view.handed_over || changed) && self.tick() > Tick(0);
        let Some(open) = &mut self.view.open else { return };
        open.repeated = Repeated::default();
        open.readings.clear();
        let session = open.session.get();
        open.end = session.end();
        let at = open.shown.tick;
        open.branched_at.retain(|tick| *tick < at);
        open.branched_at.push(at);
        let live = session.live();
        open.report = live.report();
        if open.history.has_signals(live.signals()) {
            open.history.forget_from(other_from.unwrap_or(Tick(at.0 + 1)));
        } else {
            let layout = live.simulation().layout();
            open.history = History::new(&open.scenario, layout, live.signals(), open.period);
        }
        open.history.note(&open.shown);
    }

    /// Applies an intervention, after a branch if the past or a recording is shown.
    pub fn intervene(&mut self, intervention: Intervention) {
        if self.shows_past() || self.session().is_some_and(|session| session.is_recorded()) {
            self.branch();
        }
        self.with_session(|session| session.intervene(intervention));
    }
}
