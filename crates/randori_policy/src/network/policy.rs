//! A policy that runs a neural network.

use std::collections::BTreeMap;

use randori_core::policy::{
    CommandChunk, Controller, Observation, PolicyContract, PolicyError, RobotInterface,
};
use randori_core::spec::ContractSpec;

use super::action::ActionDecoder;
use super::backend::{Network, TensorView};
use super::fit::{self, Fit};
use super::observation::ObservationBuilder;
use super::problem::Problem;
use super::state::{Reader, Writer};

/// A [`Network`] with the observation and action mapping of a contract.
///
/// Until every channel that it needs has been measured, it returns the robot's first command and
/// keeps its state.
pub struct NetworkPolicy {
    contract: PolicyContract,
    network: Box<dyn Network>,
    builder: ObservationBuilder,
    decoder: ActionDecoder,
    /// Indices of the needed channels among the robot's channels.
    needed: Vec<usize>,
    inputs: Vec<NetworkInput>,
    outputs: Vec<Vec<f32>>,
    /// Index of the action among the outputs.
    action: usize,
    recurrent: Vec<Recurrent>,
}

/// An input of the network, in its order.
#[derive(Debug, Clone)]
struct NetworkInput {
    shape: Vec<usize>,
    feed: Feed,
}

/// The source of an input's values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Feed {
    /// The contract's input with this index.
    Terms(usize),
    /// The recurrent state with this index.
    State(usize),
}

/// Recurrent state of the network.
#[derive(Debug, Clone)]
struct Recurrent {
    output: usize,
    reset: f32,
    values: Vec<f32>,
}

impl NetworkPolicy {
    /// Creates a policy for a robot with this interface, ready for a run. `commands` override the
    /// contract's defaults.
    ///
    /// # Errors
    /// With all mismatches between contract, robot and network.
    pub fn new(
        contract: &ContractSpec,
        network: Box<dyn Network>,
        commands: &BTreeMap<String, Vec<f64>>,
        interface: &RobotInterface,
    ) -> Result<Self, Vec<Problem>> {
        let builder = ObservationBuilder::new(contract, interface, commands);
        let decoder = ActionDecoder::new(contract, interface);
        let channel_len = |name: &str| interface.observation(name).map(|range| range.len());
        let fit = fit::fit(contract, network.inputs(), network.outputs(), &channel_len);
        let (builder, decoder, fit) = match (builder, decoder, fit) {
            (Ok(builder), Ok(decoder), Ok(fit)) => (builder, decoder, fit),
            (builder, decoder, fit) => {
                let found = [builder.err(), decoder.err(), fit.err()];
                return Err(found.into_iter().flatten().flatten().collect());
            }
        };
        let Fit { inputs, action, states } = fit;
        let place = |need: &String| interface.observations.iter().position(|it| it.name == *need);
        let needed = builder.needs().iter().filter_map(place).collect();
        let recurrent = contract.recurrent.iter().zip(states).map(|(spec, (output, len))| {
            let reset = spec.reset as f32;
            Recurrent { output, reset, values: vec![reset; len] }
        });
        let described = PolicyContract {
            name: contract.name.clone(),
            needs: builder.needs().to_vec(),
            command_len: interface.command_len(),
            max_chunk: 1,
            determinism: network.determinism(),
        };
        Ok(Self {
            contract: described,
            builder,
            decoder,
            needed,
            inputs: inputs.into_iter().map(|(shape, feed)| NetworkInput { shape, feed }).collect(),
            outputs: vec![Vec::new(); network.outputs().len()],
            action,
            recurrent: recurrent.collect(),
            network,
        })
    }

    /// Changes a command until the end of the run, like a joystick; `false` if there is none of
    /// this name and length.
    pub fn set_command(&mut self, name: &str, values: &[f32]) -> bool {
        self.builder.set_command(name, values)
    }

    /// The inputs that the contract specifies, as built last.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &[f32])> {
        self.builder.inputs()
    }

    fn infer(&mut self) -> Result<(), PolicyError> {
        let built: Vec<&[f32]> = self.builder.inputs().map(|(_, values)| values).collect();
        let views: Vec<TensorView<'_>> = self
            .inputs
            .iter()
            .map(|input| TensorView {
                shape: &input.shape,
                values: match input.feed {
                    Feed::Terms(index) => built[index],
                    Feed::State(index) => &self.recurrent[index].values,
                },
            })
            .collect();
        self.network.run(&views, &mut self.outputs).map_err(|reason| {
            PolicyError::new(format!(
                "the network of `{}` cannot be run: {reason}",
                self.contract.name
            ))
        })
    }

    /// Stores the recurrent state for the next inference.
    fn carry(&mut self) -> Result<(), PolicyError> {
        for state in &mut self.recurrent {
            let (output, name) =
                (&self.outputs[state.output], &self.network.outputs()[state.output].name);
            if output.len() != state.values.len() {
                let (given, wanted) = (output.len(), state.values.len());
                return Err(PolicyError::new(format!(
                    "output `{name}` of the network has {given} values, but its state has {wanted}"
                )));
            }
            if let Some(value) = output.iter().position(|value| !value.is_finite()) {
                let number = output[value];
                let message = format!("value {value} of the network's output `{name}` is {number}");
                return Err(PolicyError::new(message));
            }
            state.values.copy_from_slice(output);
        }
        Ok(())
    }
}

impl Controller for NetworkPolicy {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {
        self.builder.reset();
        self.decoder.reset();
        for state in &mut self.recurrent {
            state.values.fill(state.reset);
        }
    }

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        let is_missing = |channel: &usize| observation.measured_at.get(*channel) == Some(&None);
        if self.needed.iter().any(is_missing) {
            return Ok(CommandChunk::single(self.decoder.first_command().to_vec()));
        }
        self.builder.build(observation.values)?;
        self.infer()?;
        self.carry()?;
        let raw = &self.outputs[self.action];
        if let Some(index) = raw.iter().position(|value| !value.is_finite()) {
            let (name, number) = (&self.network.outputs()[self.action].name, raw[index]);
            let message = format!("value {index} of the network's output `{name}` is {number}");
            return Err(PolicyError::new(message));
        }
        let command = self.decoder.decode(raw)?;
        self.builder.acted(raw, self.decoder.clipped(), self.decoder.target());
        Ok(CommandChunk::single(command))
    }

    fn snapshot(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.builder.write(&mut writer);
        self.decoder.write(&mut writer);
        for state in &self.recurrent {
            writer.singles(&state.values);
        }
        writer.finish()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        let mut reader = Reader::new(snapshot);
        self.builder.read(&mut reader)?;
        self.decoder.read(&mut reader)?;
        for state in &mut self.recurrent {
            reader.singles(&mut state.values)?;
        }
        reader.finish()
    }
}
