//! `LSTM`, `GRU` and `RNN`: networks with a state.
//!
//! Order of sums: the product with the inputs, plus the product with the state,
//! plus the sum of both biases.

mod cell;

use std::sync::Arc;

use super::activation::Activation;
use super::{Built, boxed};
use crate::gemm::Packed;
use crate::kernel::{Builder, Inputs, Kernel, Workspace};
use crate::shape::Shape;
use crate::tensor::Tensor;
use cell::{Cell, Kind};

/// The operator called `name`, if it is one of these.
pub(super) fn build(name: &str, node: &Builder<'_>) -> Option<Built> {
    let kind = match name {
        "LSTM" => Kind::Lstm,
        "GRU" => Kind::Gru,
        "RNN" => Kind::Rnn,
        _ => return None,
    };
    Some(boxed(Recurrent::new(node, kind)))
}

/// A recurrent layer in one or both directions.
#[derive(Debug)]
struct Recurrent {
    kind: Kind,
    hidden: usize,
    inputs: usize,
    directions: Vec<Direction>,
}

/// The weights of one direction.
#[derive(Debug)]
struct Direction {
    backwards: bool,
    /// Inputs to all gates.
    from_input: Arc<Packed>,
    cell: Cell,
}

/// Index of the inputs with the states.
const STATE: usize = 5;
const CELL_STATE: usize = 6;

/// A required constant input.
fn weights<'a>(node: &'a Builder<'_>, index: usize, name: &str) -> Result<&'a Tensor, String> {
    node.constant(index).ok_or_else(|| format!("input {name} must be a constant"))
}

impl Recurrent {
    fn new(node: &Builder<'_>, kind: Kind) -> Result<Self, String> {
        if node.int_or("layout", 0)? != 0 {
            return Err("`layout` 1 is not supported: export with time first".to_owned());
        }
        let (w, r) = (weights(node, 1, "W")?, weights(node, 2, "R")?);
        let (&[count, rows, inputs], &[r_count, r_rows, hidden]) = (&**w.shape(), &**r.shape())
        else {
            return Err("W and R need 3 dimensions".to_owned());
        };
        let backwards: &[bool] = match node.text("direction")?.unwrap_or("forward") {
            "forward" => &[false],
            "reverse" => &[true],
            "bidirectional" => &[false, true],
            other => return Err(format!("`direction` `{other}` is not known")),
        };
        let gates = kind.gates() * hidden;
        let fits = [count, r_count].iter().all(|&count| count == backwards.len())
            && [rows, r_rows].iter().all(|&rows| rows == gates)
            && hidden > 0
            && inputs > 0;
        if !fits || node.int("hidden_size")?.is_some_and(|size| size != hidden as i64) {
            return Err(format!(
                "W {} and R {} do not match each other, the direction or `hidden_size`",
                w.shape(),
                r.shape()
            ));
        }
        let activations = activations(node, kind, backwards.len())?;
        let mut directions = Vec::new();
        for (index, &backwards) in backwards.iter().enumerate() {
            directions.push(Direction {
                backwards,
                from_input: node.pack((1, index * gates * inputs), (inputs, gates), true)?,
                cell: Cell::new(node, kind, (index, hidden), activations[index].clone())?,
            });
        }
        Ok(Self { kind, hidden, inputs, directions })
    }
}

/// The functions of each direction: explicit or default.
fn activations(
    node: &Builder<'_>,
    kind: Kind,
    directions: usize,
) -> Result<Vec<Vec<Activation>>, String> {
    let usual = kind.usual_activations();
    let names: Vec<&str> = match node.texts("activations")? {
        Some(listed) => listed.iter().map(String::as_str).collect(),
        None => usual.repeat(directions),
    };
    if names.len() != usual.len() * directions {
        return Err(format!("{} activations are listed, not {}", names.len(), usual.len()));
    }
    let alphas = node.floats("activation_alpha")?.unwrap_or_default();
    let betas = node.floats("activation_beta")?.unwrap_or_default();
    let mut functions = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let setting = |key: &str, default: f32| {
            let list = if key == "alpha" { &alphas } else { &betas };
            Ok(list.get(index).copied().unwrap_or(default))
        };
        let function = Activation::named(name, &setting)
            .ok_or_else(|| format!("activation `{name}` is not known"))?;
        functions.push(function?);
    }
    Ok(functions.chunks(usual.len()).map(<[Activation]>::to_vec).collect())
}

/// Sizes of one run.
struct Run<'a> {
    steps: usize,
    batch: usize,
    /// Length of each sequence, if they differ.
    lengths: Option<&'a [i32]>,
}

impl Run<'_> {
    /// The time index of `row` in `step`, `None` after its end.
    fn time(&self, step: usize, row: usize, backwards: bool) -> Option<usize> {
        let length = match self.lengths {
            Some(lengths) => usize::try_from(lengths[row]).unwrap_or(0).min(self.steps),
            None => self.steps,
        };
        if step >= length {
            None
        } else if backwards {
            Some(length - 1 - step)
        } else {
            Some(step)
        }
    }
}

impl Kernel for Recurrent {
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String> {
        let shape = *io.need(0)?.shape();
        let values = io.slice::<f32>(0)?;
        let &[steps, batch, inputs] = &*shape else {
            return Err(format!("[time, batch, features] was expected, found {shape}"));
        };
        if inputs != self.inputs {
            return Err(format!("{inputs} features were given, must be {}", self.inputs));
        }
        let lengths = io.get(4).map(|_| io.slice::<i32>(4)).transpose()?;
        if lengths.is_some_and(|lengths| lengths.len() != batch) {
            return Err(format!("the lengths of {batch} sequences were expected"));
        }
        let run = Run { steps, batch, lengths };
        let gates = self.kind.gates() * self.hidden;
        let count = self.directions.len();
        work.spend(&[count, steps, batch, gates, inputs + self.hidden])?;
        Shape::new(&[steps, batch, gates])?;
        let state_shape = Shape::new(&[count, batch, self.hidden])?;
        // Rows whose sequence has ended stay 0.
        out[0].reset::<f32>(Shape::new(&[steps, count, batch, self.hidden])?).fill(0.0);
        for slot in out.iter_mut().skip(1) {
            slot.reset::<f32>(state_shape);
        }
        for (index, direction) in self.directions.iter().enumerate() {
            start(io, STATE, (index, &state_shape), &mut work.state)?;
            start(io, CELL_STATE, (index, &state_shape), &mut work.cell_state)?;
            let [from_input, ..] = &mut work.scratch;
            from_input.resize(steps * batch * gates, 0.0);
            direction.from_input.multiply(values, from_input);
            for step in 0..steps {
                self.step(&run, (index, step), out, work);
            }
            let part = index * batch * self.hidden..(index + 1) * batch * self.hidden;
            for (slot, state) in out.iter_mut().skip(1).zip([&work.state, &work.cell_state]) {
                slot.reset::<f32>(state_shape)[part.clone()].copy_from_slice(state);
            }
        }
        Ok(())
    }

    fn folds(&self) -> bool {
        false
    }
}

/// The state of one direction before the first step: given, else zeros.
fn start(
    io: &Inputs<'_>,
    input: usize,
    (direction, shape): (usize, &Shape),
    state: &mut Vec<f32>,
) -> Result<(), String> {
    let length = shape[1] * shape[2];
    state.clear();
    match io.get(input) {
        Some(given) if given.shape() != shape => {
            Err(format!("a state of shape {shape} was expected, found {}", given.shape()))
        }
        Some(given) => {
            state.extend_from_slice(&given.as_slice::<f32>()?[direction * length..][..length]);
            Ok(())
        }
        None => {
            state.resize(length, 0.0);
            Ok(())
        }
    }
}

impl Recurrent {
    fn step(
        &self,
        run: &Run<'_>,
        (index, step): (usize, usize),
        out: &mut [Tensor],
        work: &mut Workspace,
    ) {
        let direction = &self.directions[index];
        let (hidden, gates) = (self.hidden, self.kind.gates() * self.hidden);
        let [from_input, from_state, reset, row_gates] = &mut work.scratch;
        let cell = &direction.cell;
        cell.products(&work.state, from_state);
        let all_shape = *out[0].shape();
        let all = out[0].reset::<f32>(all_shape);
        for row in 0..run.batch {
            let Some(time) = run.time(step, row, direction.backwards) else { continue };
            let inputs = &from_input[(time * run.batch + row) * gates..][..gates];
            let products = &from_state[row * gates..][..gates];
            row_gates.clear();
            row_gates.extend_from_slice(inputs);
            let part = row * hidden..(row + 1) * hidden;
            let state = &mut work.state[part.clone()];
            let cell_state = &mut work.cell_state[part];
            cell.advance(row_gates, products, (state, cell_state), reset);
            let to = ((time * self.directions.len() + index) * run.batch + row) * hidden;
            all[to..to + hidden].copy_from_slice(state);
        }
    }
}
