//! Checks the inputs and outputs of a network against a contract.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::spec::ContractSpec;

use super::backend::TensorInfo;
use super::policy::Feed;
use super::problem::Problem;
use crate::{did_you_mean, listed};

/// The observation and action mapping of a network.
pub(super) struct Fit {
    /// Shape and source of each input of the network, in its order.
    pub(super) inputs: Vec<(Vec<usize>, Feed)>,
    /// The output that is the action.
    pub(super) action: usize,
    /// Output and number of values of each recurrent state.
    pub(super) states: Vec<(usize, usize)>,
}

/// All mismatches between a network and a contract. `channel_len` returns the number of values of a
/// sensor channel, if known; inputs whose length depends on unknown ones are not compared.
pub fn check_network(
    contract: &ContractSpec,
    inputs: &[TensorInfo],
    outputs: &[TensorInfo],
    channel_len: &dyn Fn(&str) -> Option<usize>,
) -> Vec<Problem> {
    fit(contract, inputs, outputs, channel_len).err().unwrap_or_default()
}

pub(super) fn fit(
    contract: &ContractSpec,
    inputs: &[TensorInfo],
    outputs: &[TensorInfo],
    channel_len: &dyn Fn(&str) -> Option<usize>,
) -> Result<Fit, Vec<Problem>> {
    let mut matching = Matching { contract, inputs, outputs, channel_len, found: Vec::new() };
    let mut feeds: Vec<Option<(Vec<usize>, Feed)>> = vec![None; inputs.len()];
    for (index, spec) in contract.inputs.iter().enumerate() {
        let path = format!("inputs.{index}");
        let Some(place) = matching.input(&spec.name, &format!("{path}.name")) else { continue };
        let Some(len) = contract.input_len(spec, channel_len) else { continue };
        if let Some(shape) = matching.shape(place, len, &path) {
            matching.feed(&mut feeds, place, (shape, Feed::Terms(index)), &path);
        }
    }
    let mut states = Vec::new();
    for (index, spec) in contract.recurrent.iter().enumerate() {
        let path = format!("recurrent.{index}");
        let place = matching.input(&spec.input, &format!("{path}.input"));
        let output = matching.output(&spec.output, &format!("{path}.output"));
        let (Some(place), Some(output)) = (place, output) else { continue };
        if let Some((shape, len)) = matching.state(place, output, &path) {
            matching.feed(&mut feeds, place, (shape, Feed::State(index)), &path);
            states.push((output, len));
        }
    }
    matching.unfed_inputs();
    let action = matching.action();
    let fed: Vec<_> = feeds.into_iter().flatten().collect();
    match action {
        Some(action) if matching.found.is_empty() && fed.len() == inputs.len() => {
            Ok(Fit { inputs: fed, action, states })
        }
        _ => Err(matching.found),
    }
}

struct Matching<'a> {
    contract: &'a ContractSpec,
    inputs: &'a [TensorInfo],
    outputs: &'a [TensorInfo],
    channel_len: &'a dyn Fn(&str) -> Option<usize>,
    found: Vec<Problem>,
}

impl Matching<'_> {
    fn mismatch(&mut self, path: &str, message: String, label: String, help: String) {
        let code = DiagnosticCode::NETWORK_MISMATCH;
        self.found.push(Problem::error(code, path, message, label).help(help));
    }

    fn input(&mut self, name: &str, path: &str) -> Option<usize> {
        let place = self.inputs.iter().position(|input| input.name == name);
        if place.is_none() {
            let message = format!("the network has no input `{name}`");
            let help = did_you_mean(name, self.inputs.iter().map(|input| input.name.as_str()));
            self.mismatch(path, message, "no input has this name".to_owned(), help);
        }
        place.filter(|place| self.is_float(&self.inputs[*place], path))
    }

    fn output(&mut self, name: &str, path: &str) -> Option<usize> {
        let place = self.outputs.iter().position(|output| output.name == name);
        if place.is_none() {
            let message = format!("the network has no output `{name}`");
            let help = did_you_mean(name, self.outputs.iter().map(|output| output.name.as_str()));
            self.mismatch(path, message, "no output has this name".to_owned(), help);
        }
        place.filter(|place| self.is_float(&self.outputs[*place], path))
    }

    fn is_float(&mut self, tensor: &TensorInfo, path: &str) -> bool {
        if !tensor.is_float() {
            let message = format!("`{}` of the network is {}", tensor.name, tensor.shown());
            let help = "export the network with single-precision inputs and outputs".to_owned();
            self.mismatch(path, message, "only `f32` can be fed and read".to_owned(), help);
        }
        tensor.is_float()
    }

    /// The shape of an input with this many values.
    fn shape(&mut self, place: usize, len: usize, path: &str) -> Option<Vec<usize>> {
        let input = &self.inputs[place];
        let shape = input.shape_for(len);
        if shape.is_none() {
            let wanted =
                input.sample_len().map_or_else(String::new, |len| format!(" ({len} values)"));
            let (name, shown) = (&input.name, input.shown());
            let message = format!(
                "the terms of `{name}` make {len} values, but the network takes {shown}{wanted}"
            );
            let spec = self.contract.inputs.iter().find(|spec| spec.name == *name);
            let lengths = spec.map_or_else(String::new, |spec| self.lengths(spec));
            self.mismatch(path, message, format!("{len} values"), lengths);
        }
        shape
    }

    /// Describes how the length of an input is composed.
    fn lengths(&self, spec: &randori_core::spec::InputSpec) -> String {
        let lengths: Vec<String> = spec
            .terms
            .iter()
            .map(|term| {
                let len = self.contract.term_len(&term.source, self.channel_len);
                len.map_or_else(|| "?".to_owned(), |len| len.to_string())
            })
            .collect();
        let samples = match spec.history.samples {
            0 | 1 => String::new(),
            samples => format!(", each {samples} times"),
        };
        format!("its terms have {} values{samples}", lengths.join(" + "))
    }

    /// Shape and number of values of a recurrent state.
    fn state(&mut self, place: usize, output: usize, path: &str) -> Option<(Vec<usize>, usize)> {
        let (input, output) = (&self.inputs[place], &self.outputs[output]);
        let shape: Option<Vec<usize>> = input.shape.as_ref().and_then(|dims| {
            let len = input.shape_len_with_ones()?;
            input.shape_for(len).filter(|shape| shape.len() == dims.len())
        });
        let Some(shape) = shape else {
            let message = format!("the network does not tell the shape of `{}`", input.name);
            let help = "export it with fixed axes".to_owned();
            self.mismatch(path, message, "of unknown length".to_owned(), help);
            return None;
        };
        let len = shape.iter().product();
        if output.sample_len().is_some_and(|given| given != len) {
            let message = format!(
                "state `{}` is {}, but output `{}` is {}",
                input.name,
                input.shown(),
                output.name,
                output.shown()
            );
            let help = "an output that is fed back must be as long as its input".to_owned();
            self.mismatch(path, message, "of different length".to_owned(), help);
            return None;
        }
        Some((shape, len))
    }

    fn feed(
        &mut self,
        feeds: &mut [Option<(Vec<usize>, Feed)>],
        place: usize,
        feed: (Vec<usize>, Feed),
        path: &str,
    ) {
        if feeds[place].replace(feed).is_some() {
            let message =
                format!("input `{}` of the network is fed twice", self.inputs[place].name);
            let help = "remove one of the two".to_owned();
            self.mismatch(path, message, "used again here".to_owned(), help);
        }
    }

    fn unfed_inputs(&mut self) {
        let named = |name: &str| {
            self.contract.inputs.iter().any(|input| input.name == name)
                || self.contract.recurrent.iter().any(|state| state.input == name)
        };
        let unfed: Vec<&TensorInfo> =
            self.inputs.iter().filter(|input| !named(&input.name)).collect();
        if unfed.is_empty() {
            return;
        }
        let shown: Vec<String> =
            unfed.iter().map(|input| format!("`{}` ({})", input.name, input.shown())).collect();
        let message = format!("the network also takes {}", shown.join(", "));
        let help = "make it of terms in `inputs`, or feed it from an output in `recurrent`";
        self.mismatch("inputs", message, "not all inputs are here".to_owned(), help.to_owned());
    }

    fn action(&mut self) -> Option<usize> {
        let place = match &self.contract.action.output {
            Some(name) => self.output(&name.clone(), "action.output")?,
            None if self.outputs.is_empty() => {
                let help = "export it with its action as an output".to_owned();
                let message = "the network has no output".to_owned();
                self.mismatch("action", message, "nothing to read".to_owned(), help);
                return None;
            }
            None => 0,
        };
        let output = &self.outputs[place];
        if !self.is_float(output, "action") {
            return None;
        }
        let joints = self.contract.driven_joints().len();
        if output.shape_for(joints).is_none() {
            let (name, shown) = (&output.name, output.shown());
            let message =
                format!("output `{name}` is {shown}, but the action drives {joints} joints");
            let names = listed(self.outputs.iter().map(|output| output.name.as_str()));
            let help =
                format!("list the driven joints in `action.joints`; the outputs are {names}");
            self.mismatch("action", message, format!("{joints} joints"), help);
            return None;
        }
        Some(place)
    }
}
