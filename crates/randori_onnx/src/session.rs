//! Runs a model, and reuses memory between runs.

use std::sync::Arc;

use crate::error::RunError;
use crate::kernel::{Inputs, Values, Workspace};
use crate::model::{Dim, Model};
use crate::shape::Shape;
use crate::tensor::{Tensor, TensorView};

/// Runs one model repeatedly.
///
/// A session owns every intermediate value; once a run with some input shapes
/// is done, the next run with these shapes allocates nothing for operators
/// that need no integers at run time (all of an MLP, a CNN or an LSTM step).
/// It is not shared between threads: create one per thread, with a common [`Arc`].
#[derive(Debug)]
pub struct Session {
    model: Arc<Model>,
    inputs: Vec<Tensor>,
    nodes: Vec<Vec<Tensor>>,
    work: Workspace,
    any_batch: bool,
}

impl Session {
    /// A session without memory from earlier runs.
    pub fn new(model: Arc<Model>) -> Self {
        let inputs = vec![Tensor::default(); model.inputs().len()];
        let nodes = model.nodes.iter().map(|n| vec![Tensor::default(); n.outputs]).collect();
        Self { model, inputs, nodes, work: Workspace::default(), any_batch: false }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Accepts any length for a declared leading dimension of 1.
    ///
    /// Exporters often fix the batch at 1 although the network supports any; see
    /// [`Session::probe_batches`].
    pub fn allow_any_batch(&mut self, allow: bool) {
        self.any_batch = allow;
    }

    /// Tests whether rows can be batched: two artificial observations are run as a batch
    /// and separately, and every output must have the same bits.
    ///
    /// If true, it allows any batch like [`Session::allow_any_batch`]. False for inputs
    /// without dimensions, or with a symbolic one other than the first.
    pub fn probe_batches(&mut self) -> bool {
        self.any_batch = true;
        let fits = crate::batch::rows_are_independent(self);
        self.any_batch = fits;
        fits
    }

    /// Computes all outputs from `inputs`, which has each input of the model once, in any
    /// order.
    ///
    /// Non-finite numbers follow IEEE 754. Equal inputs give equal bits on every CPU, except
    /// for the payload and the sign of a NaN.
    ///
    /// # Errors
    /// An input that is unknown, missing, of another type or shape, or a failed node. The
    /// session stays usable.
    pub fn run(&mut self, inputs: &[(&str, TensorView<'_>)]) -> Result<Outputs<'_>, RunError> {
        self.take_inputs(inputs)?;
        self.work.restart();
        let model = Arc::clone(&self.model);
        let mut held = 0_u64;
        for (index, node) in model.nodes.iter().enumerate() {
            let (done, rest) = self.nodes.split_at_mut(index);
            let values = Values { inputs: &self.inputs, constants: &model.constants, nodes: done };
            let io = Inputs { values, sources: &node.inputs };
            let fail = |reason| RunError::Node {
                node: node.name.clone(),
                operator: node.operator.clone(),
                reason,
            };
            self.work.spend_on(io.iter()).map_err(fail)?;
            node.kernel.run(&io, &mut rest[0], &mut self.work).map_err(fail)?;
            self.work.spend_on(rest[0].iter()).map_err(fail)?;
            held += rest[0].iter().map(|value| value.bytes() as u64).sum::<u64>();
            if held > model.memory_bytes {
                let mib = |bytes: u64| bytes.div_ceil(1 << 20);
                return Err(fail(format!(
                    "the values of a run take {} MiB up to this node, and a network may take {} MiB",
                    mib(held),
                    mib(model.memory_bytes)
                )));
            }
        }
        Ok(Outputs { session: self })
    }

    fn take_inputs(&mut self, given: &[(&str, TensorView<'_>)]) -> Result<(), RunError> {
        for (name, _) in given {
            if !self.model.inputs().iter().any(|input| input.name == *name) {
                let known: Vec<String> =
                    self.model.inputs().iter().map(|input| format!("`{}`", input.name)).collect();
                let known = known.join(", ");
                return Err(RunError::UnknownInput { name: (*name).to_owned(), known });
            }
        }
        for (input, slot) in self.model.inputs().iter().zip(&mut self.inputs) {
            let mut views = given.iter().filter(|(name, _)| *name == input.name);
            let (Some((_, view)), 0) = (views.next(), views.clone().count()) else {
                let times = given.iter().filter(|(name, _)| *name == input.name).count();
                return Err(RunError::InputCount { name: input.name.clone(), times });
            };
            if view.element_type() != input.element_type {
                return Err(RunError::InputType {
                    name: input.name.clone(),
                    expected: input.element_type,
                    found: view.element_type(),
                });
            }
            let shape = Shape::new(view.shape()).map_err(|reason| RunError::Tensor { reason })?;
            if !input.accepts(&shape, self.any_batch) {
                return Err(RunError::InputShape {
                    name: input.name.clone(),
                    expected: input.shape_text(),
                    found: shape.to_string(),
                });
            }
            slot.copy_from(view, shape);
        }
        Ok(())
    }
}

/// The results of a run, borrowed from its session until the next run.
#[derive(Debug, Clone, Copy)]
pub struct Outputs<'a> {
    session: &'a Session,
}

impl<'a> Outputs<'a> {
    /// The output called `name`.
    pub fn get(&self, name: &str) -> Option<TensorView<'a>> {
        let outputs = self.session.model.outputs();
        self.at(outputs.iter().position(|output| output.name == name)?)
    }

    /// Output `index`, in the order of [`Model::outputs`].
    pub fn at(&self, index: usize) -> Option<TensorView<'a>> {
        let session = self.session;
        let values = Values {
            inputs: &session.inputs,
            constants: &session.model.constants,
            nodes: &session.nodes,
        };
        values.get(*session.model.output_sources.get(index)?).map(Tensor::view)
    }

    /// Names and values, in the order of [`Model::outputs`].
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, TensorView<'a>)> + use<'a> {
        let this = *self;
        let outputs = this.session.model.outputs().iter().enumerate();
        outputs.filter_map(move |(index, output)| Some((output.name.as_str(), this.at(index)?)))
    }
}

/// True if a shape starts with a batch dimension.
pub(crate) fn has_batch(dims: &[Dim]) -> bool {
    match dims.split_first() {
        Some((first, rest)) => {
            !matches!(first, Dim::Fixed(length) if *length != 1)
                && rest.iter().all(|dim| matches!(dim, Dim::Fixed(_)))
        }
        None => false,
    }
}
