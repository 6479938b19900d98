//! Distinguishes edits of a project's files from changes by the engine.

use std::collections::BTreeMap;

use randori_core::text::outline::{NodeKind, Outline};

use super::Inputs;
use super::inputs::short;

/// Maximum depth of brackets; goldens are far less deep.
const DEPTH: usize = 64;

/// Status of the source files of a golden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceFiles {
    /// Unchanged.
    Same,
    /// These were edited, added or removed.
    Changed(Vec<String>),
    /// The golden has no digests of its RON files.
    Unknown,
}

impl Inputs {
    /// The source files that differ in `now`. Unlike [`changes`](Self::changes), this does
    /// not depend on their resolution by an engine; an edited comment counts, too.
    pub fn source_files(&self, now: &Self) -> SourceFiles {
        if self.sources.is_empty() {
            return SourceFiles::Unknown;
        }
        let mut changed = changed_files(&self.sources, &now.sources);
        changed.extend(changed_files(&self.files, &now.files));
        if changed.is_empty() { SourceFiles::Same } else { SourceFiles::Changed(changed) }
    }
}

/// The text of a golden after an equivalent rewrite of its RON files: `rewritten` has
/// the SHA-256 of each before and after, by its path. Files that had changed before stay
/// changed. `None` if nothing changes.
pub fn with_source_digests(
    golden: &str,
    rewritten: &BTreeMap<String, [String; 2]>,
) -> Option<String> {
    let outline = Outline::scan(golden, DEPTH);
    let sources = &outline.root.as_ref()?.field(golden, "sources")?.value;
    let NodeKind::Map { entries, .. } = &sources.kind else { return None };
    let (mut text, mut from) = (String::with_capacity(golden.len()), 0);
    for (path, digest) in entries {
        let Some([before, after]) = path.string(golden).and_then(|it| rewritten.get(&it)) else {
            continue;
        };
        if digest.string(golden) == Some(short(before)) {
            text.push_str(&golden[from..digest.span.start]);
            text.extend(["\"", &short(after), "\""]);
            from = digest.span.end;
        }
    }
    text.push_str(&golden[from..]);
    (from > 0).then_some(text)
}

/// The files that were edited, added or removed.
fn changed_files(before: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let gone = before.keys().filter(|path| !now.contains_key(*path));
    let other = now.iter().filter(|(path, digest)| before.get(*path) != Some(*digest));
    other.map(|(path, _)| path).chain(gone).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scenario that resolves to this gravity.
    fn texts(gravity: &str) -> Vec<(String, String)> {
        vec![("scenario.ron".to_owned(), format!("Scenario(physics: (gravity: {gravity}))"))]
    }

    #[test]
    fn digests_of_rewritten_files_are_replaced_where_they_were_current() {
        let digest = |digit: &str| digit.repeat(64);
        let golden = |a: &str, b: &str| {
            let (a, b) = (a.repeat(16), b.repeat(16));
            format!(
                "Golden(\n  sources: {{\n    \"a.ron\": \"{a}\", // x\n    \"b.ron\": \"{b}\",\n  }},\n)\n"
            )
        };
        let rewritten =
            ["a.ron", "b.ron", "c.ron"].map(|path| (path.to_owned(), [digest("1"), digest("2")]));
        let rewritten = BTreeMap::from(rewritten);

        assert_eq!(with_source_digests(&golden("1", "3"), &rewritten), Some(golden("2", "3")));
        assert_eq!(with_source_digests(&golden("3", "3"), &rewritten), None);
        assert_eq!(with_source_digests("Golden(", &rewritten), None);
    }

    #[test]
    fn files_in_ron_tell_an_edit_from_what_an_engine_resolves_otherwise() {
        let files = |robot: &str, network: &str| {
            BTreeMap::from([
                ("assets/cart.robot.ron".to_owned(), robot.repeat(16)),
                ("walk.onnx".to_owned(), network.repeat(16)),
            ])
        };
        let before = Inputs::new(&texts("10.0"), &files("0", "0"));
        let resolved = texts("9.81");
        let since =
            |robot, network| before.source_files(&Inputs::new(&resolved, &files(robot, network)));

        assert_eq!(before.changes(&resolved, &files("0", "0")).len(), 1);
        assert_eq!(since("0", "0"), SourceFiles::Same);
        let robot = SourceFiles::Changed(vec!["assets/cart.robot.ron".to_owned()]);
        assert_eq!(since("1", "0"), robot);
        assert_eq!(since("0", "1"), SourceFiles::Changed(vec!["walk.onnx".to_owned()]));
        let old = Inputs { sources: BTreeMap::new(), ..before.clone() };
        assert_eq!(old.source_files(&before), SourceFiles::Unknown);
    }
}
