//! Poses, axes and joint coordinates.

use super::bounds;
use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{Axis, Coordinate, JointKind, JointSpec, PoseSpec, RobotSpec};

/// Checks that a rotation is given once and has a direction.
pub(super) fn pose(report: &mut Report<'_>, at: &At<'_>, pose: &PoseSpec) {
    if pose.rpy.is_some() && pose.quat.is_some() {
        let message = "the rotation is given twice, as `rpy` and as `quat`";
        let label = report.label(&at.field("rpy"), "given here");
        let code = DiagnosticCode::ROTATION_TWICE;
        let error = report.error(code, &at.field("quat"), message, "and here");
        error.secondary.extend(label);
        error.help.push("remove one of the two".to_owned());
    }
    report.bounded_parts(&at.field("xyz"), &pose.xyz, bounds::PLACE);
    if let Some(quat) = pose.quat {
        quaternion(report, &at.field("quat"), &quat);
    }
}

/// Checks that a quaternion has a direction.
fn quaternion(report: &mut Report<'_>, at: &At<'_>, quat: &[f64; 4]) {
    if is_zero(quat) {
        let message = "a quaternion of length zero is no rotation";
        let error = report.error(DiagnosticCode::NO_DIRECTION, at, message, "length zero");
        error.help.push("no rotation is `(0, 0, 0, 1)`: x, y, z, w".to_owned());
    }
}

/// Checks that an axis has a direction.
pub(crate) fn axis(report: &mut Report<'_>, at: &At<'_>, axis: Axis) {
    if let Axis::Along(x, y, z) = axis
        && is_zero(&[x, y, z])
    {
        let message = "an axis of length zero has no direction";
        let error = report.error(DiagnosticCode::NO_DIRECTION, at, message, "length zero");
        error.help.push("write `X`, `Y`, `Z` or `Along(x, y, z)`".to_owned());
    }
}

/// True if a vector is zero in single precision.
fn is_zero(parts: &[f64]) -> bool {
    let squares: f64 = parts.iter().map(|part| part * part).sum();
    (libm::sqrt(squares) as f32) < f32::MIN_POSITIVE
}

/// Checks that a coordinate names an existing joint, in its unit and within its limits.
pub(super) fn coordinate(
    report: &mut Report<'_>,
    at: &At<'_>,
    robot: &RobotSpec,
    (joint, value): (&str, Coordinate),
) {
    let Some(spec) = robot.joints.iter().find(|spec| spec.name == joint) else {
        let message = format!("the pose moves joint `{joint}`, which does not exist");
        let known = robot.joints.iter().map(|joint| joint.name.as_str());
        report.unknown_name(DiagnosticCode::UNKNOWN_JOINT, at, message, (joint, "joint"), known);
        return;
    };
    if let Coordinate::Quat(x, y, z, w) = value {
        quaternion(report, at, &[x, y, z, w]);
    }
    if unit(report, at, spec, value) {
        let most = if value.is_length() { bounds::PLACE } else { bounds::ANGLE };
        report.bounded(at, value.si(), most);
        if let Some(message) = beyond_limits(spec, value.si()) {
            report.error(DiagnosticCode::BEYOND_LIMITS, at, message, "beyond the limits");
        }
    }
}

/// An error if a coordinate has the wrong unit for its joint.
pub(super) fn unit(
    report: &mut Report<'_>,
    at: &At<'_>,
    joint: &JointSpec,
    value: Coordinate,
) -> bool {
    let (name, code) = (&joint.name, DiagnosticCode::WRONG_UNIT);
    let is_rotation = value.quaternion().is_some();
    let (fits, motion, unit) = match joint.kind {
        JointKind::Fixed => {
            let message = format!("joint `{name}` is fixed and has no coordinate");
            report.error(code, at, message, "remove this");
            return false;
        }
        JointKind::Spherical => (
            is_rotation,
            "is a ball joint",
            "a rotation: `Rpy(Deg(0), Deg(90), Deg(0))` or `Quat(x, y, z, w)`",
        ),
        JointKind::Prismatic { .. } => (value.is_length(), "slides", "`M(...)`"),
        JointKind::Revolute { .. } | JointKind::Continuous => {
            (!value.is_length() && !is_rotation, "rotates", "`Deg(...)` or `Rad(...)`")
        }
    };
    if fits {
        return true;
    }
    let message = format!("joint `{name}` {motion}, but its coordinate is in another unit");
    report.error(code, at, message, "wrong unit").help.push(format!("write {unit}"));
    false
}

/// A message if a coordinate (rad or m) is beyond the limits of its joint.
pub(super) fn beyond_limits(joint: &JointSpec, value: f64) -> Option<String> {
    let (lower, upper) = joint.kind.limits_si()?;
    // Limits given in degrees may differ from poses in radians by rounding.
    let slack = 1e-6;
    if value >= lower - slack && value <= upper + slack {
        return None;
    }
    let shown = |value: f64| {
        if joint.kind.is_prismatic() {
            format!("{value} m")
        } else {
            format!("{:.1} deg", value.to_degrees())
        }
    };
    Some(format!(
        "joint `{}` is at {}, but its limits are {} to {}",
        joint.name,
        shown(value),
        shown(lower),
        shown(upper)
    ))
}
