//! The interface of operators to the interpreter.

use std::fmt;
use std::sync::Arc;

use crate::gemm::Packed;
use crate::packs::Packs;
use crate::proto::{Attribute, AttributeValue, NodeRecord};
use crate::tensor::{Element, Tensor};
use crate::weights::WeightReader;

/// Maximum number of multiply-adds of one run, some tens of seconds: a guard against
/// small files that would compute for hours.
const MAX_WORK: u64 = 1 << 37;

/// One operator with its settings, ready to compute.
///
/// A kernel writes all numbers of its outputs. Each output element depends only on its
/// own inputs and is computed in a fixed order, so that batching changes no bits.
pub(crate) trait Kernel: fmt::Debug + Send + Sync {
    /// Computes the outputs.
    ///
    /// # Errors
    /// A message, to which the caller adds the name of the node.
    fn run(&self, io: &Inputs<'_>, out: &mut [Tensor], work: &mut Workspace) -> Result<(), String>;

    /// True if a node with constant inputs can be folded while loading.
    fn folds(&self) -> bool {
        true
    }
}

/// Shared memory of kernels, and the remaining work budget of a run.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// Scratch for one kernel; uninitialised content at its start.
    pub(crate) scratch: [Vec<f32>; 4],
    /// Scratch for one kernel: positions.
    pub(crate) offsets: [Vec<usize>; 2],
    /// Scratch for one kernel: the state of a recurrence.
    pub(crate) state: Vec<f32>,
    /// Scratch for one kernel: the second state of an LSTM.
    pub(crate) cell_state: Vec<f32>,
    spent: u64,
}

impl Workspace {
    /// Starts a run.
    pub(crate) fn restart(&mut self) {
        self.spent = 0;
    }

    /// Accounts for one pass over all numbers of these tensors, and for iterating over
    /// empty ones.
    pub(crate) fn spend_on<'a>(
        &mut self,
        tensors: impl Iterator<Item = &'a Tensor>,
    ) -> Result<(), String> {
        self.spend(&[tensors.map(|it| it.shape().extent()).fold(1, usize::saturating_add)])
    }

    /// Accounts for multiply-adds before they are done.
    pub(crate) fn spend(&mut self, factors: &[usize]) -> Result<(), String> {
        let cost = factors.iter().fold(1_u64, |cost, &f| cost.saturating_mul(f as u64));
        self.spent = self.spent.saturating_add(cost);
        if self.spent > MAX_WORK {
            return Err(format!("a run needs more than {MAX_WORK} multiply-adds"));
        }
        Ok(())
    }
}

/// Source of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An omitted optional input.
    Absent,
    /// Given by the caller: position among the inputs of the model.
    Input(usize),
    /// A constant: position among the constants.
    Constant(usize),
    /// Computed: position of the node, and index of its output.
    Node(usize, usize),
}

/// Values available to a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) inputs: &'a [Tensor],
    pub(crate) constants: &'a [Tensor],
    pub(crate) nodes: &'a [Vec<Tensor>],
}

impl<'a> Values<'a> {
    /// The value at `source`, `None` if it is omitted.
    pub(crate) fn get(&self, source: Source) -> Option<&'a Tensor> {
        match source {
            Source::Absent => None,
            Source::Input(index) => self.inputs.get(index),
            Source::Constant(index) => self.constants.get(index),
            Source::Node(node, output) => self.nodes.get(node)?.get(output),
        }
    }
}

/// The inputs of a running node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Inputs<'a> {
    pub(crate) values: Values<'a>,
    pub(crate) sources: &'a [Source],
}

impl<'a> Inputs<'a> {
    /// Number of listed inputs.
    pub(crate) fn len(&self) -> usize {
        self.sources.len()
    }

    /// Input `index`, `None` if it is omitted.
    pub(crate) fn get(&self, index: usize) -> Option<&'a Tensor> {
        self.values.get(*self.sources.get(index)?)
    }

    /// All present inputs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a Tensor> + use<'a> {
        let Self { values, sources } = *self;
        sources.iter().filter_map(move |source| values.get(*source))
    }

    /// Input `index`, which is required.
    pub(crate) fn need(&self, index: usize) -> Result<&'a Tensor, String> {
        self.get(index).ok_or_else(|| format!("input {index} is missing"))
    }

    /// The numbers of input `index`, which is required.
    pub(crate) fn slice<T: Element>(&self, index: usize) -> Result<&'a [T], String> {
        self.need(index)?.as_slice::<T>().map_err(|reason| format!("input {index}: {reason}"))
    }

    /// The integers of input `index`, of any width.
    pub(crate) fn ints(&self, index: usize) -> Result<Option<Vec<i64>>, String> {
        let Some(tensor) = self.get(index) else { return Ok(None) };
        if let Ok(values) = tensor.as_slice::<i64>() {
            return Ok(Some(values.to_vec()));
        }
        match tensor.as_slice::<i32>() {
            Ok(values) => Ok(Some(values.iter().map(|&value| i64::from(value)).collect())),
            Err(_) => Err(format!("input {index}: integers were expected")),
        }
    }
}

/// A node during the construction of its kernel.
pub(crate) struct Builder<'a> {
    /// The node in the file.
    pub(crate) record: &'a NodeRecord<'a>,
    /// Version of the standard operator set.
    pub(crate) opset: i64,
    /// Sources of its inputs.
    pub(crate) sources: &'a [Source],
    /// All constants so far.
    pub(crate) constants: &'a [Tensor],
    /// Packed weights.
    pub(crate) packs: &'a Packs,
}

impl Builder<'_> {
    /// The constant at input `index`, when it is one.
    pub(crate) fn constant(&self, index: usize) -> Option<&Tensor> {
        match self.sources.get(index)? {
            Source::Constant(index) => self.constants.get(*index),
            _ => None,
        }
    }

    /// A packed matrix of `size` (depth and columns) from the constant at input `index`; it
    /// begins at number `first` of the constant and can be transposed. Shared by all nodes
    /// with the same arguments.
    pub(crate) fn pack(
        &self,
        (index, first): (usize, usize),
        size: (usize, usize),
        transposed: bool,
    ) -> Result<Arc<Packed>, String> {
        let missing = || format!("input {index} must be a constant");
        let Some(Source::Constant(constant)) = self.sources.get(index) else {
            return Err(missing());
        };
        let tensor = self.constants.get(*constant).ok_or_else(missing)?;
        let end = size.0.checked_mul(size.1).and_then(|length| first.checked_add(length));
        let values = end.and_then(|end| tensor.as_slice::<f32>().ok()?.get(first..end));
        let values = match (values, tensor.as_slice::<f32>()) {
            (Some(values), _) => values,
            (None, Err(reason)) => return Err(reason),
            (None, Ok(_)) => {
                return Err(format!("input {index} of shape {} is too small", tensor.shape()));
            }
        };
        self.packs.pack((*constant, first), values, size, transposed)
    }

    /// True if input `index` is given.
    pub(crate) fn has_input(&self, index: usize) -> bool {
        self.record.inputs.get(index).is_some_and(|name| !name.is_empty())
    }

    /// True if output `index` is used.
    pub(crate) fn has_output(&self, index: usize) -> bool {
        self.record.outputs.get(index).is_some_and(|name| !name.is_empty())
    }

    fn attribute(&self, name: &str) -> Option<&AttributeValue<'_>> {
        let found = |a: &&Attribute<'_>| a.name == name;
        self.record.attributes.iter().find(found).map(|attribute| &attribute.value)
    }

    /// A whole number, `None` when it is not set.
    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Int(value)) => Ok(Some(*value)),
            Some(_) => Err(format!("attribute `{name}` must be a whole number")),
        }
    }

    /// A whole number with a default.
    pub(crate) fn int_or(&self, name: &str, default: i64) -> Result<i64, String> {
        Ok(self.int(name)?.unwrap_or(default))
    }

    /// A truth value, written as 0 or 1; false when it is not set.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, String> {
        Ok(self.int_or(name, 0)? != 0)
    }

    /// A number, `None` when it is not set.
    pub(crate) fn float(&self, name: &str) -> Result<Option<f32>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Float(value)) => Ok(Some(*value)),
            Some(_) => Err(format!("attribute `{name}` must be a number")),
        }
    }

    /// A number with a default.
    pub(crate) fn float_or(&self, name: &str, default: f32) -> Result<f32, String> {
        Ok(self.float(name)?.unwrap_or(default))
    }

    /// Text, `None` when it is not set.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Text(value)) => Ok(Some(value)),
            Some(_) => Err(format!("attribute `{name}` must be text")),
        }
    }

    /// Whole numbers, `None` when they are not set.
    pub(crate) fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Ints(values)) => Ok(Some(values.clone())),
            Some(_) => Err(format!("attribute `{name}` must be a list of whole numbers")),
        }
    }

    /// Numbers, `None` when they are not set.
    pub(crate) fn floats(&self, name: &str) -> Result<Option<Vec<f32>>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Floats(values)) => Ok(Some(values.clone())),
            Some(_) => Err(format!("attribute `{name}` must be a list of numbers")),
        }
    }

    /// Texts, `None` when they are not set.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<&[String]>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Texts(values)) => Ok(Some(values)),
            Some(_) => Err(format!("attribute `{name}` must be a list of texts")),
        }
    }

    /// A constant, `None` when it is not set.
    pub(crate) fn tensor(&self, name: &str) -> Result<Option<Tensor>, String> {
        match self.attribute(name) {
            None => Ok(None),
            Some(AttributeValue::Tensor(record)) => {
                // Attributes are in the file itself.
                let mut none = crate::weights::NoExternalData;
                let memory = self.packs.memory();
                let tensor = WeightReader::new(&mut none, memory).tensor(name, record);
                tensor.map(Some).map_err(|error| error.to_string())
            }
            Some(_) => Err(format!("attribute `{name}` must be a tensor")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Shape;

    #[test]
    fn the_work_of_a_run_is_counted_and_bounded() {
        let mut work = Workspace::default();
        let mut empty = Tensor::default();
        empty.reset::<f32>(Shape::new(&[1 << 20, 0]).expect("a legal shape"));

        work.spend(&[1 << 20, 1 << 16]).expect("half of it");
        work.spend_on([&empty].into_iter()).expect("walking through it takes little");
        assert_eq!(work.spent, (1 << 36) + (1 << 20) + 1);
        assert!(work.spend(&[usize::MAX, usize::MAX]).is_err());
        work.restart();
        assert!(work.spend(&[1]).is_ok());
    }
}
