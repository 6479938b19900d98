//! Converts constants of a model file, and of external files, to tensors.

use std::collections::BTreeMap;

use crate::error::ModelError;
use crate::packs::Memory;
use crate::proto::{Payload, TensorRecord};
use crate::shape::Shape;
use crate::tensor::{ElementType, Tensor};

/// Reads external data of a model, such as `policy.onnx.data`.
///
/// Implemented by closures `FnMut(&str) -> Result<Vec<u8>, String>`; use
/// [`NoExternalData`] if there are none.
pub trait ExternalData {
    /// The whole content of the file at `location`, relative to the folder of
    /// the model. Called once for each location, and only with locations that
    /// stay below that folder (no `..`, no absolute path, no backslash).
    ///
    /// # Errors
    /// A message with the reason why the file cannot be read.
    fn read(&mut self, location: &str) -> Result<Vec<u8>, String>;
}

impl<F: FnMut(&str) -> Result<Vec<u8>, String>> ExternalData for F {
    fn read(&mut self, location: &str) -> Result<Vec<u8>, String> {
        self(location)
    }
}

/// Refuses every external file.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoExternalData;

impl ExternalData for NoExternalData {
    fn read(&mut self, _location: &str) -> Result<Vec<u8>, String> {
        Err("external data files are not supported here".to_owned())
    }
}

/// Converts constants, and caches external files.
pub(crate) struct WeightReader<'a> {
    external: &'a mut dyn ExternalData,
    files: BTreeMap<String, Vec<u8>>,
    memory: &'a Memory,
}

impl<'a> WeightReader<'a> {
    /// A reader with a memory limit for constants and their files.
    pub(crate) fn new(external: &'a mut dyn ExternalData, memory: &'a Memory) -> Self {
        Self { external, files: BTreeMap::new(), memory }
    }

    /// The constant called `name`.
    pub(crate) fn tensor(
        &mut self,
        name: &str,
        record: &TensorRecord<'_>,
    ) -> Result<Tensor, ModelError> {
        let constant = |reason| ModelError::Constant { name: name.to_owned(), reason };
        let shape = Shape::from_signed(&record.dims).map_err(constant)?;
        let size = ElementType::from_onnx(record.data_type).map_or(1, ElementType::bytes);
        self.memory.take(shape.elements(), size).map_err(constant)?;
        match &record.payload {
            Payload::External(pairs) => {
                let bytes = self.external_bytes(name, pairs)?;
                from_raw(record.data_type, shape, bytes).map_err(constant)
            }
            Payload::Raw(bytes) => from_raw(record.data_type, shape, bytes).map_err(constant),
            listed => from_list(record.data_type, shape, listed).map_err(constant),
        }
    }

    fn external_bytes(
        &mut self,
        name: &str,
        pairs: &[(String, String)],
    ) -> Result<&[u8], ModelError> {
        let get = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let location = get("location").unwrap_or_default();
        let fail = |reason: String| ModelError::ExternalData {
            name: name.to_owned(),
            location: location.to_owned(),
            reason,
        };
        check_location(location).map_err(fail)?;
        let number = |key: &str| match get(key) {
            None => Ok(None),
            Some(text) => text
                .parse::<usize>()
                .map(Some)
                .map_err(|_| fail(format!("{key} `{text}` is not a whole number"))),
        };
        let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?);
        if !self.files.contains_key(location) {
            let bytes = self.external.read(location).map_err(fail)?;
            self.memory.take(bytes.len(), 1).map_err(fail)?;
            self.files.insert(location.to_owned(), bytes);
        }
        let file = &self.files[location];
        let end = length.map_or(Some(file.len()), |length| offset.checked_add(length));
        end.and_then(|end| file.get(offset..end)).ok_or_else(|| {
            fail(format!("bytes from {offset} on are outside of its {} bytes", file.len()))
        })
    }
}

/// Refuses paths that could leave the folder of the model on any system.
fn check_location(location: &str) -> Result<(), String> {
    let leaves = location.is_empty()
        || location.starts_with('/')
        || location.contains(['\\', ':', '\0'])
        || location.split('/').any(|part| part == "..");
    if leaves {
        return Err("the path must stay below the folder of the model".to_owned());
    }
    Ok(())
}

/// Values of `N` bytes each; their number must match `shape`.
fn decode<const N: usize, T>(
    shape: Shape,
    bytes: &[u8],
    convert: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, String> {
    let (chunks, rest) = bytes.as_chunks::<N>();
    if !rest.is_empty() || chunks.len() != shape.elements() {
        return Err(format!(
            "{} bytes do not fill shape {shape} of {N}-byte elements",
            bytes.len()
        ));
    }
    Ok(chunks.iter().map(|chunk| convert(*chunk)).collect())
}

fn from_raw(data_type: i64, shape: Shape, bytes: &[u8]) -> Result<Tensor, String> {
    let floats = |values| Tensor::from_vec::<f32>(shape, values);
    let words = |values| Tensor::from_vec::<i32>(shape, values);
    let longs = |values| Tensor::from_vec::<i64>(shape, values);
    match data_type {
        1 => floats(decode(shape, bytes, f32::from_le_bytes)?),
        2 => Tensor::from_vec(shape, decode(shape, bytes, |[byte]| byte)?),
        3 => words(decode(shape, bytes, |b| i32::from(i8::from_le_bytes(b)))?),
        4 => words(decode(shape, bytes, |b| i32::from(u16::from_le_bytes(b)))?),
        5 => words(decode(shape, bytes, |b| i32::from(i16::from_le_bytes(b)))?),
        6 => words(decode(shape, bytes, i32::from_le_bytes)?),
        7 => longs(decode(shape, bytes, i64::from_le_bytes)?),
        9 => Tensor::from_vec(shape, decode(shape, bytes, |[byte]| byte != 0)?),
        10 => floats(decode(shape, bytes, |b| f32_from_f16(u16::from_le_bytes(b)))?),
        11 => floats(decode(shape, bytes, |b| f64::from_le_bytes(b) as f32)?),
        12 => longs(decode(shape, bytes, |b| i64::from(u32::from_le_bytes(b)))?),
        13 => longs(decode(shape, bytes, |b| u64::from_le_bytes(b) as i64)?),
        16 => floats(decode(shape, bytes, |b| f32_from_bf16(u16::from_le_bytes(b)))?),
        other => Err(ElementType::from_onnx(other).err().unwrap_or_default()),
    }
}

fn from_list(data_type: i64, shape: Shape, payload: &Payload<'_>) -> Result<Tensor, String> {
    let wrong = || "the numbers are not in the field of their type".to_owned();
    let ints: &[i64] = match payload {
        Payload::Ints(values) => values,
        _ => &[],
    };
    match (data_type, payload) {
        (_, Payload::Texts) => Err("text is not supported".to_owned()),
        (1, Payload::Floats(values)) => Tensor::from_vec(shape, values.clone()),
        (11, Payload::Doubles(values)) => {
            Tensor::from_vec(shape, values.iter().map(|&value| value as f32).collect())
        }
        (1 | 11, Payload::Empty) => Tensor::from_vec(shape, Vec::<f32>::new()),
        (10, Payload::Ints(_) | Payload::Empty) => Tensor::from_vec(
            shape,
            ints.iter().map(|&bits| f32_from_f16(bits as u16)).collect::<Vec<f32>>(),
        ),
        (16, Payload::Ints(_) | Payload::Empty) => Tensor::from_vec(
            shape,
            ints.iter().map(|&bits| f32_from_bf16(bits as u16)).collect::<Vec<f32>>(),
        ),
        (_, Payload::Ints(_) | Payload::Empty) => match ElementType::from_onnx(data_type)? {
            ElementType::F32 => Err(wrong()),
            ElementType::I64 => Tensor::from_vec(shape, ints.to_vec()),
            ElementType::I32 => {
                Tensor::from_vec(shape, ints.iter().map(|&v| v as i32).collect::<Vec<_>>())
            }
            ElementType::U8 => {
                Tensor::from_vec(shape, ints.iter().map(|&v| v as u8).collect::<Vec<_>>())
            }
            ElementType::Bool => {
                Tensor::from_vec(shape, ints.iter().map(|&v| v != 0).collect::<Vec<_>>())
            }
        },
        _ => Err(wrong()),
    }
}

/// IEEE 754 binary16 to binary32; exact.
fn f32_from_f16(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let exponent = u32::from(bits >> 10) & 0x1f;
    let fraction = u32::from(bits) & 0x3ff;
    match (exponent, fraction) {
        (0x1f, _) => f32::from_bits(sign | 0x7f80_0000 | (fraction << 13)),
        // Subnormal: fraction * 2^-24, which binary32 holds exactly.
        (0, _) => {
            let magnitude = fraction as f32 * f32::from_bits(0x3380_0000);
            f32::from_bits(sign | magnitude.to_bits())
        }
        _ => f32::from_bits(sign | ((exponent + 112) << 23) | (fraction << 13)),
    }
}

/// The upper half of a binary32.
fn f32_from_bf16(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn external(location: &str, offset: &str) -> TensorRecord<'static> {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        TensorRecord {
            name: "w".to_owned(),
            dims: vec![2],
            data_type: 1,
            payload: Payload::External(vec![
                pair("location", location),
                pair("offset", offset),
                pair("length", "8"),
            ]),
        }
    }

    #[test]
    fn weights_are_read_from_the_named_file_at_their_offset() {
        let mut calls = 0;
        let mut file = |location: &str| {
            assert_eq!(location, "net.onnx.data");
            calls += 1;
            Ok([[0; 4], 1.5_f32.to_le_bytes(), 2.5_f32.to_le_bytes()].concat())
        };
        let memory = Memory::new(1 << 30);
        let mut reader = WeightReader::new(&mut file, &memory);

        let tensor = reader.tensor("w", &external("net.onnx.data", "4")).unwrap();
        assert_eq!(tensor.as_slice::<f32>().unwrap(), [1.5, 2.5]);
        assert!(reader.tensor("w", &external("net.onnx.data", "8")).is_err());
        assert_eq!(calls, 1, "a file is read once");
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused_before_anything_is_read() {
        let mut never = |_: &str| -> Result<Vec<u8>, String> { panic!("must not be read") };
        let memory = Memory::new(1 << 30);
        let mut reader = WeightReader::new(&mut never, &memory);

        for path in ["../w", "a/../../w", "/etc/passwd", "a\\b", "C:w", ""] {
            let error = reader.tensor("w", &external(path, "0")).unwrap_err();
            assert!(error.to_string().contains("must stay below"), "{path}: {error}");
        }
    }

    #[test]
    fn constants_that_share_a_file_still_take_memory_each() {
        let mut file = |_: &str| Ok(vec![0; 8]);
        let memory = Memory::new(20);
        let mut reader = WeightReader::new(&mut file, &memory);

        assert!(reader.tensor("w", &external("w.data", "0")).is_ok());
        let error = reader.tensor("v", &external("w.data", "0")).unwrap_err();
        assert!(error.to_string().contains("constant `v`: it needs"), "{error}");
    }

    #[test]
    fn half_floats_convert_exactly() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x7c00, f32::INFINITY),
            (0x8000, -0.0),
        ] {
            assert_eq!(f32_from_f16(bits).to_bits(), f32::to_bits(value), "{bits:#x}");
        }
        assert!(f32_from_f16(0x7e00).is_nan());
    }

    #[test]
    fn a_weight_must_fill_its_shape() {
        let record = TensorRecord {
            name: "w".to_owned(),
            dims: vec![1 << 20, 1 << 5],
            data_type: 1,
            payload: Payload::Raw(&[0; 8]),
        };

        let memory = Memory::new(1 << 30);
        let error =
            WeightReader::new(&mut NoExternalData, &memory).tensor("w", &record).unwrap_err();
        assert!(error.to_string().contains("do not fill"), "{error}");
    }
}
