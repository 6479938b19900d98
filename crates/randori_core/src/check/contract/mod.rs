//! Policy contracts: all checks that need no network. Names refer to existing joints, sensors,
//! commands and phases, lists have the length of what they describe, and the
//! scenario uses only the contract's commands.

mod inputs;
mod robot;
mod scenario;

use std::collections::BTreeSet;

use super::report::{At, Report};
use crate::diagnostic::{Diagnostic, DiagnosticCode, Label};
use crate::spec::{
    ActionSpec, ActionTarget, CommandInputSpec, ContractSpec, PhaseSpec, Scaling, TimingSpec,
};
use crate::text::{Part, Specs, resolve_path};

pub(super) fn check(report: &mut Report<'_>, specs: &Specs) {
    for (index, contract) in &specs.contracts {
        let root = At::root(Part::Contract(*index));
        let robot = specs.robots.get(index);
        network(report, &root, *index, contract);
        let joints = ("joint", contract.joints.as_slice());
        unique(report, &root.field("joints"), joints);
        if !contract.default_pose.is_empty() {
            let (len, wanted) = (contract.default_pose.len(), contract.joints.len());
            length(report, &root.field("default_pose"), len, (wanted, "joints"));
        }
        timing(report, &root.field("timing"), contract.timing);
        commands(report, &root.field("commands"), &contract.commands);
        phases(report, &root.field("phases"), contract);
        inputs::check(report, &root, contract, robot);
        action(report, &root.field("action"), contract);
        if let Some(robot) = robot {
            robot::check(report, &root, contract, robot);
        }
        if let Some(scenario) = &specs.scenario {
            scenario::check(report, scenario, *index, contract);
        }
    }
}

fn network(report: &mut Report<'_>, root: &At<'_>, index: usize, contract: &ContractSpec) {
    let from = report.sources.paths.get(&Part::Contract(index)).map_or("", String::as_str);
    if let Err(reason) = resolve_path(from, &contract.network) {
        let message = format!("`{}` cannot be read: {reason}", contract.network);
        let mut error = Diagnostic::error(DiagnosticCode::PATH_OUTSIDE_PROJECT, message)
            .help("name a file of this project: relative to this file, or `assets:...`");
        error.primary = report.span(&root.field("network")).map(|span| Label::new(span, reason));
        report.push(error);
    }
}

/// An error for each duplicate name in a list.
fn unique(report: &mut Report<'_>, at: &At<'_>, (what, names): (&str, &[String])) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        if !seen.insert(name) {
            let message = format!("{what} `{name}` is listed twice");
            let code = DiagnosticCode::DUPLICATE_NAME;
            report.error(code, &at.index(index), message, "used again here");
        }
    }
}

/// An error unless a list has one entry for each of `wanted` things.
fn length(report: &mut Report<'_>, at: &At<'_>, len: usize, (wanted, things): (usize, &str)) {
    if len != wanted {
        let message = format!("`{}` has {len} entries for {wanted} {things}", at.name());
        report.error(DiagnosticCode::CONTRACT_LENGTH, at, message, format!("{wanted} wanted"));
    }
}

/// An error unless the number of explicit elements is as expected.
fn scaling(report: &mut Report<'_>, at: &At<'_>, scaling: &Scaling, wanted: (usize, &str)) {
    if let Some(len) = scaling.count() {
        length(report, at, len, wanted);
    }
}

fn timing(report: &mut Report<'_>, at: &At<'_>, timing: TimingSpec) {
    report.positive(&at.field("physics_hz"), timing.physics_hz);
    if timing.decimation == 0 {
        report.out_of_range(&at.field("decimation"), 0.0, "must be at least 1");
    } else if timing.observe_at >= timing.decimation {
        let rule = format!("must be less than `decimation`, which is {}", timing.decimation);
        report.out_of_range(&at.field("observe_at"), f64::from(timing.observe_at), &rule);
    }
}

fn commands(report: &mut Report<'_>, list: &At<'_>, commands: &[CommandInputSpec]) {
    let names: Vec<String> = commands.iter().map(|command| command.name.clone()).collect();
    unique(report, list, ("command", &names));
    for (index, command) in commands.iter().enumerate() {
        let at = list.index(index);
        let values = (command.default.len(), "values of `default`");
        if !command.elements.is_empty() {
            length(report, &at.field("elements"), command.elements.len(), values);
        }
        if !command.range.is_empty() {
            length(report, &at.field("range"), command.range.len(), values);
        }
        for (place, (low, high)) in command.range.iter().enumerate() {
            report.ordered(&at.field("range").index(place), *low, *high);
        }
        report.positive_if_any(&at.field("slew"), command.slew);
    }
}

fn phases(report: &mut Report<'_>, list: &At<'_>, contract: &ContractSpec) {
    let names: Vec<String> = contract.phases.iter().map(|phase| phase.name.clone()).collect();
    unique(report, list, ("phase", &names));
    for (index, phase) in contract.phases.iter().enumerate() {
        let at = list.index(index);
        if phase.start.is_empty() {
            let message = format!("phase `{}` has no hand", phase.name);
            let error =
                report.error(DiagnosticCode::CONTRACT_LENGTH, &at.field("start"), message, "empty");
            error.help.push("give the angle of each hand at the start: `start: [0.0]`".to_owned());
        }
        phase_commands(report, &at, contract, phase);
    }
}

fn phase_commands(
    report: &mut Report<'_>,
    at: &At<'_>,
    contract: &ContractSpec,
    phase: &PhaseSpec,
) {
    if let Some(faster) = &phase.faster {
        let at = at.field("faster");
        command_exists(report, &at.field("command"), contract, &faster.command);
        report.not_negative(&at.field("up_to"), faster.up_to);
    }
    if let Some(still) = &phase.still {
        let at = at.field("still");
        command_exists(report, &at.field("command"), contract, &still.command);
        report.positive(&at.field("below"), still.below);
        if !still.at.is_empty() {
            length(report, &at.field("at"), still.at.len(), (phase.start.len(), "hands"));
        }
    }
}

fn command_exists(report: &mut Report<'_>, at: &At<'_>, contract: &ContractSpec, name: &str) {
    if contract.command(name).is_none() {
        let known = contract.commands.iter().map(|it| it.name.as_str());
        let message = format!("the contract has no command `{name}`");
        let code = DiagnosticCode::CONTRACT_NAME;
        report.unknown_name(code, at, message, (name, "command"), known);
    }
}

fn action(report: &mut Report<'_>, at: &At<'_>, contract: &ContractSpec) {
    let spec = &contract.action;
    unique(report, &at.field("joints"), ("joint", &spec.joints));
    let joints = (contract.driven_joints().len(), "joints");
    if let Some((low, high)) = spec.clip {
        report.ordered(&at.field("clip"), low, high);
    }
    scaling(report, &at.field("scale"), &spec.scale, joints);
    if let Some(offset) = &spec.offset {
        scaling(report, &at.field("offset"), offset, joints);
    }
    if !spec.target_range.is_empty() {
        length(report, &at.field("target_range"), spec.target_range.len(), joints);
    }
    for (place, (low, high)) in spec.target_range.iter().enumerate() {
        report.ordered(&at.field("target_range").index(place), *low, *high);
    }
    if let Some(limit) = &spec.torque_limit {
        let at = at.field("torque_limit");
        scaling(report, &at, limit, joints);
        each(limit, |value| report.positive(&at, value));
    }
    gains(report, at, spec, joints);
}

fn gains(report: &mut Report<'_>, at: &At<'_>, spec: &ActionSpec, joints: (usize, &str)) {
    let Some(gains) = &spec.gains else { return };
    let at = at.field("gains");
    for (name, list) in [("kp", &gains.kp), ("kd", &gains.kd)] {
        let at = at.field(name);
        scaling(report, &at, list, joints);
        each(list, |value| report.not_negative(&at, value));
    }
    let is_slack = |list: &Scaling| {
        let mut slack = true;
        each(list, |value| slack &= value == 0.0);
        slack
    };
    let needed = match spec.target {
        ActionTarget::Position | ActionTarget::Residual => ("kp", &gains.kp),
        ActionTarget::Velocity => ("kd", &gains.kd),
        ActionTarget::Torque => {
            let message = "gains have no effect on torques";
            let warning = report.warning(DiagnosticCode::CONTRACT_DRIVE, &at, message, "not used");
            warning.help.push("remove `gains`, or choose another `target`".to_owned());
            return;
        }
    };
    if is_slack(needed.1) {
        report.out_of_range(&at.field(needed.0), 0.0, "must be greater than 0 for this target");
    }
}

/// Calls a function for each explicit number.
fn each(list: &Scaling, mut visit: impl FnMut(f64)) {
    match list {
        Scaling::All(value) => visit(*value),
        Scaling::Each(values) => values.iter().copied().for_each(visit),
    }
}
