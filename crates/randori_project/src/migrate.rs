//! Migration of files from old to current field names.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use randori_core::text::outline::Outline;
use randori_core::text::{FileReader, ReadError, old_names, with_current_names};
use randori_record::golden::with_source_digests;
use randori_record::header::bytes_digest;

use crate::files::{plain_file, replace};
use crate::project::{Places, SelectError, SelectedFile, goldens_below, select_all};

/// A file and its replacement text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Location of the file.
    pub path: PathBuf,
    /// Its path as typed on the command line.
    pub shown: String,
    /// Its text with current field names.
    pub text: String,
    /// The renamed fields, in the order of the file.
    pub names: Vec<Rename>,
}

/// A renamed field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its old name.
    pub old: &'static str,
    /// Its current name.
    pub new: &'static str,
}

/// The migration plan for a selection of files.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Scenario, robot, environment and contract files with old names.
    pub files: Vec<Migration>,
    /// Goldens that contain digests of these files, with the new digests. Goldens have no field
    /// names to migrate.
    pub goldens: Vec<Migration>,
    /// Files without old names.
    pub current: usize,
    /// Files that cannot be read or parsed, by path as typed, and the reason.
    pub unreadable: Vec<(String, String)>,
}

impl Migration {
    /// Replaces the text of the file.
    ///
    /// # Errors
    /// When it is not a regular file, it is write-protected, or the system refuses; the file is
    /// then unchanged.
    pub fn write(&self) -> io::Result<()> {
        replace(&self.path, self.text.as_bytes())
    }
}

/// Finds the old names in all selected files, and in the goldens beside them and below the named
/// folders. Writes nothing.
///
/// # Errors
/// For the first name that matches nothing, or for a link to a file.
pub fn plan(named: &[PathBuf], places: &Places) -> Result<Plan, SelectError> {
    let mut plan = Plan::default();
    let mut rewritten: BTreeMap<PathBuf, BTreeMap<String, [String; 2]>> = BTreeMap::new();
    let is_link = |name: &&PathBuf| name.is_symlink() && !name.is_dir();
    if let Some(link) = named.iter().find(is_link) {
        return Err(SelectError::Special { path: link.clone(), kind: "a symbolic link" });
    }
    let files = select_all(named, places)?;
    for file in files.iter().filter(|file| is_below(file, named)) {
        match migration(file) {
            Ok(None) => plan.current += 1,
            Ok(Some((before, migration))) => {
                let digests = [&before, &migration.text].map(|it| bytes_digest(it.as_bytes()));
                let of_project = rewritten.entry(file.project.root().to_owned()).or_default();
                of_project.insert(file.path.clone(), digests);
                plan.files.push(migration);
            }
            Err(why) => plan.unreadable.push((file.shown.clone(), why)),
        }
    }
    let mut seen = BTreeSet::new();
    for golden in goldens(named, &files) {
        let project = places.project(&golden)?;
        let Some(digests) = rewritten.get(project.root()) else { continue };
        let Some(path) = project.relative(&golden) else { continue };
        if !seen.insert(project.root().join(&path)) {
            continue;
        }
        let text = project.read_long_text(&path).ok();
        if let Some(text) = text.and_then(|text| with_source_digests(&text, digests)) {
            let shown = project.shown(&path);
            plan.goldens.push(Migration { path: golden, shown, text, names: Vec::new() });
        }
    }
    Ok(plan)
}

/// The text of a file and its replacement; `None` if it has no old names.
fn migration(file: &SelectedFile) -> Result<Option<(String, Migration)>, String> {
    let project = &file.project;
    let path = project.root().join(&file.path);
    let text = project.read(&file.path).map_err(|error: ReadError| error.to_string())?;
    let content = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if Outline::scan(content, project.limits.nesting).problem.is_some() {
        return Err("it is not well-formed, see `randori check`".to_owned());
    }
    let names: Vec<Rename> = old_names(&text)
        .into_iter()
        .map(|name| Rename {
            line: text[..name.range.start].matches('\n').count() + 1,
            old: name.field.old(),
            new: name.field.new,
        })
        .collect();
    if names.is_empty() {
        return Ok(None);
    }
    let current = with_current_names(&text).into_owned();
    let migration = Migration { path, shown: file.shown.clone(), text: current, names };
    Ok(Some((text, migration)))
}

/// True if a file was named directly or is in a named folder, not behind a link in one.
fn is_below(file: &SelectedFile, named: &[PathBuf]) -> bool {
    let real = file.project.root().join(&file.path);
    let holds = |name: &PathBuf| match name.canonicalize() {
        Ok(named) => real.starts_with(named),
        // The extension was omitted.
        Err(_) => name.with_extension("ron").canonicalize().is_ok_and(|named| named == real),
    };
    named.iter().any(holds)
}

/// The goldens below named folders, and beside named files.
fn goldens(named: &[PathBuf], files: &[SelectedFile]) -> Vec<PathBuf> {
    let mut goldens = Vec::new();
    for folder in named.iter().filter(|name| name.is_dir()) {
        goldens.extend(goldens_below(folder).unwrap_or_default());
    }
    for file in files.iter().filter(|file| !file.in_folder) {
        let beside = file.project.root().join(&file.path).with_extension("golden.ron");
        goldens.extend(plain_file(&beside).ok().flatten().map(|_| beside));
    }
    goldens
}
