//! Time of one inference of a published policy, alone and in a batch.
//!
//! Reads the policies below `RANDORI_REFERENCE_DATA` (else `../shared/data` from
//! the repository root) and prints the median of 2,000 runs. `compare.sh` beside
//! this file puts onnxruntime next to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use randori_onnx::{Dim, Model, NoExternalData, Session, TensorView};

const POLICIES: [&str; 4] = [
    "go1_playground/go1_policy.onnx",
    "g1_playground/g1_policy.onnx",
    "go2_rl_sar/policy.onnx",
    "g1_isaaclab/policy.onnx",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data = std::env::var_os("RANDORI_REFERENCE_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let mut out = std::io::stdout();
    for name in POLICIES {
        let path = data.join("policies").join(name);
        let Ok(bytes) = std::fs::read(&path) else {
            writeln!(out, "{name}: skipped, {} is not there", path.display())?;
            continue;
        };
        let mut session = Session::new(Arc::new(Model::parse(&bytes, &mut NoExternalData)?));
        session.allow_any_batch(true);
        for batch in [1, 64] {
            writeln!(out, "{name}, batch {batch}: {} ns", median_ns(&mut session, batch)?)?;
        }
    }
    Ok(())
}

fn median_ns(session: &mut Session, batch: usize) -> Result<u128, Box<dyn std::error::Error>> {
    let input = session.model().inputs()[0].clone();
    let width = match input.dims.as_deref() {
        Some([_, Dim::Fixed(width)]) => *width,
        _ => return Err("a policy takes one observation vector".into()),
    };
    let observation: Vec<f32> = (0..batch * width).map(|i| (i % 17) as f32 / 8.0 - 1.0).collect();
    let view = TensorView::f32(&[batch, width], &observation)?;
    let mut times = Vec::new();
    for _ in 0..2_000 {
        let start = Instant::now();
        session.run(&[(&input.name, view)])?;
        times.push(start.elapsed().as_nanos());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
