//! Effects of the limits of followers on their leading joint.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use randori_core::spec::{ActuatorSpec, CouplingSpec, Drive, JointSpec, RobotSpec};

use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;

/// Reports leaders whose range is restricted by their followers, and narrows the
/// commands of their position drives.
pub(crate) fn narrow(log: &mut Log, robot: &mut RobotSpec) {
    let RobotSpec { couplings, joints, actuators, .. } = robot;
    for (leader, narrowed) in Leaders::new(couplings).narrowed(joints) {
        let (lower, upper) = (tidy(narrowed.range.0), tidy(narrowed.range.1));
        let names: Vec<String> = narrowed.by.iter().map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        if lower > upper {
            let what = format!("the limits of {names} leave no range for joint `{leader}`");
            let advice = "the limits of followers also apply to their leader";
            log.note_whole(ImportStatus::Kept, what).advise(advice).doubt();
            continue;
        }
        let mut what = format!(
            "joint `{leader}` can move over [{lower}, {upper}] only: the limits of {names}, \
             which it leads"
        );
        let is_position = |drive| matches!(drive, Drive::Position { .. } | Drive::Impedance { .. });
        let driven =
            actuators.iter_mut().filter(|one| one.joint == leader && is_position(one.drive));
        for actuator in driven {
            let _ = write!(what, "; commands of actuator `{}` are clamped to it", actuator.name);
            keep(actuator, lower, upper);
        }
        let advice = "correct the limits of one of them if the range is too small";
        log.note_whole(ImportStatus::Approximated, what).advise(advice).doubt();
    }
}

/// Narrows the range of the commands of an actuator.
fn keep(actuator: &mut ActuatorSpec, lower: f64, upper: f64) {
    let (least, most) = actuator.limits.command.unwrap_or((lower, upper));
    let within = (least.clamp(lower, upper), most.clamp(lower, upper));
    actuator.limits.command = Some(within);
}

/// Followers by name.
#[derive(Debug, Default)]
pub(crate) struct Leaders<'c> {
    of: BTreeMap<&'c str, &'c CouplingSpec>,
}

/// The coordinate of a joint by its leader: `ratio * leader + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Led<'c> {
    /// The joint itself if it is not a follower.
    pub(crate) leader: &'c str,
    pub(crate) ratio: f64,
    pub(crate) offset: f64,
}

/// The range of a leader within the limits of its followers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Narrowed {
    pub(crate) range: (f64, f64),
    /// The followers that restrict the leader's own limits.
    pub(crate) by: Vec<String>,
}

impl<'c> Led<'c> {
    /// An independent joint.
    pub(crate) fn own(joint: &'c str) -> Self {
        Self { leader: joint, ratio: 1.0, offset: 0.0 }
    }
}

impl<'c> Leaders<'c> {
    pub(crate) fn new(couplings: &'c [CouplingSpec]) -> Self {
        let pairs = couplings.iter().map(|coupling| (coupling.follower.as_str(), coupling));
        Self { of: pairs.collect() }
    }

    /// The joint at the end of a chain of leaders.
    pub(crate) fn lead(&self, joint: &'c str) -> Led<'c> {
        let mut led = Led::own(joint);
        // Cycles are refused elsewhere; here the loop must end.
        for _ in 0..self.of.len() {
            let Some(coupling) = self.of.get(led.leader) else { break };
            led.offset += led.ratio * coupling.offset;
            led.ratio *= coupling.ratio;
            led.leader = &coupling.leader;
        }
        led
    }

    /// By leader: the range within the limits of its followers, if it is smaller than
    /// its own.
    pub(crate) fn narrowed(&self, joints: &'c [JointSpec]) -> BTreeMap<&'c str, Narrowed> {
        let limits: BTreeMap<&str, (f64, f64)> = joints
            .iter()
            .filter_map(|joint| Some((joint.name.as_str(), joint.kind.limits_si()?)))
            .collect();
        let mut found: BTreeMap<&str, Narrowed> = BTreeMap::new();
        for joint in joints.iter().filter(|joint| self.of.contains_key(joint.name.as_str())) {
            let led = self.lead(&joint.name);
            let Some((lower, upper)) = limits.get(joint.name.as_str()).copied() else { continue };
            if led.ratio == 0.0 {
                continue;
            }
            let ends = [lower, upper].map(|end| (end - led.offset) / led.ratio);
            let (low, high) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            let own = limits.get(led.leader).copied();
            let (least, most) = own.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
            let slack = 1e-6 * (high - low).abs();
            if low <= least + slack && high >= most - slack {
                continue;
            }
            let entry = found
                .entry(led.leader)
                .or_insert_with(|| Narrowed { range: (least, most), by: Vec::new() });
            entry.range = (entry.range.0.max(low), entry.range.1.min(high));
            entry.by.push(joint.name.clone());
        }
        found
    }
}
