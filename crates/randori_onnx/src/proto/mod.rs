//! The part of the ONNX file format that an interpreter needs.
//!
//! ONNX files are protocol buffers. The decoder is written by hand: it borrows weights
//! instead of copying them, reports the offset of an error, and reads only the required
//! fields, in some 400 lines instead of a dozen crates for generated code.
//!
//! Field numbers are those of `onnx.proto3` of ONNX 1.23 (IR version 3 and up).

mod graph;
mod tensor;
mod wire;

pub(crate) use graph::{
    Attribute, AttributeValue, Dimension, Graph, ModelFile, NodeRecord, ValueRecord,
};
pub(crate) use tensor::{Payload, TensorRecord};
pub(crate) use wire::WireError;
