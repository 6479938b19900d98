//! Branches a run at a tick.

use randori_core::layout::SceneLayout;
use randori_core::policy::Policy;
use randori_core::record::TickRecord;
use randori_core::spec::Scenario;
use randori_core::time::Tick;

use super::hand_over::{Answers, HandOver};
use super::{Session, SessionError};
use crate::batch::PreparedRun;
use crate::episode::Episode;
use crate::replay::{check_reached, compare};

impl Session {
    /// Discards everything after the current tick and continues from there with these
    /// policies, which may differ from the earlier ones. A recorded run becomes a live one.
    ///
    /// The run is re-simulated from its start: the policies receive all of its
    /// requests, so those with memory have the right state, but recorded responses take
    /// effect for requests before the branch, as far as they are known. Verdicts and
    /// metrics cover the whole run.
    ///
    /// # Errors
    /// If the run cannot start with these policies, one of them fails, or a tick
    /// differs from its record. The session is unchanged then.
    pub fn branch(&mut self, policies: Vec<Option<Box<dyn Policy>>>) -> Result<(), SessionError> {
        let at = self.record().tick;
        let mut live = Episode::new(&self.scenario, self.seed, self.hand_over(policies))?;
        live.note_varied(self.varied.clone());
        let kept = at.0 as usize + 1;
        for record in &self.past[1..kept] {
            repeat(&mut live, record)?;
            compare(record, live.record())?;
        }
        self.past.truncate(kept);
        self.keyframes.forget_after(at);
        self.live = live;
        self.shown = None;
        self.script = None;
        Ok(())
    }

    /// Continues from the current tick with other values: another mass, friction, gain,
    /// event or seed. Names and kinds of bodies, joints, actuators and sensors must be
    /// the same.
    ///
    /// A changed mass also changes the past, so the whole run is re-simulated with the
    /// new values and with the recorded responses and interventions up to the current
    /// tick. Returns the first tick that differs from its record; `None` if the past is
    /// identical to the last bit.
    ///
    /// # Errors
    /// If the scene differs, or the run cannot start, breaks, or ends before the
    /// current tick. The session is unchanged then.
    pub fn branch_with(
        &mut self,
        changed: &PreparedRun,
        policies: Vec<Option<Box<dyn Policy>>>,
    ) -> Result<Option<Tick>, SessionError> {
        check_same_scene(&self.scenario, &changed.scenario)?;
        let at = self.record().tick;
        let live = Episode::new(&changed.scenario, changed.seed, self.hand_over(policies))?;
        let budget = self.keyframes.budget();
        let mut next = Self::of(live, &changed.scenario, changed.seed, budget)
            .with_varied(changed.varied.clone());
        let mut first_other = None;
        for record in &self.past[..=at.0 as usize] {
            if record.tick > Tick(0) {
                repeat(&mut next.live, record)?;
                next.keep();
            }
            if record.hash != next.live.record().hash {
                first_other.get_or_insert(record.tick);
            }
        }
        *self = next;
        Ok(first_other)
    }

    /// Policies that take over at the current tick.
    fn hand_over(&self, policies: Vec<Option<Box<dyn Policy>>>) -> Vec<Option<Box<dyn Policy>>> {
        let at = self.record().tick;
        let with_answers = policies.into_iter().enumerate().map(|(robot, policy)| {
            let answers = self.answers_before(robot, at);
            policy.map(|policy| Box::new(HandOver::new(policy, answers)) as Box<dyn Policy>)
        });
        with_answers.collect()
    }

    /// The known responses of a robot to requests before a tick.
    fn answers_before(&self, robot: usize, tick: Tick) -> Answers {
        let coming = self.script.iter().flat_map(super::Script::ticks);
        let all = self.past.iter().chain(coming).flat_map(|record| &record.decisions);
        let mine = all.filter(|it| it.robot.0 == robot && it.asked_at < tick);
        mine.map(|it| (it.request, it.commands.clone())).collect()
    }
}

/// Steps to a record's tick, with its interventions.
pub(super) fn repeat(live: &mut Episode, record: &TickRecord) -> Result<(), SessionError> {
    for intervention in &record.interventions {
        live.intervene(*intervention)?;
    }
    live.advance();
    Ok(check_reached(live, record.tick)?)
}

fn check_same_scene(before: &Scenario, after: &Scenario) -> Result<(), SessionError> {
    let same = |same: bool, what| {
        if same { Ok(()) } else { Err(SessionError::OtherScene { what }) }
    };
    // Limits and initial coordinates of joints may differ; names and kinds may not.
    let names = |scenario: &Scenario| {
        let mut layout = SceneLayout::new(scenario);
        for dof in &mut layout.dofs {
            (dof.limits, dof.start) = (None, 0.0);
        }
        layout
    };
    let (one, other) = (names(before), names(after));
    same(before.physics().rate_hz == after.physics().rate_hz, "ticks")?;
    same(one.robots.len() == other.robots.len(), "robots")?;
    same(one.bodies == other.bodies, "bodies")?;
    same(one.dofs == other.dofs, "joints")?;
    same(one.robots == other.robots, "sensors or actuators")?;
    same(one == other, "objects or actors")
}
