//! The interface between a robot and its policy.
//!
//! A policy has no control of time. The engine submits an observation, and determines the tick
//! at which the action takes effect; the policy must only have it ready when the engine
//! collects it. So the wall-clock speed of a policy cannot change a result.
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

/// The reason why a policy cannot start or continue. It ends the run as `Error`.
pub use crate::diagnostic::Failure as PolicyError;

/// A robot's interface for a policy: sensor channels, actuator inputs, and the robot file for
/// model-based controllers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RobotInterface {
    /// Name of the robot in the scenario.
    pub robot: String,
    /// All sensor channels, named `sensor.channel`, in the order of an
    /// observation's values.
    pub observations: Vec<Channel>,
    /// One channel per actuator, in the order of a command's values.
    pub actions: Vec<ActionChannel>,
    /// Control period, simulated s.
    pub period_s: f64,
    /// Gravity in the world frame, m/s^2.
    pub gravity: [f64; 3],
    /// The robot file.
    pub model: RobotSpec,
}

/// The inputs of one actuator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionChannel {
    /// Name of the actuator.
    pub name: String,
    /// Joint that it drives.
    pub joint: String,
    /// Its inputs, in order.
    pub inputs: Vec<InputKind>,
    /// Range of each input that the robot can follow, if it is limited.
    pub ranges: Vec<Option<(f64, f64)>>,
    /// Command before the first action.
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

    /// The range of the channel `sensor.channel` in an observation.
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

    /// The command before the first action.
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

/// The overlap of two ranges; `None` is unlimited. Ranges that do not overlap leave the point
/// of the first that is nearest to the second.
fn overlap(one: Option<(f64, f64)>, other: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let (Some((low, high)), Some((least, most))) = (one, other) else { return one.or(other) };
    let within = |value: f64| value.max(low).min(high);
    Some((within(least), within(most)))
}

/// A policy's description of itself, given once on connection to a robot.
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
    /// Required observation channels, by their full names.
    pub needs: Vec<String>,
    /// Number of values in each command.
    pub command_len: usize,
    /// Largest number of commands in one action chunk.
    pub max_chunk: usize,
    /// Reproducibility of its actions.
    pub determinism: Determinism,
}

/// The reproducibility of a policy's actions for equal observations and seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Determinism {
    /// Bit-exact on every machine.
    BitExact,
    /// Bit-exact on the same machine and build.
    SameMachine,
    /// No guarantee.
    Unknown,
}

/// An observation of a robot: the latest sensor readings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation<'a> {
    /// Number of the request, counted from 0 in each run.
    pub request: u64,
    /// Tick of the request.
    pub tick: Tick,
    /// Time of the request, simulated s.
    pub time_s: f64,
    /// Latest delivered values of all channels, laid out as
    /// [`RobotInterface::observations`]. Zero where nothing has arrived yet.
    pub values: &'a [f32],
    /// For each channel, the tick of its measurement; `None` until one arrives.
    pub measured_at: &'a [Option<Tick>],
}

/// An action chunk: one command, or several for consecutive control periods.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CommandChunk {
    /// Commands, each laid out as [`RobotInterface::actions`].
    pub commands: Vec<Vec<f32>>,
}

impl CommandChunk {
    /// An action chunk with a single command.
    pub fn single(command: Vec<f32>) -> Self {
        Self { commands: vec![command] }
    }
}

/// A policy of a robot: it maps observations to actions.
///
/// The engine calls `reset` at the start of a run, then pairs of `submit` and `collect`.
/// Several requests may be pending; they are collected in order.
///
/// A policy that responds at once is a [`Controller`] in an [`Immediate`]:
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
    /// The policy's description of itself.
    fn contract(&self) -> &PolicyContract;

    /// Clears all state and starts a run with this seed.
    ///
    /// # Errors
    /// When the policy cannot start.
    fn reset(&mut self, seed: u64) -> Result<(), PolicyError>;

    /// Submits an observation. Returns at once.
    ///
    /// # Errors
    /// When the policy has ended or refuses the observation.
    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError>;

    /// Returns the response to request `request`; waits for it if necessary.
    ///
    /// # Errors
    /// When the policy fails, or does not respond within its timeout.
    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError>;

    /// All state that later actions depend on, or `None` if it is unknown.
    fn snapshot(&self) -> Option<Vec<u8>>;

    /// Restores a state from [`Policy::snapshot`].
    ///
    /// # Errors
    /// When the bytes are not a snapshot of this policy.
    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError>;
}

/// A policy that responds at once: the usual form of a built-in one.
pub trait Controller: Send {
    /// The controller's description of itself.
    fn contract(&self) -> &PolicyContract;

    /// Clears all state and starts a run with this seed.
    fn reset(&mut self, seed: u64);

    /// Computes the action for an observation.
    ///
    /// # Errors
    /// When no sensible command exists.
    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError>;

    /// All state that later actions depend on.
    fn snapshot(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Restores a state from [`Controller::snapshot`].
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

/// Adapts a [`Controller`] to a [`Policy`]: responses are kept until collected.
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
        // Responses in progress belong to the scheduler's snapshot once collected; before that
        // there is no complete state to return.
        self.answers.is_empty().then(|| self.controller.snapshot())
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        self.answers.clear();
        self.controller.restore(snapshot)
    }
}
