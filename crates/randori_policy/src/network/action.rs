//! The mapping from network outputs to commands.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::policy::{PolicyError, RobotInterface};
use randori_core::spec::{ActionTarget, ContractSpec, Scaling};

use super::problem::Problem;
use super::state::{Reader, Writer};
use crate::did_you_mean;

/// Turns the output of a network into a command of the robot.
///
/// Actuators that the action does not drive keep their first command.
#[derive(Debug, Clone)]
pub struct ActionDecoder {
    joints: Vec<DrivenJoint>,
    clip: Option<(f32, f32)>,
    is_residual: bool,
    first_command: Vec<f32>,
    clipped: Vec<f32>,
    target: Vec<f32>,
}

#[derive(Debug, Clone)]
struct DrivenJoint {
    scale: f32,
    offset: f32,
    range: Option<(f32, f32)>,
    /// Index in the command.
    place: usize,
    /// Initial value of residual targets.
    start: f32,
}

impl ActionDecoder {
    /// Creates a decoder for a robot with this interface, ready for a run.
    ///
    /// # Errors
    /// With all joints that no actuator drives as the contract demands, and all lists of the wrong
    /// length.
    pub fn new(contract: &ContractSpec, interface: &RobotInterface) -> Result<Self, Vec<Problem>> {
        let action = &contract.action;
        let names = contract.driven_joints();
        let first_command = interface.initial_command();
        let mut found = Vec::new();
        let mut joints = Vec::new();
        check_lengths(contract, &mut found);
        for (index, joint) in names.iter().enumerate() {
            let place = match place_of(interface, action.target, joint) {
                Ok(place) => place,
                Err(mut problem) => {
                    let list = if action.joints.is_empty() { "joints" } else { "action.joints" };
                    problem.path = format!("{list}.{index}");
                    found.push(problem);
                    continue;
                }
            };
            let takes_default = action.target == ActionTarget::Position;
            let offset = match &action.offset {
                Some(offset) => offset.at(index),
                None if takes_default => contract.default_position(joint),
                None => 0.0,
            };
            joints.push(DrivenJoint {
                scale: action.scale.at(index) as f32,
                offset: offset as f32,
                range: action
                    .target_range
                    .get(index)
                    .map(|(low, high)| (*low as f32, *high as f32)),
                place,
                start: first_command[place],
            });
        }
        if !found.is_empty() {
            return Err(found);
        }
        let clip = action.clip.map(|(low, high)| (low as f32, high as f32));
        let is_residual = action.target == ActionTarget::Residual;
        let zeros = vec![0.0; joints.len()];
        let (clipped, target) = (zeros.clone(), zeros);
        let mut decoder = Self { joints, clip, is_residual, first_command, clipped, target };
        decoder.reset();
        Ok(decoder)
    }

    /// Resets the state for a new run.
    pub fn reset(&mut self) {
        self.clipped.fill(0.0);
        for (target, joint) in self.target.iter_mut().zip(&self.joints) {
            *target = if self.is_residual { joint.start } else { 0.0 };
        }
    }

    /// Number of values that the network must output.
    pub fn len(&self) -> usize {
        self.joints.len()
    }

    /// True if no joint is driven.
    pub fn is_empty(&self) -> bool {
        self.joints.is_empty()
    }

    /// The command before the first inference.
    pub fn first_command(&self) -> &[f32] {
        &self.first_command
    }

    /// The command for an output of the network.
    ///
    /// # Errors
    /// When the output has another length or a value is not finite.
    pub fn decode(&mut self, output: &[f32]) -> Result<Vec<f32>, PolicyError> {
        if output.len() != self.joints.len() {
            let (given, wanted) = (output.len(), self.joints.len());
            return Err(PolicyError::new(format!(
                "the network's action has {given} values for {wanted} joints"
            )));
        }
        let mut command = self.first_command.clone();
        for (index, joint) in self.joints.iter().enumerate() {
            let raw = output[index];
            let clipped = within(raw, self.clip);
            let mut target = clipped * joint.scale + joint.offset;
            if self.is_residual {
                target += self.target[index];
            }
            target = within(target, joint.range);
            if !target.is_finite() {
                let message = format!("action {index} of the network is {raw}");
                return Err(PolicyError::new(message));
            }
            self.clipped[index] = clipped;
            self.target[index] = target;
            command[joint.place] = target;
        }
        Ok(command)
    }

    /// The last action after its clip.
    pub fn clipped(&self) -> &[f32] {
        &self.clipped
    }

    /// The last targets.
    pub fn target(&self) -> &[f32] {
        &self.target
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.singles(&self.clipped);
        writer.singles(&self.target);
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PolicyError> {
        reader.singles(&mut self.clipped)?;
        reader.singles(&mut self.target)
    }
}

/// Clamps a value to a range; NaN stays NaN.
fn within(value: f32, range: Option<(f32, f32)>) -> f32 {
    match range {
        Some((low, _)) if value < low => low,
        Some((_, high)) if value > high => high,
        _ => value,
    }
}

fn place_of(
    interface: &RobotInterface,
    target: ActionTarget,
    joint: &str,
) -> Result<usize, Problem> {
    let wanted = target.input();
    let mut place = 0;
    for action in &interface.actions {
        if action.joint == joint {
            let input = action.inputs.iter().position(|input| *input == wanted);
            return input.map(|input| place + input).ok_or_else(|| {
                let (name, takes) =
                    (&action.name, crate::listed(action.inputs.iter().map(|input| input.name())));
                let message =
                    format!("actuator `{name}` of joint `{joint}` takes {takes}, not a {wanted}");
                Problem::error(DiagnosticCode::CONTRACT_DRIVE, "", message, "this joint").help(
                    "give `gains` in the contract's `action`, or another `drive` in the robot file",
                )
            });
        }
        place += action.inputs.len();
    }
    let message = format!("no actuator of robot `{}` drives joint `{joint}`", interface.robot);
    let known = interface.actions.iter().map(|action| action.joint.as_str());
    Err(Problem::error(DiagnosticCode::CONTRACT_DRIVE, "", message, "not driven")
        .help(did_you_mean(joint, known)))
}

fn check_lengths(contract: &ContractSpec, found: &mut Vec<Problem>) {
    let action = &contract.action;
    let joints = contract.driven_joints().len();
    let range = Some(action.target_range.len()).filter(|len| *len > 0);
    let lengths = [
        ("scale", action.scale.count()),
        ("offset", action.offset.as_ref().and_then(Scaling::count)),
        ("target_range", range),
    ];
    for (field, len) in lengths {
        if let Some(len) = len.filter(|len| *len != joints) {
            let message = format!("`{field}` has {len} entries for {joints} joints");
            let path = format!("action.{field}");
            let label = format!("{joints} wanted");
            found.push(Problem::error(DiagnosticCode::CONTRACT_LENGTH, path, message, label));
        }
    }
}
