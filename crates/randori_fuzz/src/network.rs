//! Neural networks.

use std::sync::Arc;

use randori_onnx::{Dim, ElementType, Model, NoExternalData, Session, TensorData, TensorView};

/// Maximum number of elements of an input of one run.
const MAX_ELEMENTS: usize = 10_000;

/// A network is refused, or computes a result or an error for zeros of its
/// declared input shapes.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(model) = Model::parse(bytes, &mut NoExternalData) else { return };
    let model = Arc::new(model);
    let mut inputs = Vec::new();
    for input in model.inputs() {
        let shape: Vec<usize> = input
            .dims
            .iter()
            .flatten()
            .map(|dim| match dim {
                Dim::Fixed(length) => *length,
                Dim::Symbol(_) => 1,
            })
            .collect();
        let elements = shape.iter().try_fold(1_usize, |product, n| product.checked_mul(*n));
        match elements {
            Some(elements) if elements <= MAX_ELEMENTS => inputs.push((input, shape, elements)),
            _ => return,
        }
    }
    let mut session = Session::new(Arc::clone(&model));
    let (floats, integers) = (vec![0.0; MAX_ELEMENTS], vec![0; MAX_ELEMENTS]);
    let (words, flags) = (vec![0; MAX_ELEMENTS], vec![false; MAX_ELEMENTS]);
    let bytes = vec![0; MAX_ELEMENTS];
    let mut views = Vec::new();
    for (input, shape, elements) in &inputs {
        let data = match input.element_type {
            ElementType::F32 => TensorData::F32(&floats[..*elements]),
            ElementType::I64 => TensorData::I64(&integers[..*elements]),
            ElementType::I32 => TensorData::I32(&words[..*elements]),
            ElementType::U8 => TensorData::U8(&bytes[..*elements]),
            ElementType::Bool => TensorData::Bool(&flags[..*elements]),
        };
        let Ok(view) = TensorView::new(shape, data) else { return };
        views.push((input.name.as_str(), view));
    }
    if let Err(error) = session.run(&views) {
        assert!(!error.to_string().is_empty());
    }
}
