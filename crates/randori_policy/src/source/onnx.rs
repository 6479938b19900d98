//! Neural networks.

use randori_core::policy::{Immediate, Policy, PolicyError};
use randori_core::policy_source::Onnx;

use super::{Context, StartSource};
use crate::network::{NetworkPolicy, Problem};

impl StartSource for Onnx {
    fn start(&self, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
        match policy(self, context) {
            Ok(policy) => Ok(Box::new(Immediate::new(policy))),
            Err(problems) => Err(problems
                .first()
                .map_or_else(|| PolicyError::new("the network was not read"), PolicyError::from)),
        }
    }

    fn problems(&self, context: &Context<'_>) -> Vec<Problem> {
        policy(self, context).err().unwrap_or_default()
    }
}

fn policy(source: &Onnx, context: &Context<'_>) -> Result<NetworkPolicy, Vec<Problem>> {
    let Some(contract) = context.contract else { return Err(Vec::new()) };
    let network = (context.network)(contract)?;
    NetworkPolicy::new(contract, network, &source.commands, context.interface)
}
