//! Sensors: on existing links and joints, at rates that divide, with meaningful errors.

use std::collections::BTreeSet;

use super::joints;
use super::rates::Rates;
use super::report::{At, MAX_NAME, Report};
use crate::diagnostic::{DiagnosticCode, one_of, shortened};
use crate::sensor::{Owner, Preset};
use crate::spec::{ErrorSpec, Noise, RobotSpec, SensorSpec};
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
        let owner = Owner { sensor: &sensor.name, robot, limits };
        sensor.kind.check(report, &at.field("kind"), &owner);
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
    let channels = sensor.kind.channels(robot);
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

fn error_preset(report: &mut Report<'_>, at: &At<'_>, sensor: &SensorSpec, name: &str) {
    let code = DiagnosticCode::UNKNOWN_PRESET;
    let Some(preset) = Preset::find(name) else {
        let message = format!("the error preset `{name}` does not exist");
        let known = Preset::ALL.iter().map(|preset| preset.name);
        report.unknown_name(code, at, message, (name, "preset"), known);
        return;
    };
    if !(preset.fits)(&sensor.kind) {
        let (device, sensor) = (preset.device, &sensor.name);
        let message = format!("`{name}` describes {device}, which sensor `{sensor}` is not");
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
