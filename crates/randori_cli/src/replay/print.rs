//! What replays tell. Writing to a string cannot fail.

use std::fmt::Write as _;
use std::path::Path;

use randori_core::layout::{RobotLayout, SceneLayout};
use randori_core::record::{Decision, Request, Stage};
use randori_core::report::Verdict;
use randori_record::reader::Recording;
use randori_sim::replay::{Difference, ReplayError};
use serde_json::{Value, json};

use super::other_version::{APART_M, Likeness};
use super::verify::{Divergence, Ending, Verification};
use super::{Replayed, Result};
use crate::record::engine;
use crate::run::describe_error;
use crate::style::{self, ERROR, HEADING, clean, hash, number, paint, seconds};

/// The result of one recording as text.
pub(super) fn describe(file: &Path, replayed: &Replayed) -> String {
    let shown = clean(&file.display().to_string());
    let Some(recording) = &replayed.recording else {
        let Result::Unreadable(error) = &replayed.result else { return String::new() };
        return format!("{} `{shown}` {error}\n", paint(ERROR, "error:"));
    };
    let header = &recording.start().header;
    let title = paint(HEADING, &clean(&header.title));
    let place = clean(&format!("{}, seed {}", header.file, header.seed));
    let mut text = format!("{title}\n{shown}: {place}\n");
    let told = match &replayed.result {
        Result::Unreadable(_) => String::new(),
        Result::Refused(refusal) => {
            format!("{} this run cannot be made:\n{}\n", paint(ERROR, "error:"), refusal.0)
        }
        Result::Verified { verification, changed_files } => {
            verified(recording, verification, changed_files)
        }
        Result::OtherVersion(likeness) => other_version(recording, likeness),
    };
    text += &told;
    if !recording.is_complete() {
        let last = recording.last_tick().map_or(0, |tick| tick.0);
        let _ = writeln!(
            text,
            "{} the recording is cut off or damaged after tick {last} of {}",
            paint(ERROR, "error:"),
            header.end_tick
        );
    }
    text
}

fn verified(recording: &Recording, verification: &Verification, changed: &[String]) -> String {
    let header = &recording.start().header;
    let at = |tick: u64| seconds(tick as f64 * header.period_ns as f64 * 1e-9);
    let ticks =
        style::count(usize::try_from(verification.equal_ticks).unwrap_or(usize::MAX), "tick");
    let mut text = String::new();
    for path in changed {
        let _ = writeln!(
            text,
            "{} `{}` has changed since",
            paint(style::WARNING, "warning:"),
            clean(path)
        );
    }
    match &verification.ending {
        Ending::Equal => {
            let last = recording.last_tick().map_or(0, |tick| tick.0);
            let (word, end) = (paint(style::verdict(Verdict::Pass).1, "equal"), at(last));
            let _ = write!(text, "{word}: {ticks} to {end} agree to the last bit");
            if verification.jumps > 0 {
                let _ =
                    write!(text, ", through {}", style::count(verification.jumps, "saved state"));
            }
            if let Some(report) = recording.report() {
                let (verdict, _) = style::verdict(report.verdict);
                let _ = write!(text, "; {verdict}, final hash {}", hash(report.final_hash));
            }
            text += "\n";
        }
        Ending::Diverged(divergence) => text += &diverged(recording, divergence),
        Ending::Broken(error) => {
            let _ = writeln!(text, "{ticks} agree to the last bit, then the run breaks:");
            text += &describe_error(error, error.tick as f64 * header.period_ns as f64 * 1e-9);
        }
        Ending::Damaged(error) => {
            let _ = writeln!(text, "{} {error}; {ticks} before agree", paint(ERROR, "error:"));
        }
        Ending::Interrupted => text.extend(["stopped after ", &ticks, ", all equal\n"]),
    }
    text
}

fn diverged(recording: &Recording, divergence: &Divergence) -> String {
    let start = recording.start();
    let header = &start.header;
    let tick = divergence.recorded.record.tick.0;
    let at = seconds(tick as f64 * header.period_ns as f64 * 1e-9);
    let word = paint(ERROR, "DIVERGED");
    let mut text = match &divergence.error {
        ReplayError::Mismatch(mismatch) => {
            format!("{word} at tick {tick} ({at}); the cause is the {} stage\n", mismatch.stage)
        }
        error => format!("{word} at tick {tick} ({at}): {error}\n"),
    };
    for line in details(&start.layout, divergence) {
        let _ = writeln!(text, "  {}", clean(&line));
    }
    if divergence.jumped {
        text +=
            "  the run had gone on from a saved state before: what was saved may be incomplete\n";
    }
    text += &paint(style::FAINT, &format!("the recorded run: {}", clean(&header.reproduce)));
    text + "\n"
}

/// What differs, with both values.
fn details(layout: &SceneLayout, divergence: &Divergence) -> Vec<String> {
    let ReplayError::Mismatch(mismatch) = &divergence.error else { return Vec::new() };
    let mut lines = match &mismatch.difference {
        Difference::Digest { expected, actual } => {
            vec![format!("digest: recorded {}, now {}", hash(*expected), hash(*actual))]
        }
        Difference::Intervention { expected, actual } => {
            vec![format!("interventions: recorded {expected:?}, now {actual:?}")]
        }
        Difference::Request { expected, actual } => {
            request(layout, expected.as_deref(), actual.as_deref())
        }
        Difference::Decision { expected, actual } => {
            decision(layout, expected.as_ref(), actual.as_ref())
        }
    };
    if mismatch.stage >= Stage::Actuator && divergence.recorded.sampled {
        lines.extend(state(layout, divergence));
    }
    lines
}

/// The first question that differs.
fn request(layout: &SceneLayout, then: Option<&Request>, now: Option<&Request>) -> Vec<String> {
    let Some(any) = then.or(now) else { return Vec::new() };
    let Some(robot) = layout.robots.get(any.robot.0) else { return Vec::new() };
    let question = format!("request {} to the policy of `{}`", any.request, robot.name);
    let (Some(then), Some(now)) = (then, now) else {
        let side = if then.is_some() { "was asked, but not now" } else { "is asked only now" };
        return vec![format!("{question} {side}")];
    };
    let differing = differing_value(&then.values, &now.values);
    let Some((index, then, now)) = differing else {
        return vec![format!("{question}: its measurements are of other times")];
    };
    vec![format!("{question}: {}: recorded {then}, now {now}", observed(robot, index))]
}

/// What an entry of an observation is.
fn observed(robot: &RobotLayout, index: usize) -> String {
    let sensor = robot.sensors.iter().find(|sensor| sensor.values.contains(&index));
    let Some(sensor) = sensor else { return format!("value {index}") };
    let mut first = sensor.values.start;
    for channel in &sensor.channels {
        if index < first + channel.len {
            let entry = index - first;
            let element = channel.elements.get(entry).cloned();
            let element = element.unwrap_or_else(|| entry.to_string());
            return format!("{}.{}[{element}] ({})", sensor.name, channel.name, channel.unit);
        }
        first += channel.len;
    }
    format!("{}[{}]", sensor.name, index - sensor.values.start)
}

/// The first answer that differs.
fn decision(layout: &SceneLayout, then: Option<&Decision>, now: Option<&Decision>) -> Vec<String> {
    let Some(any) = then.or(now) else { return Vec::new() };
    let Some(robot) = layout.robots.get(any.robot.0) else { return Vec::new() };
    let answer = format!("answer {} of the policy of `{}`", any.request, robot.name);
    let (Some(then), Some(now)) = (then, now) else {
        let side =
            if then.is_some() { "took effect, but not now" } else { "takes effect only now" };
        return vec![format!("{answer} {side}")];
    };
    let commands = then.commands.iter().zip(&now.commands).enumerate();
    for (step, (then, now)) in commands {
        if let Some((index, then, now)) = differing_value(then, now) {
            let actuator = robot.actuators.iter().find(|it| it.inputs.contains(&index));
            let name = actuator.map_or("?", |actuator| actuator.name.as_str());
            let text = format!("{answer}: command {step}, `{name}`: recorded {then}, now {now}");
            return vec![text];
        }
    }
    let (then, now) = (then.commands.len(), now.commands.len());
    vec![format!("{answer}: recorded {then} commands, now {now}, or other times")]
}

fn differing_value(then: &[f32], now: &[f32]) -> Option<(usize, f32, f32)> {
    let mut pairs = then.iter().copied().zip(now.iter().copied()).enumerate();
    let (index, (then, now)) = pairs.find(|(_, (a, b))| a.to_bits() != b.to_bits())?;
    Some((index, then, now))
}

/// The most lines about the state; everything after the first has the same cause.
const MOST_FIELDS: usize = 5;

/// The first fields of the state that differ.
fn state(layout: &SceneLayout, divergence: &Divergence) -> Vec<String> {
    let (then, now) = (&divergence.recorded.record.state, &divergence.now.state);
    let mut lines = Vec::new();
    let mut all = 0;
    let mut see = |entity: &str, field: &str, unit: &str, then: f32, now: f32| {
        if then.to_bits() == now.to_bits() {
            return;
        }
        all += 1;
        if all <= MOST_FIELDS {
            let apart = number((f64::from(then) - f64::from(now)).abs());
            let steps = ulps(then, now);
            lines.push(format!(
                "{entity} {field}: recorded {then}, now {now} ({apart} {unit}, {steps} ulp)"
            ));
        }
    };
    for (body, (then, now)) in layout.bodies.iter().zip(then.bodies.iter().zip(&now.bodies)) {
        let (from, to) = (then.pose.translation.to_array(), now.pose.translation.to_array());
        let turns = (then.pose.rotation.to_array(), now.pose.rotation.to_array());
        for (axis, (then, now)) in ["x", "y", "z"].iter().zip(from.into_iter().zip(to)) {
            see(&body.path, &format!("position.{axis}"), "m", then, now);
        }
        let rotations = turns.0.into_iter().zip(turns.1);
        for (axis, (then, now)) in ["x", "y", "z", "w"].iter().zip(rotations) {
            see(&body.path, &format!("rotation.{axis}"), "", then, now);
        }
    }
    for (index, dof) in layout.dofs.iter().enumerate() {
        let unit = if dof.is_length { "m" } else { "rad" };
        let pairs = [
            ("position", unit.to_owned(), &then.positions, &now.positions),
            ("velocity", format!("{unit}/s"), &then.velocities, &now.velocities),
        ];
        for (field, unit, then, now) in pairs {
            if let (Some(then), Some(now)) = (then.get(index), now.get(index)) {
                see(&dof.path, field, &unit, *then, *now);
            }
        }
    }
    if all > MOST_FIELDS {
        lines.push(format!("and {} more", style::count(all - MOST_FIELDS, "field")));
    }
    lines
}

/// Steps between neighbouring numbers that lead from `a` to `b`.
fn ulps(a: f32, b: f32) -> u32 {
    let place = |number: f32| {
        let magnitude = (number.to_bits() & (u32::MAX >> 1)).cast_signed();
        if number.is_sign_negative() { -magnitude } else { magnitude }
    };
    place(a).abs_diff(place(b))
}

fn other_version(recording: &Recording, likeness: &Likeness) -> String {
    let start = recording.start();
    let (then, now) = (&start.header.engine, engine());
    let mut text = format!(
        "{} recorded by randori {} (Rapier {}, Parry {}, digests {}), this is {} ({}, {}, {})\n",
        paint(style::WARNING, "other version:"),
        clean(&then.randori),
        clean(&then.rapier),
        clean(&then.parry),
        then.digests,
        now.randori,
        now.rapier,
        now.parry,
        now.digests,
    );
    text += "  bits cannot agree, so motion and verdicts are compared, with the recorded answers\n";
    let name = |body: usize| {
        let body = start.layout.bodies.get(body);
        clean(body.map_or("?", |body| body.path.as_str()))
    };
    if let Some((tick, body)) = likeness.apart {
        let at = seconds(tick.0 as f64 * start.header.period_ns as f64 * 1e-9);
        let _ = writeln!(
            text,
            "  `{}` is {APART_M} m from where it was at tick {} ({at})",
            name(body),
            tick.0
        );
    }
    if let Some((worst, body)) = likeness.worst {
        let _ = writeln!(text, "  farthest apart: `{}`, {} m", name(body), number(worst));
    }
    if let Some(reason) = &likeness.stopped {
        let _ = writeln!(
            text,
            "  {} the comparison ended early: {}",
            paint(ERROR, "error:"),
            clean(reason)
        );
    }
    for (goal, was, is) in &likeness.changed_goals {
        let word = |held: bool| if held { "pass" } else { "FAIL" };
        let _ =
            writeln!(text, "  goal `{}`: recorded {}, now {}", clean(goal), word(*was), word(*is));
    }
    if likeness.has_verdicts && likeness.changed_goals.is_empty() {
        text += "  every goal has the verdict that it had\n";
    }
    text
}

/// The result of one recording as one line of JSON; `docs/cli.md` describes it.
pub(super) fn line(file: &Path, replayed: &Replayed) -> String {
    let mut object = json!({"file": file.display().to_string(), "status": status(replayed)});
    if let Some(recording) = &replayed.recording {
        let header = &recording.start().header;
        object["scenario"] = Value::from(header.file.as_str());
        object["title"] = Value::from(header.title.as_str());
        object["seed"] = Value::from(header.seed);
        object["complete"] = Value::from(recording.is_complete());
        if let Some(report) = recording.report() {
            object["final_hash"] = Value::from(hash(report.final_hash));
        }
    }
    match &replayed.result {
        Result::Unreadable(error) => object["error"] = Value::from(error.to_string()),
        Result::Refused(refusal) => object["error"] = Value::from(refusal.0.as_str()),
        Result::Verified { verification, changed_files } => {
            object["equal_ticks"] = Value::from(verification.equal_ticks);
            object["saved_states"] = Value::from(verification.jumps);
            object["changed_files"] = Value::from(changed_files.clone());
            ending(&mut object, replayed, &verification.ending);
        }
        Result::OtherVersion(likeness) => {
            object["compared_ticks"] = Value::from(likeness.compared);
            object["apart_at_tick"] = likeness.apart.map_or(Value::Null, |(tick, _)| tick.0.into());
            object["largest_distance_m"] = likeness.worst.map_or(Value::Null, |(m, _)| m.into());
            let goals = likeness.changed_goals.iter().map(|(goal, ..)| goal.as_str());
            object["changed_goals"] = goals.collect();
            object["error"] = Value::from(likeness.stopped.clone());
        }
    }
    object["wall_s"] = Value::from(replayed.wall_s);
    object.to_string() + "\n"
}

fn ending(object: &mut Value, replayed: &Replayed, ending: &Ending) {
    match ending {
        Ending::Equal | Ending::Interrupted => {}
        Ending::Diverged(divergence) => {
            let stage = match &divergence.error {
                ReplayError::Mismatch(mismatch) => Value::from(mismatch.stage.to_string()),
                _ => Value::Null,
            };
            let layout = replayed.recording.as_ref().map(|recording| &recording.start().layout);
            object["first_difference"] = json!({
                "tick": divergence.recorded.record.tick.0,
                "stage": stage,
                "message": divergence.error.to_string(),
                "details": layout.map_or_else(Vec::new, |layout| details(layout, divergence)),
            });
        }
        Ending::Broken(error) => object["error"] = json!(error),
        Ending::Damaged(error) => object["error"] = Value::from(error.to_string()),
    }
}

fn status(replayed: &Replayed) -> &'static str {
    match &replayed.result {
        Result::Unreadable(_) => "unreadable",
        Result::Refused(_) => "refused",
        Result::OtherVersion(_) => "other_version",
        Result::Verified { verification, .. } => match verification.ending {
            Ending::Equal => "equal",
            Ending::Diverged(_) => "diverged",
            Ending::Broken(_) => "broken",
            Ending::Damaged(_) => "damaged",
            Ending::Interrupted => "interrupted",
        },
    }
}
