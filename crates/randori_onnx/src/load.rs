//! Builds a model from the records of a file: names, order, constant folding.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::ModelError;
use crate::kernel::{Builder, Inputs, Source, Values, Workspace};
use crate::model::{Dim, Facts, Model, Node, ValueInfo};
use crate::ops;
use crate::packs::Packs;
use crate::proto::{Dimension, Graph, ModelFile, NodeRecord, ValueRecord, WireError};
use crate::tensor::{ElementType, Tensor};
use crate::weights::{ExternalData, WeightReader};

/// Supported operator sets.
const OPSETS: std::ops::RangeInclusive<i64> = 7..=28;

/// Default limit on the memory of a network for loading, and for one run, bytes.
pub(crate) const MAX_MEMORY: u64 = 2 << 30;

/// Maximum number of inputs, and of outputs, of a network: far more than robots need.
const MAX_VALUES: usize = 1000;

/// Allowance for elements of folded constants, beyond twice those of the file.
const FOLD_ALLOWANCE: usize = 1 << 20;

impl From<WireError> for ModelError {
    fn from(error: WireError) -> Self {
        Self::Encoding { offset: error.offset, reason: error.reason.to_owned() }
    }
}

/// Reads a model; see [`Model::parse`].
pub(crate) fn model(
    bytes: &[u8],
    external: &mut dyn ExternalData,
    memory_bytes: u64,
) -> Result<Model, ModelError> {
    let file = ModelFile::read(bytes)?;
    let Some(graph) = &file.graph else {
        return Err(ModelError::structure("the file holds no graph"));
    };
    let opset = standard_opset(&file)?;
    let mut loader = Loader::new(memory_bytes);
    loader.read_constants(graph, external)?;
    let inputs = loader.read_inputs(graph)?;
    for (count, what) in [(inputs.len(), "inputs"), (graph.outputs.len(), "outputs")] {
        if count > MAX_VALUES {
            let reason = format!("the graph has {count} {what}, and {MAX_VALUES} are allowed");
            return Err(ModelError::structure(reason));
        }
    }
    loader.fold_budget = loader.parameters.saturating_mul(2) + FOLD_ALLOWANCE;
    let needed = needed_nodes(graph)?;
    for (index, record) in graph.nodes.iter().enumerate() {
        if needed[index] {
            loader.add_node(record, opset)?;
        }
    }
    let outputs = graph.outputs.iter().map(value_info).collect::<Result<Vec<_>, _>>()?;
    let output_sources = graph
        .outputs
        .iter()
        .map(|output| loader.source(&output.name, "the outputs"))
        .collect::<Result<Vec<_>, _>>()?;
    if outputs.is_empty() {
        return Err(ModelError::structure("the graph has no outputs"));
    }
    let facts = facts(&file, graph, loader.parameters);
    Ok(Model {
        inputs,
        outputs,
        output_sources,
        nodes: loader.nodes,
        constants: loader.constants,
        facts,
        memory_bytes,
    })
}

fn facts(file: &ModelFile<'_>, graph: &Graph<'_>, parameters: usize) -> Facts {
    let mut operators = BTreeMap::new();
    for node in &graph.nodes {
        *operators.entry(full_name(node)).or_insert(0) += 1;
    }
    Facts {
        name: graph.name.clone(),
        ir_version: file.ir_version,
        producer: format!("{} {}", file.producer.0, file.producer.1).trim().to_owned(),
        opsets: file.opsets.clone(),
        metadata: file.metadata.clone(),
        operators,
        parameters,
    }
}

fn is_standard(domain: &str) -> bool {
    domain.is_empty() || domain == "ai.onnx"
}

fn full_name(node: &NodeRecord<'_>) -> String {
    if is_standard(&node.domain) {
        node.operator.clone()
    } else {
        format!("{}.{}", node.domain, node.operator)
    }
}

fn standard_opset(file: &ModelFile<'_>) -> Result<i64, ModelError> {
    let found = file.opsets.iter().find(|(domain, _)| is_standard(domain));
    match found {
        Some(&(_, version)) if OPSETS.contains(&version) => Ok(version),
        Some((_, version)) => Err(ModelError::structure(format!(
            "operator set {version} is not supported, must be {} to {}: export again with another \
             `opset_version`",
            OPSETS.start(),
            OPSETS.end()
        ))),
        None => Err(ModelError::structure("the file does not name its operator set")),
    }
}

fn value_info(record: &ValueRecord) -> Result<ValueInfo, ModelError> {
    let fail = |reason: String| ModelError::structure(format!("value `{}`: {reason}", record.name));
    let Some(data_type) = record.data_type else {
        return Err(fail("only tensors can be inputs and outputs".to_owned()));
    };
    let element_type = ElementType::from_onnx(data_type).map_err(fail)?;
    let dim = |dimension: &Dimension| match dimension {
        Dimension::Symbol(name) => Ok(Dim::Symbol(name.clone())),
        Dimension::Fixed(length) => usize::try_from(*length)
            .map(Dim::Fixed)
            .map_err(|_| fail(format!("dimension {length} is negative"))),
    };
    let dims = record.dims.as_ref().map(|dims| dims.iter().map(dim).collect()).transpose()?;
    Ok(ValueInfo { name: record.name.clone(), element_type, dims })
}

/// The nodes that the outputs depend on. Also checks that nodes are in topological
/// order, which excludes cycles.
fn needed_nodes(graph: &Graph<'_>) -> Result<Vec<bool>, ModelError> {
    let mut maker = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            if maker.insert(output.as_str(), index).is_some() {
                let reason = format!("value `{output}` is computed by more than one node");
                return Err(ModelError::structure(reason));
            }
        }
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        for input in &node.inputs {
            if maker.get(input.as_str()).is_some_and(|&from| from >= index) {
                return Err(ModelError::structure(format!(
                    "node `{}` reads `{input}` before it is computed: nodes are not sorted, or \
                     depend on one another in a circle",
                    node.label()
                )));
            }
        }
    }
    let mut needed = vec![false; graph.nodes.len()];
    let mut wanted: BTreeSet<&str> = graph.outputs.iter().map(|o| o.name.as_str()).collect();
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        needed[index] = node.outputs.iter().any(|output| wanted.contains(output.as_str()));
        if needed[index] {
            wanted.extend(node.inputs.iter().map(String::as_str));
        }
    }
    Ok(needed)
}

fn define(
    names: &mut BTreeMap<String, Source>,
    name: &str,
    source: Source,
) -> Result<(), ModelError> {
    if name.is_empty() {
        return Err(ModelError::structure("an input or a constant has no name"));
    }
    match names.insert(name.to_owned(), source) {
        None => Ok(()),
        Some(_) => Err(ModelError::structure(format!("value `{name}` is defined twice"))),
    }
}

/// State during the addition of nodes.
struct Loader {
    names: BTreeMap<String, Source>,
    constants: Vec<Tensor>,
    nodes: Vec<Node>,
    parameters: usize,
    fold_budget: usize,
    packs: Packs,
    work: Workspace,
}

impl Loader {
    fn new(memory_bytes: u64) -> Self {
        Self {
            names: BTreeMap::new(),
            constants: Vec::new(),
            nodes: Vec::new(),
            parameters: 0,
            fold_budget: 0,
            packs: Packs::new(memory_bytes),
            work: Workspace::default(),
        }
    }

    fn read_constants(
        &mut self,
        graph: &Graph<'_>,
        external: &mut dyn ExternalData,
    ) -> Result<(), ModelError> {
        if graph.has_sparse {
            return Err(ModelError::structure("sparse weights are not supported"));
        }
        let mut reader = WeightReader::new(external, self.packs.memory());
        for record in &graph.initializers {
            let tensor = reader.tensor(&record.name, record)?;
            self.parameters += tensor.elements();
            define(&mut self.names, &record.name, Source::Constant(self.constants.len()))?;
            self.constants.push(tensor);
        }
        Ok(())
    }

    /// Inputs of the graph, without the weights that old files list among them.
    fn read_inputs(&mut self, graph: &Graph<'_>) -> Result<Vec<ValueInfo>, ModelError> {
        let mut inputs = Vec::new();
        for record in &graph.inputs {
            if matches!(self.names.get(&record.name), Some(Source::Constant(_))) {
                continue;
            }
            define(&mut self.names, &record.name, Source::Input(inputs.len()))?;
            inputs.push(value_info(record)?);
        }
        Ok(inputs)
    }

    fn source(&self, name: &str, reader: &str) -> Result<Source, ModelError> {
        if name.is_empty() {
            return Ok(Source::Absent);
        }
        self.names.get(name).copied().ok_or_else(|| {
            ModelError::structure(format!("value `{name}`, read by {reader}, does not exist"))
        })
    }

    fn add_node(&mut self, record: &NodeRecord<'_>, opset: i64) -> Result<(), ModelError> {
        let label = format!("node `{}`", record.label());
        let inputs = record
            .inputs
            .iter()
            .map(|name| self.source(name, &label))
            .collect::<Result<Vec<_>, _>>()?;
        let node = self.build(record, opset, inputs)?;
        let folds = node.kernel.folds()
            && node.inputs.iter().all(|s| matches!(s, Source::Constant(_) | Source::Absent));
        let sources: Vec<Source> = if folds {
            let first = self.constants.len();
            let values = self.fold(&node)?;
            self.constants.extend(values);
            (first..self.constants.len()).map(Source::Constant).collect()
        } else {
            (0..node.outputs).map(|output| Source::Node(self.nodes.len(), output)).collect()
        };
        if !folds {
            self.nodes.push(node);
        }
        for (name, source) in record.outputs.iter().zip(sources) {
            if !name.is_empty() {
                define(&mut self.names, name, source)?;
            }
        }
        Ok(())
    }

    fn build(
        &self,
        record: &NodeRecord<'_>,
        opset: i64,
        inputs: Vec<Source>,
    ) -> Result<Node, ModelError> {
        let operator = full_name(record);
        let name = record.label().to_owned();
        let constants = &self.constants;
        let builder = Builder { record, opset, sources: &inputs, constants, packs: &self.packs };
        let kernel = if is_standard(&record.domain) { ops::build(&builder) } else { None };
        match kernel {
            None => Err(ModelError::UnsupportedOperator { operator, node: name }),
            Some(Err(reason)) => Err(ModelError::Node { node: name, operator, reason }),
            Some(Ok(kernel)) => {
                Ok(Node { name, operator, kernel, inputs, outputs: record.outputs.len() })
            }
        }
    }

    /// Folds a node with constant inputs.
    fn fold(&mut self, node: &Node) -> Result<Vec<Tensor>, ModelError> {
        let fail = |reason| ModelError::Node {
            node: node.name.clone(),
            operator: node.operator.clone(),
            reason,
        };
        let mut outputs = vec![Tensor::default(); node.outputs];
        let values = Values { inputs: &[], constants: &self.constants, nodes: &[] };
        let io = Inputs { values, sources: &node.inputs };
        self.work.spend_on(io.iter()).map_err(fail)?;
        node.kernel.run(&io, &mut outputs, &mut self.work).map_err(fail)?;
        self.work.spend_on(outputs.iter()).map_err(fail)?;
        let bytes = outputs.iter().map(Tensor::bytes).sum();
        self.packs.memory().take(bytes, 1).map_err(fail)?;
        let grown: usize = outputs.iter().map(Tensor::elements).sum();
        match self.fold_budget.checked_sub(grown) {
            Some(left) => self.fold_budget = left,
            None => return Err(fail("constants grow far beyond the size of the file".to_owned())),
        }
        Ok(outputs)
    }
}
