//! Separates the effects of an engine update on a scenario from those of its
//! edited files.

use randori_core::record::Stage;
use randori_core::report::Verdict;
use randori_record::golden::{
    Difference, Finding, Golden, GoldenEngine, InputChange, MovedQuantity, Movement, MovementClass,
    SourceFiles, Span, largest,
};

use super::super::result::{CaseResult, RunResult, Status};
use super::super::suite::{State, Suite};

/// The standing of a scenario relative to its golden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Bit-identical to the golden.
    Unchanged,
    /// Differs within the tolerances, with the same verdicts.
    Within,
    /// Differs beyond the tolerances, or has another verdict.
    Beyond,
    /// Differs, and its own files have changed.
    Edited,
    /// Two runs of this version differ.
    Random,
    /// It cannot be compared.
    Other(Status),
}

impl Standing {
    /// The machine-readable word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Within => "within_tolerance",
            Self::Beyond => "beyond_tolerance",
            Self::Edited => "edited",
            Self::Random => Status::NotDeterministic.word(),
            Self::Other(status) => status.word(),
        }
    }
}

/// The reason why a scenario resolves to other values than those of its golden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// Its files were edited.
    Edit,
    /// Its files are the same, but this version reads them differently, for
    /// example with other defaults.
    Engine,
    /// The golden does not name its source files.
    Unknown,
}

/// Changed values and files, and the reason.
pub(super) struct ChangedInputs {
    pub(super) cause: Cause,
    pub(super) changes: Vec<InputChange>,
    /// Edited files, where they are known.
    pub(super) files: Vec<String>,
}

/// A seed, a goal (`None` for the whole run), and the verdicts before and now.
pub(super) type VerdictChange = (u64, Option<String>, Verdict, Verdict);

/// The differences of the runs of a scenario, with the seeds of the runs.
#[derive(Default)]
pub(super) struct Moved {
    pub(super) class: Option<MovementClass>,
    /// The earliest over all runs.
    pub(super) first: Option<(u64, Span, Option<Stage>)>,
    /// The largest over all runs, for each quantity, goal and metric.
    pub(super) differences: Vec<(u64, Difference)>,
    pub(super) verdicts: Vec<VerdictChange>,
    pub(super) beyond: Vec<(u64, Finding)>,
}

/// The assessment of a scenario after its runs.
pub(super) struct Assessment<'a> {
    pub(super) result: &'a CaseResult<'a>,
    pub(super) standing: Standing,
    /// True if it agrees with the golden at the level that the golden names.
    pub(super) is_as_accepted: bool,
    /// `None` if it resolves to the same values.
    pub(super) inputs: Option<ChangedInputs>,
    pub(super) moved: Moved,
    /// The versions that computed the golden and the runs; `None` without golden.
    pub(super) engines: Option<[&'a GoldenEngine; 2]>,
}

impl<'a> Assessment<'a> {
    /// Compares the runs of a scenario with its golden.
    pub(super) fn new(suite: &'a Suite, result: &'a CaseResult<'a>) -> Self {
        let golden = result.case.golden.as_ref();
        let inputs = golden.and_then(|golden| changed_inputs(golden, result));
        let moved = golden.map_or_else(Moved::default, |golden| moved(suite, golden, result));
        let is_edited = inputs.as_ref().is_some_and(|inputs| inputs.cause != Cause::Engine);
        let is_as_accepted = golden.is_some_and(|golden| agrees(suite, golden, result));
        let standing = match (result.status(), moved.class) {
            (Status::NotDeterministic, ..) => Standing::Random,
            (Status::Pass | Status::Changed, Some(class)) => match class {
                MovementClass::Unchanged => Standing::Unchanged,
                _ if is_edited => Standing::Edited,
                MovementClass::Within => Standing::Within,
                MovementClass::Beyond => Standing::Beyond,
            },
            (status, ..) => Standing::Other(status),
        };
        let engines = golden.map(|golden| [&golden.engine, &suite.engine]);
        Self { result, standing, is_as_accepted, inputs, moved, engines }
    }

    /// The first run that does not pass and had another verdict before.
    pub(super) fn newly_failing(&self) -> Option<&'a RunResult> {
        let golden = self.result.case.golden.as_ref();
        self.result.runs.iter().find(|run| {
            let before = golden.and_then(|golden| golden.run(run.seed)).map(|run| run.verdict);
            let now = run.run.as_ref().map(|run| run.verdict);
            now.is_some_and(|now| now != Verdict::Pass) && before != now
        })
    }

    /// True if its scenario was named itself, rather than found in a folder.
    pub(super) fn is_named(&self) -> bool {
        matches!(&self.result.case.state, State::Ready { entry, .. } if !entry.file.in_folder)
    }
}

fn changed_inputs(golden: &Golden, result: &CaseResult<'_>) -> Option<ChangedInputs> {
    let State::Ready { entry, texts } = &result.case.state else { return None };
    let changes = golden.inputs.changes(texts, &entry.files);
    if changes.is_empty() {
        return None;
    }
    let (cause, files) = match golden.inputs.source_files(&Suite::inputs(result.case)) {
        SourceFiles::Same => (Cause::Engine, Vec::new()),
        SourceFiles::Changed(files) => (Cause::Edit, files),
        SourceFiles::Unknown => (Cause::Unknown, Vec::new()),
    };
    Some(ChangedInputs { cause, changes, files })
}

/// True if all runs agree with the golden at the level that it names.
fn agrees(suite: &Suite, golden: &Golden, result: &CaseResult<'_>) -> bool {
    let same_digests = golden.engine.digests == suite.engine.digests;
    result.runs.iter().all(|run| {
        let pair = golden.run(run.seed).zip(run.run.as_ref());
        pair.is_some_and(|(before, now)| {
            before.compare(now, golden.level, &golden.tolerances, same_digests).is_empty()
        })
    })
}

fn moved(suite: &Suite, golden: &Golden, result: &CaseResult<'_>) -> Moved {
    let same_digests = golden.engine.digests == suite.engine.digests;
    let mut all = Moved::default();
    for run in &result.runs {
        if let Some((before, now)) = golden.run(run.seed).zip(run.run.as_ref()) {
            all.add(run.seed, before.movement(now, &golden.tolerances, same_digests));
        }
    }
    all.differences.sort_by_key(|(_, difference)| difference.quantity);
    all
}

impl Moved {
    fn add(&mut self, seed: u64, movement: Movement) {
        self.class = self.class.max(Some(movement.class));
        if let Some((at, stage)) = movement.first {
            let is_earlier = self.first.is_none_or(|(_, known, _)| at.first < known.first);
            self.first = if is_earlier { Some((seed, at, stage)) } else { self.first };
        }
        for difference in movement.differences {
            let known =
                self.differences.iter_mut().find(|(_, known)| are_alike(known, &difference));
            match known {
                None => self.differences.push((seed, difference)),
                Some((known_seed, known)) => {
                    let both = [known.clone(), difference.clone()].into_iter();
                    if largest(both).as_ref() != Some(known) {
                        (*known_seed, *known) = (seed, difference);
                    }
                }
            }
        }
        let verdicts = movement.verdicts.into_iter();
        self.verdicts.extend(verdicts.map(|(goal, before, now)| (seed, goal, before, now)));
        self.beyond.extend(movement.beyond.into_iter().map(|finding| (seed, finding)));
    }
}

/// True if only the larger one of two differences is shown.
fn are_alike(a: &Difference, b: &Difference) -> bool {
    let each = matches!(a.quantity, MovedQuantity::Margin | MovedQuantity::Metric);
    a.quantity == b.quantity && (!each || a.name == b.name)
}
