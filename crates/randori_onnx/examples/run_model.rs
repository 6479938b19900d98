//! Runs a model on tensors from files: the peer of the conformance test.
//!
//! `run_model MODEL OUTPUT_FOLDER NAME=TENSOR.npy ...` writes one `.npy` file
//! for each output, called `0.npy`, `1.npy` and so on. `--repeat N` prints the
//! nanoseconds of the fastest of N runs and their median; `--batches` accepts
//! any leading dimension where the model declares 1.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use randori_onnx::{Model, Session, TensorData, TensorView};

/// A tensor read from a `.npy` file.
struct Array {
    shape: Vec<usize>,
    numbers: Numbers,
}

enum Numbers {
    F32(Vec<f32>),
    I64(Vec<i64>),
    I32(Vec<i32>),
    U8(Vec<u8>),
    Bool(Vec<bool>),
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut repeat = 0_usize;
    let mut batches = false;
    let mut places = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--repeat" => repeat = arguments.next().ok_or("--repeat needs a number")?.parse()?,
            "--batches" => batches = true,
            _ => places.push(argument),
        }
    }
    let [model_path, folder, tensors @ ..] = places.as_slice() else {
        return Err("usage: run_model MODEL OUTPUT_FOLDER NAME=TENSOR.npy ...".into());
    };
    let mut session = Session::new(Arc::new(load(Path::new(model_path))?));
    session.allow_any_batch(batches);
    let mut arrays = Vec::new();
    for tensor in tensors {
        let (name, path) = tensor.rsplit_once('=').ok_or("a tensor is written NAME=FILE")?;
        arrays.push((name, read_npy(&std::fs::read(path)?)?));
    }
    let mut inputs = Vec::new();
    for (name, array) in &arrays {
        inputs.push((*name, array.view()?));
    }
    let outputs = session.run(&inputs)?;
    for (index, (_, view)) in outputs.iter().enumerate() {
        std::fs::write(Path::new(folder).join(format!("{index}.npy")), npy(&view))?;
    }
    if repeat > 0 {
        let mut times = Vec::with_capacity(repeat);
        for _ in 0..repeat {
            let start = Instant::now();
            session.run(&inputs)?;
            times.push(start.elapsed().as_nanos());
        }
        times.sort_unstable();
        writeln!(std::io::stdout(), "{} {}", times[0], times[repeat / 2])?;
    }
    Ok(())
}

fn load(path: &Path) -> Result<Model, Box<dyn Error>> {
    let folder = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    let mut read =
        |location: &str| std::fs::read(folder.join(location)).map_err(|error| error.to_string());
    Ok(Model::parse(&std::fs::read(path)?, &mut read)?)
}

impl Array {
    fn view(&self) -> Result<TensorView<'_>, Box<dyn Error>> {
        let data = match &self.numbers {
            Numbers::F32(values) => TensorData::F32(values),
            Numbers::I64(values) => TensorData::I64(values),
            Numbers::I32(values) => TensorData::I32(values),
            Numbers::U8(values) => TensorData::U8(values),
            Numbers::Bool(values) => TensorData::Bool(values),
        };
        Ok(TensorView::new(&self.shape, data)?)
    }
}

/// Reads version 1 of the format, C order, little endian.
fn read_npy(bytes: &[u8]) -> Result<Array, Box<dyn Error>> {
    let (head, rest) = bytes.split_first_chunk::<10>().ok_or("not a .npy file")?;
    let length = usize::from(u16::from_le_bytes([head[8], head[9]]));
    let (header, data) = rest.split_at_checked(length).ok_or("not a .npy file")?;
    let header = std::str::from_utf8(header)?;
    let dims = header.split_once('(').and_then(|(_, after)| after.split_once(')'));
    let (dims, _) = dims.ok_or("the header has no shape")?;
    let shape = dims
        .split(',')
        .map(str::trim)
        .filter(|dim| !dim.is_empty())
        .map(str::parse)
        .collect::<Result<Vec<usize>, _>>()?;
    let kind = ["<f4", "<i8", "<i4", "|u1", "|b1"].into_iter().find(|kind| header.contains(kind));
    let numbers = match kind {
        Some("<f4") => {
            Numbers::F32(data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
        }
        Some("<i8") => {
            Numbers::I64(data.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b)).collect())
        }
        Some("<i4") => {
            Numbers::I32(data.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b)).collect())
        }
        Some("|u1") => Numbers::U8(data.to_vec()),
        Some("|b1") => Numbers::Bool(data.iter().map(|&b| b != 0).collect()),
        _ => return Err(format!("unknown element type in {header}").into()),
    };
    Ok(Array { shape, numbers })
}

fn npy(view: &TensorView<'_>) -> Vec<u8> {
    let (kind, data): (&str, Vec<u8>) = match view.data() {
        TensorData::F32(values) => ("<f4", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        TensorData::I64(values) => ("<i8", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        TensorData::I32(values) => ("<i4", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        TensorData::U8(values) => ("|u1", values.to_vec()),
        TensorData::Bool(values) => ("|b1", values.iter().map(|&v| u8::from(v)).collect()),
    };
    let dims: Vec<String> = view.shape().iter().map(ToString::to_string).collect();
    // A tuple of one number needs a comma.
    let dims = if dims.len() == 1 { format!("{},", dims[0]) } else { dims.join(", ") };
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({dims}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}
