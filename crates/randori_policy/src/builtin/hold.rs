//! `hold`: the robot keeps its starting command.

use randori_core::policy::{
    CommandChunk, Controller, Determinism, Observation, PolicyContract, PolicyError, RobotInterface,
};

use super::params::Params;
use super::{BuiltinError, BuiltinInfo};

pub(super) const INFO: BuiltinInfo = BuiltinInfo {
    name: "hold",
    about: "keeps the starting command: positions stay, speeds and torques are zero",
    params: &[],
};

/// Responds to every request with the starting command.
#[derive(Debug, Clone)]
pub(super) struct Hold {
    contract: PolicyContract,
    command: Vec<f32>,
}

impl Hold {
    #[expect(clippy::unnecessary_wraps, reason = "other policies can be refused")]
    pub(super) fn new(_: &Params<'_>, interface: &RobotInterface) -> Result<Self, BuiltinError> {
        let contract = contract(&INFO, interface, Vec::new());
        Ok(Self { contract, command: interface.initial_command() })
    }
}

impl Controller for Hold {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {}

    fn act(&mut self, _observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        Ok(CommandChunk::single(self.command.clone()))
    }
}

/// The contract of a built-in policy that returns single commands.
pub(super) fn contract(
    info: &BuiltinInfo,
    interface: &RobotInterface,
    needs: Vec<String>,
) -> PolicyContract {
    PolicyContract {
        name: info.name.to_owned(),
        needs,
        command_len: interface.command_len(),
        max_chunk: 1,
        determinism: Determinism::BitExact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{LEG, Snapshot, interface, params};

    #[test]
    fn holds_the_starting_command() {
        let (interface, nothing) = (interface(LEG), params(""));
        let checked = Params::new(&INFO, &nothing).expect("no parameters");
        let mut hold = Hold::new(&checked, &interface).expect("any robot can hold");

        let seen = Snapshot::at(&interface, 1.0, vec![0.5; 9]);
        let answer = hold.act(&seen.observation(0)).expect("hold always answers");

        assert_eq!(answer.commands, [interface.initial_command()]);
    }
}
