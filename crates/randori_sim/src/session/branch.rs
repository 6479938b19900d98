//! A run goes another way.

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
    /// Forgets everything after the tick that is shown, and goes on from there
    /// with these policies, which may be others than before. A recorded run is
    /// a live one from there on.
    ///
    /// The run is made again from its start: the policies see all of it, so those
    /// that remember know what they would know, but the answers to what was asked
    /// before are those that were given, as far as they are known. Verdicts and
    /// metrics are those of the whole run.
    ///
    /// # Errors
    /// When the run cannot begin with these policies, one of them fails, or a tick
    /// is not what it was. The session is as before then.
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

    /// Goes on from the tick that is shown with other numbers: another mass,
    /// friction, gain, event or seed. Names and kinds of bodies, joints,
    /// actuators and sensors must be the same.
    ///
    /// Nobody can change a mass at a tick and keep the past that came of the old
    /// one, so the whole run is made again with the new numbers, with the answers
    /// and interventions of then up to here. Gives the first tick that is not what
    /// it was before; `None` if the past has stayed the same to the last bit.
    ///
    /// # Errors
    /// When the scene is another one, the run cannot begin, breaks or ends before
    /// the tick that is shown. The session is as before then.
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

    /// Policies that decide from the tick that is shown on.
    fn hand_over(&self, policies: Vec<Option<Box<dyn Policy>>>) -> Vec<Option<Box<dyn Policy>>> {
        let at = self.record().tick;
        let with_answers = policies.into_iter().enumerate().map(|(robot, policy)| {
            let answers = self.answers_before(robot, at);
            policy.map(|policy| Box::new(HandOver::new(policy, answers)) as Box<dyn Policy>)
        });
        with_answers.collect()
    }

    /// The known answers of a robot to what was asked before a tick.
    fn answers_before(&self, robot: usize, tick: Tick) -> Answers {
        let coming = self.script.iter().flat_map(super::Script::ticks);
        let all = self.past.iter().chain(coming).flat_map(|record| &record.decisions);
        let mine = all.filter(|it| it.robot.0 == robot && it.asked_at < tick);
        mine.map(|it| (it.request, it.commands.clone())).collect()
    }
}

/// Makes the step to a record's tick, with what people did in it.
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
    // Where joints begin and end is a matter of numbers.
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
