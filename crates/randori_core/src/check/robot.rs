//! The `Robot(...)` file.

use std::collections::BTreeSet;

use super::rates::Rates;
use super::report::{At, Report};
use super::{actuators, joints, links, names, poses, sensors, shapes};
use crate::diagnostic::DiagnosticCode;
use crate::spec::RobotSpec;
use crate::text::Limits;

pub(super) fn check(
    report: &mut Report<'_>,
    root: &At<'_>,
    robot: &RobotSpec,
    rates: &Rates,
    limits: &Limits,
) {
    if has_too_many_joints(report, &root.field("joints"), robot, limits) {
        return;
    }
    let links = robot.links.iter().map(|link| link.name.as_str());
    names::list(report, &root.field("links"), "link", links);
    let joints = robot.joints.iter().map(|joint| joint.name.as_str());
    names::list(report, &root.field("joints"), "joint", joints);
    let actuators = robot.actuators.iter().map(|actuator| actuator.name.as_str());
    names::list(report, &root.field("actuators"), "actuator", actuators);
    let sensors = robot.sensors.iter().map(|sensor| sensor.name.as_str());
    names::list(report, &root.field("sensors"), "sensor", sensors);
    let loops = robot.loops.iter().map(|closed| closed.name.as_str());
    names::list(report, &root.field("loops"), "loop", loops);

    shapes::materials(report, &root.field("materials"), &robot.materials);
    links::check(report, &root.field("links"), robot);
    joints::check(report, root, robot);
    actuators::check(report, &root.field("actuators"), robot);
    sensors::check(report, &root.field("sensors"), robot, rates, limits);
    contact_exclusions(report, &root.field("contact_exclusions"), robot);
    for (name, pose) in &robot.poses {
        for (joint, value) in pose {
            let at = root.field("poses");
            let at = at.field(name);
            poses::coordinate(report, &at.field(joint), robot, (joint, *value));
        }
    }
}

fn contact_exclusions(report: &mut Report<'_>, at: &At<'_>, robot: &RobotSpec) {
    let links: BTreeSet<&str> = robot.links.iter().map(|link| link.name.as_str()).collect();
    for (index, (one, other)) in robot.contact_exclusions.iter().enumerate() {
        let at = at.index(index);
        for (place, link) in [one, other].into_iter().enumerate() {
            let message = "a contact exclusion names a link that does not exist";
            joints::link_exists(report, &at.index(place), &links, link, message);
        }
    }
}

/// An error if there are more joints than allowed; then the rest of the robot is not checked.
fn has_too_many_joints(
    report: &mut Report<'_>,
    at: &At<'_>,
    robot: &RobotSpec,
    limits: &Limits,
) -> bool {
    let (count, most) = (robot.joints.len(), limits.joints_per_robot);
    if count > most {
        let message = format!("a robot can have {most} joints at most");
        let label = format!("{count} joints");
        let error = report.error(DiagnosticCode::LIMIT_EXCEEDED, at, message, label);
        error.help.push(
            "raise the limit on the number of joints with `--limit joints_per_robot=N`".to_owned(),
        );
    }
    count > most
}
