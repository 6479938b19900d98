//! `scripted`: commands at given times, independent of measurements.

use std::collections::BTreeMap;

use randori_core::policy::{
    CommandChunk, Controller, Observation, PolicyContract, PolicyError, RobotInterface,
};
use ron::Value;
use serde::Deserialize;

use super::hold::contract;
use super::params::Params;
use super::{BuiltinError, BuiltinInfo, ParamInfo};

pub(super) const INFO: BuiltinInfo = BuiltinInfo {
    name: "scripted",
    about: "commands at given times, whatever the robot measures",
    params: &[
        ParamInfo {
            name: "steps",
            expects: "a list such as [(at: 0.0, command: {\"left\": 3.0}), ..] in the order of time",
            about: "from `at` (s) on, these actuators get these commands (SI; a list for an \
                    actuator with several inputs); the others keep theirs",
            default: None,
        },
        ParamInfo {
            name: "interpolation",
            expects: "\"hold\" or \"linear\"",
            about: "whether commands jump at each step or move evenly from step to step",
            default: Some("\"hold\""),
        },
    ],
};

/// Replays a table of commands.
#[derive(Debug, Clone)]
pub(super) struct Scripted {
    contract: PolicyContract,
    initial: Vec<f32>,
    /// Complete commands with their start times, in order of time.
    steps: Vec<(f64, Vec<f32>)>,
    linear: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: f64,
    command: BTreeMap<String, Value>,
}

impl Scripted {
    pub(super) fn new(
        params: &Params<'_>,
        interface: &RobotInterface,
    ) -> Result<Self, BuiltinError> {
        let linear = match params.optional::<String>("interpolation")?.as_deref() {
            None | Some("hold") => false,
            Some("linear") => true,
            Some(other) => {
                let message = format!("there is no interpolation `{other}`");
                return Err(params.wrong("interpolation", message));
            }
        };
        let mut command = interface.initial_command();
        let mut steps: Vec<(f64, Vec<f32>)> = Vec::new();
        for step in params.required::<Vec<Step>>("steps")? {
            if let Some((last, _)) = steps.last().filter(|(last, _)| step.at <= *last) {
                let message = format!("a step at {} s follows one at {last} s", step.at);
                return Err(params.wrong("steps", message));
            }
            for (actuator, value) in &step.command {
                set_inputs(&mut command, interface, actuator, value)
                    .map_err(|message| params.wrong("steps", message))?;
            }
            steps.push((step.at, command.clone()));
        }
        let contract = contract(&INFO, interface, Vec::new());
        Ok(Self { contract, initial: interface.initial_command(), steps, linear })
    }

    fn command_at(&self, time_s: f64) -> Vec<f32> {
        let next = self.steps.partition_point(|(at, _)| *at <= time_s);
        let Some((from_s, from)) = next.checked_sub(1).map(|index| &self.steps[index]) else {
            return self.initial.clone();
        };
        match self.steps.get(next) {
            Some((to_s, to)) if self.linear => {
                let share = ((time_s - from_s) / (to_s - from_s)) as f32;
                from.iter().zip(to).map(|(from, to)| from + (to - from) * share).collect()
            }
            _ => from.clone(),
        }
    }
}

/// Writes the inputs of one actuator: a number sets its first input and zeroes the rest, a list
/// sets all of them.
fn set_inputs(
    command: &mut [f32],
    interface: &RobotInterface,
    actuator: &str,
    value: &Value,
) -> Result<(), String> {
    let mut first = 0;
    for action in &interface.actions {
        if action.name != actuator {
            first += action.inputs.len();
            continue;
        }
        let inputs = &mut command[first..first + action.inputs.len()];
        let wrong = || {
            let inputs = crate::listed(action.inputs.iter().map(|input| input.name()));
            format!("`{actuator}` needs one number or a list for its inputs {inputs}")
        };
        match value {
            Value::Number(number) => {
                inputs.fill(0.0);
                inputs[0] = number.into_f64() as f32;
            }
            Value::Seq(values) if values.len() == inputs.len() => {
                for (input, value) in inputs.iter_mut().zip(values) {
                    let Value::Number(number) = value else { return Err(wrong()) };
                    *input = number.into_f64() as f32;
                }
            }
            _ => return Err(wrong()),
        }
        return Ok(());
    }
    let names = interface.actions.iter().map(|action| action.name.as_str());
    let advice = crate::did_you_mean(actuator, names);
    Err(format!("the robot has no actuator `{actuator}`; {advice}"))
}

impl Controller for Scripted {
    fn contract(&self) -> &PolicyContract {
        &self.contract
    }

    fn reset(&mut self, _seed: u64) {}

    fn act(&mut self, observation: &Observation<'_>) -> Result<CommandChunk, PolicyError> {
        Ok(CommandChunk::single(self.command_at(observation.time_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin::builtin;
    use crate::fixture::{COURIER, LEG, interface, params};

    fn scripted(text: &str, robot: &str) -> Result<Scripted, BuiltinError> {
        let values = params(text);
        Scripted::new(&Params::new(&INFO, &values)?, &interface(robot))
    }

    const TWO_STEPS: &str = r#""steps": [
        (at: 1.0, command: {"left": 2.0, "right": 4}),
        (at: 3.0, command: {"left": -2.0}),
    ]"#;

    #[test]
    fn commands_hold_until_the_next_step_and_unnamed_actuators_keep_theirs() {
        let script = scripted(TWO_STEPS, COURIER).expect("a correct script");

        assert_eq!(script.command_at(0.99), [0.0, 0.0]);
        assert_eq!(script.command_at(1.0), [2.0, 4.0]);
        assert_eq!(script.command_at(2.99), [2.0, 4.0]);
        assert_eq!(script.command_at(9.0), [-2.0, 4.0]);
    }

    #[test]
    fn linear_interpolation_meets_the_steps() {
        let text = format!(r#"{TWO_STEPS}, "interpolation": "linear""#);
        let script = scripted(&text, COURIER).expect("a correct script");

        assert_eq!(script.command_at(1.0), [2.0, 4.0]);
        assert_eq!(script.command_at(2.5), [-1.0, 4.0]);
        assert_eq!(script.command_at(3.0), [-2.0, 4.0]);
    }

    #[test]
    fn an_actuator_with_several_inputs_takes_a_number_or_a_list() {
        let text = r#""steps": [
            (at: 0, command: {"knee_motor": [0.3, 1.0, 2.0]}),
            (at: 1, command: {"knee_motor": 0.5}),
        ]"#;
        let script = scripted(text, LEG).expect("a correct script");

        assert_eq!(script.command_at(0.0), [0.0, 0.3, 1.0, 2.0, 0.0]);
        assert_eq!(script.command_at(1.0), [0.0, 0.5, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn an_actuator_that_does_not_exist_is_answered_with_the_nearest_name() {
        let values = params(r#""steps": [(at: 0, command: {"lefft": 1.0})]"#);
        let error = builtin("scripted", &values, &interface(COURIER)).err().expect("refused");

        assert_eq!(error.param.as_deref(), Some("steps"));
        assert_eq!(error.message, "the robot has no actuator `lefft`; did you mean `left`?");
    }

    #[test]
    fn steps_out_of_order_and_lists_of_the_wrong_length_are_refused() {
        let order = r#""steps": [(at: 1, command: {}), (at: 1, command: {})]"#;
        let length = r#""steps": [(at: 0, command: {"left": [1.0, 2.0]})]"#;

        let message = |text| scripted(text, COURIER).expect_err("refused").message;

        assert_eq!(message(order), "a step at 1 s follows one at 1 s");
        assert!(message(length).contains("its inputs `velocity`"), "{}", message(length));
    }
}
