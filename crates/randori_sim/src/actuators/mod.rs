//! Actuators with their low-level controllers: commands become joint drives.
//!
//! A command passes through the actuator's delay (whole ticks, rounded up) and its rate
//! limit; its first entry is clamped to its range; then it becomes a [`JointDrive`]
//! within torque and speed limits. The world integrates the feedback terms implicitly.
//! The control law of each kind of drive is in its own file.
//!
//! Start reading at [`ActuatorBank::actuate`].

mod dc_motor;
mod impedance;
mod position;
mod torque;
mod velocity;

use std::collections::VecDeque;
use std::ops::Range;

use randori_core::layout::{DofId, RobotId, SceneLayout};
use randori_core::spec::{ActuatorSpec, Drive, Scenario};
use randori_core::time::TickPeriod;
use serde::{Deserialize, Serialize};

use crate::hash::StateHasher;
use crate::world::{JointDrive, SimWorld};

/// Entries of the longest command to one actuator.
const MAX_INPUTS: usize = 3;

const UNLIMITED: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// A command in effect; entries beyond the inputs of the drive are zero.
type Command = [f32; MAX_INPUTS];

/// Limits of a motor.
#[derive(Debug, Clone, Copy)]
struct Motor {
    /// N m or N; infinite if unlimited.
    torque: f32,
    /// rad/s or m/s; infinite if unlimited.
    speed: f32,
}

/// All actuators of all robots.
#[derive(Debug, Clone)]
pub(crate) struct ActuatorBank {
    /// Robot after robot, in the order of their files.
    actuators: Vec<Actuator>,
    lines: Vec<DelayLine>,
}

/// The latest commands of one robot, as many as its longest delay needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct DelayLine {
    /// One command per tick, newest first. Before the first tick all are the initial command.
    commands: VecDeque<Vec<f32>>,
    initial: Vec<f32>,
    /// Number of commands to keep.
    slots: usize,
}

#[derive(Debug, Clone)]
struct Actuator {
    robot: RobotId,
    dof: DofId,
    drive: Drive,
    /// Range of its inputs in the robot's command.
    inputs: Range<usize>,
    delay: usize,
    /// Largest change of the command per tick; infinite if unlimited.
    max_change: f32,
    /// Range to which the first entry of the command is clamped.
    range: (f32, f32),
    /// N m or N; infinite if unlimited.
    max_torque: f32,
    /// rad/s or m/s; infinite if unlimited.
    max_speed: f32,
    /// The command after delay and rate limit.
    effective: Command,
}

/// The state of all actuators.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BankState {
    lines: Vec<DelayLine>,
    effective: Vec<Command>,
}

impl ActuatorBank {
    /// The actuators of a scenario. Their delay lines are filled with `initial`.
    pub(crate) fn new(
        scenario: &Scenario,
        layout: &SceneLayout,
        initial: &[Vec<f32>],
        period: TickPeriod,
    ) -> Self {
        let mut bank = Self { actuators: Vec::new(), lines: Vec::new() };
        for (index, (model, robot)) in scenario.robots.iter().zip(&layout.robots).enumerate() {
            let first = bank.actuators.len();
            for (spec, place) in model.actuators.iter().zip(&robot.actuators) {
                let mut effective = [0.0; MAX_INPUTS];
                effective[..place.inputs.len()]
                    .copy_from_slice(&initial[index][place.inputs.clone()]);
                bank.actuators.push(Actuator {
                    robot: RobotId(index),
                    dof: place.dof,
                    inputs: place.inputs.clone(),
                    effective,
                    ..Actuator::new(spec, period)
                });
            }
            let slots = bank.actuators[first..]
                .iter()
                .map(|a| a.delay.saturating_add(1))
                .max()
                .unwrap_or(1);
            bank.lines.push(DelayLine::new(&initial[index], slots));
        }
        bank
    }

    /// Applies each robot's command of this tick: sets the drives of the world for the
    /// next step.
    pub(crate) fn actuate(&mut self, commands: &[Vec<f32>], world: &mut SimWorld) {
        for (line, command) in self.lines.iter_mut().zip(commands) {
            line.push(command);
        }
        for actuator in &mut self.actuators {
            let line = &self.lines[actuator.robot.0];
            actuator.follow(&line.delayed(actuator.delay)[actuator.inputs.clone()]);
            let drive = actuator.joint_drive(world);
            world.set_drive(actuator.dof, drive);
        }
    }

    /// Writes the torque (N m) or force (N) that each actuator exerted in the
    /// last step.
    pub(crate) fn write_applied(&self, world: &SimWorld, out: &mut Vec<f32>) {
        out.clear();
        out.extend(self.actuators.iter().map(|actuator| world.drive_torque(actuator.dof)));
    }

    /// Feeds the newest commands and those in effect to a digest; older ones are part
    /// of earlier digests.
    pub(crate) fn digest(&self, hasher: &mut StateHasher) {
        for line in &self.lines {
            hasher.write_f32s(line.delayed(0));
        }
        for actuator in &self.actuators {
            hasher.write_f32s(&actuator.effective);
        }
    }

    pub(crate) fn state(&self) -> BankState {
        BankState {
            lines: self.lines.clone(),
            effective: self.actuators.iter().map(|actuator| actuator.effective).collect(),
        }
    }

    /// Restores a state. Returns true if it fits this bank, which is unchanged
    /// otherwise.
    pub(crate) fn set_state(&mut self, state: BankState) -> bool {
        let same_line = |(mine, other): (&DelayLine, &DelayLine)| {
            let len = mine.initial.len();
            mine.slots == other.slots
                && other.initial.len() == len
                && other.commands.iter().all(|command| command.len() == len)
        };
        let fits = state.effective.len() == self.actuators.len()
            && state.lines.len() == self.lines.len()
            && self.lines.iter().zip(&state.lines).all(same_line);
        if fits {
            self.lines = state.lines;
            for (actuator, effective) in self.actuators.iter_mut().zip(state.effective) {
                actuator.effective = effective;
            }
        }
        fits
    }
}

impl DelayLine {
    fn new(initial: &[f32], slots: usize) -> Self {
        Self { commands: VecDeque::new(), initial: initial.to_vec(), slots }
    }

    fn push(&mut self, command: &[f32]) {
        let oldest = if self.commands.len() < self.slots { None } else { self.commands.pop_back() };
        let mut buffer = oldest.unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(command);
        self.commands.push_front(buffer);
    }

    /// The command that was pushed `ticks` before the newest.
    fn delayed(&self, ticks: usize) -> &[f32] {
        self.commands.get(ticks).unwrap_or(&self.initial)
    }
}

impl Actuator {
    fn new(spec: &ActuatorSpec, period: TickPeriod) -> Self {
        let or_unlimited = |limit: Option<f64>| limit.map_or(f32::INFINITY, |limit| limit as f32);
        Self {
            robot: RobotId(0),
            dof: DofId(0),
            drive: spec.drive,
            inputs: 0..0,
            delay: period.ticks_at_least(spec.delay) as usize,
            max_change: or_unlimited(spec.limits.rate.map(|rate| rate * period.seconds())),
            range: spec.limits.command.map_or(UNLIMITED, |(low, high)| (low as f32, high as f32)),
            max_torque: or_unlimited(spec.limits.torque),
            max_speed: or_unlimited(spec.limits.speed),
            effective: [0.0; MAX_INPUTS],
        }
    }

    /// Moves the command in effect towards `target` within the rate limit.
    fn follow(&mut self, target: &[f32]) {
        for (effective, &target) in self.effective.iter_mut().zip(target) {
            // Exactly the target once within reach, without rounding.
            *effective = if (target - *effective).abs() <= self.max_change {
                target
            } else {
                *effective + self.max_change.copysign(target - *effective)
            };
        }
    }

    fn joint_drive(&self, world: &SimWorld) -> JointDrive {
        let velocity = world.velocity(self.dof);
        let position = world.position(self.dof);
        let drive = self.unlimited_drive();
        if velocity.abs() >= self.max_speed && pushes_along(&drive, position, velocity) {
            return JointDrive::Torque { torque: 0.0 };
        }
        drive
    }

    /// The drive with its torque limit, without its speed limit.
    fn unlimited_drive(&self) -> JointDrive {
        let mut command = self.effective;
        command[0] = command[0].max(self.range.0).min(self.range.1);
        let motor = Motor { torque: self.max_torque, speed: self.max_speed };
        match self.drive {
            Drive::Torque => torque::law(command, motor),
            Drive::Velocity { gain } => velocity::law(gain as f32, command, motor),
            Drive::Position { kp, kd } => position::law([kp as f32, kd as f32], command, motor),
            Drive::Impedance { kp, kd } => impedance::law([kp as f32, kd as f32], command, motor),
            Drive::DcMotor { torque_constant, resistance } => {
                dc_motor::law([torque_constant as f32, resistance as f32], command, motor)
            }
        }
    }
}

fn within(value: f32, limit: f32) -> f32 {
    value.min(limit).max(-limit)
}

/// True if the torque of the drive at this velocity acts in the direction of motion.
fn pushes_along(drive: &JointDrive, position: f32, velocity: f32) -> bool {
    drive.torque_at(position, velocity) * velocity > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use randori_core::spec::ActuatorLimits;

    fn actuator(drive: Drive, limits: ActuatorLimits) -> Actuator {
        let spec = ActuatorSpec {
            name: "motor".to_owned(),
            joint: "joint".to_owned(),
            drive,
            limits,
            delay: 0.0,
        };
        Actuator::new(&spec, TickPeriod::from_rate_hz(500).expect("500 divides"))
    }

    #[test]
    fn the_rate_limit_reaches_the_target_exactly_and_no_sooner() {
        let limits = ActuatorLimits { rate: Some(100.0), ..ActuatorLimits::default() };
        let mut motor = actuator(Drive::Torque, limits);

        let mut steps = Vec::new();
        for _ in 0..4 {
            motor.follow(&[0.5]);
            steps.push(motor.effective[0]);
        }

        // 100 N m/s for 2 ms is 0.2 N m per tick.
        assert_eq!(steps, [0.2, 0.4, 0.5, 0.5]);
    }

    #[test]
    fn a_delay_line_gives_back_what_was_said_so_many_ticks_ago() {
        let mut line = DelayLine::new(&[0.5], 4);
        assert_eq!(line.delayed(3), [0.5]);

        for tick in 1..=9 {
            line.push(&[tick as f32]);
        }

        assert_eq!(line.delayed(0), [9.0]);
        assert_eq!(line.delayed(3), [6.0]);
    }

    #[test]
    fn a_velocity_command_stops_at_the_speed_limit() {
        let limits =
            ActuatorLimits { speed: Some(3.0), torque: Some(1.0), ..ActuatorLimits::default() };
        let mut motor = actuator(Drive::Velocity { gain: 2.0 }, limits);

        motor.follow(&[-10.0]);

        assert_eq!(
            motor.unlimited_drive(),
            JointDrive::Velocity { target: -3.0, gain: 2.0, limit: 1.0 }
        );
    }

    #[test]
    fn the_range_of_a_command_holds_for_its_first_entry_alone() {
        let limits = ActuatorLimits { command: Some((-0.5, 0.25)), ..ActuatorLimits::default() };
        let mut motor = actuator(Drive::Impedance { kp: 10.0, kd: 1.0 }, limits);

        motor.follow(&[2.0, 3.0, 4.0]);
        let pulled = motor.unlimited_drive();
        motor.follow(&[-2.0, 3.0, 4.0]);
        let pushed = motor.unlimited_drive();

        let drive = |target| JointDrive::Position {
            target,
            target_velocity: 3.0,
            kp: 10.0,
            kd: 1.0,
            feedforward: 4.0,
            limit: f32::INFINITY,
        };
        assert_eq!((pulled, pushed), (drive(0.25), drive(-0.5)));
    }

    #[test]
    fn a_range_does_not_hold_up_the_rate_limit() {
        let limits = ActuatorLimits {
            rate: Some(100.0),
            command: Some((0.0, 0.3)),
            ..ActuatorLimits::default()
        };
        let mut motor = actuator(Drive::Torque, limits);
        let mut torques = Vec::new();

        for target in [1.0, 1.0, 1.0, -1.0, -1.0] {
            motor.follow(&[target]);
            torques.push(motor.unlimited_drive());
        }

        // The command itself reached 0.6 N m and decreases from there.
        let torques_nm = [0.2, 0.3, 0.3, 0.3, 0.2].map(|torque| JointDrive::Torque { torque });
        assert_eq!(torques[..4], torques_nm[..4]);
        let JointDrive::Torque { torque } = torques[4] else { panic!("a torque stays one") };
        assert!((torque - 0.2).abs() < 1e-6);
    }

    #[test]
    fn a_torque_has_the_sense_of_motion_or_not() {
        let pull = JointDrive::Position {
            target: 1.0,
            target_velocity: 0.0,
            kp: 10.0,
            kd: 1.0,
            feedforward: 0.0,
            limit: f32::INFINITY,
        };

        assert!(pushes_along(&pull, 0.0, 5.0));
        assert!(!pushes_along(&pull, 0.9, 5.0), "damping outweighs the spring");
        assert!(!pushes_along(&pull, 0.0, -5.0), "braking is always allowed");
    }
}
