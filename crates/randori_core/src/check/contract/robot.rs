//! A contract and its robot: joints that exist and have suitable drives for the action.

use std::collections::{BTreeMap, BTreeSet};

use super::super::poses::beyond_limits;
use super::super::report::{At, MAX_NAME, Report};
use crate::diagnostic::{DiagnosticCode, shortened};
use crate::spec::{ActionTarget, ActuatorSpec, ContractSpec, RobotSpec};

pub(super) fn check(
    report: &mut Report<'_>,
    root: &At<'_>,
    contract: &ContractSpec,
    robot: &RobotSpec,
) {
    for (list, names) in [("joints", &contract.joints), ("action", &contract.action.joints)] {
        let at = root.field(list);
        let at = if list == "action" { at.field("joints") } else { at };
        for (index, name) in names.iter().enumerate() {
            joint(report, &at.index(index), robot, name);
        }
    }
    default_pose(report, &root.field("default_pose"), contract, robot);
    let own = root.field("action");
    let own = own.field("joints");
    let shared = root.field("joints");
    let list = if contract.action.joints.is_empty() { &shared } else { &own };
    let joints: BTreeSet<&str> = robot.joints.iter().map(|joint| joint.name.as_str()).collect();
    // Of two actuators of one joint, the first one counts.
    let actuators: BTreeMap<&str, &ActuatorSpec> =
        robot.actuators.iter().rev().map(|actuator| (actuator.joint.as_str(), actuator)).collect();
    for (index, name) in contract.driven_joints().iter().enumerate() {
        if joints.contains(name.as_str()) {
            let at = (&list.index(index), &root.field("action"));
            let actuator = actuators.get(name.as_str()).copied();
            driven(report, at, contract, (robot, name), actuator);
        }
    }
}

fn joint(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec, name: &str) {
    let message = format!("robot `{}` has no joint `{name}`", shortened(&robot.name, MAX_NAME));
    let Some(joint) = super::super::joints::joint_exists(report, at, robot, name, &message) else {
        return;
    };
    super::super::joints::has_one_dof(report, at, joint, "a network");
}

/// A default pose outside of the robot's limits indicates joints in another order.
fn default_pose(report: &mut Report<'_>, at: &At<'_>, contract: &ContractSpec, robot: &RobotSpec) {
    for (index, (name, value)) in contract.joints.iter().zip(&contract.default_pose).enumerate() {
        let joint = robot.joints.iter().find(|joint| joint.name == *name);
        let Some(message) = joint.and_then(|joint| beyond_limits(joint, *value)) else { continue };
        let label = format!("of joint `{name}`");
        let code = DiagnosticCode::BEYOND_LIMITS;
        let warning = report.warning(code, &at.index(index), message, label);
        warning.help.push("compare the order of `default_pose` and `joints`".to_owned());
    }
}

fn driven(
    report: &mut Report<'_>,
    (at, action_at): (&At<'_>, &At<'_>),
    contract: &ContractSpec,
    (robot, name): (&RobotSpec, &str),
    actuator: Option<&ActuatorSpec>,
) {
    let code = DiagnosticCode::CONTRACT_DRIVE;
    let Some(actuator) = actuator else {
        let robot = shortened(&robot.name, MAX_NAME);
        let message = format!("joint `{name}` of robot `{robot}` has no actuator");
        let error = report.error(code, at, message, "cannot be driven");
        error.help.push(
            "add an actuator to the robot file, or list the driven joints in `action.joints`"
                .to_owned(),
        );
        return;
    };
    let action = &contract.action;
    let wanted = action.target.input();
    // Gains of the contract replace the drive of the robot file.
    let is_equipped = action.gains.is_some() && action.target != ActionTarget::Torque;
    if is_equipped || actuator.drive.inputs().contains(&wanted) {
        return;
    }
    let message = format!(
        "actuator `{}` of joint `{name}` takes a {}, not a {wanted}",
        actuator.name,
        actuator.drive.inputs()[0]
    );
    let label = report.label(&action_at.field("target"), "wanted here");
    let error = report.error(code, at, message, actuator.drive.name());
    error.secondary.extend(label);
    error.help.push(match action.target {
        ActionTarget::Torque => {
            "give the actuator `drive: Torque` in the robot file, or choose another `target`"
                .to_owned()
        }
        _ => "give the `gains` of training in `action`, or another `drive` in the robot file"
            .to_owned(),
    });
}
