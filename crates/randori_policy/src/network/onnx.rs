//! Networks in ONNX files, computed by `randori_onnx`.

use std::sync::Arc;

use randori_core::policy::Determinism;
use randori_onnx::{Model, Session, ValueInfo};

use super::backend::{Dim, Network, TensorInfo, TensorView};

/// A network from an ONNX file, computed in a fixed order: bit-identical on all machines.
#[derive(Debug)]
pub struct OnnxNetwork {
    session: Session,
    inputs: Vec<TensorInfo>,
    outputs: Vec<TensorInfo>,
}

impl OnnxNetwork {
    /// Creates a network with its own memory; the model can be shared.
    pub fn new(model: Arc<Model>) -> Self {
        let inputs = tensors(model.inputs());
        let outputs = tensors(model.outputs());
        Self { session: Session::new(model), inputs, outputs }
    }
}

/// Inputs or outputs of a model.
pub(super) fn tensors(list: &[ValueInfo]) -> Vec<TensorInfo> {
    let dim = |dim: &randori_onnx::Dim| match dim {
        randori_onnx::Dim::Fixed(size) => Dim::Fixed(*size),
        randori_onnx::Dim::Symbol(name) => Dim::Open(name.clone()),
    };
    let tensor = |value: &ValueInfo| TensorInfo {
        name: value.name.clone(),
        element: value.element_type.to_string(),
        shape: value.dims.as_ref().map(|dims| dims.iter().map(dim).collect()),
    };
    list.iter().map(tensor).collect()
}

/// Inputs by name, as a session takes them.
pub(super) fn named<'n>(
    infos: &'n [TensorInfo],
    inputs: &[TensorView<'n>],
) -> Result<Vec<(&'n str, randori_onnx::TensorView<'n>)>, String> {
    let pairs = infos.iter().zip(inputs).map(|(info, input)| {
        let view = randori_onnx::TensorView::f32(input.shape, input.values);
        view.map(|view| (info.name.as_str(), view)).map_err(|error| error.to_string())
    });
    pairs.collect()
}

impl Network for OnnxNetwork {
    fn inputs(&self) -> &[TensorInfo] {
        &self.inputs
    }

    fn outputs(&self) -> &[TensorInfo] {
        &self.outputs
    }

    fn determinism(&self) -> Determinism {
        Determinism::BitExact
    }

    fn run(&mut self, inputs: &[TensorView<'_>], outputs: &mut [Vec<f32>]) -> Result<(), String> {
        let views = named(&self.inputs, inputs)?;
        let results = self.session.run(&views).map_err(|error| error.to_string())?;
        for (index, output) in outputs.iter_mut().enumerate() {
            output.clear();
            // Elements other than `float` are not read; this was checked before.
            output.extend(results.at(index).and_then(|view| view.as_f32()).unwrap_or_default());
        }
        Ok(())
    }
}
