//! `<actuator>`: what drives the joints.

use std::collections::BTreeMap;

use randori_core::spec::{ActuatorLimits, ActuatorSpec, Coordinate, CouplingSpec, Drive};

use super::defaults::Look;
use super::laws::{self, Input, Law};
use super::links::Skeleton;
use super::mobility::Mobility;
use super::model::Model;
use super::transmissions::{self, Transmission};
use crate::couplings::Leaders;
use crate::geometry::tidy;
use crate::log::Log;
use crate::names::Names;
use crate::report::Fate;
use crate::xml::Node;

/// The actuators and how the file's control becomes their commands.
#[derive(Debug, Default)]
pub(crate) struct Actuators {
    pub(crate) specs: Vec<ActuatorSpec>,
    /// By entry of the file's `ctrl`: the commands that it becomes.
    pub(crate) controls: Vec<Vec<Target>>,
}

/// An actuator and its command: `factor * control + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    actuator: usize,
    factor: f64,
    offset: f64,
}

impl Actuators {
    /// The first entry of each command, for an entry of `ctrl` each. Where the
    /// control does not say it, position drives keep the coordinate in `pose`.
    pub(crate) fn commands(&self, ctrl: &[f64], pose: &BTreeMap<String, Coordinate>) -> Vec<f64> {
        let mut commands: Vec<Option<f64>> = vec![None; self.specs.len()];
        for (targets, value) in self.controls.iter().zip(ctrl) {
            for target in targets {
                let command = commands[target.actuator].get_or_insert(0.0);
                *command += value * target.factor + target.offset;
            }
        }
        let resting = |spec: &ActuatorSpec| match (spec.drive, pose.get(&spec.joint)) {
            (Drive::Position { .. } | Drive::Impedance { .. }, Some(at)) => at.si(),
            _ => 0.0,
        };
        let found = commands.into_iter().zip(&self.specs);
        found.map(|(command, spec)| tidy(command.unwrap_or_else(|| resting(spec)))).collect()
    }
}

/// What reading the actuators needs of the rest.
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
    for section in around.model.root.children_called("actuator") {
        for node in section.children() {
            let look = around.model.defaults.look(log, node, None);
            let (drives, input, inputs) = drives(log, around, &leaders, &look);
            let is_alone = drives.len() == 1;
            let mut targets = Vec::new();
            for (mut spec, factor, offset) in drives {
                let mut wanted = node.name().map_or_else(|| spec.joint.clone(), str::to_owned);
                if !is_alone && node.name().is_some() {
                    wanted = format!("{wanted}_{}", spec.joint);
                }
                if let Some(actuator) = by_joint.get(&spec.joint).copied() {
                    let is_first = join(log, node, &mut actuators.specs[actuator], &spec);
                    targets.extend(is_first.then_some(Target { actuator, factor, offset }));
                    continue;
                }
                spec.name = names.give(&wanted);
                log.note(Fate::Kept, node, format!("actuator `{}`", spec.name));
                let actuator = actuators.specs.len();
                by_joint.insert(spec.joint.clone(), actuator);
                actuators.specs.push(spec);
                targets.push(Target { actuator, factor, offset });
            }
            // A rate says nothing about where the set point is.
            targets.retain(|_| input != Some(Input::Rate));
            let skips_position = matches!(input, Some(Input::Setpoints([false, ..])));
            let mut entries = vec![Vec::new(); inputs];
            if let Some(first) = entries.first_mut().filter(|_| !skips_position) {
                *first = targets;
            }
            actuators.controls.append(&mut entries);
        }
    }
    actuators
}

/// What actuators add to their joints (body, index in it): armature and damping.
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
            let what = "armature or damping of an actuator that drives no joint";
            log.note(Fate::Dropped, node, what).doubt();
            continue;
        };
        if higher != [0.0; 2] {
            let what = "damping of an actuator that grows with speed: its constant part";
            log.note(Fate::Approximated, node, what).doubt();
        }
        let gear = look.at_most(log, "gear", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0])[0];
        let entry = added.entry(place).or_default();
        entry.0 += armature * gear * gear;
        entry.1 += damping * gear * gear;
        log.note(Fate::Kept, node, "armature and damping of an actuator: those of its joint");
    }
    added
}

/// The actuators (without their names, with command per control, and command at
/// control 0) that one of the file becomes, what its control is, and the number
/// of its entries in `ctrl`.
fn drives(
    log: &mut Log,
    around: &Around<'_, '_>,
    leaders: &Leaders<'_>,
    look: &Look<'_>,
) -> (Vec<(ActuatorSpec, f64, f64)>, Option<Input>, usize) {
    let node = look.node();
    let (law, inputs) = laws::read(log, &around.model.defaults, look);
    let nothing = (Vec::new(), None, inputs);
    let Some(mut law) = law else { return nothing };
    let Some(moved) = transmissions::read(log, around.model, around.skeleton, leaders, look) else {
        return nothing;
    };
    let gear = look.at_most(log, "gear", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0])[0];
    if gear == 0.0 || moved.leaders.is_empty() {
        log.note(Fate::Dropped, node, "an actuator that moves nothing: its gear is 0").doubt();
        return nothing;
    }
    if law.is_ratio {
        // Half the damping ratio's share of twice the root of stiffness and mass.
        let mass = 1.0 / around.mobility.along(&moved.row(around.mobility, gear));
        let damping = 2.0 * law.bias[2] * (law.gain.max(0.0) * mass).sqrt();
        law.bias[2] = if damping.is_finite() { -damping } else { 0.0 };
    }
    if moved.leaders.len() > 1 {
        independent(log, node, &moved);
    }
    let reading = Reading { around, leaders, look, law: &law, gear, moved: &moved };
    let mut found = Vec::new();
    for (joint, share) in &moved.leaders {
        let Some((drive, factor, offset)) = reading.drive(log, gear * share) else {
            return nothing;
        };
        let limits = reading.limits(log, joint, (factor, offset));
        let delay = look.not_negative(log, "delay").unwrap_or(0.0);
        let (name, joint) = (String::new(), joint.clone());
        found.push((ActuatorSpec { name, joint, drive, limits, delay }, factor, offset));
    }
    (found, Some(law.input), inputs)
}

/// An actuator of the file with what is known of it.
struct Reading<'r, 't> {
    around: &'r Around<'r, 't>,
    leaders: &'r Leaders<'r>,
    look: &'r Look<'t>,
    law: &'r Law,
    gear: f64,
    moved: &'r Transmission,
}

impl Reading<'_, '_> {
    /// The drive of a joint, command per control, and command at control 0.
    ///
    /// `pull` is torque at the joint per force of the actuator, and length of
    /// the actuator per coordinate of the joint. Joints that move independently
    /// share the length as they share the force.
    fn drive(&self, log: &mut Log, pull: f64) -> Option<(Drive, f64, f64)> {
        let (law, node) = (self.law, self.look.node());
        let shares = self.moved.leaders.iter().map(|(_, share)| share * share).sum::<f64>();
        let reflected = self.gear * self.gear * shares;
        let (kp, kd) = (-law.bias[1] * reflected, -law.bias[2] * reflected);
        if kp < 0.0 || kd < 0.0 {
            let what = "an actuator that pushes away or drives itself";
            let advice = "give it negative terms of length and rate";
            log.note(Fate::Dropped, node, what).advise(advice).doubt();
            return None;
        }
        let is_setpoint = matches!(law.input, Input::Setpoints(_));
        if law.gain == 0.0 && !is_setpoint {
            let what = "an actuator whose control has no effect: its gain is 0";
            log.note(Fate::Dropped, node, what).doubt();
            return None;
        }
        let (drive, what, size) = if is_setpoint {
            (Drive::Impedance { kp: tidy(kp), kd: tidy(kd) }, "position", kp.max(f64::MIN_POSITIVE))
        } else if kp > 0.0 {
            (Drive::Position { kp: tidy(kp), kd: tidy(kd) }, "position", kp)
        } else if kd > 0.0 {
            (Drive::Velocity { gain: tidy(kd) }, "velocity", kd)
        } else {
            (Drive::Torque, "torque", 1.0)
        };
        let constant = law.bias[0] + law.bias[1] * self.gear * self.moved.offset;
        let (factor, offset) = (pull * law.gain / size, pull * constant / size);
        if (factor - 1.0).abs() > 1e-9 || offset.abs() > 1e-9 {
            scaled(log, node, what, factor, offset);
        }
        Some((drive, factor, offset))
    }

    /// Limits of the motor: on the joint, in the command's unit.
    fn limits(&self, log: &mut Log, joint: &str, (factor, offset): (f64, f64)) -> ActuatorLimits {
        let torque = self.torque(log, joint).map(tidy).filter(|torque| *torque > 0.0);
        let (control, rate) = self.control_range(log);
        let command = control.map(|ends| {
            let [one, other] = ends.map(|end| end * factor + offset);
            (tidy(one.min(other)), tidy(one.max(other)))
        });
        let rate = rate.map(|rate| tidy(rate * factor.abs()));
        ActuatorLimits { torque, command, rate, ..Default::default() }
    }

    /// The largest torque at a leading joint: that of the actuator's largest
    /// force, less where a joint bears less.
    fn torque(&self, log: &mut Log, leader: &str) -> Option<f64> {
        let node = self.look.node();
        let auto = self.around.model.settings.auto_limits;
        let own = self.look.range(log, "forcerange", "forcelimited", auto);
        let own = own.map(|ends| largest(log, node, ends) * self.gear.abs());
        let tendon = self.moved.force_range.map(|ends| largest(log, node, ends));
        let force = smaller(own, tendon);
        let mut sum = Some(0.0);
        for ((body, joint), share) in &self.moved.terms {
            let name = self.around.skeleton.joint_names.get(&(*body, *joint))?;
            let led = self.moved.led(self.leaders, name);
            if led.leader != leader {
                continue;
            }
            let bound = self.around.model.bodies[*body].joints[*joint].force_range;
            let bound = bound.map(|ends| largest(log, node, ends));
            let part = smaller(force.map(|force| force * share.abs()), bound);
            sum = sum.zip(part).map(|(sum, part)| sum + part * led.ratio.abs());
        }
        sum
    }

    /// Range of the control (given, or that of the joint or tendon), and the
    /// largest rate of a control that is a rate.
    fn control_range(&self, log: &mut Log) -> (Option<[f64; 2]>, Option<f64>) {
        let auto = self.around.model.settings.auto_limits;
        let name = if self.look.attribute("posrange").is_some() { "posrange" } else { "ctrlrange" };
        let given = self.look.range(log, name, "ctrllimited", auto);
        if self.around.model.settings.free_controls {
            return (None, None);
        }
        let inherited = self.moved.range.filter(|_| self.law.inherited > 0.0);
        let inherited = inherited.map(|[lower, upper]| {
            let (middle, half) =
                (f64::midpoint(lower, upper), (upper - lower) / 2.0 * self.law.inherited);
            [middle - half, middle + half]
        });
        if self.law.input == Input::Rate {
            let position = self.look.range(log, "actrange", "actlimited", auto);
            let rate = given.map(|[lower, upper]| lower.abs().max(upper.abs()));
            return (position.or(inherited), rate);
        }
        (given.or(inherited), None)
    }
}

fn scaled(log: &mut Log, node: Node<'_>, what: &str, factor: f64, offset: f64) {
    let (factor, offset) = (tidy(factor), tidy(offset));
    let plus = if offset == 0.0 { String::new() } else { format!(" plus {offset}") };
    let what =
        format!("commands are a {what} at the joint: the file's control times {factor}{plus}");
    let advice = if offset == 0.0 {
        format!("multiply the outputs of a policy that was made for this file by {factor}")
    } else {
        format!(
            "multiply the outputs of a policy that was made for this file by {factor}, and add {offset}"
        )
    };
    log.note(Fate::Approximated, node, what).advise(advice);
}

/// One actuator of joints that nothing couples is one for each of them.
fn independent(log: &mut Log, node: Node<'_>, moved: &Transmission) {
    let names: Vec<String> = moved.leaders.iter().map(|(joint, _)| format!("`{joint}`")).collect();
    let what = format!(
        "an actuator of a tendon over {}, which move independently: one actuator for each",
        names.join(", ")
    );
    let advice = "command them together; if the joints should move as one, couple them with \
                  `couplings` in the `Robot` and keep the actuator of the leading joint";
    log.note(Fate::Approximated, node, what).advise(advice).doubt();
}

/// The larger of the forces for the two directions.
fn largest(log: &mut Log, node: Node<'_>, [one, other]: [f64; 2]) -> f64 {
    let (low, high) = (one.min(other), one.max(other));
    if (low + high).abs() > 1e-9 * high.abs() {
        let what = "different limits of force for the two directions: the larger for both";
        log.note(Fate::Approximated, node, what);
    }
    low.abs().max(high.abs())
}

fn smaller(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}

/// Two actuators of one joint become one, if a command can say both; whether the
/// command's first entry takes the control of the second one.
fn join(log: &mut Log, node: Node<'_>, first: &mut ActuatorSpec, second: &ActuatorSpec) -> bool {
    let gains = |drive: Drive| match drive {
        Drive::Torque => Some((0.0, 0.0)),
        Drive::Velocity { gain } => Some((0.0, gain)),
        Drive::Position { kp, kd } => Some((kp, kd)),
        Drive::Impedance { .. } => None,
    };
    let same = std::mem::discriminant(&first.drive) == std::mem::discriminant(&second.drive);
    match (gains(first.drive), gains(second.drive)) {
        (Some((kp, kd)), Some((more_kp, more_kd))) if !same => {
            first.drive = Drive::Impedance { kp: tidy(kp + more_kp), kd: tidy(kd + more_kd) };
            first.limits.command = None;
            let both = first.limits.torque.zip(second.limits.torque);
            first.limits.torque = both.map(|(one, other)| tidy(one + other));
            let what = format!(
                "two actuators of joint `{}`: one, with position, velocity and torque",
                first.joint
            );
            log.note(Fate::Approximated, node, what).doubt();
            more_kp > 0.0
        }
        _ => {
            let what = format!("another actuator of joint `{}`", first.joint);
            let advice = "one actuator drives a joint; add up their forces in the policy";
            log.note(Fate::Dropped, node, what).advise(advice).doubt();
            false
        }
    }
}
