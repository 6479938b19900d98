//! Sensors: on links and joints that exist, at rates that divide, with errors
//! that have a meaning.

use std::collections::BTreeSet;

use super::joints;
use super::rates::Rates;
use super::report::{At, MAX_NAME, Report};
use crate::diagnostic::{DiagnosticCode, one_of, shortened};
use crate::layout::sensor_channels;
use crate::spec::{ErrorSpec, JointKind, Noise, RobotSpec, SensorKind, SensorSpec};
use crate::text::Limits;

pub(super) fn check(
    report: &mut Report<'_>,
    at: &At<'_>,
    robot: &RobotSpec,
    rates: &Rates,
    limits: &Limits,
) {
    let links: BTreeSet<&str> = robot.links.iter().map(|link| link.name.as_str()).collect();
    for (index, sensor) in robot.sensors.iter().enumerate() {
        let at = at.index(index);
        super::poses::pose(report, &at.field("pose"), &sensor.pose);
        link(report, &at, sensor, &links);
        let what = format!("sensor `{}`", shortened(&sensor.name, MAX_NAME));
        if let Some(rate_hz) = sensor.rate_hz {
            rates.check(report, &at.field("rate_hz"), &what, rate_hz);
        }
        report.time(&at.field("offset_s"), sensor.offset_s);
        kind(report, &at.field("kind"), sensor, robot, limits);
        errors(report, &at.field("errors"), sensor, robot);
    }
}

fn link(report: &mut Report<'_>, at: &At<'_>, sensor: &SensorSpec, links: &BTreeSet<&str>) {
    let name = shortened(&sensor.name, MAX_NAME);
    match &sensor.link {
        Some(link) if sensor.kind.needs_link() => {
            let message = format!("sensor `{name}` sits on a link that does not exist");
            joints::link_exists(report, &at.field("link"), links, link, &message);
        }
        Some(_) => {
            let message = format!("sensor `{name}` is measured at joints and sits on no link");
            let (code, at) = (DiagnosticCode::SENSOR_LINK, at.field("link"));
            report.error(code, &at, message, "needless").help.push("remove `link`".to_owned());
        }
        None if sensor.kind.needs_link() && !report.is_full() => {
            let message = format!("sensor `{name}` does not say which link it sits on");
            let (code, at) = (DiagnosticCode::SENSOR_LINK, at.field("name"));
            let help = format!("add `link: ...`: {}", one_of(links.iter().copied()));
            report.error(code, &at, message, "`link` is missing").help.push(help);
        }
        None => {}
    }
}

fn kind(
    report: &mut Report<'_>,
    at: &At<'_>,
    sensor: &SensorSpec,
    robot: &RobotSpec,
    limits: &Limits,
) {
    match &sensor.kind {
        SensorKind::JointState { joints } => {
            for (index, name) in joints.iter().enumerate() {
                measured_joint(report, &at.field("joints").index(index), sensor, robot, name);
            }
        }
        SensorKind::Lidar { beams, range, fov } => {
            lidar_beams(report, &at.field("beams"), *beams, limits);
            let range_at = at.field("range");
            report.not_negative(&range_at.index(0), range.0);
            report.positive(&range_at.index(1), range.1);
            report.ordered(&range_at, range.0, range.1);
            let fov = fov.radians();
            if fov <= 0.0 || fov > std::f64::consts::TAU + 1e-9 {
                let rule = "must be more than 0 and at most 360 degrees";
                report.out_of_range(&at.field("fov"), fov.to_degrees(), rule);
            }
        }
        SensorKind::Contact { threshold } => {
            report.not_negative(&at.field("threshold"), *threshold);
        }
        SensorKind::WheelOdometry { left, right, radius, separation } => {
            report.positive(&at.field("radius"), *radius);
            report.positive(&at.field("separation"), *separation);
            for (side, name) in [("left", left), ("right", right)] {
                wheel(report, &at.field(side), sensor, robot, name);
            }
            if left == right {
                let message = "both wheels are the same joint";
                let code = DiagnosticCode::SELF_CONNECTION;
                report.error(code, &at.field("right"), message, "the same as `left`");
            }
        }
        SensorKind::Imu
        | SensorKind::Gyro
        | SensorKind::Accelerometer
        | SensorKind::Velocimeter
        | SensorKind::Orientation
        | SensorKind::GroundTruth => {}
    }
}

fn lidar_beams(report: &mut Report<'_>, at: &At<'_>, beams: u32, limits: &Limits) {
    if beams == 0 {
        report.out_of_range(at, 0.0, "must be at least 1");
    } else if beams > limits.lidar_beams {
        let message = format!("a lidar can have {} beams at most", limits.lidar_beams);
        let code = DiagnosticCode::LIMIT_EXCEEDED;
        let error = report.error(code, at, message, "too many beams");
        error
            .help
            .push("raise the limit on the number of beams with `--limit lidar_beams=N`".to_owned());
    }
}

fn measured_joint(
    report: &mut Report<'_>,
    at: &At<'_>,
    sensor: &SensorSpec,
    robot: &RobotSpec,
    name: &str,
) {
    let sensor = shortened(&sensor.name, MAX_NAME);
    let message = format!("sensor `{sensor}` measures a joint that does not exist");
    let joint = joints::joint_exists(report, at, robot, name, &message);
    if joint.is_some_and(|joint| matches!(joint.kind, JointKind::Fixed)) {
        let message = format!("joint `{name}` is fixed: there is nothing to measure");
        report.error(DiagnosticCode::WRONG_JOINT_KIND, at, message, "a fixed joint");
    }
}

fn wheel(report: &mut Report<'_>, at: &At<'_>, sensor: &SensorSpec, robot: &RobotSpec, name: &str) {
    let message = format!("sensor `{}` measures a joint that does not exist", sensor.name);
    let Some(joint) = joints::joint_exists(report, at, robot, name, &message) else { return };
    if joints::has_one_dof(report, at, joint, "a wheel") && joint.kind.is_prismatic() {
        let message = format!("joint `{name}` slides, but a wheel has to rotate");
        report.error(DiagnosticCode::WRONG_JOINT_KIND, at, message, "a prismatic joint");
    }
}

fn errors(report: &mut Report<'_>, at: &At<'_>, sensor: &SensorSpec, robot: &RobotSpec) {
    let spec: &ErrorSpec = &sensor.errors;
    if let Some(preset) = &spec.preset {
        error_preset(report, &at.field("preset"), sensor, preset);
    }
    let values = (spec.noise, spec.random_walk, spec.resolution, spec.saturation);
    value_errors(report, at, values);
    report.time(&at.field("latency"), spec.latency.unwrap_or(0.0));
    report.fraction(&at.field("dropout"), spec.dropout);
    if spec.channels.is_empty() {
        return;
    }
    let channels = sensor_channels(sensor, robot);
    let known: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
    for (name, channel) in &spec.channels {
        let at = at.field("channels");
        let at = at.field(name);
        if !known.contains(&name.as_str()) {
            let sensor = shortened(&sensor.name, MAX_NAME);
            let message = format!("sensor `{sensor}` has no channel `{name}`");
            let code = DiagnosticCode::UNKNOWN_CHANNEL;
            report.unknown_name(code, &at, message, (name, "channel"), known.iter().copied());
        }
        let values = (channel.noise, channel.random_walk, channel.resolution, channel.saturation);
        value_errors(report, &at, values);
    }
}

fn error_preset(report: &mut Report<'_>, at: &At<'_>, sensor: &SensorSpec, preset: &str) {
    let code = DiagnosticCode::UNKNOWN_PRESET;
    if !ErrorSpec::PRESETS.contains(&preset) {
        let message = format!("the error preset `{preset}` does not exist");
        report.unknown_name(code, at, message, (preset, "preset"), ErrorSpec::PRESETS.into_iter());
    } else if !matches!(sensor.kind, SensorKind::Imu) {
        let message = format!("`{preset}` describes an IMU, which sensor `{}` is not", sensor.name);
        let error = report.error(code, at, message, "of another kind of sensor");
        error.help.push("give the errors themselves: `noise`, `bias`, ...".to_owned());
    }
}

type ValueErrors = (Option<Noise>, Option<f64>, Option<f64>, Option<(f64, f64)>);

fn value_errors(
    report: &mut Report<'_>,
    at: &At<'_>,
    (noise, random_walk, resolution, saturation): ValueErrors,
) {
    if let Some(Noise::Gaussian { stddev }) = noise {
        report.not_negative(&at.field("noise").field("stddev"), stddev);
    }
    report.not_negative(&at.field("random_walk"), random_walk.unwrap_or(0.0));
    report.not_negative(&at.field("resolution"), resolution.unwrap_or(0.0));
    if let Some((low, high)) = saturation {
        report.ordered(&at.field("saturation"), low, high);
    }
}
