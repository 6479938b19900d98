//! Gait clocks as network inputs. Angles are double precision, as in the numpy code used in
//! training.

use std::f64::consts::{PI, TAU};

use randori_core::policy::PolicyError;
use randori_core::spec::{ContractSpec, Moment};

use super::commands::Commands;
use super::state::{Reader, Writer};

/// All phases of a contract, by index.
#[derive(Debug, Clone)]
pub(super) struct Phases {
    list: Vec<Phase>,
}

#[derive(Debug, Clone)]
struct Phase {
    name: String,
    start: Vec<f64>,
    hands: Vec<f64>,
    /// Radians per inference at its own frequency.
    step: f64,
    faster: Option<Faster>,
    advance: Moment,
    still: Option<Still>,
    /// True if its cosines and sines are zero at this inference.
    is_zeroed: bool,
}

#[derive(Debug, Clone)]
struct Faster {
    command: usize,
    /// Radians per inference for each unit of the command.
    step_per_unit: f64,
    up_to: f64,
}

#[derive(Debug, Clone)]
struct Still {
    command: usize,
    below: f64,
    at: Vec<f64>,
    zeroed: bool,
}

impl Phases {
    /// Creates the phases of a checked contract.
    pub(super) fn new(contract: &ContractSpec, commands: &Commands, period_s: f64) -> Self {
        let phase = |spec: &randori_core::spec::PhaseSpec| Phase {
            name: spec.name.clone(),
            start: spec.start.clone(),
            hands: spec.start.clone(),
            step: TAU * period_s * spec.frequency_hz,
            faster: spec.faster.as_ref().and_then(|faster| {
                Some(Faster {
                    command: commands.index(&faster.command)?,
                    step_per_unit: TAU * period_s * faster.hz_per_unit,
                    up_to: faster.up_to,
                })
            }),
            advance: spec.advance,
            still: spec.still.as_ref().and_then(|still| {
                Some(Still {
                    command: commands.index(&still.command)?,
                    below: still.below,
                    at: still.at.clone(),
                    zeroed: still.zeroed,
                })
            }),
            is_zeroed: false,
        };
        Self { list: contract.phases.iter().map(phase).collect() }
    }

    pub(super) fn reset(&mut self) {
        for phase in &mut self.list {
            phase.hands.clone_from(&phase.start);
            phase.is_zeroed = false;
        }
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|phase| phase.name == name)
    }

    pub(super) fn len(&self, index: usize) -> usize {
        self.list[index].start.len()
    }

    /// Updates the phases at this moment of an inference.
    pub(super) fn pass(&mut self, moment: Moment, commands: &Commands) {
        for phase in &mut self.list {
            let still = phase.still.as_ref();
            let still = still.filter(|still| commands.norm(still.command) < still.below);
            phase.is_zeroed = still.is_some_and(|still| still.zeroed);
            if phase.advance != moment {
                continue;
            }
            match still {
                Some(still) if still.at.is_empty() => {}
                Some(still) => phase.hands.clone_from(&still.at),
                None => phase.turn(commands),
            }
        }
    }

    /// Applies a function to each phase angle; returns zeros while it is zeroed.
    pub(super) fn each(&self, index: usize, function: fn(f64) -> f64, values: &mut [f32]) {
        let phase = &self.list[index];
        for (value, hand) in values.iter_mut().zip(&phase.hands) {
            *value = if phase.is_zeroed { 0.0 } else { function(*hand) as f32 };
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for phase in &self.list {
            writer.doubles(&phase.hands);
            writer.flag(phase.is_zeroed);
        }
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PolicyError> {
        for phase in &mut self.list {
            reader.doubles(&mut phase.hands)?;
            phase.is_zeroed = reader.flag()?;
        }
        Ok(())
    }
}

impl Phase {
    fn turn(&mut self, commands: &Commands) {
        let mut step = self.step;
        if let Some(faster) = &self.faster {
            let norm = commands.norm(faster.command);
            step += faster.step_per_unit * norm.min(faster.up_to);
        }
        for hand in &mut self.hands {
            *hand = wrapped(*hand + step);
        }
    }
}

/// Wraps an angle to [-pi, pi).
fn wrapped(angle: f64) -> f64 {
    let mut rest = libm::fmod(angle + PI, TAU);
    if rest < 0.0 {
        rest += TAU;
    }
    rest - PI
}
