//! Networks in ONNX Runtime, for those that the interpreter cannot run or that are too large for it
//! (feature `ort`).

use randori_core::policy::Determinism;
use randori_onnx::RuntimeSession;

use super::backend::{Network, TensorInfo, TensorView};
use super::onnx::{named, tensors};

/// A network computed by a shared library of ONNX Runtime: fast, but not bit-identical on all
/// machines.
#[derive(Debug)]
pub struct RuntimeNetwork {
    session: RuntimeSession,
    inputs: Vec<TensorInfo>,
    outputs: Vec<TensorInfo>,
}

impl RuntimeNetwork {
    /// A network with a session of its own.
    pub fn new(session: RuntimeSession) -> Self {
        let (inputs, outputs) = (tensors(&session.inputs()), tensors(&session.outputs()));
        Self { session, inputs, outputs }
    }
}

impl Network for RuntimeNetwork {
    fn inputs(&self) -> &[TensorInfo] {
        &self.inputs
    }

    fn outputs(&self) -> &[TensorInfo] {
        &self.outputs
    }

    fn determinism(&self) -> Determinism {
        Determinism::SameMachine
    }

    fn run(&mut self, inputs: &[TensorView<'_>], outputs: &mut [Vec<f32>]) -> Result<(), String> {
        let views = named(&self.inputs, inputs)?;
        let results = self.session.run(&views).map_err(|error| error.to_string())?;
        for (output, (_, _, values)) in outputs.iter_mut().zip(results) {
            *output = values;
        }
        Ok(())
    }
}
