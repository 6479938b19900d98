//! The mapping from sensor readings to network inputs.

use std::collections::BTreeMap;

use randori_core::diagnostic::DiagnosticCode;
use randori_core::policy::{PolicyError, RobotInterface};
use randori_core::spec::{ContractSpec, HistoryLayout, HistorySpec, InputSpec, Moment, TermSpec};

use super::commands::Commands;
use super::history::History;
use super::phases::Phases;
use super::problem::Problem;
use super::state::{Reader, Writer};
use super::terms::{LastActions, Present, Resolver, Term};

/// Builds the inputs of a network from a contract; needs no simulation and no network.
///
/// At each inference, call [`build`](Self::build) before the network, and [`acted`](Self::acted)
/// after it.
#[derive(Debug, Clone)]
pub struct ObservationBuilder {
    inputs: Vec<Input>,
    commands: Commands,
    phases: Phases,
    actions: LastActions,
    needs: Vec<String>,
    values_len: usize,
}

#[derive(Debug, Clone)]
struct Input {
    name: String,
    terms: Vec<(Term, History)>,
    history: HistorySpec,
    values: Vec<f32>,
}

impl ObservationBuilder {
    /// Creates a builder for a robot with this interface, ready for a run. `commands` override the
    /// defaults of the contract.
    ///
    /// # Errors
    /// With all names that the robot or the contract lacks, and all lists of the wrong length.
    pub fn new(
        contract: &ContractSpec,
        interface: &RobotInterface,
        commands: &BTreeMap<String, Vec<f64>>,
    ) -> Result<Self, Vec<Problem>> {
        let commands = Commands::new(contract, commands, interface.period_s);
        let phases = Phases::new(contract, &commands, interface.period_s);
        let mut resolver = Resolver {
            contract,
            interface,
            commands: &commands,
            phases: &phases,
            found: Vec::new(),
            needs: Vec::new(),
        };
        let mut inputs = Vec::new();
        for (index, spec) in contract.inputs.iter().enumerate() {
            let mut terms = Vec::new();
            for (place, term) in spec.terms.iter().enumerate() {
                let path = format!("inputs.{index}.terms.{place}");
                let samples = term.samples.unwrap_or(spec.history.samples);
                let samples = samples.clamp(1, HistorySpec::MAX_SAMPLES) as usize;
                if let Some(term) = resolver.term(term, &path) {
                    let history = History::new(samples, term.len, spec.history.first);
                    terms.push((term, history));
                }
            }
            let (name, history) = (spec.name.clone(), spec.history);
            inputs.push(Input { name, terms, history, values: Vec::new() });
        }
        let Resolver { mut found, needs, .. } = resolver;
        found.extend(contract.inputs.iter().enumerate().filter_map(uneven_history));
        if !found.is_empty() {
            return Err(found);
        }
        let zeros = vec![0.0; contract.driven_joints().len()];
        let actions = LastActions { raw: zeros.clone(), clipped: zeros.clone(), target: zeros };
        let values_len = interface.observations.iter().map(|channel| channel.len).sum();
        Ok(Self { inputs, commands, phases, actions, needs, values_len })
    }

    /// Resets the state for a new run.
    pub fn reset(&mut self) {
        self.commands.reset();
        self.phases.reset();
        for actions in [&mut self.actions.raw, &mut self.actions.clipped, &mut self.actions.target]
        {
            actions.fill(0.0);
        }
        for input in &mut self.inputs {
            input.values.clear();
            input.terms.iter_mut().for_each(|(_, history)| history.reset());
        }
    }

    /// Channels of the robot that are needed, without duplicates.
    pub fn needs(&self) -> &[String] {
        &self.needs
    }

    /// Changes a command until the end of the run; `false` if there is none of this name and
    /// length.
    pub fn set_command(&mut self, name: &str, values: &[f32]) -> bool {
        self.commands.set(name, values)
    }

    /// Computes all inputs from sensor readings: `values` have the layout of
    /// [`RobotInterface::observations`].
    ///
    /// # Errors
    /// When a value of a term is not finite, or `values` is of another length.
    pub fn build(&mut self, values: &[f32]) -> Result<(), PolicyError> {
        if values.len() != self.values_len {
            let (wanted, given) = (self.values_len, values.len());
            return Err(PolicyError::new(format!(
                "the observation has {given} values instead of {wanted}"
            )));
        }
        self.commands.slew();
        self.phases.pass(Moment::BeforeInference, &self.commands);
        let present = Present {
            values,
            commands: &self.commands,
            phases: &self.phases,
            actions: &self.actions,
        };
        for input in &mut self.inputs {
            input.build(&present)?;
        }
        Ok(())
    }

    /// Inputs with their names, in the contract's order, as built last.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &[f32])> {
        self.inputs.iter().map(|input| (input.name.as_str(), input.values.as_slice()))
    }

    /// Updates the state after inference: stores the raw action, the clipped action and the
    /// targets, and advances the phases.
    pub fn acted(&mut self, raw: &[f32], clipped: &[f32], target: &[f32]) {
        self.actions.raw.copy_from_slice(raw);
        self.actions.clipped.copy_from_slice(clipped);
        self.actions.target.copy_from_slice(target);
        self.phases.pass(Moment::AfterInference, &self.commands);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.commands.write(writer);
        self.phases.write(writer);
        writer.singles(&self.actions.raw);
        writer.singles(&self.actions.clipped);
        writer.singles(&self.actions.target);
        for (_, history) in self.inputs.iter().flat_map(|input| &input.terms) {
            history.write(writer);
        }
    }

    pub(super) fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), PolicyError> {
        self.commands.read(reader)?;
        self.phases.read(reader)?;
        reader.singles(&mut self.actions.raw)?;
        reader.singles(&mut self.actions.clipped)?;
        reader.singles(&mut self.actions.target)?;
        for (_, history) in self.inputs.iter_mut().flat_map(|input| &mut input.terms) {
            history.read(reader)?;
        }
        Ok(())
    }
}

/// Terms can be interleaved by sample only if all have the same number of samples.
fn uneven_history((index, input): (usize, &InputSpec)) -> Option<Problem> {
    let samples = input.history.samples.max(1);
    let is_uneven = |term: &TermSpec| term.samples.is_some_and(|own| own.max(1) != samples);
    let place = input.terms.iter().position(is_uneven)?;
    let path = format!("inputs.{index}.terms.{place}.samples");
    let message = format!("all terms of `{}` must have {samples} samples", input.name);
    let problem = Problem::error(DiagnosticCode::CONTRACT_HISTORY, path, message, "another number")
        .help("use `layout: ByTerm`, or leave `samples` of the term out");
    (input.history.layout == HistoryLayout::ByTime).then_some(problem)
}

impl Input {
    fn build(&mut self, present: &Present<'_>) -> Result<(), PolicyError> {
        for (index, (term, history)) in self.terms.iter_mut().enumerate() {
            let sample = history.next();
            term.compute(present, sample);
            if let Some(value) = sample.iter().position(|value| !value.is_finite()) {
                let (name, number) = (&self.name, sample[value]);
                let message =
                    format!("value {value} of term {index} of input `{name}` is {number}");
                let help = "measurements that can be infinite need a `clip` in the contract";
                return Err(PolicyError::new(message).help(help));
            }
            history.settle();
        }
        self.values.clear();
        let HistorySpec { order, layout, samples, .. } = self.history;
        match layout {
            HistoryLayout::ByTerm => {
                for (_, history) in &self.terms {
                    for place in 0..history.samples() {
                        self.values.extend(history.sample(place, order));
                    }
                }
            }
            HistoryLayout::ByTime => {
                for place in 0..samples.clamp(1, HistorySpec::MAX_SAMPLES) as usize {
                    for (_, history) in &self.terms {
                        self.values.extend(history.sample(place, order));
                    }
                }
            }
        }
        Ok(())
    }
}
