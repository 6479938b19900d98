//! `<actuator>`.

use std::collections::BTreeMap;

use randori_core::spec::{ActuatorSpec, CouplingSpec, Drive};

use super::controls::{Control, Target};
use super::drives::{self, Found};
use super::laws::Input;
use super::links::Skeleton;
use super::mobility::Mobility;
use super::model::Model;
use crate::couplings::Leaders;
use crate::geometry::tidy;
use crate::log::Log;
use crate::names::Names;
use crate::report::ImportStatus;
use crate::xml::Node;

/// The actuators, and the mapping of the file's controls to their commands.
#[derive(Debug, Default)]
pub(crate) struct Actuators {
    pub(crate) specs: Vec<ActuatorSpec>,
    /// The entries of the file's `ctrl`.
    pub(crate) controls: Vec<Control>,
}

/// Inputs for reading the actuators.
pub(crate) struct Around<'a, 't> {
    pub(crate) model: &'a Model<'t>,
    pub(crate) skeleton: &'a Skeleton,
    pub(crate) couplings: &'a [CouplingSpec],
    pub(crate) mobility: &'a Mobility,
}

/// Reads the actuators.
pub(crate) fn read(log: &mut Log, around: &Around<'_, '_>) -> Actuators {
    let mut actuators = Actuators::default();
    let mut names = Names::default();
    let mut by_joint: BTreeMap<String, usize> = BTreeMap::new();
    let leaders = Leaders::new(around.couplings);
    for node in around.model.root.children_called("actuator").flat_map(Node::children) {
        let look = around.model.defaults.look(log, node, None);
        let Found { drives, input, mut controls } = drives::read(log, around, &leaders, &look);
        for control in &mut controls {
            let number = actuators.controls.len() + 1;
            control.name = node.name().map_or_else(|| format!("number {number}"), str::to_owned);
            control.is_rate = input == Some(Input::Rate);
        }
        let is_alone = drives.len() == 1;
        for mut driven in drives {
            let joint = driven.spec.joint.clone();
            let input = input.unwrap_or(Input::Control);
            if let Some(actuator) = by_joint.get(&joint).copied() {
                let first = &mut actuators.specs[actuator];
                let Some(parts) = join(log, node, first, &driven.spec) else { continue };
                let earlier = actuators.controls.iter_mut().flat_map(|it| &mut it.targets);
                for target in earlier.filter(|target| target.actuator == actuator) {
                    parts[0].apply(target);
                }
                driven.enter(input, actuator, &mut controls);
                let own = controls.iter_mut().flat_map(|it| &mut it.targets);
                for target in own.filter(|target| target.actuator == actuator) {
                    parts[1].apply(target);
                }
                continue;
            }
            let mut wanted = node.name().map_or_else(|| joint.clone(), str::to_owned);
            if !is_alone && node.name().is_some() {
                wanted = format!("{wanted}_{joint}");
            }
            driven.spec.name = names.give(&wanted);
            log.note(ImportStatus::Kept, node, format!("actuator `{}`", driven.spec.name));
            let actuator = actuators.specs.len();
            by_joint.insert(joint, actuator);
            driven.enter(input, actuator, &mut controls);
            actuators.specs.push(driven.spec);
        }
        actuators.controls.append(&mut controls);
    }
    actuators
}

/// Armature and damping of joints (body, index in it) from actuators.
pub(crate) fn added(log: &mut Log, model: &Model<'_>) -> BTreeMap<(usize, usize), (f64, f64)> {
    let mut added: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for node in model.root.children_called("actuator").flat_map(Node::children) {
        let look = model.defaults.look(log, node, None);
        let armature = look.not_negative(log, "armature").unwrap_or(0.0);
        let [damping, higher @ ..] = look.at_most(log, "damping", [0.0; 3]);
        if armature == 0.0 && damping == 0.0 && higher == [0.0; 2] {
            continue;
        }
        let joint = look.attribute("joint").or_else(|| look.attribute("jointinparent"));
        let Some(place) = joint.and_then(|named| model.joint(&named.value)) else {
            let what = "armature or damping of an actuator without a joint";
            log.note(ImportStatus::Dropped, node, what).doubt();
            continue;
        };
        if higher != [0.0; 2] {
            let what = "velocity-dependent damping of an actuator: its constant part";
            log.note(ImportStatus::Approximated, node, what).doubt();
        }
        let gear = look.at_most(log, "gear", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0])[0];
        let entry = added.entry(place).or_default();
        entry.0 += armature * gear * gear;
        entry.1 += damping * gear * gear;
        log.note(
            ImportStatus::Kept,
            node,
            "armature and damping of an actuator: added to its joint",
        );
    }
    added
}

/// Mapping of the command of an actuator that becomes part of an impedance drive.
struct Part {
    input: usize,
    /// Command of the whole drive per command of the part.
    scale: f64,
}

impl Part {
    /// `damping` is that of the whole drive.
    fn of(drive: Drive, damping: f64) -> Self {
        match drive {
            Drive::Torque => Self { input: 2, scale: 1.0 },
            Drive::Velocity { gain } => Self { input: 1, scale: gain / damping },
            _ => Self { input: 0, scale: 1.0 },
        }
    }

    fn apply(&self, target: &mut Target) {
        target.input = self.input;
        target.factor *= self.scale;
        target.offset *= self.scale;
    }
}

/// Merges two actuators of one joint, if one command can express both; returns the
/// mapping of their commands.
fn join(
    log: &mut Log,
    node: Node<'_>,
    first: &mut ActuatorSpec,
    second: &ActuatorSpec,
) -> Option<[Part; 2]> {
    let gains = |drive: Drive| match drive {
        Drive::Torque => Some((0.0, 0.0)),
        Drive::Velocity { gain } => Some((0.0, gain)),
        Drive::Position { kp, kd } => Some((kp, kd)),
        _ => None,
    };
    let same = std::mem::discriminant(&first.drive) == std::mem::discriminant(&second.drive);
    match (gains(first.drive), gains(second.drive)) {
        (Some((kp, kd)), Some((more_kp, more_kd))) if !same => {
            let (kp, kd) = (tidy(kp + more_kp), tidy(kd + more_kd));
            let parts = [first.drive, second.drive].map(|drive| Part::of(drive, kd));
            first.drive = Drive::Impedance { kp, kd };
            first.limits.command = None;
            let both = first.limits.torque.zip(second.limits.torque);
            first.limits.torque = both.map(|(one, other)| tidy(one + other));
            let what = format!(
                "two actuators of joint `{}`: merged, with position, velocity and torque",
                first.joint
            );
            log.note(ImportStatus::Approximated, node, what).doubt();
            Some(parts)
        }
        _ => {
            let what = format!("a second actuator of joint `{}`", first.joint);
            let advice = "a joint has one actuator; add up the forces in the policy";
            log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
            None
        }
    }
}
