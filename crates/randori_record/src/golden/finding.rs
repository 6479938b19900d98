//! Differences from a golden.

use std::fmt;

use randori_core::record::Stage;
use randori_core::report::Verdict;

use super::GoldenEvent;

/// A difference from an accepted run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// A value sampled for the seed.
    Drawn {
        /// Its path.
        path: String,
        /// The accepted value.
        before: Option<f64>,
        /// The value now.
        after: Option<f64>,
    },
    /// The first ticks in which the digests of the two runs differ.
    FirstDifference {
        /// Time.
        at: Span,
        /// The stage of the cause, if it is certain.
        stage: Option<Stage>,
    },
    /// A position, rotation or joint at an instant.
    State {
        /// Time.
        tick: u64,
        /// Name, such as `position of courier.base`.
        what: String,
        /// The component that differs most, such as `x`; empty for a joint.
        field: &'static str,
        /// Its values.
        values: Pair,
        /// Distance of the positions, rotations or joints, in `unit`.
        distance: f64,
    },
    /// The first event that differs.
    Event {
        /// Its index, from 0.
        index: usize,
        /// The accepted event.
        before: Option<GoldenEvent>,
        /// The event now.
        after: Option<GoldenEvent>,
    },
    /// The margin of a goal.
    Margin {
        /// Name of the goal.
        goal: String,
        /// Its values.
        values: Pair,
    },
    /// The time at which the verdict of a goal was decided, s.
    DecidedAt {
        /// Name of the goal.
        goal: String,
        /// The accepted time.
        before: Option<f64>,
        /// The current time.
        after: Option<f64>,
    },
    /// A metric.
    Metric {
        /// Its text.
        name: String,
        /// Its values.
        values: Pair,
    },
    /// A goal, metric, body or joint of only one of the runs.
    Only {
        /// Its kind, such as `goal`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// True if it is new, false if it is missing.
        is_new: bool,
    },
    /// The verdict of a goal, or of the whole run.
    Verdict {
        /// Name of the goal.
        goal: Option<String>,
        /// The accepted verdict.
        before: Verdict,
        /// The verdict now.
        after: Verdict,
    },
    /// The error of a broken run.
    Error {
        /// The accepted code.
        before: Option<String>,
        /// The code now.
        after: Option<String>,
    },
    /// Number of steps.
    Length {
        /// Accepted.
        before: u64,
        /// Now.
        after: u64,
    },
    /// Digests differ, but no value in the golden does.
    Unseen,
    /// There is no accepted run with this seed.
    NoSuchSeed(u64),
}

/// The ticks from the first to the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first tick.
    pub first: u64,
    /// The last tick; equal to the first one if the tick is exact.
    pub last: u64,
}

/// An accepted and a current number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The accepted one.
    pub before: f64,
    /// The current one.
    pub after: f64,
    /// Units in the last place between them; `None` if one is not a number.
    pub ulps: Option<u64>,
    /// True if both have single precision.
    pub is_single: bool,
    /// The unit.
    pub unit: &'static str,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(f, "tick {}", self.first)
        } else {
            write!(f, "ticks {} to {}", self.first, self.last)
        }
    }
}

impl Pair {
    fn show(&self, number: f64) -> String {
        if self.is_single { format!("{:?}", number as f32) } else { format!("{number:?}") }
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Components of rotations have no unit.
        let unit = if self.unit == "1" { "" } else { self.unit };
        let gap = if unit.is_empty() { "" } else { " " };
        write!(f, "{} -> {}{gap}{unit}", self.show(self.before), self.show(self.after))?;
        match self.ulps {
            Some(ulps) => write!(f, ", by {:.3e}{gap}{unit}, {ulps} ulp", self.distance()),
            None => Ok(()),
        }
    }
}

impl Pair {
    /// Their distance.
    pub fn distance(&self) -> f64 {
        (self.after - self.before).abs()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drawn { path, before, after } => {
                write!(f, "sampled value `{path}`: {}", change(before.as_ref(), after.as_ref()))
            }
            Self::FirstDifference { at: Span { last: 0, .. }, stage: Some(Stage::Physics) } => {
                f.write_str("first difference: tick 0, the start")
            }
            Self::FirstDifference { at, stage: Some(stage) } => {
                write!(f, "first difference: {at}, stage {stage}")
            }
            Self::FirstDifference { at, stage: None } => {
                write!(
                    f,
                    "first difference: in {at} (in this range a golden stores only some ticks)"
                )
            }
            Self::State { tick, what, field, values, distance } => {
                let gap = if field.is_empty() { "" } else { " " };
                write!(f, "tick {tick}, {what}:{gap}{field} {values}")?;
                if !field.is_empty() {
                    write!(
                        f,
                        " (in all {distance:.3e} {})",
                        if values.unit == "1" { "rad" } else { values.unit }
                    )?;
                }
                Ok(())
            }
            Self::Event { index, before, after } => {
                let show = |event: &Option<GoldenEvent>| match event {
                    Some(event) => format!("\"{}\" at tick {}", event.what, event.tick),
                    None => "nothing".to_owned(),
                };
                write!(f, "event {index}: {} -> {}", show(before), show(after))
            }
            Self::Margin { goal, values } => write!(f, "margin of `{goal}`: {values}"),
            Self::DecidedAt { goal, before, after } => {
                write!(f, "`{goal}` decided at (s): {}", change(before.as_ref(), after.as_ref()))
            }
            Self::Metric { name, values } => write!(f, "metric `{name}`: {values}"),
            Self::Only { kind, name, is_new } => {
                write!(f, "{kind} `{name}` is {}", if *is_new { "new" } else { "gone" })
            }
            Self::Verdict { goal, before, after } => {
                match goal {
                    Some(goal) => write!(f, "verdict of `{goal}`")?,
                    None => f.write_str("verdict of the run")?,
                }
                write!(f, ": {} -> {}", word(*before), word(*after))
            }
            Self::Error { before, after } => {
                write!(f, "run broke by: {}", change(before.as_ref(), after.as_ref()))
            }
            Self::Length { before, after } => write!(f, "length: {before} -> {after} ticks"),
            Self::Unseen => {
                f.write_str("digests differ, but no tick and no value in the golden does")
            }
            Self::NoSuchSeed(seed) => write!(f, "no run with seed {seed} was accepted"),
        }
    }
}

fn change<T: fmt::Debug>(before: Option<&T>, after: Option<&T>) -> String {
    let show = |value: Option<&T>| value.map_or("none".to_owned(), |value| format!("{value:?}"));
    format!("{} -> {}", show(before), show(after))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Error => "error",
    }
}
