//! Runs a model with one f32 observation of zeros through ONNX Runtime:
//! `run_runtime LIBRARY MODEL INPUT WIDTH` (feature `ort`).

use std::io::Write;

use randori_onnx::{Runtime, TensorView};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let places: Vec<String> = std::env::args().skip(1).collect();
    let [library, model, input, width] = places.as_slice() else {
        return Err("usage: run_runtime LIBRARY MODEL INPUT WIDTH".into());
    };
    let width: usize = width.parse()?;
    let runtime = Runtime::load(library.as_ref())?;
    let mut session = runtime.session(&std::fs::read(model)?)?;
    let observation = vec![0.0; width];
    let outputs = session.run(&[(input, TensorView::f32(&[1, width], &observation)?)])?;
    writeln!(std::io::stdout(), "{outputs:?}")?;
    Ok(())
}
