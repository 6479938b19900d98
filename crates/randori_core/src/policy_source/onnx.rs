//! Neural networks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SourceType;

/// A neural network in an ONNX file, with the mapping of a policy contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onnx {
    /// The contract, a `PolicyContract(...)` file.
    pub path: String,
    /// Values for the contract's commands, by name.
    #[serde(default)]
    pub commands: BTreeMap<String, Vec<f64>>,
}

impl Onnx {
    /// The word and the field that name a contract in texts; it is loaded with the scenario.
    pub(crate) const CONTRACT: (&str, &str) = ("Onnx", "path");
}

impl SourceType for Onnx {
    fn kind(&self) -> &'static str {
        "onnx"
    }

    fn name(&self) -> String {
        self.path.clone()
    }

    fn shown(&self) -> String {
        format!("network {}", self.path)
    }

    fn needs_files(&self) -> bool {
        true
    }

    fn network(&self) -> Option<&Onnx> {
        Some(self)
    }

    fn contract_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.path)
    }
}
