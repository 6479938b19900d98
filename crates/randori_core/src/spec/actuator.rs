//! Actuators of joints.

use serde::{Deserialize, Serialize};

use crate::input::InputKind;

/// A motor with its low-level controller, on one joint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActuatorSpec {
    /// Name within the robot.
    pub name: String,
    /// Joint that it drives (one degree of freedom).
    pub joint: String,
    /// Control law, which gives commands their meaning.
    pub drive: Drive,
    /// Limits of the motor.
    #[serde(default)]
    pub limits: ActuatorLimits,
    /// Time from command to effect, s; rounded up to whole ticks.
    #[serde(default)]
    pub delay: f64,
}

/// The control law of an actuator, which gives commands their meaning.
///
/// `q` is the joint coordinate (rad or m), `v` its rate, `tau` torque (N m) or
/// force (N) at the joint. All feedback terms are integrated implicitly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Drive {
    /// Command \[tau\]: applied as it is.
    Torque,
    /// Command \[v*\]: tau = gain (v* - v).
    Velocity {
        /// N m s/rad or N s/m.
        gain: f64,
    },
    /// Command \[q*\]: tau = kp (q* - q) - kd v.
    Position {
        /// N m/rad or N/m.
        kp: f64,
        /// N m s/rad or N s/m.
        kd: f64,
    },
    /// Command \[q*, v*, tau*\]: tau = kp (q* - q) + kd (v* - v) + tau*.
    Impedance {
        /// N m/rad or N/m.
        kp: f64,
        /// N m s/rad or N s/m.
        kd: f64,
    },
    /// Command \[u\]: tau = k (u - k v) / R, an armature-controlled motor without inductance.
    DcMotor {
        /// Torque constant k at the joint, behind the gear, N m/A; in SI units that of
        /// the back electromotive force too, V s/rad.
        torque_constant: f64,
        /// Resistance R of the armature, ohm.
        resistance: f64,
    },
}

impl Drive {
    /// The entries of one command, in order.
    pub fn inputs(&self) -> &'static [InputKind] {
        match self {
            Self::Torque => &[InputKind::Torque],
            Self::Velocity { .. } => &[InputKind::Velocity],
            Self::Position { .. } => &[InputKind::Position],
            Self::Impedance { .. } => {
                &[InputKind::Position, InputKind::Velocity, InputKind::Torque]
            }
            Self::DcMotor { .. } => &[InputKind::Voltage],
        }
    }

    /// Its name in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Torque => "a torque drive",
            Self::Velocity { .. } => "a velocity drive",
            Self::Position { .. } => "a position drive",
            Self::Impedance { .. } => "an impedance drive",
            Self::DcMotor { .. } => "a DC motor",
        }
    }

    /// Its gains, by the names of their fields.
    pub fn gains(&self) -> Vec<(&'static str, f64)> {
        match *self {
            Self::Torque => Vec::new(),
            Self::Velocity { gain } => vec![("gain", gain)],
            Self::Position { kp, kd } | Self::Impedance { kp, kd } => vec![("kp", kp), ("kd", kd)],
            Self::DcMotor { torque_constant, resistance } => {
                vec![("torque_constant", torque_constant), ("resistance", resistance)]
            }
        }
    }
}

/// Limits of a motor. A limit that is left out does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActuatorLimits {
    /// Largest torque (N m) or force (N) in either direction.
    pub torque: Option<f64>,
    /// Largest speed (rad/s or m/s): velocity commands are clamped to it, and
    /// at or above it the motor gives no torque in the direction of motion.
    pub speed: Option<f64>,
    /// Largest change of the command per second, in the command's own unit.
    pub rate: Option<f64>,
    /// Range that the first entry of a command is clamped to, in its own unit.
    pub command: Option<(f64, f64)>,
}
