//! A loaded network.

use std::collections::BTreeMap;

use crate::error::ModelError;
use crate::kernel::{Kernel, Source};
use crate::load;
use crate::shape::Shape;
use crate::tensor::{ElementType, Tensor};
use crate::weights::ExternalData;

/// One dimension of a declared shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dim {
    /// A fixed length.
    Fixed(usize),
    /// Any length, with a name, such as `batch`, which may be empty.
    Symbol(String),
}

/// A declared input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueInfo {
    /// Name in runs.
    pub name: String,
    /// Element type.
    pub element_type: ElementType,
    /// Declared dimensions, outermost first; `None` without a declared rank.
    pub dims: Option<Vec<Dim>>,
}

impl ValueInfo {
    /// The shape as text, such as `[batch, 48]`.
    pub fn shape_text(&self) -> String {
        let Some(dims) = &self.dims else { return "[...]".to_owned() };
        let parts: Vec<String> = dims
            .iter()
            .map(|dim| match dim {
                Dim::Fixed(length) => length.to_string(),
                Dim::Symbol(name) if name.is_empty() => "?".to_owned(),
                Dim::Symbol(name) => name.clone(),
            })
            .collect();
        format!("[{}]", parts.join(", "))
    }

    /// True if a tensor of this shape is accepted.
    pub(crate) fn accepts(&self, shape: &Shape, any_batch: bool) -> bool {
        let Some(dims) = &self.dims else { return true };
        dims.len() == shape.len()
            && dims.iter().zip(shape.iter()).enumerate().all(|(axis, (dim, length))| match dim {
                Dim::Fixed(declared) => {
                    declared == length || (any_batch && axis == 0 && *declared == 1)
                }
                Dim::Symbol(_) => true,
            })
    }
}

/// An executable node.
#[derive(Debug)]
pub(crate) struct Node {
    /// Name, else the first output.
    pub(crate) name: String,
    pub(crate) operator: String,
    pub(crate) kernel: Box<dyn Kernel>,
    pub(crate) inputs: Vec<Source>,
    /// Number of outputs.
    pub(crate) outputs: usize,
}

/// A network. Immutable; share it between sessions with [`std::sync::Arc`].
#[derive(Debug)]
pub struct Model {
    pub(crate) inputs: Vec<ValueInfo>,
    pub(crate) outputs: Vec<ValueInfo>,
    pub(crate) output_sources: Vec<Source>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) constants: Vec<Tensor>,
    pub(crate) facts: Facts,
    /// Memory limit of one run, bytes.
    pub(crate) memory_bytes: u64,
}

/// Metadata of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) name: String,
    pub(crate) ir_version: i64,
    pub(crate) producer: String,
    pub(crate) opsets: Vec<(String, i64)>,
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) operators: BTreeMap<String, usize>,
    pub(crate) parameters: usize,
}

impl Model {
    /// Reads a model from the bytes of an ONNX file.
    ///
    /// `external` provides weights in other files. Nodes that depend on constants only are
    /// folded here.
    ///
    /// # Errors
    /// The file is damaged, refers to undefined values or has a cycle, or uses an
    /// operator, type or setting that the interpreter does not support. Hostile files
    /// neither panic nor take more than 2 GiB of memory, and the same for the values of
    /// one run.
    pub fn parse(bytes: &[u8], external: &mut dyn ExternalData) -> Result<Self, ModelError> {
        load::model(bytes, external, load::MAX_MEMORY)
    }

    /// The same with another memory limit, in bytes, for the loaded model and for the
    /// values of one run.
    ///
    /// # Errors
    /// As [`Model::parse`].
    pub fn parse_within(
        bytes: &[u8],
        external: &mut dyn ExternalData,
        memory_bytes: u64,
    ) -> Result<Self, ModelError> {
        load::model(bytes, external, memory_bytes)
    }

    /// Inputs, in the order of the file.
    pub fn inputs(&self) -> &[ValueInfo] {
        &self.inputs
    }

    /// Outputs, in the order of the file.
    pub fn outputs(&self) -> &[ValueInfo] {
        &self.outputs
    }

    /// Number of occurrences of each operator in the file.
    pub fn operators(&self) -> &BTreeMap<String, usize> {
        &self.facts.operators
    }

    /// Operator sets: domain (empty for the standard one) and version.
    pub fn opsets(&self) -> &[(String, i64)] {
        &self.facts.opsets
    }

    /// Name of the network in the file.
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// Program that wrote the file, with its version, such as `pytorch 2.5.1`.
    pub fn producer(&self) -> &str {
        &self.facts.producer
    }

    /// Version of the file format.
    pub fn ir_version(&self) -> i64 {
        self.facts.ir_version
    }

    /// Free key and value pairs, in the order of the file.
    pub fn metadata(&self) -> &[(String, String)] {
        &self.facts.metadata
    }

    /// Number of parameters in the file.
    pub fn parameters(&self) -> usize {
        self.facts.parameters
    }
}
