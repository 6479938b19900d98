//! A contract and the scenario that uses it: the rate of training, and known commands.

use super::super::report::{At, Report};
use super::command_exists;
use crate::diagnostic::DiagnosticCode;
use crate::spec::{CommandInputSpec, ContractSpec, ScenarioSpec};
use crate::text::Part;

pub(super) fn check(
    report: &mut Report<'_>,
    scenario: &ScenarioSpec,
    index: usize,
    contract: &ContractSpec,
) {
    let policy = scenario.robots.get(index).and_then(|entry| entry.policy.as_ref());
    let Some(policy) = policy else { return };
    let root = At::root(Part::Scenario);
    let at = root.field("robots");
    let at = at.index(index);
    let at = at.field("policy");
    rate(report, &at.field("rate_hz"), policy.rate_hz, contract);
    physics_rate(report, &root, scenario, contract);
    let Some(network) = policy.source.network() else { return };
    let at = at.field("use");
    let at = at.field("commands");
    for (name, values) in &network.commands {
        let at = at.field(name);
        match contract.command(name) {
            Some(command) => command_values(report, &at, command, values),
            None => command_exists(report, &at, contract, name),
        }
    }
}

fn rate(report: &mut Report<'_>, at: &At<'_>, rate_hz: f64, contract: &ContractSpec) {
    let trained = contract.timing.rate_hz();
    let differs = (rate_hz - trained).abs() > 1e-9 * trained;
    if trained.is_finite() && trained > 0.0 && differs {
        let message =
            format!("`{}` decides {trained} times per second, not {rate_hz} times", contract.name);
        let code = DiagnosticCode::CONTRACT_TIMING;
        let error = report.error(code, at, message, "another rate than in training");
        error.help.push(format!("write `rate_hz: {trained}`"));
    }
}

fn physics_rate(
    report: &mut Report<'_>,
    root: &At<'_>,
    scenario: &ScenarioSpec,
    contract: &ContractSpec,
) {
    let (physics_hz, trained) =
        (f64::from(scenario.physics.settings().rate_hz), contract.timing.physics_hz);
    if trained > 0.0 && physics_hz != trained {
        let message = format!(
            "physics ticks {physics_hz} times per second, but `{}` was trained with {trained}",
            contract.name
        );
        let at = root.field("physics");
        let code = DiagnosticCode::CONTRACT_TIMING;
        let warning =
            report.warning(code, &at.field("rate_hz"), message, "it may behave differently");
        warning
            .help
            .push(format!("write `physics: (rate_hz: {trained})` for the rate of training"));
    }
}

fn command_values(
    report: &mut Report<'_>,
    at: &At<'_>,
    command: &CommandInputSpec,
    values: &[f64],
) {
    let code = DiagnosticCode::CONTRACT_COMMAND;
    let (name, wanted) = (&command.name, command.default.len());
    if values.len() != wanted {
        let message = format!("command `{name}` has {wanted} values, not {}", values.len());
        let error = report.error(code, at, message, format!("{wanted} wanted"));
        if !command.elements.is_empty() {
            error.help.push(format!("they are {}", command.elements.join(", ")));
        }
        return;
    }
    for (place, (value, (low, high))) in values.iter().zip(&command.range).enumerate() {
        if !(*low..=*high).contains(value) {
            let element = command.elements.get(place).map(|element| format!(" ({element})"));
            let element = element.unwrap_or_default();
            let message = format!(
                "value {place} of command `{name}`{element} is {value}, but was within {low} and \
                 {high} in training"
            );
            report.warning(code, &at.index(place), message, "the network has not seen this");
        }
    }
}
