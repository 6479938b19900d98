//! Policies that Randori brings along, by name.
//!
//! Each module here describes itself in an `INFO`, reads its parameters once
//! against the robot that it is given, and then only computes.
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

/// A policy that Randori brings along: for lists and documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BuiltinInfo {
    /// What `Builtin(name: ..)` calls it.
    pub name: &'static str,
    /// One line for people.
    pub about: &'static str,
    /// What can be set with `params: {..}`.
    pub params: &'static [ParamInfo],
}

/// A parameter of a built-in policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ParamInfo {
    /// Key in `params`.
    pub name: &'static str,
    /// What a value looks like, with its unit.
    pub expects: &'static str,
    /// What it does.
    pub about: &'static str,
    /// What holds without it, in words; `None` if it has to be given.
    pub default: Option<&'static str>,
}

/// Why a built-in policy cannot drive a robot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct BuiltinError {
    /// What is wrong, in one line.
    pub message: String,
    /// Key of the parameter at fault, if it is one.
    pub param: Option<String>,
    /// What a person can do about it.
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

/// Makes a policy from its parameters for a robot.
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

/// Makes the built-in policy `name` for a robot.
///
/// # Errors
/// When there is no such policy, a parameter is unknown, missing or wrong, or
/// the robot lacks what the policy needs.
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
