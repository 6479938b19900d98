//! The files of policies that are programs: scripts and other files in the command. Like a network,
//! they are inputs of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use randori_core::spec::Scenario;
use randori_record::header::bytes_digest;

use crate::files::read_bytes;
use crate::project::Project;
use crate::reading::FileDigests;

/// The files in the commands of a scenario's policies: by path from the project root if they belong
/// to the project, else as written in the command. System programs (on the search path) are
/// excluded.
pub fn program_files(project: &Project, scenario: &Scenario) -> BTreeMap<String, PathBuf> {
    let policies = scenario.spec.robots.iter().filter_map(|robot| robot.policy.as_ref());
    let words = policies.flat_map(|policy| policy.source.command().iter().enumerate());
    words.filter_map(|(index, word)| named(project, word, index == 0)).collect()
}

/// The digests of [`program_files`], except files above the size limit of assets.
pub(crate) fn program_digests(project: &Project, scenario: &Scenario) -> FileDigests {
    let files = program_files(project, scenario).into_iter();
    let digests = files.filter_map(|(name, file)| {
        let bytes = read_bytes(&file, project.limits.asset_bytes).ok()?;
        Some((name, bytes_digest(&bytes)))
    });
    digests.collect()
}

/// The file that an argument of a command names, `--option=FILE` included.
fn named(project: &Project, word: &str, is_program: bool) -> Option<(String, PathBuf)> {
    let after_equals = word.split_once('=').map(|(_, value)| value);
    let mut words = std::iter::once(word).chain(after_equals).filter(|word| !word.is_empty());
    words.find_map(|word| {
        // A bare name is resolved on the search path.
        if is_program && Path::new(word).components().count() == 1 {
            return None;
        }
        let file = project.root().join(word).canonicalize().ok().filter(|file| file.is_file())?;
        if is_program && is_of_the_system(&file) {
            return None;
        }
        Some((project.relative(&file).unwrap_or_else(|| word.to_owned()), file))
    })
}

fn is_of_the_system(file: &Path) -> bool {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&folders).filter_map(|it| it.canonicalize().ok());
    folders.any(|folder| file.parent() == Some(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_name_files_are_found_in_the_project_and_outside() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let outside = tempfile::tempdir().expect("a temporary folder");
        let other = outside.path().join("walk.py");
        for file in [&folder.path().join("mine.py"), &folder.path().join("w.npz"), &other] {
            std::fs::write(file, "").expect("a file");
        }
        let project = Project::at(folder.path()).expect("a project");
        let name = |word: &str, is_program| named(&project, word, is_program).map(|it| it.0);

        assert_eq!(name("mine.py", false).as_deref(), Some("mine.py"));
        assert_eq!(name("./mine.py", true).as_deref(), Some("mine.py"));
        assert_eq!(name("--weights=w.npz", false).as_deref(), Some("w.npz"));
        let other = other.to_string_lossy();
        assert_eq!(name(&other, false).as_deref(), Some(&*other));
        for word in ["-u", "--fast", "missing.py", "."] {
            assert_eq!(name(word, false), None, "{word}");
        }
        assert_eq!(name("mine.py", true), None, "a name alone is looked for elsewhere");
    }
}
