//! What joints that follow others say about those that lead.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use randori_core::spec::{ActuatorSpec, CouplingSpec, Drive, JointSpec, RobotSpec};

use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;

/// Notes where followers leave their leader less than its own range, and narrows
/// the commands of position drives there.
pub(crate) fn narrow(log: &mut Log, robot: &mut RobotSpec) {
    let RobotSpec { couplings, joints, actuators, .. } = robot;
    for (leader, narrowed) in Leaders::new(couplings).narrowed(joints) {
        let (lower, upper) = (tidy(narrowed.range.0), tidy(narrowed.range.1));
        let names: Vec<String> = narrowed.by.iter().map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        if lower > upper {
            let what = format!("the limits of {names} leave joint `{leader}` no room to move");
            let advice = "the limits of joints that follow another count for that one too";
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
            let _ = write!(what, "; commands of actuator `{}` are kept to it", actuator.name);
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

/// Which joint leads which, by name.
#[derive(Debug, Default)]
pub(crate) struct Leaders<'c> {
    of: BTreeMap<&'c str, &'c CouplingSpec>,
}

/// A joint as its leader moves it: `ratio * leader + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Led<'c> {
    /// The joint itself if it follows none.
    pub(crate) leader: &'c str,
    pub(crate) ratio: f64,
    pub(crate) offset: f64,
}

/// What the limits of followers leave of the range of their leader.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Narrowed {
    pub(crate) range: (f64, f64),
    /// The followers that leave less than the leader's own limits.
    pub(crate) by: Vec<String>,
}

impl<'c> Led<'c> {
    /// A joint that moves by itself.
    pub(crate) fn own(joint: &'c str) -> Self {
        Self { leader: joint, ratio: 1.0, offset: 0.0 }
    }
}

impl<'c> Leaders<'c> {
    pub(crate) fn new(couplings: &'c [CouplingSpec]) -> Self {
        let pairs = couplings.iter().map(|coupling| (coupling.follower.as_str(), coupling));
        Self { of: pairs.collect() }
    }

    /// The joint that leads another one in the end.
    pub(crate) fn lead(&self, joint: &'c str) -> Led<'c> {
        let mut led = Led::own(joint);
        // Rings are refused elsewhere; here they end.
        for _ in 0..self.of.len() {
            let Some(coupling) = self.of.get(led.leader) else { break };
            led.offset += led.ratio * coupling.offset;
            led.ratio *= coupling.ratio;
            led.leader = &coupling.leader;
        }
        led
    }

    /// By leader: the range that the limits of its followers leave it, where
    /// that is less than its own.
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
