//! `TensorProto`: constants in the file.

use super::wire::{Reader, WireError};

/// A constant in the file, not yet converted.
#[derive(Debug, Clone, Default)]
pub(crate) struct TensorRecord<'a> {
    /// Name of an initializer; empty for an attribute.
    pub(crate) name: String,
    /// Dimensions in the file.
    pub(crate) dims: Vec<i64>,
    /// Number of the element type in `TensorProto.DataType`.
    pub(crate) data_type: i64,
    /// The numbers.
    pub(crate) payload: Payload<'a>,
}

/// The numbers of a constant, in one of the forms that ONNX allows.
#[derive(Debug, Clone, Default)]
pub(crate) enum Payload<'a> {
    /// No numbers; valid for an empty tensor.
    #[default]
    Empty,
    /// Little-endian bytes.
    Raw(&'a [u8]),
    /// `float_data`.
    Floats(Vec<f32>),
    /// `int32_data`, `int64_data` or `uint64_data`.
    Ints(Vec<i64>),
    /// `double_data`.
    Doubles(Vec<f64>),
    /// `string_data`, which is not supported.
    Texts,
    /// In another file: key and value pairs such as `location`.
    External(Vec<(String, String)>),
}

impl<'a> TensorRecord<'a> {
    /// Reads one `TensorProto`.
    pub(crate) fn read(mut reader: Reader<'a>) -> Result<Self, WireError> {
        let mut record = Self::default();
        let mut floats = Vec::new();
        let mut ints = Vec::new();
        let mut doubles = Vec::new();
        let mut external = Vec::new();
        let mut is_external = false;
        while let Some((number, field)) = reader.field()? {
            match number {
                1 => field.ints(&mut record.dims)?,
                2 => record.data_type = field.int()?,
                4 => field.floats(&mut floats)?,
                5 | 7 | 11 => field.ints(&mut ints)?,
                6 => record.payload = Payload::Texts,
                8 => record.name = field.text()?,
                9 => record.payload = Payload::Raw(field.message()?.bytes()),
                10 => field.doubles(&mut doubles)?,
                13 => external.push(read_pair(field.message()?)?),
                14 => is_external = field.int()? == 1,
                _ => {}
            }
        }
        if is_external {
            record.payload = Payload::External(external);
        } else if !floats.is_empty() {
            record.payload = Payload::Floats(floats);
        } else if !ints.is_empty() {
            record.payload = Payload::Ints(ints);
        } else if !doubles.is_empty() {
            record.payload = Payload::Doubles(doubles);
        }
        Ok(record)
    }
}

/// Reads a `StringStringEntryProto`.
pub(super) fn read_pair(mut reader: Reader<'_>) -> Result<(String, String), WireError> {
    let mut pair = (String::new(), String::new());
    while let Some((number, field)) = reader.field()? {
        match number {
            1 => pair.0 = field.text()?,
            2 => pair.1 = field.text()?,
            _ => {}
        }
    }
    Ok(pair)
}
