//! Events of a run: times and targets.

use std::collections::BTreeSet;

use super::report::{At, Report};
use crate::diagnostic::DiagnosticCode;
use crate::effect::Target;
use crate::spec::{EventSpec, Mobility, ScenarioSpec, SensorSpec};
use crate::text::Specs;

pub(super) fn check(report: &mut Report<'_>, at: &At<'_>, scenario: &ScenarioSpec, specs: &Specs) {
    let bodies = bodies(scenario, specs);
    for (index, event) in scenario.events.iter().enumerate() {
        let at = at.index(index);
        trigger(report, &at, event, scenario.duration);
        let effect = at.field("do");
        match event.effect.target() {
            Target::Body(path) => {
                if let Some(bodies) = &bodies {
                    body(report, &effect.field("body"), path, bodies, (scenario, specs));
                }
            }
            Target::Channel { sensor: path, channel } => {
                sensor(report, &effect, (path, channel), scenario, specs);
            }
        }
        event.effect.check(report, &effect);
    }
}

fn trigger(report: &mut Report<'_>, at: &At<'_>, event: &EventSpec, duration: f64) {
    let code = DiagnosticCode::EVENT_TRIGGER;
    match (event.at, &event.when) {
        (Some(_), Some(_)) => {
            let label = report.label(&at.field("at"), "a time is given here");
            let message = "the event has two triggers, `at` and `when`";
            let error = report.error(code, &at.field("when"), message, "and a formula here");
            error.secondary.extend(label);
            error.help.push("remove one of the two".to_owned());
        }
        (None, None) => {
            let message = "the event does not say when it happens";
            let error = report.error(code, at, message, "`at` or `when` is missing");
            error.help.push("add `at: 3.0` (seconds) or `when: \"...\"` (a formula)".to_owned());
        }
        (Some(time), None) => {
            report.time(&at.field("at"), time);
            if time >= duration && duration > 0.0 {
                let message = format!("the event happens at {time} s, after the end of the run");
                let label = format!("the run lasts {duration} s");
                report.warning(DiagnosticCode::AFTER_THE_END, &at.field("at"), message, label);
            }
        }
        (None, Some(_)) => {}
    }
}

/// Paths of all bodies that forces can move; `None` while a file is missing, because then
/// bodies are unknown, and the error about the file is sufficient.
fn bodies(scenario: &ScenarioSpec, specs: &Specs) -> Option<BTreeSet<String>> {
    let environment = specs.environment.as_ref()?;
    if specs.robots.len() < scenario.robots.len() {
        return None;
    }
    let mut known: BTreeSet<String> =
        scenario.robots.iter().map(|robot| robot.name.clone()).collect();
    for (entry, robot) in scenario.robots.iter().zip(specs.robots.values()) {
        known.extend(robot.links.iter().map(|link| format!("{}.{}", entry.name, link.name)));
    }
    let movable = environment.objects.iter().filter(|object| !is_static(object.mobility));
    known.extend(movable.map(|object| object.name.clone()));
    Some(known)
}

fn is_static(mobility: Mobility) -> bool {
    matches!(mobility, Mobility::Static)
}

/// An error unless the path names a body that forces can move.
fn body(
    report: &mut Report<'_>,
    at: &At<'_>,
    path: &str,
    bodies: &BTreeSet<String>,
    (scenario, specs): (&ScenarioSpec, &Specs),
) {
    if bodies.contains(path) || report.is_full() {
        return;
    }
    let code = DiagnosticCode::UNKNOWN_BODY;
    let mut objects = specs.environment.iter().flat_map(|environment| &environment.objects);
    if objects.any(|object| object.name == path) {
        let message = format!("`{path}` is static: nothing can move it");
        let help = "write `mobility: Movable(mass_kg: ...)` in the environment".to_owned();
        report.error(code, at, message, "a static object").help.push(help);
    } else if scenario.actors.iter().any(|actor| actor.name == path) {
        let message = format!("`{path}` is an actor, which keeps to its path whatever happens");
        report.error(code, at, message, "not a body that can be moved");
    } else {
        let names = bodies.iter().map(String::as_str);
        let message = format!("the event acts on `{path}`, which does not exist");
        report.unknown_name(code, at, message, (path, "body"), names);
    }
}

/// An error unless the path names a sensor of a robot, and the channel one of its own.
fn sensor(
    report: &mut Report<'_>,
    at: &At<'_>,
    (path, channel): (&str, Option<&str>),
    scenario: &ScenarioSpec,
    specs: &Specs,
) {
    if specs.robots.len() < scenario.robots.len() || report.is_full() {
        return;
    }
    let robots = scenario.robots.iter().zip(specs.robots.values());
    let sensors: Vec<_> = robots
        .flat_map(|(entry, robot)| {
            let path = |sensor: &SensorSpec| format!("{}.{}", entry.name, sensor.name);
            robot.sensors.iter().map(move |sensor| (path(sensor), sensor, robot))
        })
        .collect();
    let Some((_, sensor, robot)) = sensors.iter().find(|(name, ..)| name == path) else {
        let names = sensors.iter().map(|(name, ..)| name.as_str());
        let message = format!("the event acts on sensor `{path}`, which does not exist");
        let code = DiagnosticCode::UNKNOWN_SENSOR;
        report.unknown_name(code, &at.field("sensor"), message, (path, "sensor"), names);
        return;
    };
    let Some(channel) = channel else { return };
    let channels = sensor.kind.channels(robot);
    if channels.iter().all(|it| it.name != channel) {
        let names = channels.iter().map(|it| it.name.as_str());
        let message =
            format!("the event acts on channel `{channel}`, which `{path}` does not have");
        let code = DiagnosticCode::UNKNOWN_CHANNEL;
        report.unknown_name(code, &at.field("channel"), message, (channel, "channel"), names);
    }
}
