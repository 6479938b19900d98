//! The report of an import: the status of each part of the file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use randori_core::diagnostic::{Diagnostic, DiagnosticCode, Label, SourceMap, Span};
use serde::Serialize;

/// Status of a part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportStatus {
    /// Equivalent in the result.
    Kept,
    /// The nearest equivalent; behaviour differs slightly.
    Approximated,
    /// A required value that is not in the file.
    Guessed,
    /// An impossible value, replaced by the nearest possible one.
    Clamped,
    /// Without effect in the result.
    Dropped,
    /// Added for convenience.
    Added,
}

impl ImportStatus {
    /// All values, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Kept, Self::Approximated, Self::Guessed, Self::Clamped, Self::Dropped, Self::Added];

    /// The name in reports: `kept`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Approximated => "approximated",
            Self::Guessed => "guessed",
            Self::Clamped => "clamped",
            Self::Dropped => "dropped",
            Self::Added => "added",
        }
    }
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Status.
    pub kind: ImportStatus,
    /// Description of the part and its conversion.
    pub what: String,
    /// Path of the element in its file: `worldbody/body[trunk]/geom[2]`.
    pub element: String,
    /// Position; absent for values that are not in the file.
    pub place: Option<Span>,
    /// Advice.
    pub advice: Option<String>,
    /// True if the result may not behave as intended; shown at load time too.
    pub is_doubtful: bool,
}

/// The status of all parts of an imported file, in the order of reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The lines.
    pub entries: Vec<Entry>,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    kind: ImportStatus,
    what: &'a str,
    element: &'a str,
    file: Option<&'a str>,
    line: Option<usize>,
    advice: Option<&'a str>,
    doubtful: bool,
}

#[derive(Serialize)]
struct JsonReport<'a> {
    counts: BTreeMap<&'a str, usize>,
    entries: Vec<JsonEntry<'a>>,
}

impl Report {
    /// Number of lines of a kind.
    pub fn count(&self, kind: ImportStatus) -> usize {
        self.entries.iter().filter(|entry| entry.kind == kind).count()
    }

    /// The lines selected by a filter, with their number: equal lines of several positions
    /// are merged into the first one.
    fn grouped(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<(&Entry, usize)> {
        let mut groups: Vec<(&Entry, usize)> = Vec::new();
        let mut known: BTreeMap<(ImportStatus, &str, Option<&str>), usize> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| wanted(entry)) {
            let key = (entry.kind, entry.what.as_str(), entry.advice.as_deref());
            if let Some(group) = known.get(&key) {
                groups[*group].1 += 1;
            } else {
                known.insert(key, groups.len());
                groups.push((entry, 1));
            }
        }
        groups
    }

    /// Counts and lines as text: doubtful lines first, kept parts last. Equal lines of
    /// several positions are shown once.
    pub fn text(&self, sources: &SourceMap) -> String {
        let mut text = String::new();
        let counts: Vec<String> = ImportStatus::ALL
            .iter()
            .map(|kind| format!("{} {}", self.count(*kind), kind.name()))
            .collect();
        let _ = writeln!(text, "{}", counts.join(", "));
        let order = [
            ImportStatus::Dropped,
            ImportStatus::Clamped,
            ImportStatus::Guessed,
            ImportStatus::Approximated,
            ImportStatus::Added,
            ImportStatus::Kept,
        ];
        for kind in order {
            for (entry, count) in self.grouped(|entry| entry.kind == kind) {
                let place = entry.place.map_or(String::new(), |span| {
                    let line = sources.position(span.file, span.start).line;
                    format!("{}:{line}: ", sources.path(span.file))
                });
                let element = match (entry.element.as_str(), count) {
                    ("", 1) => String::new(),
                    ("", count) => format!(" ({count} times)"),
                    (element, 1) => format!(" ({element})"),
                    (element, count) => format!(" ({count} times, first: {element})"),
                };
                let _ = writeln!(text, "{place}{}: {}{element}", kind.name(), entry.what);
                if let Some(advice) = &entry.advice {
                    let _ = writeln!(text, "    {advice}");
                }
            }
        }
        text
    }

    /// An object with `counts` by kind and `entries`: `kind`, `what`,
    /// `element`, `file`, `line` (`null` for values that are not in the file),
    /// `advice`, `doubtful`.
    pub fn json(&self, sources: &SourceMap) -> String {
        let counts =
            ImportStatus::ALL.iter().map(|kind| (kind.name(), self.count(*kind))).collect();
        let entries = self
            .entries
            .iter()
            .map(|entry| JsonEntry {
                kind: entry.kind,
                what: &entry.what,
                element: &entry.element,
                file: entry.place.map(|span| sources.path(span.file)),
                line: entry.place.map(|span| sources.position(span.file, span.start).line),
                advice: entry.advice.as_deref(),
                doubtful: entry.is_doubtful,
            })
            .collect();
        serde_json::to_string_pretty(&JsonReport { counts, entries }).unwrap_or_default()
    }

    /// The doubtful lines as warnings.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        self.grouped(|entry| entry.is_doubtful)
            .into_iter()
            .map(|(entry, count)| {
                let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
                let message = format!("{}{times}", entry.what);
                let warning = Diagnostic::warning(DiagnosticCode::IMPORT_DOUBTFUL, message)
                    .maybe_help(entry.advice.clone());
                match entry.place {
                    Some(place) => warning.primary(Label::new(place, entry.kind.name())),
                    None => warning,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_say_the_same_are_shown_once_with_their_number() {
        let line = |what: &str, element: &str| Entry {
            kind: ImportStatus::Dropped,
            what: what.to_owned(),
            element: element.to_owned(),
            place: None,
            advice: None,
            is_doubtful: true,
        };
        let entries = vec![line("a", "x[1]"), line("b", "y"), line("a", "x[2]")];
        let report = Report { entries };

        let text = report.text(&SourceMap::default());

        let shown: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(shown, ["dropped: a (2 times, first: x[1])", "dropped: b (y)"]);
        assert!(text.starts_with("0 kept, 0 approximated, 0 guessed, 0 clamped, 3 dropped"));
        assert_eq!(report.json(&SourceMap::default()).matches("\"what\"").count(), 3);
        let warnings: Vec<String> =
            report.warnings().into_iter().map(|warning| warning.message).collect();
        assert_eq!(warnings, ["a (2 times)", "b"]);
    }
}
