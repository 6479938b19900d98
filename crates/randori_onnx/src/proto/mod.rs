//! The part of the ONNX file format that an interpreter needs.
//!
//! ONNX files are protocol buffers. The decoder here is written by hand: it
//! borrows weights instead of copying them, knows the byte at which a file is
//! broken, and reads only the fields that matter, in some 400 lines, where
//! generated code would bring a dozen crates.
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
