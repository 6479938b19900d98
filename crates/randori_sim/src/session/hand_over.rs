//! A policy that takes over during a run.

use std::collections::BTreeMap;

use randori_core::policy::{
    CommandChunk, Determinism, Observation, Policy, PolicyContract, PolicyError,
};

/// Commands of responses, by request.
pub(super) type Answers = BTreeMap<u64, Vec<Vec<f32>>>;

/// Replays recorded responses, then takes over.
pub(super) struct HandOver {
    contract: PolicyContract,
    policy: Box<dyn Policy>,
    answers: Answers,
}

impl HandOver {
    pub(super) fn new(policy: Box<dyn Policy>, answers: Answers) -> Self {
        Self { contract: policy.contract().clone(), policy, answers }
    }
}

impl Policy for HandOver {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, seed: u64) -> Result<(), PolicyError> {
        self.policy.reset(seed)
    }

    fn submit(&mut self, observation: &Observation<'_>) -> Result<(), PolicyError> {
        self.policy.submit(observation)
    }

    fn collect(&mut self, request: u64) -> Result<CommandChunk, PolicyError> {
        let own = self.policy.collect(request)?;
        let Some(known) = self.answers.get(&request) else { return Ok(own) };
        if own.commands != *known {
            // The policy alone would not reproduce this run.
            self.contract.determinism = Determinism::Unknown;
        }
        Ok(CommandChunk { commands: known.clone() })
    }

    /// `None`, because a snapshot would not contain the recorded responses.
    fn snapshot(&self) -> Option<Vec<u8>> {
        None
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), PolicyError> {
        self.policy.restore(snapshot)
    }
}
