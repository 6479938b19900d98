//! `ModelProto`, `GraphProto`, `NodeProto`, `AttributeProto`, `ValueInfoProto`.

use super::tensor::{TensorRecord, read_pair};
use super::wire::{Field, Reader, WireError};

/// A model file: `ModelProto`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModelFile<'a> {
    /// Version of the file format.
    pub(crate) ir_version: i64,
    /// Program that wrote the file, and its version.
    pub(crate) producer: (String, String),
    /// Operator sets: domain (empty for the standard one) and version.
    pub(crate) opsets: Vec<(String, i64)>,
    /// Free key and value pairs.
    pub(crate) metadata: Vec<(String, String)>,
    /// The network.
    pub(crate) graph: Option<Graph<'a>>,
}

/// A network: `GraphProto`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph<'a> {
    /// Name given by the exporter.
    pub(crate) name: String,
    /// Operations, in an order in which they can be computed.
    pub(crate) nodes: Vec<NodeRecord<'a>>,
    /// Weights.
    pub(crate) initializers: Vec<TensorRecord<'a>>,
    /// Inputs; up to IR version 3 these list the weights too.
    pub(crate) inputs: Vec<ValueRecord>,
    /// Results.
    pub(crate) outputs: Vec<ValueRecord>,
    /// True for sparse weights, which are not supported.
    pub(crate) has_sparse: bool,
}

/// One operation: `NodeProto`.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeRecord<'a> {
    /// Names of the inputs; empty for an omitted optional input.
    pub(crate) inputs: Vec<String>,
    /// Names of the outputs; empty for an unused output.
    pub(crate) outputs: Vec<String>,
    /// Name of the node, often empty.
    pub(crate) name: String,
    /// Name of the operator, such as `Gemm`.
    pub(crate) operator: String,
    /// Domain of the operator; empty for the standard one.
    pub(crate) domain: String,
    /// Settings.
    pub(crate) attributes: Vec<Attribute<'a>>,
}

/// One setting of a node: `AttributeProto`.
#[derive(Debug, Clone)]
pub(crate) struct Attribute<'a> {
    /// Name, such as `axis`.
    pub(crate) name: String,
    /// Value.
    pub(crate) value: AttributeValue<'a>,
}

/// The value of a setting.
#[derive(Debug, Clone)]
pub(crate) enum AttributeValue<'a> {
    /// A number.
    Float(f32),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// A constant.
    Tensor(TensorRecord<'a>),
    /// Numbers.
    Floats(Vec<f32>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Texts.
    Texts(Vec<String>),
    /// A graph, a sparse tensor or a type, which are not supported.
    Other,
}

/// Name, element type and shape of an input or output: `ValueInfoProto`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ValueRecord {
    /// Name.
    pub(crate) name: String,
    /// Number of the element type; `None` when the value is not a tensor.
    pub(crate) data_type: Option<i64>,
    /// Dimensions; `None` when the rank is not given.
    pub(crate) dims: Option<Vec<Dimension>>,
}

/// One dimension of a declared shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// A number.
    Fixed(i64),
    /// A name such as `batch`; empty when nothing is given.
    Symbol(String),
}

impl<'a> ModelFile<'a> {
    /// Reads a whole file.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let mut model = Self::default();
        while let Some((number, field)) = reader.field()? {
            match number {
                1 => model.ir_version = field.int()?,
                2 => model.producer.0 = field.text()?,
                3 => model.producer.1 = field.text()?,
                7 => model.graph = Some(Graph::read(field.message()?)?),
                8 => model.opsets.push(read_opset(field.message()?)?),
                14 => model.metadata.push(read_pair(field.message()?)?),
                _ => {}
            }
        }
        Ok(model)
    }
}

impl<'a> Graph<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, WireError> {
        let mut graph = Self::default();
        while let Some((number, field)) = reader.field()? {
            match number {
                1 => graph.nodes.push(NodeRecord::read(field.message()?)?),
                2 => graph.name = field.text()?,
                5 => graph.initializers.push(TensorRecord::read(field.message()?)?),
                11 => graph.inputs.push(ValueRecord::read(field.message()?)?),
                12 => graph.outputs.push(ValueRecord::read(field.message()?)?),
                15 => graph.has_sparse = true,
                _ => {}
            }
        }
        Ok(graph)
    }
}

impl<'a> NodeRecord<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, WireError> {
        let mut node = Self::default();
        while let Some((number, field)) = reader.field()? {
            match number {
                1 => node.inputs.push(field.text()?),
                2 => node.outputs.push(field.text()?),
                3 => node.name = field.text()?,
                4 => node.operator = field.text()?,
                5 => node.attributes.push(Attribute::read(field.message()?)?),
                7 => node.domain = field.text()?,
                _ => {}
            }
        }
        Ok(node)
    }

    /// The name, else the first output, for error messages.
    pub(crate) fn label(&self) -> &str {
        if self.name.is_empty() {
            self.outputs.iter().find(|name| !name.is_empty()).map_or("", String::as_str)
        } else {
            &self.name
        }
    }
}

/// Fields of an attribute during parsing.
#[derive(Default)]
struct AttributeFields<'a> {
    name: String,
    kind: i64,
    float: f32,
    int: i64,
    text: String,
    tensor: Option<TensorRecord<'a>>,
    floats: Vec<f32>,
    ints: Vec<i64>,
    texts: Vec<String>,
    /// The last parsed field; old files omit the kind.
    last: i64,
}

impl<'a> Attribute<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, WireError> {
        let mut fields = AttributeFields::default();
        while let Some((number, field)) = reader.field()? {
            fields.take(number, &field)?;
        }
        Ok(fields.finish())
    }
}

impl<'a> AttributeFields<'a> {
    fn take(&mut self, number: u32, field: &Field<'a>) -> Result<(), WireError> {
        match number {
            1 => self.name = field.text()?,
            2 => self.float = field.float()?,
            3 => self.int = field.int()?,
            // Bytes that are not UTF-8 occur in unused attributes.
            4 => self.text = String::from_utf8_lossy(field.message()?.bytes()).into_owned(),
            5 => self.tensor = Some(TensorRecord::read(field.message()?)?),
            7 => field.floats(&mut self.floats)?,
            8 => field.ints(&mut self.ints)?,
            9 => {
                let bytes = field.message()?.bytes();
                self.texts.push(String::from_utf8_lossy(bytes).into_owned());
            }
            20 => self.kind = field.int()?,
            _ => {}
        }
        // Field numbers 2 to 9 and the numbers of the kinds differ by one.
        if (2..=9).contains(&number) {
            self.last = i64::from(number) - 1;
        }
        Ok(())
    }

    fn finish(self) -> Attribute<'a> {
        let kind = if self.kind == 0 { self.last } else { self.kind };
        let value = match (kind, self.tensor) {
            (1, _) => AttributeValue::Float(self.float),
            (2, _) => AttributeValue::Int(self.int),
            (3, _) => AttributeValue::Text(self.text),
            (4, Some(tensor)) => AttributeValue::Tensor(tensor),
            (6, _) => AttributeValue::Floats(self.floats),
            (7, _) => AttributeValue::Ints(self.ints),
            (8, _) => AttributeValue::Texts(self.texts),
            _ => AttributeValue::Other,
        };
        Attribute { name: self.name, value }
    }
}

impl ValueRecord {
    fn read(mut reader: Reader<'_>) -> Result<Self, WireError> {
        let mut value = Self::default();
        while let Some((number, field)) = reader.field()? {
            match number {
                1 => value.name = field.text()?,
                2 => value.read_type(field.message()?)?,
                _ => {}
            }
        }
        Ok(value)
    }

    fn read_type(&mut self, mut reader: Reader<'_>) -> Result<(), WireError> {
        while let Some((number, field)) = reader.field()? {
            if number == 1 {
                let mut tensor = field.message()?;
                self.data_type = Some(0);
                while let Some((number, field)) = tensor.field()? {
                    match number {
                        1 => self.data_type = Some(field.int()?),
                        2 => self.dims = Some(read_dims(field.message()?)?),
                        _ => {}
                    }
                }
            }
        }
        Ok(())
    }
}

fn read_dims(mut reader: Reader<'_>) -> Result<Vec<Dimension>, WireError> {
    let mut dims = Vec::new();
    while let Some((number, field)) = reader.field()? {
        if number == 1 {
            let mut dimension = Dimension::Symbol(String::new());
            let mut inner = field.message()?;
            while let Some((number, field)) = inner.field()? {
                match number {
                    1 => dimension = Dimension::Fixed(field.int()?),
                    2 => dimension = Dimension::Symbol(field.text()?),
                    _ => {}
                }
            }
            dims.push(dimension);
        }
    }
    Ok(dims)
}

fn read_opset(mut reader: Reader<'_>) -> Result<(String, i64), WireError> {
    let mut opset = (String::new(), 0);
    while let Some((number, field)) = reader.field()? {
        match number {
            1 => opset.0 = field.text()?,
            2 => opset.1 = field.int()?,
            _ => {}
        }
    }
    Ok(opset)
}
