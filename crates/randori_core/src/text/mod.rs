//! From files to a trusted [`Scenario`], or to diagnostics with all reasons against it.
//!
//! A [`ScenarioText`] holds the texts of a scenario and of all files that it names.
//! [`ScenarioText::resolve`] applies overrides to the texts, reads them with `ron`, checks
//! them, and returns the trusted scenario; it is cheap and reads no file, so batches call it
//! once per seed.
//!
//! ```
//! use randori_core::text::{Limits, MemoryFiles, Override, ScenarioText};
//!
//! let files = MemoryFiles::new([
//!     ("flat.ron", r#"Environment(format: 1, name: "flat", ground: ())"#),
//!     ("x.ron", r#"Scenario(format: 1, title: "x", duration: 2.0, environment: "flat.ron")"#),
//! ]);
//! let text = ScenarioText::load(&files, "x.ron", &Limits::default())?;
//! let slippery = Override::parse("environment.ground.friction=0.1", "--set").unwrap();
//!
//! let loaded = text.resolve(&[slippery])?;
//!
//! assert_eq!(loaded.scenario.environment.ground.unwrap().friction, 0.1);
//!
//! let typo = Override::parse("environment.ground.fricton=0.1", "--set").unwrap();
//! let errors = text.resolve(&[typo]).unwrap_err();
//! assert!(errors.short().starts_with("--set:1:20: error[RS0211]"));
//! # Ok::<(), randori_core::diagnostic::Diagnostics>(())
//! ```
//!
//! Start reading at [`ScenarioText::load`].

mod bundle;
mod defaults;
mod document;
mod duplicates;
mod fields;
mod files;
mod limits;
mod loader;
mod merge;
pub mod outline;
mod overrides;
mod parse;
mod renamed;
mod sources;
mod variation;

pub(crate) use overrides::is_identifier;

pub use bundle::{BUNDLE_SCENARIO, bundle};
pub(crate) use files::resolve_path;
pub use files::{
    FileReader, ImportedRobot, MemoryFiles, ReadError, RobotImport, is_git_lfs_pointer,
};
pub use limits::Limits;
pub use loader::missing_asset;
pub use loader::{ContractText, FileKind, check_file, load_contract, load_environment, load_robot};
pub use overrides::Override;
pub use renamed::{
    OldName, RENAMED_FIELDS, RenamedField, current_path, old_names, with_current_names,
    with_original_names,
};
pub use sources::{Part, Sources};
pub use variation::sample_variations;

use std::collections::BTreeMap;

use crate::check;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Label, Severity, Span};
use crate::spec::{ContractSpec, EnvironmentSpec, RobotSpec, Scenario, ScenarioSpec};
use document::{Document, Origin, Role};
use overrides::{Change, number_text};

/// The texts of a scenario and of all files that it names.
#[derive(Debug, Clone)]
pub struct ScenarioText {
    sources: Sources,
    limits: Limits,
    specs: Specs,
    /// Warnings of reading, such as those of imports.
    warnings: Vec<Diagnostic>,
}

/// A trusted scenario with its texts.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Its texts, for positions of its values.
    pub sources: Sources,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
    /// The values sampled for the seed, by path.
    pub drawn: Vec<(String, f64)>,
}

impl Loaded {
    /// Diagnostics of later stages (such as formulas), ready to be rendered with the texts of
    /// this scenario.
    pub fn diagnostics(&self, list: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics { list, sources: self.sources.map.clone() }
    }
}

/// The readable part of each text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Specs {
    pub(crate) scenario: Option<ScenarioSpec>,
    pub(crate) environment: Option<EnvironmentSpec>,
    pub(crate) robots: BTreeMap<usize, RobotSpec>,
    pub(crate) contracts: BTreeMap<usize, ContractSpec>,
}

impl ScenarioText {
    /// Reads a scenario and every file that it names. `path` is relative to
    /// the project root.
    ///
    /// # Errors
    /// When a file cannot be read or parsed, or a key of `vary` is not a valid path; then with
    /// all diagnostics of all files. A scenario that is readable but invalid is left to
    /// [`Self::resolve`], because an override may correct it.
    pub fn load(reader: &dyn FileReader, path: &str, limits: &Limits) -> Result<Self, Diagnostics> {
        let (sources, mut found) = loader::read_scenario(reader, path, limits);
        let mut specs = Specs::default();
        specs.update(&Sources::default(), &sources, &mut found);
        let is_error = |finding: &Diagnostic| finding.severity == Severity::Error;
        if !found.iter().any(is_error) && specs.is_complete(&sources) {
            let warnings = found.clone();
            let text = Self { sources, limits: limits.clone(), specs, warnings };
            text.try_variations(&mut found);
            if !found.iter().any(is_error) {
                return Ok(text);
            }
            found.extend(check::findings(&text.specs, &text.sources, limits));
            return Err(finished(found, &text.sources));
        }
        found.extend(check::findings(&specs, &sources, limits));
        Err(finished(found, &sources))
    }

    /// The scenario with these overrides applied in their order; variations keep the values of
    /// the files.
    ///
    /// # Errors
    /// With all diagnostics, if at least one prevents a run.
    pub fn resolve(&self, overrides: &[Override]) -> Result<Loaded, Diagnostics> {
        self.resolved(overrides, None)
    }

    /// The scenario for one seed: overrides, and then the sampled values of variations. A
    /// value that an override sets is not sampled.
    ///
    /// # Errors
    /// With all diagnostics, if at least one prevents a run.
    pub fn resolve_seed(&self, overrides: &[Override], seed: u64) -> Result<Loaded, Diagnostics> {
        self.resolved(overrides, Some(seed))
    }

    /// Limits on files.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The texts as they were read.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The scenario file as it was read, not yet checked.
    pub fn spec(&self) -> Option<&ScenarioSpec> {
        self.specs.scenario.as_ref()
    }

    /// The unchecked content of the texts with these overrides, for further diagnostics of a
    /// scenario that [`Self::resolve`] refuses. Names may be unknown and numbers invalid, so
    /// it must not be built. `None` if a file cannot be parsed. Positions in the sources are
    /// those of the diagnostics of [`Self::resolve`].
    pub fn draft(&self, overrides: &[Override]) -> Option<(Scenario, Sources)> {
        let (sources, specs, _) = self.overridden(overrides);
        Some((specs.complete(&sources)?, sources))
    }

    fn overridden(&self, overrides: &[Override]) -> (Sources, Specs, Vec<Diagnostic>) {
        let (mut sources, mut specs) = (self.sources.clone(), self.specs.clone());
        let mut found = self.warnings.clone();
        for change in overrides {
            let change = Change::written(&mut sources, change);
            found.extend(change.apply(&mut sources).err().map(|error| *error));
        }
        specs.update(&self.sources, &sources, &mut found);
        (sources, specs, found)
    }

    fn resolved(&self, overrides: &[Override], seed: Option<u64>) -> Result<Loaded, Diagnostics> {
        let (mut sources, mut specs, mut found) = self.overridden(overrides);
        let mut drawn = Vec::new();
        if let (Some(seed), Some(scenario)) = (seed, &specs.scenario) {
            drawn = sample_variations(scenario, seed);
            let set: Vec<_> =
                overrides.iter().filter_map(|change| sources.place_of(&change.path)).collect();
            drawn.retain(|(path, _)| {
                sources.place_of(path).is_none_or(|place| !set.contains(&place))
            });
            let before = sources.clone();
            apply_drawn(&mut sources, &drawn, &mut found);
            specs.update(&before, &sources, &mut found);
        }
        found.extend(check::findings(&specs, &sources, &self.limits));
        let findings = finished(found, &sources);
        if findings.errors() > 0 {
            return Err(findings);
        }
        match specs.complete(&sources) {
            Some(scenario) => Ok(Loaded { scenario, sources, warnings: findings.list, drawn }),
            None => Err(findings),
        }
    }

    /// Applies an example of each variation, to find invalid paths and unsuitable values.
    fn try_variations(&self, found: &mut Vec<Diagnostic>) {
        let Some(scenario) = &self.specs.scenario else { return };
        if scenario.vary.is_empty() {
            return;
        }
        if scenario.vary.len() > self.limits.variations {
            let message = format!("a scenario can vary {} values at most", self.limits.variations);
            let place =
                self.sources.span_of("vary").map(|span| Span { end: span.start + 1, ..span });
            let mut error = Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                .help("raise the limit on the number of variations with `--limit variations=N`");
            error.primary =
                place.map(|place| Label::new(place, format!("{} entries", scenario.vary.len())));
            found.push(error);
            return;
        }
        let examples: Vec<(String, f64)> = scenario
            .vary
            .iter()
            .map(|(path, variation)| (path.clone(), variation::example(variation)))
            .collect();
        let mut sources = self.sources.clone();
        apply_drawn(&mut sources, &examples, found);
        self.specs.clone().update(&self.sources, &sources, found);
    }
}

/// Applies values of variations. Their position is that of the entry in `vary`.
fn apply_drawn(sources: &mut Sources, drawn: &[(String, f64)], found: &mut Vec<Diagnostic>) {
    for (path, value) in drawn {
        let Some((key, range)) = vary_places(sources, path) else { continue };
        let value = with_unit(sources, path, number_text(*value));
        let exact = key.end - key.start == path.len();
        let change = Change {
            path,
            value: &value,
            path_at: Origin { span: key, exact, role: Role::Path },
            value_at: Origin { span: range, exact: false, role: Role::Value },
            is_drawn: true,
        };
        found.extend(change.apply(sources).err().map(|error| *error));
    }
}

/// A number with its SI unit, if it becomes the coordinate of a joint that the file leaves
/// out.
fn with_unit(sources: &Sources, path: &str, number: String) -> String {
    let segments = outline::parse_path(path);
    let names: Vec<&str> = segments.iter().map(|segment| segment.name.as_str()).collect();
    let ["robots", robot, "start", "joints", joint] = names[..] else { return number };
    if sources.place_of(path).is_some() {
        return number; // It keeps the unit that it has.
    }
    let kind = format!("robots.{robot}.joints.{joint}.kind");
    let slides = sources.place_of(&kind).is_some_and(|(part, place)| {
        sources.documents.get(&part).is_some_and(|it| it.text[place].starts_with("Prismatic"))
    });
    if slides { format!("M({number})") } else { format!("Rad({number})") }
}

/// The positions of a key of `vary` (without its quotes) and of its value.
fn vary_places(sources: &Sources, path: &str) -> Option<(Span, Span)> {
    let document = sources.documents.get(&Part::Scenario)?;
    let vary = document.outline.walk(&document.text, &outline::parse_path("vary")).ok()?;
    let outline::NodeKind::Map { entries, .. } = &vary.kind else { return None };
    let (key, value) =
        entries.iter().find(|(key, _)| key.string(&document.text).as_deref() == Some(path))?;
    let content = outline::byte_in_literal(document.slice(key), 0)
        ..outline::byte_in_literal(document.slice(key), path.len());
    let start = key.span.start;
    let key = document.locate(start + content.start..start + content.end);
    Some((key, document.locate(value.span.clone())))
}

impl Specs {
    /// Reads the texts that differ between two states.
    fn update(&mut self, before: &Sources, after: &Sources, found: &mut Vec<Diagnostic>) {
        let mut last_robot: Option<(usize, &Document)> = None;
        for (part, document) in &after.documents {
            if let (Part::Robot(index), Some((last, read))) = (part, last_robot)
                && read.is_same(document)
            {
                // Robots of one file: a second reading would have the same diagnostics.
                match self.robots.get(&last).cloned() {
                    Some(robot) => drop(self.robots.insert(*index, robot)),
                    None => drop(self.robots.remove(index)),
                }
                continue;
            }
            if before.documents.get(part).is_some_and(|old| old.is_same(document)) {
                continue;
            }
            match part {
                Part::Scenario => self.scenario = parse::parse(document, found),
                Part::Environment => self.environment = parse::parse(document, found),
                Part::Robot(index) => {
                    last_robot = Some((*index, document));
                    match parse::parse(document, found) {
                        Some(robot) => drop(self.robots.insert(*index, robot)),
                        None => drop(self.robots.remove(index)),
                    }
                }
                Part::Contract(index) => match parse::parse(document, found) {
                    Some(contract) => drop(self.contracts.insert(*index, contract)),
                    None => drop(self.contracts.remove(index)),
                },
            }
        }
    }

    fn is_complete(&self, sources: &Sources) -> bool {
        let parts = usize::from(self.scenario.is_some())
            + usize::from(self.environment.is_some())
            + self.robots.len()
            + self.contracts.len();
        parts == sources.documents.len()
    }

    /// The complete content, if nothing is missing.
    fn complete(mut self, sources: &Sources) -> Option<Scenario> {
        let spec = self.scenario?;
        let environment = self.environment?;
        let mut robots: Vec<RobotSpec> = self.robots.into_values().collect();
        if robots.len() != spec.robots.len() {
            return None;
        }
        let contracts = (0..robots.len()).map(|robot| {
            let mut contract = self.contracts.remove(&robot)?;
            let from = sources.paths.get(&Part::Contract(robot)).map_or("", String::as_str);
            // The checker has refused unresolvable names.
            contract.network = resolve_path(from, &contract.network).unwrap_or_default();
            Some(contract)
        });
        let contracts = contracts.collect();
        for (index, robot) in robots.iter_mut().enumerate() {
            let from = sources.paths.get(&Part::Robot(index)).map_or("", String::as_str);
            resolve_visuals(from, robot);
        }
        let mut scenario = Scenario { spec, environment, robots, contracts };
        scenario.equip();
        Some(scenario)
    }
}

/// Makes the paths of visuals relative to the project root. A visual without a path has no
/// mesh, and the code that draws it reports that.
fn resolve_visuals(robot_file: &str, robot: &mut RobotSpec) {
    // Paths in imported texts are relative to the imported file.
    let imported = robot.import.as_ref().and_then(|it| resolve_path(robot_file, it.path()).ok());
    let from = imported.as_deref().unwrap_or(robot_file);
    for visual in robot.links.iter_mut().flat_map(|link| &mut link.visuals) {
        if let Ok(path) = resolve_path(from, &visual.mesh) {
            visual.mesh = path;
        }
    }
}

const MAX_FINDINGS: usize = 1_000;

/// Diagnostics in the order of their positions, errors before warnings at the same position,
/// without duplicates (two robots may share a file), limited to a readable number.
pub(crate) fn finished(mut found: Vec<Diagnostic>, sources: &Sources) -> Diagnostics {
    found.sort_by_key(|finding| {
        let place = finding.primary.as_ref().map(|label| label.span);
        (place, finding.severity == Severity::Warning)
    });
    found.dedup();
    if found.len() > MAX_FINDINGS {
        let has_errors = found.iter().any(|finding| finding.severity == Severity::Error);
        found.retain(|finding| !has_errors || finding.severity == Severity::Error);
        found.truncate(MAX_FINDINGS);
    }
    Diagnostics { list: found, sources: sources.map.clone() }
}
