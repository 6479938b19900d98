//! The contract between a robot and whatever decides for it.
//!
//! A policy never owns time. The engine submits an observation, and decides at
//! which tick the answer takes effect; the policy only has to have it ready
//! when the engine collects it. So the wall-clock speed of a policy cannot
//! change a result.
//!
//! Start reading at [`Policy`]; most built-in policies implement the simpler
//! [`Controller`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::input::InputKind;
use crate::layout::{RobotLayout, SceneLayout};
use crate::sensor::Channel;
use crate::spec::RobotSpec;
use crate::time::Tick;

/// Why a policy cannot start or go on. It ends the run as `Error`.
pub use crate::diagnostic::Failure as PolicyError;

/// What a robot offers to a policy: what it measures, what it can be told, and
/// what a controller may want to know of its build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobotInterface {
    /// Name of the robot in the scenario.
    pub robot: String,
    /// All sensor channels, named `sensor.channel`, in the order of an
    /// observation's values.
    pub observations: Vec<Channel>,
    /// One channel per actuator, in the order of a command's values.
    pub actions: Vec<ActionChannel>,
    /// Simulated seconds between two decisions.
    pub period_s: f64,
    /// Gravity in the world frame, m/s^2.
    pub gravity: [f64; 3],
    /// The robot file.
    pub model: RobotSpec,
}

/// What one actuator can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionChannel {
    /// Name of the actuator.
    pub name: String,
    /// Joint that it drives.
    pub joint: String,
    /// Its inputs, in order.
    pub inputs: Vec<InputKind>,
    /// Range of each input that the robot can follow, where there is one.
    pub ranges: Vec<Option<(f64, f64)>>,
    /// Command in force before the first answer.
    pub initial: Vec<f32>,
}

impl RobotInterface {
    /// The interface of robot `index` of a scene.
    pub fn new(
        layout: &SceneLayout,
        index: usize,
        model: &RobotSpec,
        period_s: f64,
        gravity: [f64; 3],
    ) -> Self {
        let robot = &layout.robots[index];
        Self {
            robot: robot.name.clone(),
            observations: observation_channels(robot),
            actions: action_channels(layout, robot, model),
            period_s,
            gravity,
            model: model.clone(),
        }
    }

    /// Where the channel `sensor.channel` lies in an observation.
    pub fn observation(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let mut first = 0;
        for channel in &self.observations {
            if channel.name == name {
                return Some(first..first + channel.len);
            }
            first += channel.len;
        }
        None
    }

    /// Number of values in a command.
    pub fn command_len(&self) -> usize {
        self.actions.iter().map(|action| action.inputs.len()).sum()
    }

    /// The command in force before the first answer.
    pub fn initial_command(&self) -> Vec<f32> {
        self.actions.iter().flat_map(|action| action.initial.iter().copied()).collect()
    }
}

fn observation_channels(robot: &RobotLayout) -> Vec<Channel> {
    robot
        .sensors
        .iter()
        .flat_map(|sensor| {
            sensor.channels.iter().map(|channel| Channel {
                name: format!("{}.{}", sensor.name, channel.name),
                ..channel.clone()
            })
        })
        .collect()
}

fn action_channels(
    layout: &SceneLayout,
    robot: &RobotLayout,
    model: &RobotSpec,
) -> Vec<ActionChannel> {
    let describe =
        |(actuator, spec): (&crate::layout::ActuatorLayout, &crate::spec::ActuatorSpec)| {
            let dof = &layout.dofs[actuator.dof.0];
            let inputs = spec.drive.inputs();
            let range = |(index, input): (usize, &InputKind)| {
                let allowed = spec.limits.command.filter(|_| index == 0);
                overlap(input.range(dof, &spec.limits), allowed)
            };
            ActionChannel {
                name: actuator.name.clone(),
                joint: spec.joint.clone(),
                inputs: inputs.to_vec(),
                ranges: inputs.iter().enumerate().map(range).collect(),
                initial: inputs.iter().map(|input| input.initial(dof.start)).collect(),
            }
        };
    robot.actuators.iter().zip(&model.actuators).map(describe).collect()
}

/// Where two ranges overlap; `None` is the range of everything. Ranges that do
/// not overlap leave the point of the first that is nearest to the second.
fn overlap(one: Option<(f64, f64)>, other: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let (Some((low, high)), Some((least, most))) = (one, other) else { return one.or(other) };
    let within = |value: f64| value.max(low).min(high);
    Some((within(least), within(most)))
}

/// What a policy says of itself, once, when it is connected to a robot.
///
/// ```
/// use randori_core::policy::{Determinism, PolicyContract};
///
/// let contract = PolicyContract {
///     name: "balance".to_owned(),
///     needs: vec!["joints.position".to_owned(), "joints.velocity".to_owned()],
///     command_len: 1,
///     max_chunk: 1,
///     determinism: Determinism::BitExact,
/// };
/// assert!(contract.needs.iter().all(|channel| channel.starts_with("joints.")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyContract {
    /// Name for reports.
    pub name: String,
    /// Observation channels that it needs, by their full names.
    pub needs: Vec<String>,
    /// Number of values in each command.
    pub command_len: usize,
    /// Largest number of commands in one answer.
    pub max_chunk: usize,
    /// How far its answers repeat.
    pub determinism: Determinism,
}

/// How far a policy's answers repeat for equal observations and seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Determinism {
    /// The same bits on every machine.
    BitExact,
    /// The same bits on the same machine and build.
    SameMachine,
    /// No promise.
    Unknown,
}

/// What a robot knows at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// Number of the request, counted from 0 in each run.
    pub request: u64,
    /// When the question is asked.
    pub tick: Tick,
    /// The same in simulated seconds.
    pub time_s: f64,
    /// Latest delivered values of all channels, laid out as
    /// [`RobotInterface::observations`]. Zero where nothing has arrived yet.
    pub values: &'a [f32],
    /// For each channel, the tick of its measurement; `None` until one arrives.
    pub measured_at: &'a [Option<Tick>],
}

/// An answer: one command, or several for consecutive control periods.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CommandChunk {
    /// Commands, each laid out as [`RobotInterface::actions`].
    pub commands: Vec<Vec<f32>>,
}

impl CommandChunk {
    /// An answer with a single command.
    pub fn single(command: Vec<f32>) -> Self {
        Self { commands: vec![command] }
    }
}

/// Something that decides for a robot.
///
/// The engine calls `reset` at the start of a run, then pairs of `submit` and
/// `collect`. Several requests may be under way; they are collected in order.
///
/// A policy that answers at once is a [`Controller`] in an [`Immediate`]:
///
/// ```
/// use randori_core::policy::{
///     CommandChunk, Controller, Determinism, Immediate, Observation, Policy, PolicyContract,
///     PolicyError,
/// };
/// use randori_core::time::Tick;
///
/// struct Damper(PolicyContract);
///
/// impl Controller for Damper {
///     fn contract(&self) -> &PolicyContract {
///         &self.0
///     }
///
///     fn reset(&mut self, _seed: u64) {}
///
///     fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
///         Ok(CommandChunk::single(vec![-0.5 * observation.values[0]]))
///     }
/// }
///
/// let mut policy = Immediate::new(Damper(PolicyContract {
///     name: "damper".to_owned(),
///     needs: vec!["joints.velocity".to_owned()],
///     command_len: 1,
///     max_chunk: 1,
///     determinism: Determinism::BitExact,
/// }));
/// policy.reset(0)?;
/// policy.submit(&Observation {
///     request: 0,
///     tick: Tick(0),
///     time_s: 0.0,
///     values: &[4.0],
///     measured_at: &[Some(Tick(0))],
/// })?;
///
/// assert_eq!(policy.collect(0)?.commands, [[-2.0]]);
/// # Ok::<(), PolicyError>(())
/// ```
pub trait Policy: Send {
    /// What the policy needs and gives.
    fn contract(&self) -> &PolicyContract;

    /// Forgets everything and starts a run with this seed.
    ///
    /// # Errors
    /// When the policy cannot start.
    fn reset(&mut self, seed: u64) -> Result<(), PolicyError>;

    /// Hands over an observation. Returns at once.
    ///
    /// # Errors
    /// When the policy is gone or refuses the observation.
    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError>;

    /// Returns the answer to request `request`, waiting for it if need be.
    ///
    /// # Errors
    /// When the policy fails, or does not answer within its wall-clock limit.
    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError>;

    /// All state that later answers depend on, or `None` if that is unknown.
    fn snapshot(&self) -> Option<Vec<u8>>;

    /// Returns to a state from [`Policy::snapshot`].
    ///
    /// # Errors
    /// When the bytes are not a snapshot of this policy.
    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError>;
}

/// A policy that answers at once: the usual form of a built-in one.
pub trait Controller: Send {
    /// What the controller needs and gives.
    fn contract(&self) -> &PolicyContract;

    /// Forgets everything and starts a run with this seed.
    fn reset(&mut self, seed: u64);

    /// Decides.
    ///
    /// # Errors
    /// When no sensible command exists.
    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError>;

    /// All state that later answers depend on.
    fn snapshot(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Returns to a state from [`Controller::snapshot`].
    ///
    /// # Errors
    /// When the bytes are not a snapshot of this controller.
    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        if snapshot.is_empty() {
            Ok(())
        } else {
            Err(PolicyError::new("this policy has no state, but the snapshot holds some"))
        }
    }
}

/// Makes a [`Policy`] of a [`Controller`]: answers wait here until collected.
#[derive(Debug, Clone)]
pub struct Immediate<C> {
    controller: C,
    answers: BTreeMap<u64, CommandChunk>,
}

impl<C: Controller> Immediate<C> {
    /// Wraps a controller.
    pub fn new(controller: C) -> Self {
        Self { controller, answers: BTreeMap::new() }
    }
}

impl<C: Controller> Policy for Immediate<C> {
    fn contract(&self) -> &PolicyContract {
        self.controller.contract()
    }

    fn reset(&mut self, seed: u64) -> Result<(), PolicyError> {
        self.answers.clear();
        self.controller.reset(seed);
        Ok(())
    }

    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError> {
        let answer = self.controller.act(observation)?;
        self.answers.insert(observation.request, answer);
        Ok(())
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        self.answers
            .remove(&request)
            .ok_or_else(|| PolicyError::new(format!("request {request} was never submitted")))
    }

    fn snapshot(&self) -> Option<Vec<u8>> {
        // Answers under way belong to the scheduler's snapshot once collected;
        // before that there is no complete state to give.
        self.answers.is_empty().then(|| self.controller.snapshot())
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        self.answers.clear();
        self.controller.restore(snapshot)
    }
}
