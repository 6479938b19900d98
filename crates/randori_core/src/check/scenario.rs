//! The `Scenario(...)` file, together with the files that it names.

use std::collections::BTreeSet;

use super::names::{Names, Place};
use super::rates::Rates;
use super::report::{At, Report};
use super::{actors, bounds, environment, events, groups, poses, shapes};
use crate::diagnostic::DiagnosticCode;
use crate::spec::{
    Expectation, LatencySpec, PolicySpec, RobotEntry, RobotSpec, ScenarioSpec, Variation,
};
use crate::text::{Limits, Part, Specs};
use crate::time::TickPeriod;

pub(super) fn check(report: &mut Report<'_>, specs: &Specs, rates: &Rates, limits: &Limits) {
    let Some(scenario) = &specs.scenario else { return };
    let root = At::root(Part::Scenario);
    physics(report, &root.field("physics"), scenario);
    duration(report, &root.field("duration"), scenario, rates, limits);
    shared_names(report, scenario, specs);
    for (index, entry) in scenario.robots.iter().enumerate() {
        let at = root.field("robots");
        let at = at.index(index);
        poses::pose(report, &at.field("pose"), &entry.pose);
        let robot = specs.robots.get(&index);
        // More joints than that are refused, and are not checked.
        if let Some(robot) = robot.filter(|it| it.joints.len() <= limits.joints_per_robot) {
            start(report, &at, entry, robot);
        }
        if let Some(spec) = &entry.policy {
            policy(report, &at.field("policy"), spec, rates);
        }
    }
    for (name, place) in &scenario.waypoints {
        report.bounded_parts(&root.field("waypoints").field(name), place, bounds::PLACE);
    }
    actors::check(report, &root.field("actors"), &scenario.actors, scenario.duration);
    shapes::zones(report, &root.field("zones"), &scenario.zones);
    events::check(report, &root.field("events"), scenario, specs);
    variations(report, &root.field("vary"), scenario);
    goals(report, &root, scenario);
    groups::check(report, specs);
    bodies(report, &root, specs, limits);
}

fn physics(report: &mut Report<'_>, at: &At<'_>, scenario: &ScenarioSpec) {
    let settings = scenario.physics.settings();
    if TickPeriod::from_rate_hz(settings.rate_hz).is_none() {
        let rate = settings.rate_hz;
        let message = format!("at {rate} Hz a tick is not a whole number of nanoseconds");
        let (code, at) = (DiagnosticCode::PHYSICS_RATE, at.field("rate_hz"));
        let help = match legal_rates(rate) {
            (Some(below), Some(above)) => format!("the nearest are {below} and {above} Hz"),
            (Some(nearest), None) | (None, Some(nearest)) => format!("the nearest is {nearest} Hz"),
            (None, None) => "use 500 Hz".to_owned(),
        };
        report.error(code, &at, message, "does not divide 1,000,000,000").help.push(help);
    }
    for (name, count) in
        [("substeps", settings.substeps), ("solver_iterations", settings.solver_iterations)]
    {
        if !(1..=64).contains(&count) {
            report.out_of_range(&at.field(name), f64::from(count), "must be from 1 to 64");
        }
    }
    report.bounded_parts(&at.field("gravity"), &settings.gravity, bounds::ACCELERATION);
    let contacts = [settings.contact_frequency_hz, settings.contact_damping_ratio];
    for (name, value) in ["contact_frequency_hz", "contact_damping_ratio"].iter().zip(contacts) {
        report.bounded(&at.field(name), value, bounds::CONTACT);
    }
    report.positive(&at.field("contact_frequency_hz"), settings.contact_frequency_hz);
    report.positive(&at.field("contact_damping_ratio"), settings.contact_damping_ratio);
}

/// The nearest lower and higher rates that divide a second into whole nanoseconds.
fn legal_rates(rate: u32) -> (Option<u64>, Option<u64>) {
    let powers = |base: u64| (0..=9).map(move |exponent| base.pow(exponent));
    // A second has 2^9 * 5^9 nanoseconds.
    let all = powers(2).flat_map(|two| powers(5).map(move |five| two * five));
    let rate = u64::from(rate);
    (all.clone().filter(|legal| *legal < rate).max(), all.filter(|legal| *legal > rate).min())
}

fn duration(
    report: &mut Report<'_>,
    at: &At<'_>,
    scenario: &ScenarioSpec,
    rates: &Rates,
    limits: &Limits,
) {
    report.positive(at, scenario.duration);
    report.not_above(at, scenario.duration, 1e9, " s");
    let Some(period) = rates.period().filter(|_| scenario.duration.is_finite()) else { return };
    let ticks = period.ticks_nearest(scenario.duration);
    if ticks > limits.ticks {
        let message = format!("a run can last {} ticks at most", limits.ticks);
        let label = format!("{ticks} ticks of {} s", period.seconds());
        let error = report.error(DiagnosticCode::LIMIT_EXCEEDED, at, message, label);
        error.help.push("raise the limit on the number of ticks with `--limit ticks=N`".to_owned());
    } else if ticks == 0 && scenario.duration > 0.0 {
        let message = "the run is shorter than half a tick";
        let label = format!("a tick lasts {} s", period.seconds());
        report.error(DiagnosticCode::OUT_OF_RANGE, at, message, label);
    }
}

/// Robots, actors, objects, zones and waypoints share one set of names, because formulas and
/// events use them all in the same way.
fn shared_names(report: &mut Report<'_>, scenario: &ScenarioSpec, specs: &Specs) {
    let mut shared = Names::new();
    let place = |list, index, what| Place { part: Part::Scenario, list, index, what };
    for (index, robot) in scenario.robots.iter().enumerate() {
        shared.add(report, place("robots", Some(index), "robot"), &robot.name);
    }
    for (index, actor) in scenario.actors.iter().enumerate() {
        shared.add(report, place("actors", Some(index), "actor"), &actor.name);
    }
    for name in scenario.waypoints.keys() {
        shared.add(report, place("waypoints", None, "waypoint"), name);
    }
    for (index, zone) in scenario.zones.iter().enumerate() {
        shared.add(report, place("zones", Some(index), "zone"), &zone.name);
    }
    if let Some(spec) = &specs.environment {
        environment::add_names(report, &mut shared, spec);
    }
    let mut events = Names::new();
    for (index, event) in scenario.events.iter().enumerate() {
        if let Some(name) = &event.name {
            events.add(report, place("events", Some(index), "event"), name);
        }
    }
}

/// Every joint starts within its limits.
fn start(report: &mut Report<'_>, at: &At<'_>, entry: &RobotEntry, robot: &RobotSpec) {
    let start_at = at.field("start");
    let joints_at = start_at.field("joints");
    for (joint, value) in &entry.start.joints {
        poses::coordinate(report, &joints_at.field(joint), robot, (joint, *value));
    }
    let named = match &entry.start.named {
        None => None,
        Some(name) if robot.poses.contains_key(name) => robot.poses.get(name),
        Some(name) => {
            let known = robot.poses.keys().map(String::as_str);
            let message = format!("robot `{}` has no pose `{name}`", entry.name);
            let (code, at) = (DiagnosticCode::UNKNOWN_POSE, start_at.field("named"));
            report.unknown_name(code, &at, message, (name, "pose"), known);
            return;
        }
    };
    // Joints without a given coordinate start at zero.
    let mentioned = |joint: &str| {
        entry.start.joints.contains_key(joint) || named.is_some_and(|pose| pose.contains_key(joint))
    };
    for joint in robot.joints.iter().filter(|joint| !mentioned(&joint.name)) {
        if let Some(message) = poses::beyond_limits(joint, 0.0) {
            let at = if named.is_some() { start_at.field("named") } else { at.field("name") };
            let label = "this leaves the joint at zero";
            let error = report.error(DiagnosticCode::BEYOND_LIMITS, &at, message, label);
            error.help.push(format!(
                "give it a place: `start: (joints: {{\"{}\": ...}})`, or a pose that does",
                joint.name
            ));
        }
    }
}

fn policy(report: &mut Report<'_>, at: &At<'_>, spec: &PolicySpec, rates: &Rates) {
    rates.check(report, &at.field("rate_hz"), "the policy", spec.rate_hz);
    report.time(&at.field("offset_s"), spec.offset_s.unwrap_or(0.0));
    spec.source.check(report, &at.field("use"));
    let inference = at.field("inference");
    let at = inference.field("latency");
    match spec.inference.latency {
        LatencySpec::Fixed(seconds) => report.time(&at.index(0), seconds),
        LatencySpec::Uniform { min, max } => {
            report.time(&at.field("min"), min);
            report.time(&at.field("max"), max);
            report.ordered(&at, min, max);
        }
        LatencySpec::Normal { stddev, min, max, .. } => {
            report.not_negative(&at.field("stddev"), stddev);
            report.time(&at.field("min"), min);
            report.time(&at.field("max"), max);
            report.ordered(&at, min, max);
        }
    }
    if spec.inference.chunk.execute == 0 {
        let at = inference.field("chunk");
        report.out_of_range(&at.field("execute"), 0.0, "must be at least 1");
    }
    under_way(report, &at, spec);
}

/// Pending requests; every tick processes all of them.
const MAX_UNDER_WAY: f64 = 1_000.0;

fn under_way(report: &mut Report<'_>, at: &At<'_>, spec: &PolicySpec) {
    let longest = match spec.inference.latency {
        LatencySpec::Fixed(seconds) => seconds,
        LatencySpec::Uniform { max, .. } | LatencySpec::Normal { max, .. } => max,
    };
    let period = f64::from(spec.inference.chunk.execute.max(1)) / spec.rate_hz;
    if period > 0.0 && longest / period > MAX_UNDER_WAY {
        let message = format!("more than {MAX_UNDER_WAY} answers would be under way at one time");
        let label = format!("the policy is asked every {period} s");
        let error = report.error(DiagnosticCode::OUT_OF_RANGE, at, message, label);
        error.help.push("shorten `latency`, or lower the policy's `rate_hz`".to_owned());
    }
}

fn variations(report: &mut Report<'_>, at: &At<'_>, scenario: &ScenarioSpec) {
    for (path, variation) in &scenario.vary {
        let at = at.field(path);
        match variation {
            Variation::Uniform(low, high) => report.ordered(&at, *low, *high),
            Variation::Normal(_, std) => report.not_negative(&at.index(1), *std),
            Variation::OneOf(values) if values.is_empty() => {
                let message = "there is no value to choose from";
                report.error(DiagnosticCode::OUT_OF_RANGE, &at, message, "empty");
            }
            Variation::OneOf(_) => {}
        }
    }
}

fn goals(report: &mut Report<'_>, root: &At<'_>, scenario: &ScenarioSpec) {
    let at = root.field("goals");
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (index, goal) in scenario.goals.iter().enumerate() {
        let at = at.index(index);
        if !seen.insert(&goal.name) {
            let message = format!("two goals are called `{}`", goal.name);
            let code = DiagnosticCode::DUPLICATE_NAME;
            report.error(code, &at.field("name"), message, "used again here");
        }
        let code = DiagnosticCode::GOAL_KIND;
        match (&goal.require, &goal.prefer) {
            (Some(_), Some(_)) => {
                let message = format!("goal `{}` is both required and preferred", goal.name);
                let error = report.error(code, &at.field("prefer"), message, "one of the two");
                error.help.push("make two goals of it, or remove one formula".to_owned());
            }
            (None, None) => {
                let message = format!("goal `{}` has no formula", goal.name);
                let error = report.error(code, &at.field("name"), message, "nothing to judge");
                error.help.push("add `require: \"...\"` or `prefer: \"...\"`".to_owned());
            }
            _ => {}
        }
    }
    if let Expectation::Fail { goal } = &scenario.expect {
        expected_goal(report, &root.field("expect").field("goal"), scenario, goal);
    }
}

fn expected_goal(report: &mut Report<'_>, at: &At<'_>, scenario: &ScenarioSpec, goal: &str) {
    let code = DiagnosticCode::UNKNOWN_GOAL;
    match scenario.goals.iter().find(|spec| spec.name == goal) {
        Some(spec) if spec.require.is_none() && spec.prefer.is_some() => {
            let message = format!("goal `{goal}` is only preferred, so it never fails");
            let error = report.error(code, at, message, "not a required goal");
            error.help.push("write `require` instead of `prefer` in that goal".to_owned());
        }
        Some(_) => {}
        None => {
            let known = scenario.goals.iter().map(|goal| goal.name.as_str());
            let message = format!("the scenario expects `{goal}` to fail, which does not exist");
            report.unknown_name(code, at, message, (goal, "goal"), known);
        }
    }
}

fn bodies(report: &mut Report<'_>, root: &At<'_>, specs: &Specs, limits: &Limits) {
    let links: usize = specs.robots.values().map(|robot| robot.links.len()).sum();
    let objects = specs.environment.as_ref().map_or(0, |spec| spec.objects.len());
    let actors = specs.scenario.as_ref().map_or(0, |spec| spec.actors.len());
    let count = links + objects + actors;
    if count > limits.bodies {
        let message = format!("a scenario can have {} bodies at most", limits.bodies);
        let label = format!("{count} links, objects and actors");
        let code = DiagnosticCode::LIMIT_EXCEEDED;
        let error = report.error(code, &root.field("environment"), message, label);
        error
            .help
            .push("raise the limit on the number of bodies with `--limit bodies=N`".to_owned());
    }
}
