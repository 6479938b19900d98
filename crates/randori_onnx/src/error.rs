//! Errors in loading and running a model.

use crate::tensor::ElementType;

/// An error in loading a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are not an ONNX file, or the file is truncated or damaged.
    #[error("not a readable ONNX file: {reason} (byte {offset})")]
    Encoding {
        /// Offset from the start of the file, in bytes.
        offset: usize,
        /// The problem.
        reason: String,
    },
    /// The file is well formed but is not a usable model.
    #[error("not a usable ONNX model: {reason}")]
    Structure {
        /// The problem, with the name of the value or field.
        reason: String,
    },
    /// An operator that the interpreter does not support.
    #[error(
        "operator `{operator}` of node `{node}` is not supported: run the model through \
         ONNX Runtime (feature `ort`), or export it without this operator"
    )]
    UnsupportedOperator {
        /// Name, with its domain unless it is the standard one.
        operator: String,
        /// Name of the node, else of its first output.
        node: String,
    },
    /// A node with invalid attributes or constant inputs.
    #[error("node `{node}` ({operator}): {reason}")]
    Node {
        /// Name of the node, else of its first output.
        node: String,
        /// Its operator.
        operator: String,
        /// The problem.
        reason: String,
    },
    /// An unreadable constant.
    #[error("constant `{name}`: {reason}")]
    Constant {
        /// Name of the initializer, or of its node.
        name: String,
        /// The problem.
        reason: String,
    },
    /// An external file that cannot be read or is not allowed.
    #[error("constant `{name}` in `{location}`: {reason}")]
    ExternalData {
        /// Name of the initializer.
        name: String,
        /// Path in the model.
        location: String,
        /// The problem.
        reason: String,
    },
}

impl ModelError {
    pub(crate) fn structure(reason: impl Into<String>) -> Self {
        Self::Structure { reason: reason.into() }
    }
}

/// An error in a run. The session stays usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A tensor for an input that the model does not have.
    #[error("the model has no input `{name}`: it has {known}")]
    UnknownInput {
        /// The given name.
        name: String,
        /// Names that exist, each in backticks.
        known: String,
    },
    /// An input without a tensor, or with two.
    #[error("input `{name}` was given {times} times, must be given once")]
    InputCount {
        /// Name of the input.
        name: String,
        /// Number of tensors with this name.
        times: usize,
    },
    /// A tensor of the wrong element type.
    #[error("input `{name}` holds {expected}, but {found} was given")]
    InputType {
        /// Name of the input.
        name: String,
        /// The declared one.
        expected: ElementType,
        /// The given one.
        found: ElementType,
    },
    /// A tensor whose shape is not the declared one.
    #[error("input `{name}` has shape {expected}, but {found} was given")]
    InputShape {
        /// Name of the input.
        name: String,
        /// The declared one.
        expected: String,
        /// The given one.
        found: String,
    },
    /// A tensor whose size does not match its shape, or whose shape is too large.
    #[error("tensor: {reason}")]
    Tensor {
        /// The problem.
        reason: String,
    },
    /// A failed node: incompatible shapes, or an index out of range.
    #[error("node `{node}` ({operator}): {reason}")]
    Node {
        /// Name of the node, else of its first output.
        node: String,
        /// Its operator.
        operator: String,
        /// The problem.
        reason: String,
    },
    /// The backend behind the interface failed (feature `ort`).
    #[error("ONNX Runtime: {reason}")]
    Backend {
        /// Its message.
        reason: String,
    },
}
