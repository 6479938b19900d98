//! Command inputs of a contract: their targets and slewed values.

use std::collections::BTreeMap;

use randori_core::spec::ContractSpec;

use super::state::{Reader, Writer};
use randori_core::policy::PolicyError;

/// All commands of a contract, by index.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    list: Vec<Command>,
}

#[derive(Debug, Clone)]
struct Command {
    name: String,
    /// Values at the start of a run.
    first: Vec<f32>,
    target: Vec<f32>,
    current: Vec<f32>,
    /// Maximum change per inference.
    step: Option<f32>,
}

impl Commands {
    /// Commands with the values in a scenario, or else their defaults.
    pub(super) fn new(
        contract: &ContractSpec,
        given: &BTreeMap<String, Vec<f64>>,
        period_s: f64,
    ) -> Self {
        let single = |values: &Vec<f64>| values.iter().map(|value| *value as f32).collect();
        let command = |spec: &randori_core::spec::CommandInputSpec| {
            let first: Vec<f32> = single(given.get(&spec.name).unwrap_or(&spec.default));
            Command {
                name: spec.name.clone(),
                target: first.clone(),
                current: vec![0.0; first.len()],
                first,
                step: spec.slew.map(|slew| (slew * period_s) as f32),
            }
        };
        Self { list: contract.commands.iter().map(command).collect() }
    }

    pub(super) fn reset(&mut self) {
        for command in &mut self.list {
            command.target.clone_from(&command.first);
            command.current.fill(0.0);
        }
    }

    /// Changes a target; `false` if there is no such command or it has another number of values.
    pub(super) fn set(&mut self, name: &str, values: &[f32]) -> bool {
        let command = self.list.iter_mut().find(|command| command.name == name);
        let command = command.filter(|command| command.target.len() == values.len());
        command.map(|command| command.target.copy_from_slice(values)).is_some()
    }

    /// Advances the slew by one inference.
    pub(super) fn slew(&mut self) {
        for command in &mut self.list {
            for (current, target) in command.current.iter_mut().zip(&command.target) {
                *current = match command.step {
                    None => *target,
                    Some(step) => *current + (*target - *current).max(-step).min(step),
                };
            }
        }
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|command| command.name == name)
    }

    pub(super) fn values(&self, index: usize) -> &[f32] {
        &self.list[index].current
    }

    /// Euclidean norm of a command.
    pub(super) fn norm(&self, index: usize) -> f64 {
        let squares = self.values(index).iter().map(|value| f64::from(*value) * f64::from(*value));
        libm::sqrt(squares.sum())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for command in &self.list {
            writer.singles(&command.target);
            writer.singles(&command.current);
        }
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PolicyError> {
        for command in &mut self.list {
            reader.singles(&mut command.target)?;
            reader.singles(&mut command.current)?;
        }
        Ok(())
    }
}
