//! Reads the files of a scenario, as far as possible.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::Document;
use super::files::{FileReader, ReadError, RobotImport, resolve_path};
use super::limits::Limits;
use super::outline::{Node, parse_path};
use super::sources::{Part, Sources};
use super::{ScenarioText, Specs, duplicates, finished, merge, parse};
use crate::check;
use crate::diagnostic::{Diagnostic, DiagnosticCode, Diagnostics, Label, Span};
use crate::policy_source::Onnx;
use crate::spec::{ContractSpec, EnvironmentSpec, ImportSpec, RobotSpec};

/// The kinds of file; their names are the first words of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `Scenario(...)`
    Scenario,
    /// `Environment(...)`
    Environment,
    /// `Robot(...)`
    Robot,
    /// `PolicyContract(...)`
    PolicyContract,
}

impl FileKind {
    /// The first word of files of this kind.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scenario => "Scenario",
            Self::Environment => "Environment",
            Self::Robot => "Robot",
            Self::PolicyContract => "PolicyContract",
        }
    }
}

/// Checks a file of any kind, with all files that it names. The diagnostics may be warnings
/// only; see [`Diagnostics::errors`]. A file of unknown kind is checked as a scenario.
pub fn check_file(reader: &dyn FileReader, path: &str, limits: &Limits) -> (FileKind, Diagnostics) {
    let mut loader = Loader::new(reader, limits);
    let document = loader.document(path, None);
    let kind = document.as_ref().and_then(|document| document.outline.kind(&document.text));
    match kind.map(|(_, name)| name) {
        Some("Robot") => {
            let findings = load_robot(reader, path, limits).map(|(_, warnings)| warnings);
            (FileKind::Robot, findings.unwrap_or_else(|errors| errors))
        }
        Some("Environment") => {
            let findings = load_environment(reader, path, limits).map(|(_, warnings)| warnings);
            (FileKind::Environment, findings.unwrap_or_else(|errors| errors))
        }
        Some("PolicyContract") => {
            let findings = match load_contract(reader, path, None, limits) {
                Ok(read) => Diagnostics { list: read.warnings, sources: read.sources.map },
                Err(errors) => errors,
            };
            (FileKind::PolicyContract, findings)
        }
        _ => {
            let findings = ScenarioText::load(reader, path, limits)
                .and_then(|text| text.resolve(&[]))
                .map(|loaded| loaded.diagnostics(loaded.warnings.clone()));
            (FileKind::Scenario, findings.unwrap_or_else(|errors| errors))
        }
    }
}

/// Reads a single robot file; returns it with its warnings.
///
/// # Errors
/// With all diagnostics, if at least one makes the robot unusable.
pub fn load_robot(
    reader: &dyn FileReader,
    path: &str,
    limits: &Limits,
) -> Result<(RobotSpec, Diagnostics), Diagnostics> {
    let (mut specs, findings) = load_alone(reader, path, limits, Part::Robot(0));
    match specs.robots.remove(&0) {
        Some(robot) if findings.errors() == 0 => Ok((robot, findings)),
        _ => Err(findings),
    }
}

/// Reads a single environment file; returns it with its warnings.
///
/// # Errors
/// With all diagnostics, if at least one makes the environment unusable.
pub fn load_environment(
    reader: &dyn FileReader,
    path: &str,
    limits: &Limits,
) -> Result<(EnvironmentSpec, Diagnostics), Diagnostics> {
    let (specs, findings) = load_alone(reader, path, limits, Part::Environment);
    match specs.environment {
        Some(environment) if findings.errors() == 0 => Ok((environment, findings)),
        _ => Err(findings),
    }
}

/// A checked policy contract, with its robot if one was named.
#[derive(Debug, Clone)]
pub struct ContractText {
    /// The contract; its `network` is a path from the project root.
    pub contract: ContractSpec,
    /// The robot as in its file, without the drives of the contract.
    pub robot: Option<RobotSpec>,
    /// The texts, for positions in [`Part::Contract`]`(0)`.
    pub sources: Sources,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

/// Reads a policy contract and, if a robot file is named, checks it against the robot.
///
/// # Errors
/// With all diagnostics of both, if at least one makes one of them unusable or the two do not
/// fit.
pub fn load_contract(
    reader: &dyn FileReader,
    path: &str,
    robot: Option<&str>,
    limits: &Limits,
) -> Result<ContractText, Diagnostics> {
    let mut loader = Loader::new(reader, limits);
    if let Some(robot) = robot {
        loader.add(Part::Robot(0), robot, None);
    }
    loader.add(Part::Contract(0), path, None);
    let Loader { sources, mut found, .. } = loader;
    let mut specs = Specs::default();
    specs.update(&Sources::default(), &sources, &mut found);
    found.extend(check::findings(&specs, &sources, limits));
    let findings = finished(found, &sources);
    match (specs.contracts.remove(&0), specs.robots.remove(&0)) {
        (Some(mut contract), found) if findings.errors() == 0 => {
            contract.network = resolve_path(path, &contract.network).unwrap_or_default();
            Ok(ContractText { contract, robot: found, sources, warnings: findings.list })
        }
        _ => Err(findings),
    }
}

fn load_alone(
    reader: &dyn FileReader,
    path: &str,
    limits: &Limits,
    part: Part,
) -> (Specs, Diagnostics) {
    let mut loader = Loader::new(reader, limits);
    loader.add(part, path, None);
    let Loader { sources, mut found, .. } = loader;
    let mut specs = Specs::default();
    specs.update(&Sources::default(), &sources, &mut found);
    found.extend(check::findings(&specs, &sources, limits));
    (specs, finished(found, &sources))
}

/// Reads a scenario file and the files that it names, even if the scenario is otherwise
/// invalid: names of files are found by their position.
pub(super) fn read_scenario(
    reader: &dyn FileReader,
    path: &str,
    limits: &Limits,
) -> (Sources, Vec<Diagnostic>) {
    let mut loader = Loader::new(reader, limits);
    loader.add(Part::Scenario, path, None);
    if let Some(scenario) = loader.sources.documents.get(&Part::Scenario).cloned() {
        let text = &*scenario.text;
        let walk = |path: &str| scenario.outline.walk(text, &parse_path(path)).ok();
        if let Some(named) = walk("environment") {
            loader.add_named(Part::Environment, path, &scenario, named);
        }
        let entries = walk("robots").map(Node::children).unwrap_or_default();
        let (network, contract) = Onnx::CONTRACT;
        for (index, entry) in entries.into_iter().enumerate() {
            if let Some(model) = entry.field(text, "model") {
                loader.add_named(Part::Robot(index), path, &scenario, &model.value);
            }
            let source = entry
                .field(text, "policy")
                .and_then(|it| it.value.unwrap_some(text).field(text, "use"));
            if let Some(source) = source.map(|source| &source.value)
                && source.name_span().is_some_and(|name| text[name] == *network)
                && let Some(contract) = source.field(text, contract)
            {
                loader.add_named(Part::Contract(index), path, &scenario, &contract.value);
            }
        }
    }
    (loader.sources, loader.found)
}

/// The diagnostic for a missing external asset; `from` holds download instructions.
pub fn missing_asset(shown: &str, from: Option<&str>) -> Diagnostic {
    let message = format!("`{shown}` is not part of this project and was not found");
    Diagnostic::error(DiagnosticCode::MISSING_ASSET, message)
        .maybe_help(from.map(|from| format!("get it from {from}")))
        .help("give the folder that holds it by `--assets DIR` or `RANDORI_ASSETS`")
}

fn outside(named: &str, reason: &str, place: Span) -> Diagnostic {
    let message = format!("`{named}` cannot be read: {reason}");
    Diagnostic::error(DiagnosticCode::PATH_OUTSIDE_PROJECT, message)
        .primary(Label::new(place, reason))
        .help("name a file of this project: relative to this file, or `assets:...`")
}

struct Loader<'l> {
    reader: &'l dyn FileReader,
    limits: &'l Limits,
    sources: Sources,
    found: Vec<Diagnostic>,
    /// By path; `None` for unreadable files.
    files: BTreeMap<String, Option<Document>>,
    /// Robot files with their imports, by path.
    merged: BTreeMap<String, Option<Document>>,
    total_bytes: usize,
    is_full: bool,
}

impl<'l> Loader<'l> {
    fn new(reader: &'l dyn FileReader, limits: &'l Limits) -> Self {
        Self {
            reader,
            limits,
            sources: Sources::default(),
            found: Vec::new(),
            files: BTreeMap::new(),
            merged: BTreeMap::new(),
            total_bytes: 0,
            is_full: false,
        }
    }

    /// Loads the file that a string in `document` names.
    fn add_named(&mut self, part: Part, from: &str, document: &Document, node: &Node) {
        let Some(named) = node.string(&document.text) else { return };
        let place = document.locate(node.span.clone());
        match resolve_path(from, &named) {
            Ok(path) => self.add(part, &path, Some(place)),
            Err(reason) => self.found.push(outside(&named, reason, place)),
        }
    }

    fn add(&mut self, part: Part, path: &str, named_at: Option<Span>) {
        let Some(document) = self.document(path, named_at) else { return };
        let wanted = match part {
            Part::Scenario => FileKind::Scenario,
            Part::Environment => FileKind::Environment,
            Part::Robot(_) => FileKind::Robot,
            Part::Contract(_) => FileKind::PolicyContract,
        };
        if let Some(mut error) = parse::wrong_kind(&document, wanted.name()) {
            if let Some(place) = named_at {
                error = error.secondary(Label::new(place, "named here"));
            }
            self.found.push(error);
            return;
        }
        let Some(document) = self.with_import(part, path, document) else { return };
        self.total_bytes += document.text.len();
        if self.total_bytes > self.limits.total_bytes {
            self.refuse_more(named_at);
            return;
        }
        self.sources.paths.insert(part, path.to_owned());
        self.sources.documents.insert(part, document);
    }

    /// True if an external asset is missing.
    fn is_elsewhere(&self, path: &str, spec: &ImportSpec) -> bool {
        spec.from().is_some() && self.reader.read(path) == Err(ReadError::NotFound)
    }

    /// A robot file with its import; `None`, with a diagnostic, if it is not available.
    fn with_import(&mut self, part: Part, path: &str, document: Document) -> Option<Document> {
        let text = &document.text;
        let import = document.outline.root.as_ref().and_then(|root| root.field(text, "import"));
        let Some(import) = import.filter(|_| matches!(part, Part::Robot(_))) else {
            return Some(document);
        };
        if let Some(merged) = self.merged.get(path) {
            return merged.clone();
        }
        let node = import.value.unwrap_some(text);
        let Ok(spec) = parse::from_str::<ImportSpec>(document.slice(node)) else {
            return Some(document); // Reading the file as a robot tells what is wrong.
        };
        let twice = duplicates::of_anything(&document);
        if !twice.is_empty() {
            // Neither of the two could replace the imported element.
            self.found.extend(twice);
            self.merged.insert(path.to_owned(), None);
            return None;
        }
        let place = node.field(text, "path").map_or(node, |path| &path.value);
        let named_at = document.locate(place.span.clone());
        let merged = match resolve_path(path, spec.path()) {
            Ok(resolved) if self.is_elsewhere(&resolved, &spec) => {
                let shown = self.reader.shown(&resolved);
                self.found.push(
                    missing_asset(&shown, spec.from()).primary(Label::new(named_at, "named here")),
                );
                None
            }
            Ok(resolved) => {
                let request =
                    RobotImport { spec: &spec, path: &resolved, limits: self.limits, named_at };
                let imported = self.reader.import_robot(&request, &mut self.sources.map);
                self.found.extend(imported.found);
                imported.text.map(|text| {
                    let shown = format!("{} as a robot file", self.reader.shown(&resolved));
                    let text: Arc<str> = text.into();
                    let file = self.sources.map.add(shown, Arc::clone(&text));
                    merge::merged(&Document::new(file, text, self.limits.nesting), &document)
                })
            }
            Err(reason) => {
                self.found.push(outside(spec.path(), reason, named_at));
                None
            }
        };
        self.merged.insert(path.to_owned(), merged.clone());
        merged
    }

    /// Reports once that the texts exceed the total limit.
    fn refuse_more(&mut self, named_at: Option<Span>) {
        if std::mem::replace(&mut self.is_full, true) {
            return;
        }
        let limit = self.limits.total_bytes;
        let message = format!("all files together are larger than {limit} bytes");
        let mut error = Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
            .help("raise the limit on the size of all files with `--limit total_bytes=N`");
        error.primary = named_at.map(|place| Label::new(place, "one too many"));
        self.found.push(error);
    }

    fn document(&mut self, path: &str, named_at: Option<Span>) -> Option<Document> {
        if let Some(document) = self.files.get(path) {
            return document.clone();
        }
        let read = if self.files.len() < self.limits.files {
            self.read(path)
        } else {
            let message = format!("the scenario names more than {} files", self.limits.files);
            Err(Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                .help("raise the limit on the number of files with `--limit files=N`")
                .into())
        };
        let document = read.map_err(|mut error| {
            error.primary = named_at.map(|place| Label::new(place, "named here"));
            self.found.push(*error);
        });
        if let Ok(document) = &document {
            self.found.extend(duplicates::of_keys(document));
        }
        self.files.insert(path.to_owned(), document.clone().ok());
        document.ok()
    }

    fn read(&mut self, path: &str) -> Result<Document, Box<Diagnostic>> {
        let shown = self.reader.shown(path);
        let limit = self.limits.file_bytes;
        let too_large = |limit: usize| {
            let message = format!("`{shown}` is larger than {limit} bytes");
            Diagnostic::error(DiagnosticCode::LIMIT_EXCEEDED, message)
                .help("raise the limit on the size of a file with `--limit file_bytes=N`")
        };
        match self.reader.read(path) {
            Ok(text) if text.len() > limit => Err(too_large(limit).into()),
            Ok(text) if text.get(..16.min(text.len())).is_some_and(|head| head.contains('\0')) => {
                // Letters of two bytes, half of which are zero.
                Err(unreadable(&shown, &ReadError::Utf16).into())
            }
            Ok(text) => {
                // Editors for Windows begin a file with a byte order mark.
                let text: Arc<str> = text.strip_prefix('\u{feff}').unwrap_or(&text).into();
                let file = self.sources.map.add(shown, Arc::clone(&text));
                Ok(Document::new(file, text, self.limits.nesting))
            }
            Err(ReadError::TooLarge { limit }) => Err(too_large(limit).into()),
            Err(reason) => Err(unreadable(&shown, &reason).into()),
        }
    }
}

fn unreadable(shown: &str, reason: &ReadError) -> Diagnostic {
    let message = format!("`{shown}` cannot be read: {reason}");
    let is_encoding = matches!(reason, ReadError::NotText | ReadError::Utf16);
    Diagnostic::error(DiagnosticCode::UNREADABLE_FILE, message)
        .maybe_help(is_encoding.then(|| "save it as UTF-8".to_owned()))
}
