//! `<limit>` of a joint: range, effort and speed.

use crate::log::Log;
use crate::report::ImportStatus;
use crate::urdf::Edge;
use crate::values;

/// The effective limits of a joint's `<limit>`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct JointLimits {
    /// Lowest and highest coordinate, rad or m.
    pub(super) range: Option<(f64, f64)>,
    /// Largest torque or force, N m or N.
    pub(super) effort: Option<f64>,
    /// Largest speed, rad/s or m/s.
    pub(super) speed: Option<f64>,
    /// True if the effort in the file is 0.
    pub(super) is_effort_zero: bool,
}

/// Efforts and velocities from here on are placeholders.
const STRONGEST: f64 = 1e5;

/// Coordinates beyond this do not limit, rad or m.
const FARTHEST: f64 = 1e6;

/// Reads the limits of a joint, and reports numbers that mean no limit.
pub(super) fn read(log: &mut Log, edge: &Edge<'_>) -> JointLimits {
    let name = &edge.name;
    let has_range = matches!(edge.kind, "revolute" | "prismatic");
    let Some(limit) = edge.node.child("limit") else {
        if has_range {
            let what = format!("joint `{name}` has no `<limit>`: without limits");
            log.note(ImportStatus::Guessed, edge.node, what)
                .advise("write `<limit lower=... upper=.../>`");
        }
        return JointLimits::default();
    };
    let mut one = |name: &str| -> Option<f64> {
        limit.attribute(name).and_then(|found| values::unbounded(log, found))
    };
    let (lower, upper) = (one("lower"), one("upper"));
    let (effort, speed) = (one("effort"), one("velocity"));
    let mut limits = JointLimits {
        range: None,
        effort: effort.filter(|value| *value > 0.0 && *value < STRONGEST),
        speed: speed.filter(|value| *value > 0.0 && *value < STRONGEST),
        is_effort_zero: effort == Some(0.0),
    };
    let mut endless: Vec<&str> = Vec::new();
    if has_range {
        limits.range = range(log, edge, lower, upper, &mut endless);
    }
    let (mut zero, mut negative): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for (word, value) in [("effort", effort), ("velocity", speed)] {
        match value {
            Some(0.0) => zero.push(word),
            Some(value) if value < 0.0 => negative.push(word),
            Some(value) if value >= STRONGEST => endless.push(word),
            _ => {}
        }
    }
    if !endless.is_empty() {
        let what = format!("{} of joint `{name}` infinite: no limit", listed(&endless));
        log.note(ImportStatus::Kept, limit, what);
    }
    for (words, value) in [(zero, "0"), (negative, "negative")] {
        if !words.is_empty() && edge.kind != "fixed" {
            let is = if words.len() > 1 { "are" } else { "is" };
            let what = format!("{} of joint `{name}` {is} {value}: no limit", listed(&words));
            let advice =
                "write the motor's `limits` in the `Robot`, or remove its drive if it has none";
            log.note(ImportStatus::Guessed, limit, what).advise(advice).doubt();
        }
    }
    limits
}

/// `a`, `a and b`, `a, b and c`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Lower and upper limit; `None` without effective ones.
fn range(
    log: &mut Log,
    edge: &Edge<'_>,
    lower: Option<f64>,
    upper: Option<f64>,
    endless: &mut Vec<&str>,
) -> Option<(f64, f64)> {
    let (name, limit) = (&edge.name, edge.node.child("limit")?);
    if lower.is_none() && upper.is_none() {
        let what = format!("joint `{name}` has neither `lower` nor `upper`: without limits");
        log.note(ImportStatus::Guessed, limit, what).advise("write `<limit lower=... upper=.../>`");
        return None;
    }
    let (lower, upper) = (lower.unwrap_or(0.0), upper.unwrap_or(0.0));
    let advice = "make it `fixed` if it does not move";
    if lower >= upper {
        let what = if lower == upper {
            format!("joint `{name}` has both limits at {lower}: without limits")
        } else {
            format!("the limits of joint `{name}` go from {lower} down to {upper}: without limits")
        };
        log.note(ImportStatus::Guessed, limit, what).advise(advice).doubt();
        return None;
    }
    if lower <= -FARTHEST {
        endless.push("lower");
    }
    if upper >= FARTHEST {
        endless.push("upper");
    }
    if lower <= -FARTHEST && upper >= FARTHEST {
        return None;
    }
    Some((lower.max(-FARTHEST), upper.min(FARTHEST)))
}
