//! Why a model cannot be loaded, and why it cannot be run.

use crate::tensor::ElementType;

/// A reason why a file is not a model that this crate can run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes are not an ONNX file, or the file is cut or damaged.
    #[error("not a readable ONNX file: {reason} (byte {offset})")]
    Encoding {
        /// Where, in bytes from the start of the file.
        offset: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The file is well formed but is not a usable model.
    #[error("not a usable ONNX model: {reason}")]
    Structure {
        /// What is wrong, naming the value or field.
        reason: String,
    },
    /// An operator that the interpreter does not have.
    #[error(
        "operator `{operator}` of node `{node}` is not supported: run the model through \
         ONNX Runtime (feature `ort`), or export it without this operator"
    )]
    UnsupportedOperator {
        /// Name, with its domain when that is not the standard one.
        operator: String,
        /// Name of the node, else of its first output.
        node: String,
    },
    /// A node whose attributes or constant inputs make no sense.
    #[error("node `{node}` ({operator}): {reason}")]
    Node {
        /// Name of the node, else of its first output.
        node: String,
        /// Its operator.
        operator: String,
        /// What is wrong.
        reason: String,
    },
    /// A constant that cannot be read.
    #[error("constant `{name}`: {reason}")]
    Constant {
        /// Name of the initializer, or of the node that holds it.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// A file beside the model that cannot be read or may not be named.
    #[error("constant `{name}` lies in `{location}`: {reason}")]
    ExternalData {
        /// Name of the initializer.
        name: String,
        /// Path, as the model gives it.
        location: String,
        /// What is wrong.
        reason: String,
    },
}

impl ModelError {
    pub(crate) fn structure(reason: impl Into<String>) -> Self {
        Self::Structure { reason: reason.into() }
    }
}

/// A reason why one run failed. The session stays usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A tensor for an input that the model does not have.
    #[error("the model has no input `{name}`: it has {known}")]
    UnknownInput {
        /// Name that was given.
        name: String,
        /// Names that exist, each in backticks.
        known: String,
    },
    /// An input without a tensor, or with two.
    #[error("input `{name}` was given {times} times, must be given once")]
    InputCount {
        /// Name of the input.
        name: String,
        /// How many tensors named it.
        times: usize,
    },
    /// A tensor of the wrong element type.
    #[error("input `{name}` holds {expected}, but {found} was given")]
    InputType {
        /// Name of the input.
        name: String,
        /// What the model declares.
        expected: ElementType,
        /// What was given.
        found: ElementType,
    },
    /// A tensor whose shape is not the declared one.
    #[error("input `{name}` has shape {expected}, but {found} was given")]
    InputShape {
        /// Name of the input.
        name: String,
        /// What the model declares.
        expected: String,
        /// What was given.
        found: String,
    },
    /// A tensor whose numbers do not fill its shape, or whose shape is too large.
    #[error("tensor: {reason}")]
    Tensor {
        /// What is wrong.
        reason: String,
    },
    /// A node that cannot compute: shapes that do not fit, an index out of range.
    #[error("node `{node}` ({operator}): {reason}")]
    Node {
        /// Name of the node, else of its first output.
        node: String,
        /// Its operator.
        operator: String,
        /// What is wrong.
        reason: String,
    },
    /// The backend behind the interface failed (feature `ort`).
    #[error("ONNX Runtime: {reason}")]
    Backend {
        /// What it said.
        reason: String,
    },
}
