//! A description of an ONNX file as plain data.

use randori_core::spec::{ContractSpec, RobotSpec};
use randori_onnx::Model;

use super::backend::TensorInfo;
use super::fit::check_network;
use super::onnx::tensors;
use super::problem::Problem;

/// The contents of an ONNX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Name of the network, as its exporter gave it; may be empty.
    pub name: String,
    /// Program that wrote the file.
    pub producer: String,
    /// Version of the file format.
    pub ir_version: i64,
    /// Operator sets: domain (empty for the standard one) and version.
    pub opsets: Vec<(String, i64)>,
    /// Its inputs.
    pub inputs: Vec<TensorInfo>,
    /// Its outputs.
    pub outputs: Vec<TensorInfo>,
    /// Operators by name, with their number of occurrences.
    pub operators: Vec<(String, usize)>,
    /// Number of parameters.
    pub parameters: usize,
    /// Free key and value pairs, in the order of the file.
    pub metadata: Vec<(String, String)>,
}

/// Describes this network.
pub fn describe(model: &Model) -> Description {
    let operators = model.operators().iter().map(|(name, count)| (name.clone(), *count));
    Description {
        name: model.name().to_owned(),
        producer: model.producer().to_owned(),
        ir_version: model.ir_version(),
        opsets: model.opsets().to_vec(),
        inputs: tensors(model.inputs()),
        outputs: tensors(model.outputs()),
        operators: operators.collect(),
        parameters: model.parameters(),
        metadata: model.metadata().to_vec(),
    }
}

/// All mismatches between this network and the contract. With a robot, the lengths of its sensor
/// channels are included. Errors within the contract are reported when it is read.
pub fn check(contract: &ContractSpec, model: &Model, robot: Option<&RobotSpec>) -> Vec<Problem> {
    let channel_len = |name: &str| {
        let (sensor, channel) = name.rsplit_once('.')?;
        let robot = robot?;
        let sensor = robot.sensors.iter().find(|spec| spec.name == sensor)?;
        sensor.kind.channels(robot).iter().find(|it| it.name == channel).map(|it| it.len)
    };
    check_network(contract, &tensors(model.inputs()), &tensors(model.outputs()), &channel_len)
}
