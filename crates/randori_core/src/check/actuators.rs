//! Actuators: on joints that they can drive, with gains that make sense.

use std::collections::BTreeMap;

use super::report::{At, Report};
use super::{bounds, joints};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{Drive, RobotSpec};

pub(super) fn check(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec) {
    let mut drivers: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, actuator) in robot.actuators.iter().enumerate() {
        let at = at.index(index);
        let place = at.field("joint");
        let message = format!("actuator `{}` drives a joint that does not exist", actuator.name);
        if let Some(joint) = joints::joint_exists(report, &place, robot, &actuator.joint, &message)
        {
            joints::has_one_dof(report, &place, joint, "an actuator");
        }
        if let Some(other) = drivers.get(actuator.joint.as_str()) {
            let message = format!("joint `{}` is driven twice", actuator.joint);
            let label = format!("actuator `{other}` drives it already");
            report.error(DiagnosticCode::WRONG_JOINT_KIND, &place, message, label);
        } else {
            drivers.insert(&actuator.joint, &actuator.name);
        }
        let drive = at.field("drive");
        for (name, gain) in actuator.drive.gains() {
            report.amount(&drive.field(name), gain, bounds::GAIN);
        }
        if let Drive::DcMotor { resistance, .. } = actuator.drive {
            report.positive(&drive.field("resistance"), resistance);
        }
        let limits = at.field("limits");
        report.positive_if_any(&limits.field("torque"), actuator.limits.torque);
        report.positive_if_any(&limits.field("speed"), actuator.limits.speed);
        report.positive_if_any(&limits.field("rate"), actuator.limits.rate);
        if let Some((low, high)) = actuator.limits.command {
            report.ordered(&limits.field("command"), low, high);
        }
        report.time(&at.field("delay"), actuator.delay);
    }
}
