//! `poses`: smooth motion through named poses of the robot file.
//!
//! The setpoint of each joint moves along a minimum-jerk curve (Flash and
//! Hogan, 1985). Drives that take positions get the setpoint; drives that take
//! torques get a PD law towards it.
//!
//! Start reading at [`Poses::advance`].

use randori_core::input::InputKind;
use randori_core::policy::{
    CommandChunk, Controller, Observation, PolicyContract, PolicyError, RobotInterface,
};
use serde::{Deserialize, Serialize};

use super::hold::contract;
use super::params::Params;
use super::sensing::JointReading;
use super::{BuiltinError, BuiltinInfo, ParamInfo};

pub(super) const INFO: BuiltinInfo = BuiltinInfo {
    name: "poses",
    about: "moves smoothly through named poses of the robot file",
    params: &[
        ParamInfo {
            name: "sequence",
            expects: "a list such as [(pose: \"crouch\", at: 0.0), (pose: \"stand\", at: 1.0)]",
            about: "the motion towards each pose begins at its time (s)",
            default: None,
        },
        ParamInfo {
            name: "blend",
            expects: "a number of seconds, 0 or more",
            about: "how long the motion towards a pose takes",
            default: Some("1.0"),
        },
        ParamInfo {
            name: "kp",
            expects: "a number, N m/rad or N/m",
            about: "stiffness with which torque drives follow",
            default: Some("needed only for torque drives"),
        },
        ParamInfo {
            name: "kd",
            expects: "a number, N m s/rad or N s/m",
            about: "damping with which torque drives follow",
            default: Some("needed only for torque drives"),
        },
    ],
};

/// Moves through poses.
#[derive(Debug, Clone)]
pub(super) struct Poses {
    contract: PolicyContract,
    joints: Vec<Follower>,
    /// Start time of each motion (s) and target coordinates, one per joint.
    sequence: Vec<(f64, Vec<f64>)>,
    blend_s: f64,
    gains: (f64, f64),
    state: State,
}

/// An actuator that follows its joint's setpoint.
#[derive(Debug, Clone)]
struct Follower {
    output: Output,
    /// Its inputs in the starting command.
    initial: Vec<f32>,
    reading: Option<JointReading>,
    max_torque: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Position,
    PositionVelocityTorque,
    Torque,
    /// A velocity drive; it keeps its starting command.
    Unmoved,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
struct State {
    /// Number of motions begun.
    begun: usize,
    /// Initial coordinates of the current motion, one per joint; empty before the first inference.
    from: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    pose: String,
    at: f64,
}

impl Poses {
    pub(super) fn new(
        params: &Params<'_>,
        interface: &RobotInterface,
    ) -> Result<Self, BuiltinError> {
        let joints = followers(interface)?;
        let torque = joints.iter().any(|joint| joint.output == Output::Torque);
        let gain = |name| -> Result<f64, BuiltinError> {
            if torque {
                // Looked up first so that a missing gain is not taken as zero.
                params.required::<f64>(name)?;
            }
            params.at_least_zero(name, 0.0)
        };
        let gains = (gain("kp")?, gain("kd")?);
        let needs = joints.iter().filter_map(|joint| joint.reading.as_ref());
        let mut needs: Vec<String> = needs.flat_map(JointReading::needs).collect();
        needs.sort();
        needs.dedup();
        Ok(Self {
            contract: contract(&INFO, interface, needs),
            sequence: sequence(params, interface, &joints)?,
            joints,
            blend_s: params.at_least_zero("blend", 1.0)?,
            gains,
            state: State::default(),
        })
    }

    /// Starts the motions that are due and returns setpoint and setpoint velocity of each joint.
    fn advance(&mut self, observation: &Observation<'_>) -> Vec<(f64, f64)> {
        if self.state.from.is_empty() {
            self.state.from = self.joints.iter().map(|joint| joint.start(observation)).collect();
        }
        while let Some((at, _)) = self.sequence.get(self.state.begun) {
            if *at > observation.time_s {
                break;
            }
            let at = *at;
            self.state.from = self.setpoints(at).iter().map(|(position, _)| *position).collect();
            self.state.begun += 1;
        }
        self.setpoints(observation.time_s)
    }

    fn setpoints(&self, time_s: f64) -> Vec<(f64, f64)> {
        let Some(current) = self.state.begun.checked_sub(1) else {
            return self.state.from.iter().map(|from| (*from, 0.0)).collect();
        };
        let (at, to) = &self.sequence[current];
        let (share, rate) = minimum_jerk(time_s - at, self.blend_s);
        let between = |(from, to): (&f64, &f64)| (from + (to - from) * share, (to - from) * rate);
        self.state.from.iter().zip(to).map(between).collect()
    }
}

/// Fraction of the motion (0 to 1) and its rate (1/s) after `elapsed_s` of a minimum-jerk motion:
/// 10 u^3 - 15 u^4 + 6 u^5.
fn minimum_jerk(elapsed_s: f64, duration_s: f64) -> (f64, f64) {
    if elapsed_s >= duration_s {
        return (1.0, 0.0);
    }
    let u = (elapsed_s / duration_s).max(0.0);
    let share = u * u * u * (10.0 + u * (6.0 * u - 15.0));
    let rate = 30.0 * u * u * (1.0 - u) * (1.0 - u) / duration_s;
    (share, rate)
}

fn followers(interface: &RobotInterface) -> Result<Vec<Follower>, BuiltinError> {
    let actions = interface.actions.iter().zip(&interface.model.actuators);
    actions
        .map(|(action, spec)| {
            let output = match action.inputs[..] {
                [InputKind::Position] => Output::Position,
                [InputKind::Position, InputKind::Velocity, InputKind::Torque] => {
                    Output::PositionVelocityTorque
                }
                [InputKind::Torque] => Output::Torque,
                _ => Output::Unmoved,
            };
            let reading = JointReading::find(interface, &action.joint);
            if output == Output::Torque && reading.is_none() {
                let joint = &action.joint;
                return Err(BuiltinError::new(format!(
                    "`poses` cannot follow with the torque drive of `{}` without measuring \
                     joint `{joint}`",
                    action.name
                ))
                .help("add a `JointState` sensor to the robot"));
            }
            Ok(Follower {
                output,
                initial: action.initial.clone(),
                reading,
                max_torque: spec.limits.torque.unwrap_or(f64::INFINITY),
            })
        })
        .collect()
}

fn sequence(
    params: &Params<'_>,
    interface: &RobotInterface,
    joints: &[Follower],
) -> Result<Vec<(f64, Vec<f64>)>, BuiltinError> {
    let poses = &interface.model.poses;
    let mut sequence: Vec<(f64, Vec<f64>)> = Vec::new();
    for step in params.required::<Vec<Step>>("sequence")? {
        let name = &step.pose;
        let wrong = |message: String| Err(params.wrong("sequence", message));
        let Some(pose) = poses.get(name) else {
            let advice = crate::did_you_mean(name, poses.keys().map(String::as_str));
            return wrong(format!("the robot has no pose `{name}`; {advice}"));
        };
        if let Some((last, _)) = sequence.last().filter(|(last, _)| step.at <= *last) {
            return wrong(format!("`{name}` at {} s follows a pose at {last} s", step.at));
        }
        let actions = || interface.actions.iter().zip(joints);
        for (action, joint) in actions() {
            if joint.output == Output::Unmoved && pose.contains_key(&action.joint) {
                return wrong(format!(
                    "pose `{name}` moves joint `{}`, whose drive takes velocities",
                    action.joint
                ));
            }
        }
        let coordinate = |joint: &str| pose.get(joint).map_or(0.0, |value| value.si());
        let targets = actions().map(|(action, _)| coordinate(&action.joint)).collect();
        sequence.push((step.at, targets));
    }
    Ok(sequence)
}

impl Follower {
    /// Initial coordinate of the first motion: the measured one, or else the one in the starting
    /// command.
    fn start(&self, observation: &Observation<'_>) -> f64 {
        let measured = self.reading.as_ref().and_then(|reading| reading.get(observation));
        let commanded = match self.output {
            Output::Position | Output::PositionVelocityTorque => self.initial[0],
            Output::Torque | Output::Unmoved => 0.0,
        };
        f64::from(measured.map_or(commanded, |(position, _)| position))
    }

    fn command(
        &self,
        (position, velocity): (f64, f64),
        (kp, kd): (f64, f64),
        observation: &Observation<'_>,
        command: &mut Vec<f32>,
    ) {
        match self.output {
            Output::Position => command.push(position as f32),
            Output::PositionVelocityTorque => {
                command.extend([position as f32, velocity as f32, 0.0]);
            }
            Output::Unmoved => command.extend(&self.initial),
            Output::Torque => {
                let measured = self.reading.as_ref().and_then(|reading| reading.get(observation));
                let torque = measured.map_or(0.0, |(q, v)| {
                    kp * (position - f64::from(q)) + kd * (velocity - f64::from(v))
                });
                command.push(torque.clamp(-self.max_torque, self.max_torque) as f32);
            }
        }
    }
}

impl Controller for Poses {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {
        self.state = State::default();
    }

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        let setpoints = self.advance(observation);
        let mut command = Vec::with_capacity(self.contract.command_len);
        for (joint, setpoint) in self.joints.iter().zip(setpoints) {
            joint.command(setpoint, self.gains, observation, &mut command);
        }
        Ok(CommandChunk::single(command))
    }

    fn snapshot(&self) -> Vec<u8> {
        save(&self.state)
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        let state: State = load(snapshot, &INFO)?;
        let joints = state.from.len();
        if state.begun > self.sequence.len() || (joints != 0 && joints != self.joints.len()) {
            return Err(PolicyError::new("the snapshot of `poses` belongs to another robot"));
        }
        self.state = state;
        Ok(())
    }
}

/// Serialises a controller's state, exact to the bit.
pub(super) fn save<T: Serialize>(state: &T) -> Vec<u8> {
    serde_json::to_vec(state).expect("controller states are plain data with string keys")
}

/// Deserialises the state from the bytes of [`save`].
pub(super) fn load<T: for<'de> Deserialize<'de>>(
    snapshot: &[u8],
    info: &BuiltinInfo,
) -> Result<T, PolicyError> {
    serde_json::from_slice(snapshot).map_err(|error| {
        PolicyError::new(format!("these bytes are no snapshot of `{}`: {error}", info.name))
    })
}

#[cfg(test)]
#[path = "poses_tests.rs"]
mod tests;
