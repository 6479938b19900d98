//! Compares goldens with each other, and recordings with goldens: a recording is
//! converted to the golden that would be accepted for it.

use std::path::PathBuf;

use randori_core::text::current_path;
use randori_record::golden::{
    Finding, Golden, GoldenEngine, InputChange, InputKind, Inputs, Level, Recorder, Tolerances,
};
use randori_record::reader::Recording;
use serde_json::{Value, json};

use super::{Side, json};
use crate::style::{self, ERROR, HEADING, paint};
use crate::text::{Text, text};

/// The differences between two goldens.
pub(super) struct Differences {
    engine: Vec<String>,
    inputs: Vec<InputChange>,
    /// The differences in each run, by seed.
    runs: Vec<(u64, Vec<Finding>)>,
    /// Seeds that only one of the goldens has.
    only: [Vec<u64>; 2],
}

impl Differences {
    /// True if the runs are equal. Their inputs may still differ.
    pub(super) fn is_equal(&self) -> bool {
        self.runs.iter().all(|(_, found)| found.is_empty()) && self.only.iter().all(Vec::is_empty)
    }
}

/// Compares two sides of which at least one is a golden, at the exact level.
///
/// # Errors
/// The side that cannot be compared, and the reason.
pub(super) fn compare(first: &Side, second: &Side) -> Result<Differences, (usize, String)> {
    let a = golden(first).map_err(|error| (0, error))?;
    let b = golden(second).map_err(|error| (1, error))?;
    let mut inputs = match second {
        // Its texts hold the values.
        Side::Recording(recording) => {
            let start = recording.start();
            a.inputs.changes(&start.current_texts(), &start.header.assets)
        }
        Side::Golden(_) => a.inputs.differences(&b.inputs),
    };
    // A recording holds the sampled values of its seed; a golden leaves them
    // open.
    let drawn = |side: &Side| match side {
        Side::Recording(recording) => recording.start().header.varied.clone(),
        Side::Golden(_) => Vec::new(),
    };
    let drawn = [drawn(first), drawn(second)].concat();
    let is_drawn = |input: &InputChange| {
        // Without texts, a part is known to differ, but not its values.
        let is_part = input.kind == InputKind::Unknown && !input.path.is_empty();
        drawn
            .iter()
            .map(|(drawn, _)| current_path(drawn))
            .any(|drawn| *drawn == input.path || is_part && drawn.starts_with(&input.path))
    };
    inputs.retain(|input| !is_drawn(input));
    let same_digests = a.engine.digests == b.engine.digests;
    let mut runs = Vec::new();
    for run in &a.runs {
        if let Some(other) = b.run(run.seed) {
            let found = run.compare(other, Level::Exact, &Tolerances::default(), same_digests);
            runs.push((run.seed, found));
        }
    }
    let missing = |from: &Golden, of: &Golden, of_side: &Side| -> Vec<u64> {
        // A recording is one run of many; but its golden must contain it.
        if matches!(of_side, Side::Recording(_)) {
            return Vec::new();
        }
        let seeds = from.runs.iter().map(|run| run.seed);
        seeds.filter(|seed| of.run(*seed).is_none()).collect()
    };
    let only = [missing(&a, &b, second), missing(&b, &a, first)];
    Ok(Differences { engine: a.engine.differences(&b.engine), inputs, runs, only })
}

fn golden(side: &Side) -> Result<Golden, String> {
    match side {
        Side::Golden(golden) => Ok(golden.as_ref().clone()),
        Side::Recording(recording) => of_recording(recording),
    }
}

fn of_recording(recording: &Recording) -> Result<Golden, String> {
    let start = recording.start();
    let (Some(report), true) = (recording.report(), recording.is_complete()) else {
        return Err("is truncated or damaged, and a golden describes whole runs".to_owned());
    };
    let mut recorder = Recorder::new(&start.layout, start.header.end_tick);
    for tick in recording.ticks() {
        recorder.observe(&tick.map_err(|error| error.to_string())?.record);
    }
    Ok(Golden {
        note: String::new(),
        level: Level::Exact,
        tolerances: Tolerances::default(),
        engine: GoldenEngine::from(&start.header.engine),
        inputs: Inputs::new(&start.current_texts(), &start.header.assets),
        runs: vec![recorder.finish(report)],
    })
}

/// The differences as text.
pub(super) fn describe(files: [&PathBuf; 2], found: &Differences) -> Text {
    let mut text = Text::new();
    for (name, file) in ["A", "B"].iter().zip(files) {
        text += text!("{} {}\n", paint(HEADING, name), file.display());
    }
    let inputs = found.inputs.iter().map(ToString::to_string);
    let inputs: Vec<String> = found.engine.iter().cloned().chain(inputs).collect();
    if !inputs.is_empty() {
        text += text!("{}\n", paint(HEADING, "inputs that differ (A -> B)"));
    }
    for line in inputs {
        text += text!("  {}\n", line);
    }
    for (seed, findings) in &found.runs {
        if findings.is_empty() {
            let (_, good) = style::verdict(randori_core::report::Verdict::Pass);
            text += text!("seed {}: {}\n", seed, paint(good, "equal"));
            continue;
        }
        text += text!("seed {}: {} (A -> B)\n", seed, paint(ERROR, "DIFFERENT"));
        for finding in findings {
            text += text!("  {}\n", finding);
        }
    }
    for (name, seeds) in ["A", "B"].iter().zip(&found.only) {
        for seed in seeds {
            let word = paint(ERROR, "DIFFERENT");
            text += text!("seed {}: {}, only in {}\n", seed, word, name);
        }
    }
    text
}

/// The differences as one line of JSON.
pub(super) fn object(files: [&PathBuf; 2], found: &Differences) -> Text {
    let inputs = found.inputs.iter().map(|input| json::change(input, None));
    let runs = found.runs.iter().map(|(seed, findings)| {
        let findings: Vec<String> = findings.iter().map(ToString::to_string).collect();
        json!({"seed": seed, "equal": findings.is_empty(), "findings": findings})
    });
    let object = json!({
        "a": files[0].display().to_string(),
        "b": files[1].display().to_string(),
        "status": if found.is_equal() { "equal" } else { "different" },
        "engine": found.engine,
        "inputs": inputs.collect::<Vec<Value>>(),
        "runs": runs.collect::<Vec<Value>>(),
        "only_a": found.only[0],
        "only_b": found.only[1],
    });
    Text::json(&object)
}
