//! Runs of neural networks.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use randori_onnx::{
    Dim, ElementType, Model, NoExternalData, Session, TensorData, TensorView, ValueInfo,
};
use randori_sim::hash::StateHasher;

use crate::say;

/// Number of runs of each network, each with different inputs.
const RUNS: usize = 64;

/// Runs a network on float inputs and prints the digest of all outputs.
pub(crate) fn run(project: &Path, file: &str) -> Result<(), Box<dyn Error>> {
    let model = Arc::new(Model::parse(&std::fs::read(project.join(file))?, &mut NoExternalData)?);
    let mut session = Session::new(Arc::clone(&model));
    let mut hasher = StateHasher::new();
    let mut numbers = 0;
    for run in 0..RUNS {
        let inputs: Vec<(&ValueInfo, Vec<usize>, Vec<f32>)> = model
            .inputs()
            .iter()
            .map(|input| {
                let shape = shape(input);
                let values = values(run, shape.iter().product());
                (input, shape, values)
            })
            .collect();
        let mut views = Vec::new();
        for (input, shape, values) in &inputs {
            if input.element_type != ElementType::F32 {
                return Err(format!("input `{}` does not hold floats", input.name).into());
            }
            views.push((input.name.as_str(), TensorView::new(shape, TensorData::F32(values))?));
        }
        let outputs = session.run(&views)?;
        for (name, output) in outputs.iter() {
            let values = output.as_f32().ok_or_else(|| format!("`{name}` holds no floats"))?;
            if values.iter().any(|value| !value.is_finite()) {
                return Err(format!("`{name}` is not finite").into());
            }
            hasher.write_f32s(values);
            numbers += values.len();
        }
    }
    say(&format!("{file}: {numbers} numbers, {:016x}", hasher.finish()));
    Ok(())
}

/// The declared shape, with 1 for dynamic dimensions.
fn shape(input: &ValueInfo) -> Vec<usize> {
    let dims = input.dims.iter().flatten();
    dims.map(|dim| if let Dim::Fixed(length) = dim { *length } else { 1 }).collect()
}

/// Numbers in -2..2 that differ from run to run, from a linear congruential
/// generator (Knuth, MMIX).
fn values(run: usize, count: usize) -> Vec<f32> {
    let mut state = run as u64 + 1;
    let next = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 22) as f32 - 2.0
    };
    (0..count).map(next).collect()
}
