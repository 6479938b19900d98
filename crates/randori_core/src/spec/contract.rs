//! The `PolicyContract(...)` file: the observation and action mapping of a network.
//!
//! The file holds all processing between a robot's sensors and its actuators that the network
//! does not do itself; none of it is hidden in code. The order at each inference is: commands
//! slew, phases that advance before inference advance, terms are computed (scaled, offset,
//! clipped), histories shift, the network runs, the action is clipped, scaled, offset and
//! limited to its range, phases that advance after inference advance.
//!
//! Until every channel that a term needs has delivered a measurement, none of this happens and
//! the robot keeps its first command.
//!
//! Start reading at [`ContractSpec`].

use serde::{Deserialize, Serialize};

use super::{Drive, RobotSpec};
use crate::input::InputKind;

/// The observation and action mapping of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "PolicyContract", deny_unknown_fields)]
pub struct ContractSpec {
    /// Format version; 1.
    pub format: u32,
    /// Name of the policy.
    pub name: String,
    /// One-line description: origin, training, purpose.
    #[serde(default)]
    pub about: String,
    /// The network, an ONNX file.
    pub network: String,
    /// Download instructions for the network, if it is not part of the project.
    #[serde(default)]
    pub from: Option<String>,
    /// Joints of the robot that the network uses, in its own order. Terms and actions over
    /// joints follow this order.
    pub joints: Vec<String>,
    /// Default pose: coordinates of these joints that the network takes as zero, rad or m; one
    /// per joint, or none for zero.
    #[serde(default)]
    pub default_pose: Vec<f64>,
    /// Timing of inference.
    pub timing: TimingSpec,
    /// External command inputs.
    #[serde(default)]
    pub commands: Vec<CommandInputSpec>,
    /// Phases, such as that of a gait.
    #[serde(default)]
    pub phases: Vec<PhaseSpec>,
    /// The inputs of the network that consist of terms, in any order.
    pub inputs: Vec<InputSpec>,
    /// Mapping of the network's output to actions.
    pub action: ActionSpec,
    /// Recurrent state of the network.
    #[serde(default)]
    pub recurrent: Vec<RecurrentSpec>,
}

impl ContractSpec {
    /// Joints that the action drives, in its order.
    pub fn driven_joints(&self) -> &[String] {
        if self.action.joints.is_empty() { &self.joints } else { &self.action.joints }
    }

    /// Number of values of a term, if it is known; `channel_len` returns that of a sensor
    /// channel.
    pub fn term_len(
        &self,
        source: &TermSource,
        channel_len: impl Fn(&str) -> Option<usize>,
    ) -> Option<usize> {
        let phase_len = |name: &str| {
            self.phases.iter().find(|phase| phase.name == name).map(|it| it.start.len())
        };
        match source {
            TermSource::Channel { pick, .. } if !pick.is_empty() => Some(pick.len()),
            TermSource::Channel { name, .. } => channel_len(name),
            TermSource::ProjectedGravity { .. } | TermSource::EulerAngles { .. } => Some(3),
            TermSource::JointPositions { joints, .. }
            | TermSource::JointVelocities { joints, .. } => {
                Some(if joints.is_empty() { self.joints.len() } else { joints.len() })
            }
            TermSource::LastAction { .. } => Some(self.driven_joints().len()),
            TermSource::Command { name } => self.command(name).map(|it| it.default.len()),
            TermSource::PhaseCos { name } | TermSource::PhaseSin { name } => phase_len(name),
            TermSource::Constant { values } => Some(values.len()),
        }
    }

    /// Number of values of an input with all its samples, if it is known.
    pub fn input_len(
        &self,
        input: &InputSpec,
        channel_len: impl Fn(&str) -> Option<usize>,
    ) -> Option<usize> {
        let len = |term: &TermSpec| {
            let samples = term.samples.unwrap_or(input.history.samples) as usize;
            Some(self.term_len(&term.source, &channel_len)?.saturating_mul(samples))
        };
        input.terms.iter().try_fold(0, |sum: usize, term| Some(sum.saturating_add(len(term)?)))
    }

    /// The command with this name.
    pub fn command(&self, name: &str) -> Option<&CommandInputSpec> {
        self.commands.iter().find(|command| command.name == name)
    }

    /// The coordinate that the network takes as zero, rad or m.
    pub fn default_position(&self, joint: &str) -> f64 {
        let index = self.joints.iter().position(|name| name == joint);
        index.and_then(|index| self.default_pose.get(index)).copied().unwrap_or(0.0)
    }

    /// Sets the drives and limits of the contract on the actuators of the driven joints.
    pub fn equip(&self, robot: &mut RobotSpec) {
        for (index, joint) in self.driven_joints().iter().enumerate() {
            let Some(actuator) = robot.actuators.iter_mut().find(|drive| drive.joint == *joint)
            else {
                continue;
            };
            if let Some(gains) = &self.action.gains {
                let (kp, kd) = (gains.kp.at(index), gains.kd.at(index));
                match self.action.target {
                    ActionTarget::Position | ActionTarget::Residual => {
                        actuator.drive = Drive::Position { kp, kd };
                        // Its unit is that of another kind of command.
                        actuator.limits.command = None;
                    }
                    ActionTarget::Velocity => {
                        actuator.drive = Drive::Velocity { gain: kd };
                        actuator.limits.command = None;
                    }
                    ActionTarget::Torque => {}
                }
            }
            if let Some(limit) = &self.action.torque_limit {
                let limit = limit.at(index);
                let own = actuator.limits.torque.unwrap_or(limit);
                actuator.limits.torque = Some(own.min(limit));
            }
        }
    }
}

/// Timing of inference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimingSpec {
    /// Physics ticks per second in training.
    pub physics_hz: f64,
    /// Physics ticks from one inference to the next.
    pub decimation: u32,
    /// Tick within each period (0 to decimation - 1) at whose start the observation is taken
    /// and from which on the action applies.
    #[serde(default)]
    pub observe_at: u32,
}

impl TimingSpec {
    /// Inferences per second.
    pub fn rate_hz(&self) -> f64 {
        self.physics_hz / f64::from(self.decimation)
    }

    /// Time of the first inference, s.
    pub fn offset_s(&self) -> f64 {
        f64::from(self.observe_at) / self.physics_hz
    }
}

/// An external command input of a policy, such as a velocity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandInputSpec {
    /// Name within the contract.
    pub name: String,
    /// Names and units of its values for display, such as `vx m/s`.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Default values, for scenarios that give none.
    pub default: Vec<f64>,
    /// Range of each value in training; a command outside is a warning.
    #[serde(default)]
    pub range: Vec<(f64, f64)>,
    /// Largest change of each value per second, starting from zero; the command applies at
    /// once if left out.
    #[serde(default)]
    pub slew: Option<f64>,
}

/// A phase variable that is an input of the network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseSpec {
    /// Name within the contract.
    pub name: String,
    /// Turns per second.
    pub frequency_hz: f64,
    /// Increase of the rate with a command.
    #[serde(default)]
    pub faster: Option<PhaseFaster>,
    /// Phase angles at the start, rad; one phase may have several. They are wrapped to -pi to
    /// pi.
    pub start: Vec<f64>,
    /// Advance before or after inference.
    #[serde(default)]
    pub advance: Moment,
    /// Condition for a standing phase.
    #[serde(default)]
    pub still: Option<PhaseStill>,
}

/// A rate that increases with a command: by `hz_per_unit * min(norm of the command, up_to)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseFaster {
    /// Name of the command.
    pub command: String,
    /// Turns per second for each unit of the command's Euclidean norm.
    pub hz_per_unit: f64,
    /// Norm beyond which the rate does not increase.
    pub up_to: f64,
}

/// A moment relative to inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Moment {
    /// Before the network runs.
    BeforeInference,
    /// After the network has run.
    #[default]
    AfterInference,
}

/// A phase that stands while a command is small.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhaseStill {
    /// Name of the command.
    pub command: String,
    /// Euclidean norm of the command below which the phase stands.
    pub below: f64,
    /// Phase angles while standing, rad, one per angle of the phase; the present ones if left
    /// out.
    #[serde(default)]
    pub at: Vec<f64>,
    /// True if cosines and sines are zero while standing.
    #[serde(default)]
    pub zeroed: bool,
}

/// An input of the network that consists of terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// Name of the network's input.
    pub name: String,
    /// Its parts, in order.
    pub terms: Vec<TermSpec>,
    /// Number and layout of samples; one sample if left out.
    #[serde(default)]
    pub history: HistorySpec,
}

/// A part of an input: `clip(source * scale + offset)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermSpec {
    /// Source of the values.
    pub source: TermSource,
    /// Factor of each value.
    #[serde(default)]
    pub scale: Scaling,
    /// Added after scaling.
    #[serde(default = "no_offset")]
    pub offset: Scaling,
    /// Smallest and largest value, applied last.
    #[serde(default)]
    pub clip: Option<(f64, f64)>,
    /// Number of samples of this term, if it differs from that of its input.
    #[serde(default)]
    pub samples: Option<u32>,
}

fn no_offset() -> Scaling {
    Scaling::All(0.0)
}

/// One number for all values, or one for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Scaling {
    /// The same for all.
    All(f64),
    /// One for each value.
    Each(Vec<f64>),
}

impl Default for Scaling {
    fn default() -> Self {
        Self::All(1.0)
    }
}

impl Scaling {
    /// The number for one value.
    pub fn at(&self, index: usize) -> f64 {
        match self {
            Self::All(value) => *value,
            Self::Each(values) => values.get(index).copied().unwrap_or(0.0),
        }
    }

    /// The number of elements, if it is fixed.
    pub fn count(&self) -> Option<usize> {
        match self {
            Self::All(_) => None,
            Self::Each(values) => Some(values.len()),
        }
    }
}

/// The source of a term's values. Channels are named `sensor.channel`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum TermSource {
    /// A sensor channel.
    Channel {
        /// Its name, such as `imu.gyro`.
        name: String,
        /// Axes, for a vector.
        #[serde(default)]
        frame: Frame,
        /// Indices of its values, counted from 0, in this order; all of them if left out. `[3,
        /// 0, 1, 2]` reorders a quaternion to w, x, y, z.
        #[serde(default)]
        pick: Vec<usize>,
    },
    /// The world's down direction (0, 0, -1) in the frame of an orientation:
    /// R^T (0, 0, -1).
    ProjectedGravity {
        /// A channel with a quaternion x, y, z, w.
        orientation: String,
    },
    /// Roll, pitch and yaw of an orientation, rad: rotations about the fixed axes X, then Y,
    /// then Z.
    EulerAngles {
        /// A channel with a quaternion x, y, z, w.
        orientation: String,
    },
    /// Coordinates of the contract's joints minus the default pose, rad or m.
    JointPositions {
        /// The joint-state sensor.
        #[serde(default = "joints_sensor")]
        sensor: String,
        /// True to subtract the default pose.
        #[serde(default = "yes")]
        relative: bool,
        /// Joints in this order instead of the contract's.
        #[serde(default)]
        joints: Vec<String>,
        /// Joints among them whose value is replaced by zero.
        #[serde(default)]
        zeroed: Vec<String>,
    },
    /// Rates of the contract's joints, rad/s or m/s.
    JointVelocities {
        /// The joint-state sensor.
        #[serde(default = "joints_sensor")]
        sensor: String,
        /// Joints in this order instead of the contract's.
        #[serde(default)]
        joints: Vec<String>,
        /// Joints among them whose value is replaced by zero.
        #[serde(default)]
        zeroed: Vec<String>,
    },
    /// The action of the last inference; zero before the first.
    LastAction {
        /// Stage of processing at which it is taken.
        #[serde(default)]
        stage: LastActionStage,
    },
    /// A command of the contract.
    Command {
        /// Its name.
        name: String,
    },
    /// Cosines of a phase's angles.
    PhaseCos {
        /// Name of the phase.
        name: String,
    },
    /// Sines of a phase's angles.
    PhaseSin {
        /// Name of the phase.
        name: String,
    },
    /// Constants.
    Constant {
        /// The numbers.
        values: Vec<f64>,
    },
}

fn joints_sensor() -> String {
    "joints".to_owned()
}

fn yes() -> bool {
    true
}

/// The axes of a vector in an input of the network.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Frame {
    /// The axes of the measurement.
    #[default]
    Measured,
    /// A vector measured in world axes is rotated into the frame of an orientation (R^T v).
    FromWorld {
        /// A channel with a quaternion x, y, z, w.
        orientation: String,
    },
    /// A vector measured in the frame of an orientation is rotated into world axes (R v).
    ToWorld {
        /// A channel with a quaternion x, y, z, w.
        orientation: String,
    },
}

/// The stage of processing at which a term takes the last action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LastActionStage {
    /// The network's output.
    #[default]
    Raw,
    /// After the action's clip.
    Clipped,
    /// After clip, scale and offset: the target.
    Target,
}

/// The number and layout of an input's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistorySpec {
    /// Number of samples, the present one included.
    pub samples: u32,
    /// Order of samples.
    pub order: HistoryOrder,
    /// Memory layout.
    pub layout: HistoryLayout,
    /// Earlier samples at the first inference.
    pub first: FirstFill,
}

impl HistorySpec {
    /// Maximum number of samples of a history.
    pub const MAX_SAMPLES: u32 = 1_000;
}

impl Default for HistorySpec {
    fn default() -> Self {
        Self {
            samples: 1,
            order: HistoryOrder::default(),
            layout: HistoryLayout::default(),
            first: FirstFill::default(),
        }
    }
}

/// The first sample in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum HistoryOrder {
    /// The oldest.
    #[default]
    OldestFirst,
    /// The present one.
    NewestFirst,
}

/// The memory layout of an input with history: its contiguous parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum HistoryLayout {
    /// All samples of the first term, then all of the second, ...
    #[default]
    ByTerm,
    /// All terms of the first sample, then all of the second, ...
    ByTime,
}

/// The earlier samples at the first inference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FirstFill {
    /// The first sample.
    #[default]
    FirstSample,
    /// Zeros.
    Zeros,
}

/// The mapping of the network's output to actions: per joint of the contract, in its order,
/// `clip(output) * scale + offset`, limited to `target_range`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionSpec {
    /// Name of the network's output; its first one if left out.
    #[serde(default)]
    pub output: Option<String>,
    /// Smallest and largest value of the network's output.
    #[serde(default)]
    pub clip: Option<(f64, f64)>,
    /// Factor of each value.
    #[serde(default)]
    pub scale: Scaling,
    /// Added after scaling; the default pose if left out and the target is a
    /// position, else zero.
    #[serde(default)]
    pub offset: Option<Scaling>,
    /// Kind of target.
    pub target: ActionTarget,
    /// Smallest and largest target of each joint, applied last; one per joint, or none.
    /// Residual targets accumulate within it.
    #[serde(default)]
    pub target_range: Vec<(f64, f64)>,
    /// Joints that the action drives, in its order, if these are not all joints of the
    /// contract.
    #[serde(default)]
    pub joints: Vec<String>,
    /// Gains of the joints' low-level controllers. The actuators of these joints become
    /// position (or velocity) drives with these gains, whatever the robot file says; their
    /// limits stay.
    #[serde(default)]
    pub gains: Option<GainsSpec>,
    /// Largest torque (N m) or force (N) of each joint, if it is less than that of the robot
    /// file.
    #[serde(default)]
    pub torque_limit: Option<Scaling>,
}

/// The kind of an action's targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActionTarget {
    /// Joint positions, rad or m.
    Position,
    /// Joint velocities, rad/s or m/s.
    Velocity,
    /// Joint torques, N m, or forces, N.
    Torque,
    /// Changes of the last position targets, rad or m; they start from the
    /// starting configuration.
    Residual,
}

impl ActionTarget {
    /// The corresponding input of an actuator.
    pub fn input(self) -> InputKind {
        match self {
            Self::Position | Self::Residual => InputKind::Position,
            Self::Velocity => InputKind::Velocity,
            Self::Torque => InputKind::Torque,
        }
    }
}

/// Gains of low-level controllers, in the order of the action's joints:
/// tau = kp (target - q) - kd v.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GainsSpec {
    /// N m/rad or N/m; not used for velocity targets.
    #[serde(default = "no_offset")]
    pub kp: Scaling,
    /// N m s/rad or N s/m.
    pub kd: Scaling,
}

/// Recurrent state: an output of the network that is an input at the next inference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurrentSpec {
    /// Name of the network's input.
    pub input: String,
    /// Name of the network's output that becomes this input at the next inference.
    pub output: String,
    /// Value of every element at the start of a run.
    #[serde(default)]
    pub reset: f64,
}
