//! Tells an edit of a project's files from what another engine makes of them.

use std::collections::BTreeMap;

use super::Inputs;

/// What has become of the files that a golden was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceFiles {
    /// All are as they were.
    Same,
    /// These were edited, came or are gone.
    Changed(Vec<String>),
    /// The golden does not say which files in RON it was made from.
    Unknown,
}

impl Inputs {
    /// Which of the files that these were made from are others in `now`. Unlike
    /// [`changes`](Self::changes), this does not depend on how an engine resolves
    /// them; an edited comment counts, too.
    pub fn source_files(&self, now: &Self) -> SourceFiles {
        if self.sources.is_empty() {
            return SourceFiles::Unknown;
        }
        let mut changed = changed_files(&self.sources, &now.sources);
        changed.extend(changed_files(&self.files, &now.files));
        if changed.is_empty() { SourceFiles::Same } else { SourceFiles::Changed(changed) }
    }
}

/// The files that were edited, came or are gone.
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
