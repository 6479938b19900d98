//! Errors that prevent a simulation from starting, and errors that break a run.
//!
//! Both become a [`RunError`] with a stable code: `RR01xx` for a run that broke,
//! `RR02xx` for one that could not begin.

use randori_core::diagnostic::RunCode;
use randori_core::input::InputKind;
use randori_core::policy::PolicyError;
use randori_core::report::RunError;

use crate::world::{WorldError, WorldFault};

/// Cause of a broken run, whose verdict is `Error`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RunFault {
    /// The state of a body stopped being a finite number.
    #[error("{0}")]
    World(WorldFault),
    /// A policy failed.
    #[error("policy of robot `{robot}` failed: {error}")]
    Policy {
        /// Name of the robot.
        robot: String,
        /// Tick of the request or of the effect of its response.
        tick: u64,
        /// The error of the policy.
        error: PolicyError,
    },
    /// The response of a policy is not a valid command.
    #[error("policy of robot `{robot}` returned {what}")]
    BadCommand {
        /// Name of the robot.
        robot: String,
        /// Tick at which the response was due.
        tick: u64,
        /// The defect; names the actuator and its input.
        what: BadCommand,
    },
}

/// Defects of a response.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BadCommand {
    /// The response holds no command.
    #[error("an empty list of commands")]
    Empty,
    /// A command does not have one value per actuator input.
    #[error("command {index} of {found} values, but the robot takes {expected}")]
    WrongLength {
        /// Index of the command in the response, from 0.
        index: usize,
        /// Number of values given.
        found: usize,
        /// Number of values that the robot takes.
        expected: usize,
    },
    /// A value is not a number or is infinite.
    #[error("{value} for input `{input}` of actuator `{actuator}` in command {index}")]
    NotFinite {
        /// Index of the command in the response, from 0.
        index: usize,
        /// Name of the actuator.
        actuator: String,
        /// Its input.
        input: InputKind,
        /// The value.
        value: f32,
    },
}

impl RunFault {
    /// Tick at which the run broke.
    pub fn tick(&self) -> u64 {
        match self {
            Self::World(fault) => fault.tick,
            Self::Policy { tick, .. } | Self::BadCommand { tick, .. } => *tick,
        }
    }

    fn code(&self) -> RunCode {
        match self {
            Self::World(_) => RunCode::NON_FINITE_STATE,
            Self::Policy { .. } => RunCode::POLICY_FAILED,
            Self::BadCommand { .. } => RunCode::INVALID_ACTION,
        }
    }

    fn help(&self) -> String {
        match self {
            Self::World(_) => {
                "the physics blew up: look for very stiff drives, very light links or \
                 large pushes, or take a finer `physics` preset"
                    .to_owned()
            }
            Self::Policy { error, .. } => error
                .help
                .clone()
                .unwrap_or_else(|| "this error was raised in the policy".to_owned()),
            Self::BadCommand { what, .. } => match what {
                BadCommand::Empty => "return at least one command".to_owned(),
                BadCommand::WrongLength { expected, .. } => format!(
                    "a command is a list of {expected} numbers, one per actuator input in the \
                     order of the robot file"
                ),
                BadCommand::NotFinite { .. } => {
                    "look for a division by zero, or for infinite readings (a lidar beam that hits \
                     nothing) that enter the computation"
                        .to_owned()
                }
            },
        }
    }
}

impl From<&RunFault> for RunError {
    fn from(fault: &RunFault) -> Self {
        let details = match fault {
            RunFault::World(world) => {
                vec![format!(
                    "last finite state of `{}`: {}",
                    world.path,
                    describe(&world.last_finite)
                )]
            }
            RunFault::Policy { error, .. } => error.details.clone(),
            RunFault::BadCommand { .. } => Vec::new(),
        };
        let error = Self::new(fault.code(), fault.tick(), fault.to_string());
        Self { details, ..error.help(fault.help()) }
    }
}

fn describe(state: &randori_core::record::BodyState) -> String {
    let (at, v, w) = (state.pose.translation, state.twist.linear, state.twist.angular);
    format!(
        "at ({}, {}, {}) m, velocity ({}, {}, {}) m/s, turning ({}, {}, {}) rad/s",
        at.x, at.y, at.z, v.x, v.y, v.z, w.x, w.y, w.z
    )
}

/// Reasons for which a simulation cannot start.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// The world cannot be built.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A policy requires channels that the robot does not have.
    #[error("policy `{policy}` needs {}, which robot `{robot}` does not measure", list(.missing))]
    MissingChannels {
        /// Name of the robot.
        robot: String,
        /// Name of the policy.
        policy: String,
        /// Channels that are missing.
        missing: Vec<String>,
        /// Channels that the robot has.
        available: Vec<String>,
    },
    /// A policy's commands do not fit the robot.
    #[error(
        "policy `{policy}` gives commands of {found} values, but robot `{robot}` takes {expected}"
    )]
    CommandLength {
        /// Name of the robot.
        robot: String,
        /// Name of the policy.
        policy: String,
        /// Values in the policy's commands.
        found: usize,
        /// Values that the robot takes.
        expected: usize,
        /// Names of the robot's actuators, in order.
        actuators: Vec<String>,
    },
    /// A policy could not start.
    #[error("policy of robot `{robot}` did not start: {error}")]
    PolicyStart {
        /// Name of the robot.
        robot: String,
        /// The error of the policy.
        error: PolicyError,
    },
    /// The scenario contains an error that the checker rules out.
    #[error("{0}")]
    Unchecked(String),
}

impl SimulationError {
    fn code(&self) -> RunCode {
        match self {
            Self::World(_) => RunCode::WORLD_NOT_BUILT,
            Self::MissingChannels { .. } => RunCode::MISSING_CHANNELS,
            Self::CommandLength { .. } => RunCode::COMMAND_LENGTH,
            Self::PolicyStart { .. } => RunCode::POLICY_NOT_STARTED,
            Self::Unchecked(_) => RunCode::UNCHECKED_SCENARIO,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::World(_) => None,
            Self::MissingChannels { robot, available, .. } => Some(if available.is_empty() {
                format!("robot `{robot}` has no sensors: add some to its file")
            } else {
                format!("`{robot}` measures {}", list(available))
            }),
            Self::CommandLength { robot, actuators, .. } => {
                Some(format!("actuators of `{robot}`, in order: {}", list(actuators)))
            }
            Self::PolicyStart { error, .. } => error.help.clone(),
            Self::Unchecked(_) => Some("run `randori check` on the scenario".to_owned()),
        }
    }
}

impl From<&SimulationError> for RunError {
    fn from(error: &SimulationError) -> Self {
        let details = match error {
            SimulationError::PolicyStart { error, .. } => error.details.clone(),
            _ => Vec::new(),
        };
        Self { details, help: error.help(), ..Self::new(error.code(), 0, error.to_string()) }
    }
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
