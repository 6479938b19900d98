//! Built-in policies, by name.
//!
//! Each module describes itself in an `INFO`, validates its parameters once for its robot, and then
//! only computes.
//!
//! Start reading at [`builtin()`].

mod cartpole;
mod goal_seeker;
mod hold;
mod inertia;
mod lqr;
mod params;
mod poses;
mod scripted;
mod sensing;

use std::collections::BTreeMap;

use randori_core::policy::{Immediate, Policy, RobotInterface};
use serde::Serialize;

use params::Params;

/// Description of a built-in policy, for lists and documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BuiltinInfo {
    /// Its name in `Builtin(name: ..)`.
    pub name: &'static str,
    /// One-line summary.
    pub about: &'static str,
    /// Its parameters, set with `params: {..}`.
    pub params: &'static [ParamInfo],
}

/// A parameter of a built-in policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ParamInfo {
    /// Key in `params`.
    pub name: &'static str,
    /// Format of its value, with the unit.
    pub expects: &'static str,
    /// Its effect.
    pub about: &'static str,
    /// Its default, in words; `None` if it is required.
    pub default: Option<&'static str>,
}

/// The reason why a built-in policy cannot drive a robot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BuiltinError {
    /// The message, in one line.
    pub message: String,
    /// Key of the invalid parameter, if the error concerns one.
    pub param: Option<String>,
    /// Advice on the error.
    pub help: Option<String>,
}

impl BuiltinError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), param: None, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Creates a policy from its parameters for a robot.
type Make = fn(&Params<'_>, &RobotInterface) -> Result<Box<dyn Policy>, BuiltinError>;

/// Lists modules, each with its controller.
macro_rules! list {
    ($($module:ident::$controller:ident),* $(,)?) => {
        static BUILTINS: &[BuiltinInfo] = &[$($module::INFO),*];
        /// In the order of [`BUILTINS`].
        static MAKERS: &[Make] = &[$(|params, interface| {
            Ok(Box::new(Immediate::new($module::$controller::new(params, interface)?)))
        }),*];
    };
}

list! {
    hold::Hold,
    scripted::Scripted,
    poses::Poses,
    cartpole::CartPole,
    goal_seeker::GoalSeeker,
}

/// All built-in policies.
pub fn builtins() -> &'static [BuiltinInfo] {
    BUILTINS
}

/// Creates the built-in policy `name` for a robot.
///
/// # Errors
/// When there is no such policy, a parameter is unknown, missing or invalid, or the robot lacks a
/// requirement of the policy.
pub fn builtin(
    name: &str,
    params: &BTreeMap<String, ron::Value>,
    interface: &RobotInterface,
) -> Result<Box<dyn Policy>, BuiltinError> {
    let Some((info, make)) = BUILTINS.iter().zip(MAKERS).find(|(info, _)| info.name == name) else {
        let names = BUILTINS.iter().map(|info| info.name);
        return Err(BuiltinError::new(format!("there is no built-in policy `{name}`"))
            .help(crate::did_you_mean(name, names)));
    };
    make(&Params::new(info, params)?, interface)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CARTPOLE, COURIER, interface, params};

    fn error(name: &str, text: &str, robot: &str) -> BuiltinError {
        builtin(name, &params(text), &interface(robot)).err().expect("this must be refused")
    }

    #[test]
    fn every_listed_policy_can_be_made() {
        let made = |name, text, robot| builtin(name, &params(text), &interface(robot)).is_ok();

        assert!(made("hold", "", COURIER));
        assert!(made("scripted", r#""steps": [(at: 0, command: {"left": 3})]"#, COURIER));
        assert!(made("poses", r#""sequence": [], "kp": 1, "kd": 0"#, crate::fixture::LEG));
        assert!(made("cartpole_lqr", "", CARTPOLE));
        assert!(made("goal_seeker", r#""goal": (8.0, 0.0)"#, COURIER));
        assert_eq!(builtins().len(), 5, "a new policy belongs in this test");
    }

    #[test]
    fn an_unknown_policy_is_answered_with_the_nearest_name() {
        let error = error("goal_seaker", "", COURIER);

        assert_eq!(error.message, "there is no built-in policy `goal_seaker`");
        assert_eq!(error.help.as_deref(), Some("did you mean `goal_seeker`?"));
    }

    #[test]
    fn an_unknown_parameter_is_named_with_the_nearest_one() {
        let error = error("goal_seeker", r#""goal": (8, 0), "sped": 1.0"#, COURIER);

        assert_eq!(error.param.as_deref(), Some("sped"));
        assert_eq!(error.message, "`goal_seeker` has no parameter `sped`");
        assert_eq!(error.help.as_deref(), Some("did you mean `speed`?"));
    }

    #[test]
    fn a_missing_parameter_is_named_with_what_it_expects() {
        let error = error("goal_seeker", "", COURIER);

        assert_eq!(error.param.as_deref(), Some("goal"));
        assert_eq!(error.message, "`goal_seeker` needs the parameter `goal`");
        assert!(error.help.expect("advice").contains("(x, y)"));
    }

    #[test]
    fn a_parameter_of_the_wrong_shape_is_named_with_what_it_expects() {
        let error = error("goal_seeker", r#""goal": "there""#, COURIER);

        assert_eq!(error.param.as_deref(), Some("goal"));
        assert!(error.message.starts_with("`goal` is not"), "{error}");
        assert!(error.help.expect("advice").contains("(x, y)"));
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_wherever_they_stand() {
        let error = error("scripted", r#""steps": [(at: 0, command: {"left": NaN})]"#, COURIER);

        assert_eq!(error.param.as_deref(), Some("steps"));
        assert_eq!(error.message, "`steps` holds a number that is not finite");
    }
}
