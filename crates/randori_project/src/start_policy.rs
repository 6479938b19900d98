//! The policies of robots, from what their scenario says.

use std::time::Duration;

use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::spec::{PolicySource, Scenario};
use randori_policy::{ProcessPolicy, builtin};
use randori_sim::episode::interfaces;
use randori_sim::fault::SimulationError;

use crate::networks::Networks;
use crate::project::Project;

/// No policy is waited for longer, whatever a file says.
const MAX_TIMEOUT_S: f64 = 86_400.0;

/// One policy per robot, or none for a robot without one, as an episode or a
/// session takes them.
pub type RobotPolicies = Vec<Option<Box<dyn Policy>>>;

/// Starts the policies of all robots. What holds for [`start_policy`] holds here.
///
/// # Errors
/// Which policy does not start, and why.
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

/// Starts the policy of a robot; `None` for a robot without one. Networks have
/// been read, and programs, which run in the project's folder, were allowed.
///
/// # Errors
/// Why the policy does not start.
pub fn start_policy(
    scenario: &Scenario,
    robot: usize,
    interface: &RobotInterface,
    networks: &Networks,
    project: &Project,
) -> Result<Option<Box<dyn Policy>>, PolicyError> {
    let Some(policy) = &scenario.spec.robots[robot].policy else { return Ok(None) };
    match &policy.source {
        PolicySource::Builtin { name, params } => {
            builtin(name, params, interface).map(Some).map_err(|error| PolicyError {
                message: error.message,
                details: Vec::new(),
                help: error.help,
            })
        }
        PolicySource::Onnx { .. } => networks.start(scenario, robot, interface).map(Some),
        PolicySource::Process { command, timeout_s } => {
            let timeout = Duration::from_secs_f64(timeout_s.clamp(0.0, MAX_TIMEOUT_S));
            let (root, env) = (project.root(), &project.policy_env);
            let policy = ProcessPolicy::start(command, root, interface, timeout, env)?;
            Ok(Some(Box::new(policy)))
        }
        PolicySource::Manual => Err(PolicyError {
            message: format!(
                "robot `{}` needs manual control, which exists only in the viewer",
                interface.robot
            ),
            details: Vec::new(),
            help: Some("open it with `randori view`, or name a policy by `--policy`".to_owned()),
        }),
    }
}
