//! Goldens from text. Any input gives a golden or an error with its position.

#![expect(clippy::type_complexity, reason = "types are nested as the text is")]

use std::collections::{BTreeMap, BTreeSet};

use randori_core::math::{Pose, Rotation, Vector};
use randori_core::report::Verdict;
use randori_core::text::outline::Outline;
use ron::extensions::Extensions;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{
    GOLDEN_FORMAT, Golden, GoldenEngine, GoldenEvent, GoldenGoal, GoldenRun, InputText, Inputs,
    Instant, Level, Tolerance, Tolerances, Trace,
};

/// Maximum size of a text. Goldens of large multi-robot scenarios with dozens of seeds
/// are shorter.
const MAX_BYTES: usize = 16 << 20;

/// Maximum depth of a text.
const MAX_DEPTH: usize = 16;

/// Maximum number of bodies and joints of all instants together. A short text can
/// describe many, because an instant repeats values that it omits.
const MAX_STATES: usize = 1_000_000;

/// The reason why a text is not a golden.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct GoldenError {
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted in characters from 1.
    pub column: usize,
    /// The problem.
    pub message: String,
    /// Advice.
    pub help: String,
}

impl Golden {
    /// Reads a golden.
    ///
    /// # Errors
    /// If the text is too long or too deep, is not a golden, has a newer format, or is
    /// inconsistent.
    pub fn parse(text: &str) -> Result<Self, GoldenError> {
        // Editors for Windows begin a file with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            let message = format!("the text has {} bytes, at most {MAX_BYTES}", text.len());
            return Err(broken(text, 0, message));
        }
        let outline = Outline::scan(text, MAX_DEPTH);
        if let Some(problem) = &outline.problem {
            return Err(broken(text, problem.span.start, problem.message.clone()));
        }
        match outline.kind(text) {
            Some((_, "Golden")) => {}
            other => {
                let place = other.map_or(0, |(name, _)| name.start);
                return Err(broken(text, place, "a golden begins with `Golden(`".to_owned()));
            }
        }
        check_format(text)?;
        let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
        let raw: RawGolden = options.from_str(text).map_err(|error| GoldenError {
            line: error.span.start.line,
            column: error.span.start.col,
            message: error.code.to_string(),
            help: ADVICE.to_owned(),
        })?;
        raw.check().map_err(|problem| {
            let place = text.find(&problem.mark).unwrap_or(0);
            GoldenError { help: problem.help.to_owned(), ..broken(text, place, problem.message) }
        })
    }
}

const ADVICE: &str =
    "undo the edit, or delete the file and accept its runs anew by `randori test --accept`";

const NEWER: &str = "use the version of randori that wrote it, or a newer one";

fn check_format(text: &str) -> Result<(), GoldenError> {
    // The only field that is read from a golden of another format.
    #[derive(Deserialize)]
    #[serde(rename = "Golden")]
    struct Format {
        format: u32,
    }
    // Other unreadable fields are reported later.
    let Ok(Format { format }) = ron::from_str(text) else { return Ok(()) };
    if format == GOLDEN_FORMAT {
        return Ok(());
    }
    let place = text.find("format").unwrap_or(0);
    let mut error = broken(
        text,
        place,
        format!("the golden has format {format}, this version reads {GOLDEN_FORMAT}"),
    );
    if format > GOLDEN_FORMAT {
        NEWER.clone_into(&mut error.help);
    }
    Err(error)
}

fn broken(text: &str, byte: usize, message: String) -> GoldenError {
    let before = text.get(..byte).unwrap_or_default();
    GoldenError {
        line: before.matches('\n').count() + 1,
        column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
        message,
        help: ADVICE.to_owned(),
    }
}

/// An inconsistency, a text near it, and advice.
#[derive(Debug, PartialEq)]
pub(super) struct Problem {
    message: String,
    mark: String,
    help: &'static str,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, mark: impl Into<String>) -> Self {
        Self { message: message.into(), mark: mark.into(), help: ADVICE }
    }

    /// The same, where only a newer version can have written it.
    pub(super) fn of_newer_version(self) -> Self {
        Self { help: NEWER, ..self }
    }
}

#[derive(Deserialize)]
#[serde(rename = "Golden", deny_unknown_fields)]
struct RawGolden {
    #[expect(dead_code, reason = "it was checked before")]
    format: IgnoredAny,
    #[serde(default)]
    note: String,
    #[serde(default)]
    level: Level,
    #[serde(default)]
    tolerances: Tolerances,
    engine: GoldenEngine,
    #[serde(default)]
    inputs: Vec<RawText>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    sources: BTreeMap<String, String>,
    #[serde(default)]
    runs: Vec<RawRun>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawText {
    path: String,
    digest: String,
    #[serde(default)]
    parts: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRun {
    seed: u64,
    verdict: Verdict,
    #[serde(default)]
    error: Option<String>,
    ticks: u64,
    final_hash: String,
    chain: String,
    #[serde(default)]
    varied: Vec<(String, f64)>,
    #[serde(default)]
    goals: Vec<GoldenGoal>,
    #[serde(default)]
    metrics: Vec<(String, f64)>,
    #[serde(default)]
    events: Vec<GoldenEvent>,
    #[serde(default)]
    instants: Vec<RawInstant>,
    #[serde(default)]
    trace: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInstant {
    tick: u64,
    #[serde(default)]
    bodies: Vec<(String, (f32, f32, f32), (f32, f32, f32, f32))>,
    #[serde(default)]
    joints: Vec<(String, f32)>,
}

impl RawGolden {
    fn check(self) -> Result<Golden, Problem> {
        check_tolerances(&self.tolerances)?;
        let text =
            |text: RawText| InputText { path: text.path, digest: text.digest, parts: text.parts };
        let mut seeds = BTreeSet::new();
        let mut runs = Vec::with_capacity(self.runs.len());
        let mut states = 0;
        for run in self.runs {
            if !seeds.insert(run.seed) {
                let mark = format!("seed: {}", run.seed);
                return Err(Problem::new(format!("seed {} has two runs", run.seed), mark));
            }
            let run = run.check(MAX_STATES - states)?;
            states += run.instants.iter().map(|i| i.bodies.len() + i.joints.len()).sum::<usize>();
            runs.push(run);
        }
        runs.sort_by_key(|run| run.seed);
        Ok(Golden {
            note: self.note,
            level: self.level,
            tolerances: self.tolerances,
            engine: self.engine,
            inputs: Inputs {
                texts: self.inputs.into_iter().map(text).collect(),
                files: self.files,
                sources: self.sources,
            },
            runs,
        })
    }
}

impl RawRun {
    fn check(self, room: usize) -> Result<GoldenRun, Problem> {
        let hexadecimal = |text: &str| {
            u64::from_str_radix(text, 16)
                .ok()
                .filter(|_| text.len() == 16 && !text.starts_with('+'))
                .ok_or_else(|| Problem::new(format!("`{text}` is not a digest"), text))
        };
        let trace = Trace::parse(&self.trace)?;
        Ok(GoldenRun {
            seed: self.seed,
            verdict: self.verdict,
            error: self.error,
            ticks: self.ticks,
            final_hash: hexadecimal(&self.final_hash)?,
            chain: hexadecimal(&self.chain)?,
            varied: self.varied,
            goals: self.goals,
            metrics: self.metrics,
            events: self.events,
            instants: instants(self.instants, room)?,
            trace,
        })
    }
}

/// Instants, with the values that each repeats from the one before.
fn instants(raw: Vec<RawInstant>, mut room: usize) -> Result<Vec<Instant>, Problem> {
    let mut instants: Vec<Instant> = Vec::new();
    for RawInstant { tick, bodies, joints } in raw {
        let mark = format!("tick: {tick}");
        if instants.last().is_some_and(|before| before.tick >= tick) {
            return Err(Problem::new(format!("the instant {tick} does not follow in time"), mark));
        }
        let pose = |(name, p, r): (String, (f32, f32, f32), (f32, f32, f32, f32))| {
            let rotation = Rotation::from_xyzw(r.0, r.1, r.2, r.3);
            (name, Pose::from_parts(Vector::new(p.0, p.1, p.2), rotation))
        };
        let bodies = bodies.into_iter().map(pose).collect();
        let before = instants.last();
        let bodies = updated(before.map(|i| i.bodies.as_slice()), bodies);
        let joints = updated(before.map(|i| i.joints.as_slice()), joints);
        let (Some(bodies), Some(joints)) = (bodies, joints) else {
            let message = format!("the instant {tick} has a duplicate or an unknown name");
            return Err(Problem::new(message, mark));
        };
        room = room.checked_sub(bodies.len() + joints.len()).ok_or_else(|| {
            Problem::new(format!("there are more than {MAX_STATES} poses and joints"), mark)
        })?;
        instants.push(Instant { tick, bodies, joints });
    }
    Ok(instants)
}

/// The list of an instant: that of the one before with new values. `None` for a
/// duplicate or unknown name.
fn updated<T: Clone>(
    before: Option<&[(String, T)]>,
    changes: Vec<(String, T)>,
) -> Option<Vec<(String, T)>> {
    let Some(before) = before else {
        let names: BTreeSet<&String> = changes.iter().map(|(name, _)| name).collect();
        return (names.len() == changes.len()).then_some(changes);
    };
    let count = changes.len();
    let mut changes: BTreeMap<String, T> = changes.into_iter().collect();
    if changes.len() != count {
        return None;
    }
    let list = before
        .iter()
        .map(|(name, old)| (name.clone(), changes.remove(name).unwrap_or_else(|| old.clone())))
        .collect();
    changes.is_empty().then_some(list)
}

fn check_tolerances(tolerances: &Tolerances) -> Result<(), Problem> {
    let fields = [
        ("position_m", tolerances.position_m),
        ("rotation_rad", tolerances.rotation_rad),
        ("joint", tolerances.joint),
        ("margin", tolerances.margin),
        ("metric", tolerances.metric),
    ];
    let named = tolerances.named.iter().map(|(name, tolerance)| (name.as_str(), *tolerance));
    for (name, Tolerance { absolute, relative }) in fields.into_iter().chain(named) {
        let makes_sense = |number: f64| number.is_finite() && number >= 0.0;
        if !makes_sense(absolute) || !makes_sense(relative) {
            let message = format!("the tolerance of `{name}` must be finite and not less than 0");
            return Err(Problem::new(message, name));
        }
    }
    Ok(())
}
