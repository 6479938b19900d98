//! The same interface on top of ONNX Runtime, for models that the interpreter
//! cannot run or that are too large for it (feature `ort`).
//!
//! Results are those of the given library, and not the same bits on every CPU.

use std::borrow::Cow;
use std::path::Path;

use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::{Outlet, TensorElementType, TensorRef, ValueType};

use crate::error::RunError;
use crate::model::{Dim, ValueInfo};
use crate::tensor::{ElementType, TensorData, TensorView};

fn failed(error: impl std::fmt::Display) -> RunError {
    RunError::Backend { reason: error.to_string() }
}

/// A loaded shared library of ONNX Runtime. Create one per process.
#[derive(Debug)]
pub struct Runtime {
    environment: Environment,
}

impl Runtime {
    /// Loads the library, such as `libonnxruntime.so.1.32.0`.
    ///
    /// # Errors
    /// The library cannot be loaded, is too old, or one is loaded already.
    pub fn load(library: &Path) -> Result<Self, RunError> {
        let environment = ort::init_from(library).map_err(failed)?.build().map_err(failed)?;
        Ok(Self { environment })
    }

    /// Reads a model for one thread; weights in other files are not supported.
    ///
    /// # Errors
    /// ONNX Runtime refuses the model.
    pub fn session(&self, model: &[u8]) -> Result<RuntimeSession, RunError> {
        let builder = Session::builder(&self.environment).map_err(failed)?;
        let mut builder = builder.with_intra_threads(1).map_err(failed)?;
        Ok(RuntimeSession { session: builder.commit_from_memory(model).map_err(failed)? })
    }
}

/// An input or output in our types. Unsupported types become bytes, which no run
/// accepts.
fn declared(outlet: &Outlet) -> ValueInfo {
    let name = outlet.name().to_owned();
    let ValueType::Tensor { ty, shape, dimension_symbols } = outlet.dtype() else {
        return ValueInfo { name, element_type: ElementType::U8, dims: None };
    };
    let element_type = match ty {
        TensorElementType::Float32 => ElementType::F32,
        TensorElementType::Int64 => ElementType::I64,
        TensorElementType::Int32 => ElementType::I32,
        TensorElementType::Bool => ElementType::Bool,
        _ => ElementType::U8,
    };
    let dim = |(index, length): (usize, &i64)| match usize::try_from(*length) {
        Ok(length) => Dim::Fixed(length),
        Err(_) => Dim::Symbol(dimension_symbols.get(index).cloned().unwrap_or_default()),
    };
    let dims = shape.iter().enumerate().map(dim).collect();
    ValueInfo { name, element_type, dims: Some(dims) }
}

/// Name, shape and numbers of one output.
pub type RuntimeOutput = (String, Vec<usize>, Vec<f32>);

/// Runs one model through ONNX Runtime.
#[derive(Debug)]
pub struct RuntimeSession {
    session: Session,
}

impl RuntimeSession {
    /// Inputs, in the order of the model.
    pub fn inputs(&self) -> Vec<ValueInfo> {
        self.session.inputs().iter().map(declared).collect()
    }

    /// Outputs, in the order of [`Self::run`].
    pub fn outputs(&self) -> Vec<ValueInfo> {
        self.session.outputs().iter().map(declared).collect()
    }

    /// Computes all outputs, which must be floats: name, shape, numbers.
    ///
    /// # Errors
    /// An input of a type other than f32 and i64, or an error of ONNX Runtime.
    pub fn run(
        &mut self,
        inputs: &[(&str, TensorView<'_>)],
    ) -> Result<Vec<RuntimeOutput>, RunError> {
        let mut given: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = Vec::new();
        for (name, view) in inputs {
            let shape = view.shape().to_vec();
            let value: SessionInputValue<'_> = match view.data() {
                TensorData::F32(values) => {
                    TensorRef::from_array_view((shape, values)).map_err(failed)?.into()
                }
                TensorData::I64(values) => {
                    TensorRef::from_array_view((shape, values)).map_err(failed)?.into()
                }
                _ => return Err(failed("inputs must be f32 or i64")),
            };
            given.push((Cow::Borrowed(*name), value));
        }
        let outputs = self.session.run(given).map_err(failed)?;
        let mut results = Vec::new();
        for (name, value) in &outputs {
            let (shape, values) = value.try_extract_tensor::<f32>().map_err(failed)?;
            let shape = shape.iter().map(|&length| length as usize).collect();
            results.push((name.to_owned(), shape, values.to_vec()));
        }
        Ok(results)
    }
}
