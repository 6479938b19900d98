//! Output of replays.

use std::path::Path;

use randori_core::layout::SceneLayout;
use randori_core::record::Stage;
use randori_core::report::Verdict;
use randori_project::numbers::number;
use randori_project::record::engine;
use randori_record::compare::{Fields, Scenes};
use randori_record::reader::Recording;
use randori_sim::replay::{Difference, ReplayError};
use serde_json::{Value, json};

use super::other_version::{APART_M, Likeness};
use super::verify::{Divergence, Ending, Verification};
use super::{Replayed, Result};
use crate::run::describe_error;
use crate::style::{self, ERROR, HEADING, hash, paint, seconds};
use crate::text::{Text, text};

/// The result of one recording as text.
pub(super) fn describe(file: &Path, replayed: &Replayed) -> Text {
    let shown = file.display();
    let Some(recording) = &replayed.recording else {
        let Result::Unreadable(error) = &replayed.result else { return Text::new() };
        return text!("{} `{}` {}\n", paint(ERROR, "error:"), shown, error);
    };
    let header = &recording.start().header;
    let title = paint(HEADING, &header.title);
    let mut text = text!("{}\n{}: {}, seed {}\n", title, shown, header.file, header.seed);
    let told = match &replayed.result {
        Result::Unreadable(_) => Text::new(),
        Result::Refused(refusal) => {
            let reason = Text::lines(&refusal.0);
            text!("{} this run cannot start:\n{}\n", paint(ERROR, "error:"), reason)
        }
        Result::Verified { verification, changed_files } => {
            verified(recording, verification, changed_files)
        }
        Result::OtherVersion(likeness) => other_version(recording, likeness),
    };
    text += told;
    if !recording.is_complete() {
        let last = recording.last_tick().map_or(0, |tick| tick.0);
        text += text!(
            "{} the recording is truncated or damaged after tick {} of {}\n",
            paint(ERROR, "error:"),
            last,
            header.end_tick
        );
    }
    text
}

fn verified(recording: &Recording, verification: &Verification, changed: &[String]) -> Text {
    let header = &recording.start().header;
    let at = |tick: u64| seconds(tick as f64 * header.period_ns as f64 * 1e-9);
    let ticks =
        style::count(usize::try_from(verification.equal_ticks).unwrap_or(usize::MAX), "tick");
    let mut text = Text::new();
    for path in changed {
        text += text!("{} `{}` has changed since\n", paint(style::WARNING, "warning:"), path);
    }
    match &verification.ending {
        Ending::Equal => {
            let last = recording.last_tick().map_or(0, |tick| tick.0);
            let (word, end) = (paint(style::verdict(Verdict::Pass).1, "equal"), at(last));
            text += text!("{}: {} to {} agree to the last bit", word, ticks, end);
            if verification.jumps > 0 {
                text += text!(", through {}", style::count(verification.jumps, "saved state"));
            }
            if let Some(report) = recording.report() {
                let (verdict, _) = style::verdict(report.verdict);
                text += text!("; {}, final hash {}", verdict, hash(report.final_hash));
            }
            text += text!("\n");
        }
        Ending::Diverged(divergence) => text += diverged(recording, divergence),
        Ending::Broken(error) => {
            text += text!("{} agree to the last bit, then the run breaks:\n", ticks);
            text += describe_error(error, error.tick as f64 * header.period_ns as f64 * 1e-9);
        }
        Ending::Damaged(error) => {
            text += text!("{} {}; {} before agree\n", paint(ERROR, "error:"), error, ticks);
        }
        Ending::Interrupted => text += text!("stopped after {}, all equal\n", ticks),
    }
    text
}

/// The stage that caused a difference; the initial state has none.
fn cause(tick: u64, stage: Stage) -> String {
    match (tick, stage) {
        (0, Stage::Physics) => "the start".to_owned(),
        _ => format!("the {stage} stage"),
    }
}

fn diverged(recording: &Recording, divergence: &Divergence) -> Text {
    let start = recording.start();
    let header = &start.header;
    let tick = divergence.recorded.record.tick.0;
    let at = seconds(tick as f64 * header.period_ns as f64 * 1e-9);
    let word = paint(ERROR, "DIVERGED");
    let mut text = match &divergence.error {
        ReplayError::Mismatch(mismatch) => {
            let cause = cause(tick, mismatch.stage);
            text!("{} at tick {} ({}); the cause is {}\n", word, tick, at, cause)
        }
        error => text!("{} at tick {} ({}): {}\n", word, tick, at, error),
    };
    for line in details(&start.layout, divergence) {
        text += text!("  {}\n", line);
    }
    if divergence.jumped {
        text += text!(
            "  the run had resumed from a saved state before: that state may be incomplete\n"
        );
    }
    let recorded = format!("the recorded run: {}", header.reproduce);
    text + text!("{}\n", paint(style::FAINT, recorded))
}

/// Maximum number of lines about the state; later differences have the same
/// cause.
const MAX_FIELDS: usize = 5;

/// The differences, with both values.
fn details(layout: &SceneLayout, divergence: &Divergence) -> Vec<String> {
    let ReplayError::Mismatch(mismatch) = &divergence.error else { return Vec::new() };
    let scenes = Scenes::same(layout);
    let mut lines = Vec::new();
    let mut cause = Fields::keeping(1);
    match &mismatch.difference {
        Difference::Digest { expected, actual } => {
            lines.push(format!("digest: recorded {}, now {}", hash(*expected), hash(*actual)));
        }
        Difference::Intervention { expected, actual } => {
            scenes.interventions([expected, actual], &mut cause);
        }
        Difference::Request { expected, actual } => {
            scenes.request([expected.as_deref(), actual.as_deref()], &mut cause);
        }
        Difference::Decision { expected, actual } => {
            scenes.decision([expected.as_ref(), actual.as_ref()], &mut cause);
        }
    }
    lines.extend(fields(&cause));
    if mismatch.stage >= Stage::Actuator && divergence.recorded.sampled {
        let mut state = Fields::keeping(MAX_FIELDS);
        scenes.state([&divergence.recorded.record.state, &divergence.now.state], &mut state);
        lines.extend(fields(&state));
    }
    lines
}

fn fields(fields: &Fields) -> Vec<String> {
    let mut lines: Vec<String> =
        fields.first.iter().map(|field| field.tell(["recorded", "now"])).collect();
    let more = fields.count - lines.len();
    if more > 0 {
        lines.push(format!("and {} more", style::count(more, "value")));
    }
    lines
}

fn other_version(recording: &Recording, likeness: &Likeness) -> Text {
    let start = recording.start();
    let (then, now) = (&start.header.engine, engine());
    let mut text = text!(
        "{} recorded by randori {} (Rapier {}, Parry {}, digests {}), this is {} ({}, {}, {})\n",
        paint(style::WARNING, "other version:"),
        then.randori,
        then.rapier,
        then.parry,
        then.digests,
        now.randori,
        now.rapier,
        now.parry,
        now.digests,
    );
    text += text!(
        "  bits cannot agree, so motion and verdicts are compared, with the recorded answers\n"
    );
    let name = |body: usize| start.layout.bodies.get(body).map_or("?", |body| body.path.as_str());
    if let Some((tick, body)) = likeness.apart {
        let at = seconds(tick.0 as f64 * start.header.period_ns as f64 * 1e-9);
        text += text!(
            "  `{}` is {} m from where it was at tick {} ({})\n",
            name(body),
            APART_M,
            tick.0,
            at
        );
    }
    if let Some((worst, body)) = likeness.worst {
        text += text!("  farthest apart: `{}`, {} m\n", name(body), number(worst));
    }
    if let Some(reason) = &likeness.stopped {
        let word = paint(ERROR, "error:");
        text += text!("  {} the comparison ended early: {}\n", word, reason);
    }
    for (goal, was, is) in &likeness.changed_goals {
        let word = |held: bool| if held { "pass" } else { "FAIL" };
        text += text!("  goal `{}`: recorded {}, now {}\n", goal, word(*was), word(*is));
    }
    if likeness.has_verdicts && likeness.changed_goals.is_empty() {
        text += text!("  all verdicts are unchanged\n");
    }
    text
}

/// The result of one recording as one line of JSON; `docs/cli.md` describes it.
pub(super) fn line(file: &Path, replayed: &Replayed) -> Text {
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
    Text::json(&object)
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
