//! Conversion of an actuator of the file to drives, and of its control to commands.
//!
//! Start reading at [`read`].

use randori_core::spec::{ActuatorLimits, ActuatorSpec, Drive};

use super::actuators::Around;
use super::controls::{Control, Target};
use super::defaults::Look;
use super::laws::{self, Input, Law};
use super::transmissions::{self, Transmission};
use crate::couplings::Leaders;
use crate::geometry::tidy;
use crate::log::Log;
use crate::report::ImportStatus;
use crate::xml::Node;

/// The result of converting an actuator of the file.
pub(crate) struct Found {
    pub(crate) drives: Vec<Driven>,
    /// Kind of its entries of `ctrl`; absent if it is dropped.
    pub(crate) input: Option<Input>,
    /// The entries of `ctrl`, without commanded inputs yet.
    pub(crate) controls: Vec<Control>,
}

/// An actuator without its name, and the mapping of `ctrl` to its commands.
pub(crate) struct Driven {
    pub(crate) spec: ActuatorSpec,
    /// Command per control: for its only input, or for position, velocity and torque.
    factors: [f64; 3],
    /// Command of the first input at control 0.
    offset: f64,
}

impl Driven {
    /// Adds the commands of the actuator with this index to the entries of `ctrl`.
    pub(crate) fn enter(&self, input: Input, actuator: usize, controls: &mut [Control]) {
        let [factor, ..] = self.factors;
        let mut enter = |entry: usize, target: Target| {
            if let Some(control) = controls.get_mut(entry) {
                control.targets.push(target);
            }
        };
        let first = Target { actuator, input: 0, factor, offset: self.offset };
        match input {
            Input::Control => enter(0, first),
            // A rate does not determine the set point.
            Input::Rate => {}
            Input::Setpoints(given) => {
                // Without an entry the set point of the position is 0.
                if !given[0] {
                    enter(0, Target { factor: 0.0, ..first });
                }
                let inputs = (0..3).filter(|input| given[*input]);
                for (entry, input) in inputs.enumerate() {
                    let offset = if input == 0 { self.offset } else { 0.0 };
                    let factor = self.factors[input];
                    enter(entry, Target { actuator, input, factor, offset });
                }
            }
        }
    }
}

/// The result of converting an actuator of the file.
pub(crate) fn read(
    log: &mut Log,
    around: &Around<'_, '_>,
    leaders: &Leaders<'_>,
    look: &Look<'_>,
) -> Found {
    let node = look.node();
    let (law, inputs) = laws::read(log, &around.model.defaults, look);
    let controls = || (0..inputs).map(|_| Control::default()).collect();
    let nothing = || Found { drives: Vec::new(), input: None, controls: controls() };
    let Some(mut law) = law else { return nothing() };
    let Some(moved) = transmissions::read(log, around.model, around.skeleton, leaders, look) else {
        return nothing();
    };
    let gear = look.at_most(log, "gear", [1.0, 0.0, 0.0, 0.0, 0.0, 0.0])[0];
    if gear == 0.0 || moved.leaders.is_empty() {
        log.note(ImportStatus::Dropped, node, "an actuator with gear 0, without effect").doubt();
        return nothing();
    }
    if law.is_ratio {
        // Damping from the damping ratio: 2 ratio sqrt(stiffness mass).
        let mass = 1.0 / around.mobility.along(&moved.row(around.mobility, gear));
        let damping = 2.0 * law.bias[2] * (law.gain.max(0.0) * mass).sqrt();
        law.bias[2] = if damping.is_finite() { -damping } else { 0.0 };
    }
    if moved.leaders.len() > 1 {
        independent(log, node, &moved);
    }
    let reading = Reading { around, leaders, look, law: &law, gear, moved: &moved };
    let ranges = reading.ranges(log);
    let mut drives = Vec::new();
    for (joint, share) in &moved.leaders {
        let Some((drive, factors, offset)) = reading.drive(log, gear * share) else {
            return nothing();
        };
        let limits = reading.limits(log, joint, &ranges, (factors[0], offset));
        let delay = look.not_negative(log, "delay").unwrap_or(0.0);
        let (name, joint) = (String::new(), joint.clone());
        let spec = ActuatorSpec { name, joint, drive, limits, delay };
        drives.push(Driven { spec, factors, offset });
    }
    let mut controls: Vec<Control> = controls();
    for (control, range) in controls.iter_mut().zip(ranges.controls) {
        control.range = range;
    }
    Found { drives, input: Some(law.input), controls }
}

/// Ranges of an actuator of the file, in its units.
struct Ranges {
    /// Of each entry of `ctrl`.
    controls: Vec<Option<[f64; 2]>>,
    /// Of the quantity of the first input.
    command: Option<[f64; 2]>,
    /// Largest rate of change of the command.
    rate: Option<f64>,
}

/// An actuator of the file with its context.
struct Reading<'r, 't> {
    around: &'r Around<'r, 't>,
    leaders: &'r Leaders<'r>,
    look: &'r Look<'t>,
    law: &'r Law,
    gear: f64,
    moved: &'r Transmission,
}

impl Reading<'_, '_> {
    /// The drive of a joint, command per control, and command at control 0; see
    /// [`Driven`].
    ///
    /// `pull` is torque at the joint per force of the actuator, and length of
    /// the actuator per coordinate of the joint. Independent joints share the length in
    /// proportion to the force.
    fn drive(&self, log: &mut Log, pull: f64) -> Option<(Drive, [f64; 3], f64)> {
        let (law, node) = (self.law, self.look.node());
        let shares = self.moved.leaders.iter().map(|(_, share)| share * share).sum::<f64>();
        let reflected = self.gear * self.gear * shares;
        let (kp, kd) = (-law.bias[1] * reflected, -law.bias[2] * reflected);
        if kp < 0.0 || kd < 0.0 {
            let what = "an actuator with negative stiffness or damping";
            let advice = "make the length and rate terms of its bias negative";
            log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
            return None;
        }
        let is_setpoint = matches!(law.input, Input::Setpoints(_));
        if law.gain == 0.0 && !is_setpoint {
            let what = "an actuator whose control has no effect: its gain is 0";
            log.note(ImportStatus::Dropped, node, what).doubt();
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
        let per_velocity = if kd > 0.0 { pull / reflected } else { 0.0 };
        Some((drive, [factor, per_velocity, pull], offset))
    }

    /// Limits of the motor: on the joint, in the command's unit.
    fn limits(
        &self,
        log: &mut Log,
        joint: &str,
        ranges: &Ranges,
        (factor, offset): (f64, f64),
    ) -> ActuatorLimits {
        let torque = self.torque(log, joint).map(tidy).filter(|torque| *torque > 0.0);
        let command = ranges.command.map(|ends| {
            let [one, other] = ends.map(|end| end * factor + offset);
            (tidy(one.min(other)), tidy(one.max(other)))
        });
        let rate = ranges.rate.map(|rate| tidy(rate * factor.abs()));
        ActuatorLimits { torque, command, rate, ..Default::default() }
    }

    /// The largest torque at a leading joint: that of the actuator's largest force, or the
    /// smaller limit of a joint.
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

    /// Ranges of the controls: explicit, or that of the joint or tendon.
    fn ranges(&self, log: &mut Log) -> Ranges {
        let auto = self.around.model.settings.auto_limits;
        let mut read = |name: &str, flag: &str| self.look.range(log, name, flag, auto);
        let has_own = self.look.attribute("posrange").is_some();
        let given = read(if has_own { "posrange" } else { "ctrlrange" }, "ctrllimited");
        let is_free = self.around.model.settings.free_controls;
        let inherited = self.moved.range.filter(|_| self.law.inherited > 0.0 && !is_free);
        let inherited = inherited.map(|[lower, upper]| {
            let (middle, half) =
                (f64::midpoint(lower, upper), (upper - lower) / 2.0 * self.law.inherited);
            [middle - half, middle + half]
        });
        let given = given.filter(|_| !is_free);
        match self.law.input {
            Input::Rate if is_free => Ranges { controls: vec![None], command: None, rate: None },
            Input::Rate => {
                let position = read("actrange", "actlimited");
                let rate = given.map(|[lower, upper]| lower.abs().max(upper.abs()));
                Ranges { controls: vec![given], command: position.or(inherited), rate }
            }
            Input::Control => {
                let command = given.or(inherited);
                Ranges { controls: vec![command], command, rate: None }
            }
            Input::Setpoints(is_given) => {
                let command = given.or(inherited);
                let more = ["velrange", "ffrange"].map(|name| read(name, "ctrllimited"));
                let all = [command, more[0].filter(|_| !is_free), more[1].filter(|_| !is_free)];
                let controls = all.into_iter().zip(is_given);
                let controls = controls.filter(|(_, is)| *is).map(|(range, _)| range).collect();
                Ranges { controls, command, rate: None }
            }
        }
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
    log.note(ImportStatus::Approximated, node, what).advise(advice);
}

/// An actuator of independent joints becomes one actuator per joint.
fn independent(log: &mut Log, node: Node<'_>, moved: &Transmission) {
    let names: Vec<String> = moved.leaders.iter().map(|(joint, _)| format!("`{joint}`")).collect();
    let what = format!(
        "an actuator of a tendon over {}, which are independent: one actuator for each",
        names.join(", ")
    );
    let advice = "command them together; if the joints should move as one, couple them with \
                  `couplings` in the `Robot` and keep the actuator of the leading joint";
    log.note(ImportStatus::Approximated, node, what).advise(advice).doubt();
}

/// The larger of the forces for the two directions.
fn largest(log: &mut Log, node: Node<'_>, [one, other]: [f64; 2]) -> f64 {
    let (low, high) = (one.min(other), one.max(other));
    if (low + high).abs() > 1e-9 * high.abs() {
        let what = "different force limits for the two directions: the larger one for both";
        log.note(ImportStatus::Approximated, node, what);
    }
    low.abs().max(high.abs())
}

fn smaller(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        _ => one.or(other),
    }
}
