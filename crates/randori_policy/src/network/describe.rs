//! What an ONNX file holds, as plain data.

use randori_core::spec::{ContractSpec, RobotSpec};
use randori_onnx::Model;

use super::backend::TensorInfo;
use super::fit::check_network;
use super::onnx::tensors;
use super::problem::Problem;

/// What an ONNX file holds.
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
    /// What it takes.
    pub inputs: Vec<TensorInfo>,
    /// What it gives.
    pub outputs: Vec<TensorInfo>,
    /// Operators, by name, and how often each occurs.
    pub operators: Vec<(String, usize)>,
    /// Numbers in all weights.
    pub parameters: usize,
    /// Free key and value pairs, in the order of the file.
    pub metadata: Vec<(String, String)>,
}

/// What this network holds.
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

/// Everything in which this network is not the one of the contract. With a
/// robot, the lengths of its measurements count too. What can be said without
/// the network, reading the contract has told.
pub fn check(contract: &ContractSpec, model: &Model, robot: Option<&RobotSpec>) -> Vec<Problem> {
    let channel_len = |name: &str| {
        let (sensor, channel) = name.rsplit_once('.')?;
        let robot = robot?;
        let sensor = robot.sensors.iter().find(|spec| spec.name == sensor)?;
        sensor.kind.channels(robot).iter().find(|it| it.name == channel).map(|it| it.len)
    };
    check_network(contract, &tensors(model.inputs()), &tensors(model.outputs()), &channel_len)
}
