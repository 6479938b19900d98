//! Starts the policies of robots from their scenario.

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::spec::{ContractSpec, Scenario};
use randori_policy::{Context, Trusted, start};
use randori_sim::episode::interfaces;
use randori_sim::fault::SimulationError;

use crate::networks::Networks;
use crate::project::Project;

/// One policy per robot, or `None` for a robot without one: the form that episodes and sessions
/// take.
pub type RobotPolicies = Vec<Option<Box<dyn Policy>>>;

/// Starts the policies of all robots, under the conditions of [`start_policy`].
///
/// # Errors
/// The policy that does not start, and the reason.
pub fn start_policies(
    scenario: &Scenario,
    networks: &Networks,
    project: &Project,
) -> Result<RobotPolicies, SimulationError> {
    let start = |(robot, interface): (usize, &RobotInterface)| {
        start_policy(scenario, robot, interface, networks, project)
            .map_err(|error| SimulationError::PolicyStart { robot: interface.robot.clone(), error })
    };
    interfaces(scenario).iter().enumerate().map(start).collect()
}

/// Starts the policy of a robot; `None` for a robot without one. Networks must have been read, and
/// programs, which run in the project's folder, must be trusted.
///
/// # Errors
/// The reason why the policy does not start.
pub fn start_policy(
    scenario: &Scenario,
    robot: usize,
    interface: &RobotInterface,
    networks: &Networks,
    project: &Project,
) -> Result<Option<Box<dyn Policy>>, PolicyError> {
    let Some(policy) = &scenario.spec.robots[robot].policy else { return Ok(None) };
    let context = Context {
        contract: scenario.contracts[robot].as_ref(),
        network: &|contract: &ContractSpec| networks.network(contract),
        trusted: Some(Trusted { folder: project.root(), env: &project.policy_env }),
        ..Context::new(interface)
    };
    start(&policy.source, &context).map(Some)
}
