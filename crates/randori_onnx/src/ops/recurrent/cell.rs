//! One step of one sequence.

use std::sync::Arc;

use crate::gemm::Packed;
use crate::kernel::Builder;
use crate::ops::activation::Activation;

/// Kind of recurrence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// Gates in the order input, output, forget, cell.
    Lstm,
    /// Gates in the order update, reset, hidden.
    Gru,
    /// No gates.
    Rnn,
}

impl Kind {
    /// Number of vectors of the size of the state that are computed from the inputs.
    pub(super) fn gates(self) -> usize {
        match self {
            Self::Lstm => 4,
            Self::Gru => 3,
            Self::Rnn => 1,
        }
    }

    /// The default functions f, g and h.
    pub(super) fn usual_activations(self) -> &'static [&'static str] {
        match self {
            Self::Lstm => &["Sigmoid", "Tanh", "Tanh"],
            Self::Gru => &["Sigmoid", "Tanh"],
            Self::Rnn => &["Tanh"],
        }
    }
}

/// The transition from a state and an input to the next state.
#[derive(Debug)]
pub(super) struct Cell {
    kind: Kind,
    hidden: usize,
    /// State to all gates; of a GRU only update and reset, and hidden when the
    /// reset gate acts behind the product.
    from_state: Arc<Packed>,
    /// State to the hidden gate of a GRU whose reset gate acts before it.
    from_reset: Option<Arc<Packed>>,
    /// Biases of inputs and state, summed.
    bias: Vec<f32>,
    /// Bias of the state only, for the hidden gate of a GRU.
    hidden_bias: Vec<f32>,
    /// Weights from the cell state to input, output and forget gate.
    peepholes: Option<Vec<f32>>,
    activations: Vec<Activation>,
    clip: Option<f32>,
    couples_gates: bool,
}

/// The part of a constant for one direction, zeros without it.
fn part(
    node: &Builder<'_>,
    input: usize,
    direction: usize,
    length: usize,
) -> Result<Option<Vec<f32>>, String> {
    if !node.has_input(input) {
        return Ok(None);
    }
    let tensor = node.constant(input).ok_or_else(|| format!("input {input} must be a constant"))?;
    let values = tensor.as_slice::<f32>()?;
    match values.get(direction * length..(direction + 1) * length) {
        Some(part) => {
            node.packs.memory().take(part.len(), size_of::<f32>())?;
            Ok(Some(part.to_vec()))
        }
        None => Err(format!("input {input} of shape {} is too small", tensor.shape())),
    }
}

impl Cell {
    pub(super) fn new(
        node: &Builder<'_>,
        kind: Kind,
        (direction, hidden): (usize, usize),
        activations: Vec<Activation>,
    ) -> Result<Self, String> {
        let gates = kind.gates() * hidden;
        let recurrent = direction * gates * hidden;
        let biases = part(node, 3, direction, 2 * gates)?.unwrap_or_else(|| vec![0.0; 2 * gates]);
        let (input_bias, state_bias) = biases.split_at(gates);
        let mut bias: Vec<f32> = input_bias.iter().zip(state_bias).map(|(a, b)| a + b).collect();
        let resets_first = kind == Kind::Gru && !node.flag("linear_before_reset")?;
        let mut hidden_bias = Vec::new();
        if kind == Kind::Gru && !resets_first {
            bias[2 * hidden..].copy_from_slice(&input_bias[2 * hidden..]);
            hidden_bias.extend_from_slice(&state_bias[2 * hidden..]);
        }
        // All gates have a place in the products, used or not.
        let from_state = node.pack((2, recurrent), (hidden, gates), true)?;
        let from_reset = if resets_first {
            Some(node.pack((2, recurrent + 2 * hidden * hidden), (hidden, hidden), true)?)
        } else {
            None
        };
        let peepholes =
            if kind == Kind::Lstm { part(node, 7, direction, 3 * hidden)? } else { None };
        Ok(Self {
            kind,
            hidden,
            from_state,
            from_reset,
            bias,
            hidden_bias,
            peepholes,
            activations,
            clip: node.float("clip")?,
            couples_gates: kind == Kind::Lstm && node.flag("input_forget")?,
        })
    }

    /// Products of the states of all rows with the weights.
    pub(super) fn products(&self, states: &[f32], into: &mut Vec<f32>) {
        let rows = states.len() / self.hidden;
        into.resize(rows * self.from_state.columns(), 0.0);
        self.from_state.multiply(states, into);
    }

    /// Advances one row. `gates` holds the products with the inputs, `products`
    /// those with the state.
    pub(super) fn advance(
        &self,
        gates: &mut [f32],
        products: &[f32],
        (state, cell_state): (&mut [f32], &mut [f32]),
        spare: &mut Vec<f32>,
    ) {
        match self.kind {
            Kind::Lstm => self.lstm(gates, products, state, cell_state),
            Kind::Gru => self.gru(gates, products, state, spare),
            Kind::Rnn => {
                self.add(gates, products, 0);
                self.activate(0, gates);
                state.copy_from_slice(gates);
            }
        }
    }

    /// Adds the products and the biases from position `first` on.
    fn add(&self, gates: &mut [f32], products: &[f32], first: usize) {
        for ((gate, product), bias) in gates.iter_mut().zip(products).zip(&self.bias[first..]) {
            *gate = (*gate + product) + bias;
        }
    }

    /// Clips and applies function `index`.
    fn activate(&self, index: usize, values: &mut [f32]) {
        if let Some(clip) = self.clip {
            for value in values.iter_mut() {
                *value = if *value > clip { clip } else { *value };
                *value = if *value < -clip { -clip } else { *value };
            }
        }
        self.activations[index].apply_in_place(values);
    }

    fn lstm(&self, gates: &mut [f32], products: &[f32], state: &mut [f32], cell_state: &mut [f32]) {
        self.add(gates, products, 0);
        let n = self.hidden;
        let (input, rest) = gates.split_at_mut(n);
        let (output, rest) = rest.split_at_mut(n);
        let (forget, cell) = rest.split_at_mut(n);
        let peep = |gate: &mut [f32], place: usize, cell_state: &[f32]| {
            if let Some(peepholes) = &self.peepholes {
                let weights = &peepholes[place * n..];
                for ((gate, weight), cell) in gate.iter_mut().zip(weights).zip(cell_state) {
                    *gate += weight * cell;
                }
            }
        };
        peep(input, 0, cell_state);
        peep(forget, 2, cell_state);
        self.activate(0, input);
        self.activate(0, forget);
        self.activate(1, cell);
        for i in 0..n {
            let keep = if self.couples_gates { 1.0 - input[i] } else { forget[i] };
            cell_state[i] = keep * cell_state[i] + input[i] * cell[i];
        }
        peep(output, 1, cell_state);
        self.activate(0, output);
        state.copy_from_slice(cell_state);
        self.activations[2].apply_in_place(state);
        for (state, output) in state.iter_mut().zip(output) {
            *state *= *output;
        }
    }

    fn gru(&self, gates: &mut [f32], products: &[f32], state: &mut [f32], spare: &mut Vec<f32>) {
        let n = self.hidden;
        let (both, hidden) = gates.split_at_mut(2 * n);
        self.add(both, products, 0);
        self.activate(0, both);
        let (update, reset) = both.split_at(n);
        spare.clear();
        spare.resize(2 * n, 0.0);
        let (reset_state, product) = spare.split_at_mut(n);
        if let Some(from_reset) = &self.from_reset {
            for ((out, reset), state) in reset_state.iter_mut().zip(reset).zip(&*state) {
                *out = reset * state;
            }
            from_reset.multiply(reset_state, product);
        } else {
            let summed = products[2 * n..].iter().zip(&self.hidden_bias);
            for ((out, (product, bias)), reset) in product.iter_mut().zip(summed).zip(reset) {
                *out = reset * (product + bias);
            }
        }
        self.add(hidden, product, 2 * n);
        self.activate(1, hidden);
        for ((state, update), hidden) in state.iter_mut().zip(update).zip(hidden) {
            *state = (1.0 - update) * *hidden + update * *state;
        }
    }
}
