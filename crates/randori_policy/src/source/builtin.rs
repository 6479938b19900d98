//! Built-in policies.

use randori_core::diagnostic::DiagnosticCode;
use randori_core::policy::{Policy, PolicyError, RobotInterface};
use randori_core::policy_source::Builtin;

use super::{Context, StartSource};
use crate::network::Problem;
use crate::{BuiltinError, builtin, builtins};

impl StartSource for Builtin {
    fn start(&self, context: &Context<'_>) -> Result<Box<dyn Policy>, PolicyError> {
        builtin(&self.name, &self.params, context.interface).map_err(|error| PolicyError {
            message: error.message,
            details: Vec::new(),
            help: error.help,
        })
    }

    fn problems(&self, context: &Context<'_>) -> Vec<Problem> {
        let found = match builtin(&self.name, &self.params, context.interface) {
            Ok(policy) => mismatch(&self.name, &*policy, context.interface),
            Err(error) => Some(refused(&self.name, error)),
        };
        found.into_iter().collect()
    }
}

fn refused(name: &str, error: BuiltinError) -> Problem {
    let code = if builtins().iter().all(|info| info.name != name) {
        DiagnosticCode::UNKNOWN_POLICY
    } else if error.param.is_some() {
        DiagnosticCode::POLICY_PARAMETER
    } else {
        DiagnosticCode::POLICY_MISMATCH
    };
    let path = error.param.map_or("name".to_owned(), |param| format!("params.{param}"));
    let help = error.help.into_iter().collect();
    Problem { help, ..Problem::error(code, path, error.message, "") }
}

/// Channels that a policy needs and the robot lacks.
fn mismatch(name: &str, policy: &dyn Policy, interface: &RobotInterface) -> Option<Problem> {
    let missing =
        policy.contract().needs.iter().find(|need| interface.observation(need).is_none())?;
    let message =
        format!("policy `{name}` needs `{missing}`, which `{}` does not measure", interface.robot);
    let problem = Problem::error(DiagnosticCode::POLICY_MISMATCH, "name", message, "");
    Some(problem.help("add such a sensor to the robot, or use another policy"))
}
