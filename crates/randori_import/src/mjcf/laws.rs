//! The force of an actuator, from its parameters and those of its defaults.
//!
//! All kinds of actuators share one set of parameters: `<position kp="5"/>` is
//! `<general gainprm="5" biastype="affine" biasprm="0 -5 0"/>`. Defaults are
//! applied from the outermost class to the element, in the order of the file,
//! as `MuJoCo` does.
//!
//! Start reading at [`read`].

use super::defaults::{Defaults, Look};
use crate::log::Log;
use crate::report::ImportStatus;
use crate::values;
use crate::xml::Node;

/// A force that is affine in the control, the length and its rate:
/// `gain * ctrl + bias[0] + bias[1] * length + bias[2] * rate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Law {
    pub(crate) gain: f64,
    pub(crate) bias: [f64; 3],
    /// True if `bias[2]` is a damping ratio, to be converted to damping.
    pub(crate) is_ratio: bool,
    /// Kinds of the entries of the file's control.
    pub(crate) input: Input,
    /// Fraction of the range of the joint or tendon that the control can use, if it
    /// has no range of its own (`inheritrange`).
    pub(crate) inherited: f64,
}

/// Kinds of the entries of the file's control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// One entry, which is multiplied by the gain.
    Control,
    /// One entry: the rate of the set point.
    Rate,
    /// One entry for each present one of position, velocity and force.
    Setpoints([bool; 3]),
}

impl Input {
    /// Entries of the file's `ctrl`.
    pub(crate) fn count(self) -> usize {
        match self {
            Self::Control | Self::Rate => 1,
            Self::Setpoints(given) => given.into_iter().filter(|is_given| *is_given).count(),
        }
    }
}

/// The parameters common to all kinds.
#[derive(Debug, Clone)]
struct Parameters {
    dynamics: &'static str,
    gain_kind: &'static str,
    bias_kind: &'static str,
    dynamic: [f64; 10],
    gain: [f64; 10],
    bias: [f64; 10],
    inherited: f64,
    setpoints: Option<[bool; 3]>,
}

impl Default for Parameters {
    fn default() -> Self {
        let first = |value: f64| [value, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        Self {
            dynamics: "none",
            gain_kind: "fixed",
            bias_kind: "none",
            dynamic: first(1.0),
            gain: first(1.0),
            bias: first(0.0),
            inherited: 0.0,
            setpoints: None,
        }
    }
}

const DYNAMICS: [&str; 8] =
    ["none", "integrator", "filter", "filterexact", "muscle", "user", "dcmotor", "pid"];
const GAINS: [&str; 7] = ["fixed", "affine", "muscle", "user", "so3", "dcmotor", "pid"];
const BIASES: [&str; 6] = ["none", "affine", "muscle", "user", "so3", "dcmotor"];

/// The law of an actuator, and its entries of the file's `ctrl`. `None`, with a line
/// in the report, if a drive cannot express the law.
pub(crate) fn read(
    log: &mut Log,
    defaults: &Defaults<'_>,
    look: &Look<'_>,
) -> (Option<Law>, usize) {
    let node = look.node();
    let mut parameters = Parameters::default();
    for level in defaults.chain(node) {
        parameters.apply(log, level);
    }
    let inputs = parameters.inputs(look);
    if let Some((what, advice)) = parameters.obstacle(node) {
        log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
        return (None, inputs);
    }
    parameters.note_dynamics(log, node);
    (Some(parameters.law()), inputs)
}

impl Parameters {
    fn law(&self) -> Law {
        let bias = match self.bias_kind {
            "affine" => [self.bias[0], self.bias[1], self.bias[2]],
            _ => [0.0; 3],
        };
        let gain = if self.gain_kind == "pid" { -bias[1] } else { self.gain[0] };
        // The rate term of a servo is a damping ratio if it is positive.
        let is_servo = self.bias_kind == "affine" && gain == -bias[1];
        let is_ratio = is_servo && bias[2] > 0.0;
        let inherited = if is_servo { self.inherited } else { 0.0 };
        Law { gain, bias, is_ratio, input: self.input(), inherited }
    }

    /// Entries of the file's `ctrl`, including those of a dropped actuator.
    fn inputs(&self, look: &Look<'_>) -> usize {
        match (self.gain_kind, look.text("input")) {
            ("pid", _) => self.input().count(),
            ("so3", Some("quat")) => 4,
            ("so3", _) => 3,
            ("dcmotor", Some("none")) => 0,
            ("dcmotor", Some(words)) => words.split_whitespace().count(),
            _ => 1,
        }
    }

    fn input(&self) -> Input {
        match (self.gain_kind, self.dynamics) {
            ("pid", _) => Input::Setpoints(self.setpoints.unwrap_or([true, true, false])),
            (_, "integrator") => Input::Rate,
            _ => Input::Control,
        }
    }

    /// The reason why a drive cannot express this actuator, and advice.
    fn obstacle(&self, node: Node<'_>) -> Option<(String, &'static str)> {
        let advice = "write actuators for its joints in the `Robot`";
        let is_constant = self.gain[1] == 0.0 && self.gain[2] == 0.0;
        let what = match (node.tag(), self.gain_kind, self.bias_kind) {
            ("damper", ..) => "a damper, whose control is a damping".to_owned(),
            ("muscle", ..) | (_, "muscle", _) | (.., "muscle") => {
                "a muscle, whose force depends on its length and activation".to_owned()
            }
            ("adhesion", ..) => "an adhesion actuator".to_owned(),
            ("plugin", ..) => "an actuator of a plugin".to_owned(),
            ("dcmotor", ..) | (_, "dcmotor", _) => {
                let advice =
                    "write a `Torque` drive, with the motor's stall torque and speed as limits";
                return Some(("a DC motor, whose control is a voltage".to_owned(), advice));
            }
            (_, "fixed" | "pid", "none" | "affine") => return None,
            (_, "affine", "none" | "affine") if is_constant => return None,
            (_, "affine", _) => "an actuator whose gain depends on its length or speed".to_owned(),
            (_, gain, bias) => format!("an actuator with gain `{gain}` and bias `{bias}`"),
        };
        Some((what, advice))
    }

    fn note_dynamics(&self, log: &mut Log, node: Node<'_>) {
        let time = self.dynamic[0];
        match self.dynamics {
            "filter" | "filterexact" if time > 0.0 => {
                let what = format!("the filter of an actuator with time constant {time} s");
                let advice = "filter the commands in the policy, or write a `delay`";
                log.note(ImportStatus::Dropped, node, what).advise(advice).doubt();
            }
            "none" | "filter" | "filterexact" => {}
            "integrator" => {
                let what = "an integrated velocity: commands are positions";
                let advice = "command positions; the range of the velocity is the `rate` limit";
                log.note(ImportStatus::Approximated, node, what).advise(advice).doubt();
            }
            "pid" => {
                let what = "the integral term and the slew limit of a PID actuator";
                log.note(ImportStatus::Dropped, node, what).doubt();
            }
            other => {
                let what = format!("the activation dynamics `{other}` of an actuator");
                log.note(ImportStatus::Dropped, node, what).doubt();
            }
        }
    }

    /// Applies the attributes of one element, like `MuJoCo`'s reader.
    fn apply(&mut self, log: &mut Log, node: Node<'_>) {
        let word = |log: &mut Log, name: &str, words: &[&'static str], to: &mut &'static str| {
            if let Some(found) = node.attribute(name) {
                *to = values::word(log, found, words).unwrap_or(to);
            }
        };
        word(log, "dyntype", &DYNAMICS, &mut self.dynamics);
        word(log, "gaintype", &GAINS, &mut self.gain_kind);
        word(log, "biastype", &BIASES, &mut self.bias_kind);
        let list = |log: &mut Log, name: &str, to: &mut [f64; 10]| {
            if let Some(found) = node.attribute(name) {
                *to = values::at_most(log, found, *to).unwrap_or(*to);
            }
        };
        list(log, "dynprm", &mut self.dynamic);
        list(log, "gainprm", &mut self.gain);
        list(log, "biasprm", &mut self.bias);
        match node.tag() {
            "motor" => {
                self.gain[0] = 1.0;
                self.set("none", "fixed", "none");
            }
            "position" | "intvelocity" => {
                self.gain[0] = number(log, node, "kp").unwrap_or(self.gain[0]);
                self.bias[1] = -self.gain[0];
                self.damp(log, node);
                if let Some(time) = not_negative(log, node, "timeconst") {
                    self.dynamic[0] = time;
                    self.dynamics = if time == 0.0 { "none" } else { "filterexact" };
                }
                let dynamics =
                    if node.tag() == "intvelocity" { "integrator" } else { self.dynamics };
                self.set(dynamics, "fixed", "affine");
            }
            "velocity" => {
                self.gain[0] = number(log, node, "kv").unwrap_or(self.gain[0]);
                self.bias = [0.0; 10];
                self.bias[2] = -self.gain[0];
                self.set("none", "fixed", "affine");
            }
            "cylinder" => self.cylinder(log, node),
            "pid" => self.pid(log, node),
            "orientation" => self.set("none", "so3", "so3"),
            "muscle" => self.set("muscle", "muscle", "muscle"),
            "dcmotor" => self.set("dcmotor", "dcmotor", "dcmotor"),
            "damper" => self.set("none", "affine", "none"),
            _ => {}
        }
        self.inherited = not_negative(log, node, "inheritrange").unwrap_or(self.inherited);
    }

    fn set(&mut self, dynamics: &'static str, gain: &'static str, bias: &'static str) {
        (self.dynamics, self.gain_kind, self.bias_kind) = (dynamics, gain, bias);
    }

    /// `kv` is stored negative, `dampratio` positive.
    fn damp(&mut self, log: &mut Log, node: Node<'_>) {
        let ratio = not_negative(log, node, "dampratio");
        if let Some(rate) = not_negative(log, node, "kv") {
            self.bias[2] = -rate;
            if let (Some(_), Some(both)) = (ratio, node.attribute("dampratio")) {
                let help = "keep one of the two";
                log.refuse(both, "`kv` and `dampratio` both define the damping", help);
            }
        } else if let Some(ratio) = ratio {
            self.bias[2] = ratio;
        }
    }

    fn cylinder(&mut self, log: &mut Log, node: Node<'_>) {
        self.dynamic[0] = not_negative(log, node, "timeconst").unwrap_or(self.dynamic[0]);
        self.gain[0] = number(log, node, "area").unwrap_or(self.gain[0]);
        if let Some(diameter) = not_negative(log, node, "diameter") {
            self.gain[0] = std::f64::consts::PI / 4.0 * diameter * diameter;
        }
        if let Some(found) = node.attribute("bias") {
            let given = [self.bias[0], self.bias[1], self.bias[2]];
            let given = values::at_most::<3>(log, found, given).unwrap_or(given);
            self.bias[..3].copy_from_slice(&given);
        }
        self.set("filter", "fixed", "affine");
    }

    fn pid(&mut self, log: &mut Log, node: Node<'_>) {
        if let Some(stiffness) = number(log, node, "kp") {
            self.bias[1] = -stiffness;
        }
        self.damp(log, node);
        let inherits = self.dynamics == "pid";
        let integral = if inherits { self.gain[0] } else { 0.0 };
        let slew = if inherits { self.dynamic[1] } else { 0.0 };
        self.gain[0] = number(log, node, "ki").unwrap_or(integral);
        self.dynamic[1] = not_negative(log, node, "slewmax").unwrap_or(slew);
        let has_state = self.gain[0] != 0.0 || self.dynamic[1] != 0.0;
        self.set(if has_state { "pid" } else { "none" }, "pid", "affine");
        if let Some(found) = node.attribute("input") {
            let has = |word: &str| found.value.split_whitespace().any(|other| other == word);
            self.setpoints = Some([has("pos"), has("vel"), has("ff")]);
        }
    }
}

fn number(log: &mut Log, node: Node<'_>, name: &str) -> Option<f64> {
    node.attribute(name).and_then(|found| values::number(log, found))
}

fn not_negative(log: &mut Log, node: Node<'_>, name: &str) -> Option<f64> {
    node.attribute(name).and_then(|found| values::not_negative(log, found))
}
