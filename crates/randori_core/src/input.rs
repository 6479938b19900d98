//! Inputs of actuators: the kinds of entries of a command.

use serde::{Deserialize, Serialize};

use crate::layout::DofLayout;
use crate::spec::ActuatorLimits;

/// The meaning of an entry of a command. It determines name, unit, range and default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    /// A target for a joint coordinate, rad or m.
    Position,
    /// A target for the rate of a joint coordinate, rad/s or m/s.
    Velocity,
    /// A torque (N m) or force (N) at the joint.
    Torque,
    /// A voltage at the terminals of a motor, V.
    Voltage,
}

impl InputKind {
    /// Its name in interfaces, protocols and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Velocity => "velocity",
            Self::Torque => "torque",
            Self::Voltage => "voltage",
        }
    }

    /// Its SI unit at a prismatic or rotary joint.
    pub fn unit(self, slides: bool) -> &'static str {
        match (self, slides) {
            (Self::Position, false) => "rad",
            (Self::Position, true) => "m",
            (Self::Velocity, false) => "rad/s",
            (Self::Velocity, true) => "m/s",
            (Self::Torque, false) => "N m",
            (Self::Torque, true) => "N",
            (Self::Voltage, _) => "V",
        }
    }

    /// The range that the joint and its motor can follow, if it is limited.
    pub fn range(self, dof: &DofLayout, limits: &ActuatorLimits) -> Option<(f64, f64)> {
        let symmetric = |limit: Option<f64>| limit.map(|value| (-value, value));
        match self {
            Self::Position => dof.limits.map(|(low, high)| (f64::from(low), f64::from(high))),
            Self::Velocity => symmetric(limits.speed),
            Self::Torque => symmetric(limits.torque),
            Self::Voltage => None,
        }
    }

    /// Its value before the first command: positions are held, all other inputs are zero.
    pub fn initial(self, start_position: f32) -> f32 {
        match self {
            Self::Position => start_position,
            Self::Velocity | Self::Torque | Self::Voltage => 0.0,
        }
    }
}

impl std::fmt::Display for InputKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
