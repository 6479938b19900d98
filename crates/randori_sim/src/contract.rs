//! Validates policies against their robots, and responses as commands.

use randori_core::policy::{CommandChunk, Policy, RobotInterface};

use crate::fault::{BadCommand, SimulationError};

/// Checks that a response is a valid list of commands for the robot.
pub(crate) fn check_answer(
    answer: &CommandChunk,
    interface: &RobotInterface,
) -> Result<(), BadCommand> {
    if answer.commands.is_empty() {
        return Err(BadCommand::Empty);
    }
    let expected = interface.command_len();
    for (index, command) in answer.commands.iter().enumerate() {
        if command.len() != expected {
            return Err(BadCommand::WrongLength { index, found: command.len(), expected });
        }
        let Some(bad) = command.iter().position(|value| !value.is_finite()) else { continue };
        let mut inputs = interface
            .actions
            .iter()
            .flat_map(|action| action.inputs.iter().map(move |input| (&action.name, input)));
        if let Some((actuator, input)) = inputs.nth(bad) {
            return Err(BadCommand::NotFinite {
                index,
                actuator: actuator.clone(),
                input: *input,
                value: command[bad],
            });
        }
    }
    Ok(())
}

/// Checks that the robot has the channels that the policy requires and accepts its commands.
pub(crate) fn check_contract(
    policy: &dyn Policy,
    interface: &RobotInterface,
) -> Result<(), SimulationError> {
    let contract = policy.contract();
    let available: Vec<String> =
        interface.observations.iter().map(|channel| channel.name.clone()).collect();
    let missing: Vec<String> =
        contract.needs.iter().filter(|need| !available.contains(need)).cloned().collect();
    let (robot, policy) = (interface.robot.clone(), contract.name.clone());
    if !missing.is_empty() {
        return Err(SimulationError::MissingChannels { robot, policy, missing, available });
    }
    if contract.command_len != interface.command_len() {
        return Err(SimulationError::CommandLength {
            robot,
            policy,
            found: contract.command_len,
            expected: interface.command_len(),
            actuators: interface.actions.iter().map(|action| action.name.clone()).collect(),
        });
    }
    Ok(())
}
