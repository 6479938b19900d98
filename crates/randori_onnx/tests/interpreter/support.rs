//! Writes small ONNX files, so that tests own their fixtures.

use std::sync::Arc;

use randori_onnx::{Model, ModelError, NoExternalData, RunError, Session, TensorData, TensorView};

/// Appends a protocol buffer number.
fn varint(mut value: u64, into: &mut Vec<u8>) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// Appends a field that holds a number.
pub(crate) fn number(field: u64, value: i64, into: &mut Vec<u8>) {
    varint(field << 3, into);
    varint(value as u64, into);
}

/// Appends a field that holds bytes.
pub(crate) fn bytes(field: u64, content: &[u8], into: &mut Vec<u8>) {
    varint((field << 3) | 2, into);
    varint(content.len() as u64, into);
    into.extend_from_slice(content);
}

/// One node.
#[derive(Clone)]
pub(crate) struct Node(Vec<u8>);

impl Node {
    pub(crate) fn new(operator: &str, inputs: &[&str], outputs: &[&str]) -> Self {
        let mut node = Vec::new();
        for name in inputs {
            bytes(1, name.as_bytes(), &mut node);
        }
        for name in outputs {
            bytes(2, name.as_bytes(), &mut node);
        }
        bytes(3, format!("the_{operator}").as_bytes(), &mut node);
        bytes(4, operator.as_bytes(), &mut node);
        Self(node)
    }

    fn attribute(mut self, name: &str, kind: i64, content: impl Fn(&mut Vec<u8>)) -> Self {
        let mut attribute = Vec::new();
        bytes(1, name.as_bytes(), &mut attribute);
        content(&mut attribute);
        number(20, kind, &mut attribute);
        bytes(5, &attribute, &mut self.0);
        self
    }

    pub(crate) fn int(self, name: &str, value: i64) -> Self {
        self.attribute(name, 2, |into| number(3, value, into))
    }

    pub(crate) fn float(self, name: &str, value: f32) -> Self {
        self.attribute(name, 1, |into| {
            varint((2 << 3) | 5, into);
            into.extend(value.to_le_bytes());
        })
    }

    pub(crate) fn ints(self, name: &str, values: &[i64]) -> Self {
        self.attribute(name, 7, |into| {
            for &value in values {
                number(8, value, into);
            }
        })
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.attribute(name, 3, |into| bytes(4, value.as_bytes(), into))
    }
}

/// A model under construction. Inputs and outputs are floats of any shape.
#[derive(Clone, Default)]
pub(crate) struct Net {
    graph: Vec<u8>,
    opset: i64,
}

impl Net {
    pub(crate) fn new(opset: i64) -> Self {
        Self { graph: Vec::new(), opset }
    }

    pub(crate) fn node(mut self, node: Node) -> Self {
        let Node(content) = node;
        bytes(1, &content, &mut self.graph);
        self
    }

    fn value(field: u64, name: &str, dims: Option<&[i64]>, graph: &mut Vec<u8>) {
        let mut tensor = Vec::new();
        number(1, 1, &mut tensor);
        if let Some(dims) = dims {
            let mut shape = Vec::new();
            for &length in dims {
                let mut dim = Vec::new();
                number(1, length, &mut dim);
                bytes(1, &dim, &mut shape);
            }
            bytes(2, &shape, &mut tensor);
        }
        let mut kind = Vec::new();
        bytes(1, &tensor, &mut kind);
        let mut info = Vec::new();
        bytes(1, name.as_bytes(), &mut info);
        bytes(2, &kind, &mut info);
        bytes(field, &info, graph);
    }

    /// An input of any shape.
    pub(crate) fn input(mut self, name: &str) -> Self {
        Self::value(11, name, None, &mut self.graph);
        self
    }

    /// An input of a fixed shape.
    pub(crate) fn fixed_input(mut self, name: &str, dims: &[i64]) -> Self {
        Self::value(11, name, Some(dims), &mut self.graph);
        self
    }

    pub(crate) fn output(mut self, name: &str) -> Self {
        Self::value(12, name, None, &mut self.graph);
        self
    }

    fn constant(mut self, name: &str, dims: &[i64], kind: i64, raw: &[u8]) -> Self {
        let mut tensor = Vec::new();
        for &length in dims {
            number(1, length, &mut tensor);
        }
        number(2, kind, &mut tensor);
        bytes(8, name.as_bytes(), &mut tensor);
        bytes(9, raw, &mut tensor);
        bytes(5, &tensor, &mut self.graph);
        self
    }

    pub(crate) fn floats(self, name: &str, dims: &[i64], values: &[f32]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, dims, 1, &raw)
    }

    pub(crate) fn ints(self, name: &str, dims: &[i64], values: &[i64]) -> Self {
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.constant(name, dims, 7, &raw)
    }

    /// The file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut model = Vec::new();
        number(1, 8, &mut model);
        bytes(2, b"by hand", &mut model);
        let mut opset = Vec::new();
        number(2, self.opset, &mut opset);
        bytes(8, &opset, &mut model);
        bytes(7, &self.graph, &mut model);
        model
    }

    pub(crate) fn parse(&self) -> Result<Model, ModelError> {
        Model::parse(&self.bytes(), &mut NoExternalData)
    }

    pub(crate) fn session(&self) -> Session {
        Session::new(Arc::new(self.parse().expect("the network must load")))
    }
}

/// Shape and numbers of a tensor of floats.
pub(crate) type Floats = (Vec<usize>, Vec<f32>);

/// The first output of a session, as floats or as integers made floats.
pub(crate) fn first_output(
    session: &mut Session,
    inputs: &[(&str, &[usize], &[f32])],
) -> Result<Floats, RunError> {
    let views: Vec<(&str, TensorView<'_>)> = inputs
        .iter()
        .map(|(name, shape, values)| (*name, TensorView::f32(shape, values).expect("a full shape")))
        .collect();
    let outputs = session.run(&views)?;
    let view = outputs.at(0).expect("an output");
    let values = match view.data() {
        TensorData::F32(values) => values.to_vec(),
        TensorData::I64(values) => values.iter().map(|&value| value as f32).collect(),
        TensorData::Bool(values) => {
            values.iter().map(|&value| f32::from(u8::from(value))).collect()
        }
        other => panic!("unexpected {other:?}"),
    };
    Ok((view.shape().to_vec(), values))
}

/// Small numbers that look random.
pub(crate) fn noise(count: usize, mut seed: u32) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// An MLP with `SiLU` and tanh, as Brax exports them, with the batch fixed at 1.
pub(crate) fn policy() -> Net {
    Net::new(11)
        .fixed_input("obs", &[1, 6])
        .floats("mean", &[6], &noise(6, 1))
        .floats("w0", &[6, 40], &noise(240, 2))
        .floats("b0", &[40], &noise(40, 3))
        .floats("w1", &[40, 6], &noise(240, 4))
        .floats("b1", &[6], &noise(6, 5))
        .node(Node::new("Sub", &["obs", "mean"], &["x"]))
        .node(Node::new("Gemm", &["x", "w0", "b0"], &["h"]))
        .node(Node::new("Sigmoid", &["h"], &["s"]))
        .node(Node::new("Mul", &["h", "s"], &["a"]))
        .node(Node::new("Gemm", &["a", "w1", "b1"], &["z"]))
        .node(Node::new("Split", &["z"], &["loc", "scale"]).int("axis", 1))
        .node(Node::new("Tanh", &["loc"], &["action"]))
        .output("action")
}
