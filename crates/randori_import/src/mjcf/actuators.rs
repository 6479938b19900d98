//! `<actuator>`: what drives the joints.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::{ActuatorLimits, ActuatorSpec, Drive};

use super::defaults::Look;
use super::links::Skeleton;
use super::model::{Joint, Model, Motion};
use crate::geometry::tidy;
use crate::log::Log;
use crate::names::Names;
use crate::report::Fate;
use crate::xml::Node;

/// A force that is affine in the control, the length and its rate:
/// `gain * ctrl + bias[0] + bias[1] * length + bias[2] * rate`.
#[derive(Debug, Clone, Copy)]
struct Law {
    gain: f64,
    bias: [f64; 3],
    /// Whether `bias[2]` is a damping ratio yet to be made a damping.
    is_ratio: bool,
}

/// The actuators and the factor from the file's control to the command.
#[derive(Debug, Default)]
pub(crate) struct Actuators {
    pub(crate) specs: Vec<ActuatorSpec>,
    /// By entry of the file's `ctrl`: the actuator, and command per control.
    pub(crate) controls: Vec<Option<(usize, f64)>>,
}

/// Reads the actuators. `inertia_at` is the inertia seen at a joint.
pub(crate) fn read(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    inertia_at: &dyn Fn(&str) -> f64,
) -> Actuators {
    let mut actuators = Actuators::default();
    let mut names = Names::default();
    for section in model.root.children_called("actuator") {
        for node in section.children() {
            let look = model.defaults.look(log, node, None);
            let entry = one(log, model, skeleton, &look, inertia_at);
            let control = entry.map(|(mut spec, factor)| {
                let wanted = node.name().map_or_else(|| spec.joint.clone(), str::to_owned);
                let index = if let Some(index) =
                    actuators.specs.iter().position(|other| other.joint == spec.joint)
                {
                    join(log, node, &mut actuators.specs[index], &spec);
                    index
                } else {
                    spec.name = names.give(&wanted);
                    log.note(Fate::Kept, node, format!("actuator `{}`", spec.name));
                    actuators.specs.push(spec);
                    actuators.specs.len() - 1
                };
                (index, factor)
            });
            actuators.controls.push(control);
        }
    }
    actuators
}

/// An actuator without its name, and command per control.
fn one(
    log: &mut Log,
    model: &Model<'_>,
    skeleton: &Skeleton,
    look: &Look<'_>,
    inertia_at: &dyn Fn(&str) -> f64,
) -> Option<(ActuatorSpec, f64)> {
    let node = look.node();
    let (place, coefficient) = joint(log, model, look)?;
    let joint = &model.bodies[place.0].joints[place.1];
    let name = skeleton.joint_names.get(&place).cloned();
    let (Motion::Hinge | Motion::Slide, Some(joint_name)) = (joint.motion, name) else {
        let what = "an actuator of a ball joint, a free joint, or something outside the robot";
        log.note(Fate::Dropped, node, what).doubt();
        return None;
    };
    let gear = look.at_most(log, "gear", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0])[0] * coefficient;
    if gear == 0.0 {
        log.note(Fate::Dropped, node, "an actuator with gear 0");
        return None;
    }
    let law = law(log, look)?;
    let control = control_range(log, model, look, joint);
    let force = look.range(log, "forcerange", "forcelimited", model.settings.auto_limits);
    // Force on the joint is gear times force of the actuator; length of the
    // actuator is gear times coordinate of the joint.
    let kp = -law.bias[1] * gear * gear;
    let kd = if law.is_ratio {
        2.0 * law.bias[2].abs() * (kp.max(0.0) * inertia_at(&joint_name)).sqrt()
    } else {
        -law.bias[2] * gear * gear
    };
    if law.bias[0] != 0.0 {
        log.note(Fate::Dropped, node, "a constant force of an actuator").doubt();
    }
    let (drive, factor) = drive(log, node, law.gain * gear, kp, kd)?;
    let limits = limits(
        log,
        node,
        joint,
        force.map(|ends| ends.map(|end| end * gear)),
        control.map(|ends| ends.map(|end| end * factor)),
    );
    let spec = ActuatorSpec { name: String::new(), joint: joint_name, drive, limits, delay: 0.0 };
    Some((spec, factor))
}

/// The drive with this torque per control, and command per control.
fn drive(log: &mut Log, node: Node<'_>, gain: f64, kp: f64, kd: f64) -> Option<(Drive, f64)> {
    if kp < 0.0 || kd < 0.0 {
        log.note(Fate::Dropped, node, "an actuator that pushes away or drives itself").doubt();
        return None;
    }
    if kp > 0.0 {
        let factor = gain / kp;
        if (factor - 1.0).abs() > 1e-9 {
            scaled(log, node, "position", factor);
        }
        return Some((Drive::Position { kp: tidy(kp), kd: tidy(kd) }, factor));
    }
    if kd > 0.0 {
        let factor = gain / kd;
        if (factor - 1.0).abs() > 1e-9 {
            scaled(log, node, "velocity", factor);
        }
        return Some((Drive::Velocity { gain: tidy(kd) }, factor));
    }
    if (gain - 1.0).abs() > 1e-9 {
        scaled(log, node, "torque", gain);
    }
    Some((Drive::Torque, gain))
}

fn scaled(log: &mut Log, node: Node<'_>, what: &str, factor: f64) {
    let factor = tidy(factor);
    let what = format!("commands are a {what} at the joint: the file's control times {factor}");
    let advice =
        format!("multiply the outputs of a policy that was made for this file by {factor}");
    log.note(Fate::Approximated, node, what).advise(advice);
}

/// The joint that an actuator acts on, and length of the actuator per
/// coordinate besides the gear.
fn joint(log: &mut Log, model: &Model<'_>, look: &Look<'_>) -> Option<((usize, usize), f64)> {
    let node = look.node();
    if let Some(named) = look.attribute("joint").or_else(|| look.attribute("jointinparent")) {
        let found = model.joint(&named.value);
        if found.is_none() {
            log.unknown(named, "joint", model.joint_names());
        }
        return found.map(|place| (place, 1.0));
    }
    if let Some(named) = look.attribute("tendon") {
        let tendon = super::tendons::find(model, &named.value);
        let Some(tendon) = tendon else {
            log.unknown(named, "tendon", super::tendons::names(model));
            return None;
        };
        return if let [(place, coefficient)] = super::tendons::terms(log, model, tendon)?[..] {
            Some((place, coefficient))
        } else {
            let what = "an actuator of a tendon over several joints";
            let advice = "drive its joints one by one";
            log.note(Fate::Dropped, node, what).advise(advice).doubt();
            None
        };
    }
    let kind =
        ["site", "body", "cranksite", "refsite"].iter().find(|name| look.attribute(name).is_some());
    if let Some(kind) = kind {
        let what = format!("an actuator that acts on a {kind}");
        log.note(Fate::Dropped, node, what).doubt();
    } else {
        let code = DiagnosticCode::IMPORT_REFERENCE;
        log.error(code, node.span(), "an actuator names no joint", "write `joint=\"...\"`");
    }
    None
}

fn law(log: &mut Log, look: &Look<'_>) -> Option<Law> {
    let node = look.node();
    let servo =
        |kp: f64, kv: f64, is_ratio: bool| Law { gain: kp, bias: [0.0, -kp, -kv], is_ratio };
    if let Some(time) =
        look.attribute("timeconst").map(|found| found.value.trim()).filter(|time| *time != "0")
    {
        let what = format!("the filter with time constant {time} s before an actuator");
        log.note(Fate::Dropped, node, what).doubt();
    }
    match node.tag() {
        "motor" => Some(Law { gain: 1.0, bias: [0.0; 3], is_ratio: false }),
        "position" | "intvelocity" => {
            let kp = look.not_negative(log, "kp").unwrap_or(1.0);
            let ratio = look.not_negative(log, "dampratio").filter(|ratio| *ratio > 0.0);
            let kv = look.not_negative(log, "kv").unwrap_or(0.0);
            if node.tag() == "intvelocity" {
                let what = "an integrated velocity: commands are positions";
                log.note(Fate::Approximated, node, what).doubt();
            }
            Some(ratio.map_or(servo(kp, kv, false), |ratio| servo(kp, ratio, true)))
        }
        "velocity" => {
            let kv = look.not_negative(log, "kv").unwrap_or(1.0);
            Some(Law { gain: kv, bias: [0.0, 0.0, -kv], is_ratio: false })
        }
        "general" => general(log, look),
        other => {
            log.note(Fate::Dropped, node, format!("a {other} actuator")).doubt();
            None
        }
    }
}

fn general(log: &mut Log, look: &Look<'_>) -> Option<Law> {
    let node = look.node();
    let (gain, bias) =
        (look.text("gaintype").unwrap_or("fixed"), look.text("biastype").unwrap_or("none"));
    if gain != "fixed" || !matches!(bias, "none" | "affine") {
        let what = format!("an actuator with gain `{gain}` and bias `{bias}`");
        log.note(Fate::Dropped, node, what).doubt();
        return None;
    }
    if !matches!(look.text("dyntype"), None | Some("none")) {
        log.note(Fate::Dropped, node, "the activation dynamics of an actuator").doubt();
    }
    let [gain, ..] =
        look.at_most(log, "gainprm", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let [b0, b1, b2, ..] = look.at_most(log, "biasprm", [0.0; 10]);
    let bias = if bias == "affine" { [b0, b1, b2] } else { [0.0; 3] };
    // A positive rate term of a servo is a damping ratio.
    let is_ratio = gain == -bias[1] && bias[2] > 0.0;
    Some(Law { gain, bias, is_ratio })
}

/// Range of the control: given, or that of the joint.
fn control_range(
    log: &mut Log,
    model: &Model<'_>,
    look: &Look<'_>,
    joint: &Joint<'_>,
) -> Option<[f64; 2]> {
    let given = look.range(log, "ctrlrange", "ctrllimited", model.settings.auto_limits);
    let share = look.not_negative(log, "inheritrange").unwrap_or(0.0);
    match joint.range {
        Some([lower, upper]) if given.is_none() && share > 0.0 => {
            let (middle, half) = (f64::midpoint(lower, upper), (upper - lower) / 2.0 * share);
            Some([middle - half, middle + half])
        }
        _ => given,
    }
}

/// Limits of the motor: on the joint, in the command's unit.
fn limits(
    log: &mut Log,
    node: Node<'_>,
    joint: &Joint<'_>,
    force: Option<[f64; 2]>,
    command: Option<[f64; 2]>,
) -> ActuatorLimits {
    let mut torque: Option<f64> = None;
    for [one, other] in [force, joint.force_range].into_iter().flatten() {
        let (low, high) = (one.min(other), one.max(other));
        if (low + high).abs() > 1e-9 * high.abs() {
            log.note(
                Fate::Approximated,
                node,
                "different limits of force for the two directions: the larger for both",
            );
        }
        let most = low.abs().max(high.abs());
        torque = Some(torque.map_or(most, |torque: f64| torque.min(most)));
    }
    let command = command.map(|[one, other]| (tidy(one.min(other)), tidy(one.max(other))));
    ActuatorLimits {
        torque: torque.map(tidy).filter(|torque| *torque > 0.0),
        command,
        ..Default::default()
    }
}

/// Two actuators of one joint become one, if a command can say both.
fn join(log: &mut Log, node: Node<'_>, first: &mut ActuatorSpec, second: &ActuatorSpec) {
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
            let what = format!(
                "two actuators of joint `{}`: one, with position, velocity and torque",
                first.joint
            );
            log.note(Fate::Approximated, node, what).doubt();
        }
        _ => {
            let what = format!("another actuator of joint `{}`", first.joint);
            log.note(Fate::Dropped, node, what).doubt();
        }
    }
}
