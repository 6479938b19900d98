//! The files of a project that an import writes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use randori_core::diagnostic::{Diagnostic, DiagnosticCode};
use randori_core::spec::{EnvironmentSpec, RobotSpec};
use randori_core::text::{FileReader, Limits, ReadError, ScenarioText};
use randori_import::{Import, environment_text, robot_text, scenario_text};
use randori_project::files::{Draft, make_folders};
use randori_project::project::Project;
use randori_sim::episode::Episode;

/// Maximum length of the name of a mesh file, in letters.
const MAX_FILE_NAME: usize = 64;

/// The reason why nothing was written.
pub(super) struct Refused {
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// The reason why a run would refuse the new project.
pub(super) struct Fault {
    /// The message of the run.
    pub(super) text: String,
    /// True if the only fault is a robot larger than the limits allow.
    pub(super) exceeds_limits: bool,
}

/// The files to write, by path relative to the output folder.
pub(super) struct Files {
    /// The robot's name.
    pub(super) name: String,
    /// The scenario last.
    files: Vec<(String, Vec<u8>)>,
}

impl Files {
    /// `None` if the import has no robot.
    pub(super) fn new(
        found: &mut Import,
        environment: &EnvironmentSpec,
        project: &Project,
    ) -> Option<Self> {
        let mut files = Vec::new();
        let robot = found.robot.as_mut()?;
        let name = robot.name.clone();
        let folder = format!("assets/robots/{name}");
        copy_meshes(robot, &folder, project, &mut files);
        let robot = robot_text(robot);
        let robot_path = format!("assets:robots/{name}/{name}.ron");
        let environment_path = format!("environments/{}.ron", environment.name);
        let scenario = scenario_text(found, &robot_path, &format!("assets:{environment_path}"));
        files.push((format!("{folder}/{name}.ron"), robot.into_bytes()));
        let environment = environment_text(environment).into_bytes();
        files.push((format!("assets/{environment_path}"), environment));
        files.push((format!("scenarios/{name}.ron"), scenario.into_bytes()));
        Some(Self { name, files })
    }

    /// Reads the files as `randori run` would, and builds the world.
    ///
    /// # Errors
    /// The message of the run.
    pub(super) fn verify(&self, limits: &Limits) -> Result<(), Fault> {
        let scenario = format!("scenarios/{}.ron", self.name);
        let loaded = ScenarioText::load(self, &scenario, limits)
            .and_then(|text| text.resolve(&[]))
            .map_err(|errors| {
                let is_limit = |found: &Diagnostic| {
                    found.code.as_str() == DiagnosticCode::LIMIT_EXCEEDED.as_str()
                };
                Fault { text: errors.short(), exceeds_limits: errors.list.iter().any(is_limit) }
            })?;
        let policies = loaded.scenario.robots.iter().map(|_| None).collect();
        Episode::new(&loaded.scenario, 0, policies)
            .map(drop)
            .map_err(|error| Fault { text: format!("{error}\n"), exceeds_limits: false })
    }

    /// Writes all files or none; the scenario last.
    pub(super) fn write(&self, root: &Path, force: bool) -> Result<Vec<PathBuf>, Refused> {
        let paths: Vec<PathBuf> = self.files.iter().map(|(path, _)| root.join(path)).collect();
        let is_there = |path: &&PathBuf| path.symlink_metadata().is_ok();
        if let Some(existing) = paths.iter().find(is_there).filter(|_| !force) {
            let message = format!("`{}` exists already", existing.display());
            return Err(Refused {
                message,
                help: "choose another folder by `--output DIR`, or overwrite it by `--force`",
            });
        }
        let mut drafts = Vec::new();
        for (path, (relative, bytes)) in paths.iter().zip(&self.files) {
            let draft = draft(root, Path::new(relative), bytes);
            drafts.push(draft.map_err(|error| unwritable(path, &error))?);
        }
        for (path, draft) in paths.iter().zip(drafts) {
            draft.finish().map_err(|error| unwritable(path, &error))?;
        }
        Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "ron")).collect())
    }
}

/// A draft of a file below the folder `root`; it replaces its target once all
/// files are written.
fn draft(root: &Path, relative: &Path, bytes: &[u8]) -> io::Result<Draft> {
    let folder = make_folders(root, relative.parent().unwrap_or(Path::new("")))?;
    let mut draft = Draft::create(&folder.join(relative.file_name().unwrap_or_default()))?;
    draft.write_all(bytes)?;
    Ok(draft)
}

fn unwritable(path: &Path, error: &io::Error) -> Refused {
    let message = format!("`{}` cannot be written: {error}", path.display());
    Refused { message, help: "choose another folder by `--output DIR`" }
}

/// Reads the files before they are written.
impl FileReader for Files {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes(path)?).map_err(|_| ReadError::NotText)
    }

    fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let found = self.files.iter().find(|(known, _)| known == path);
        found.map(|(_, bytes)| bytes.clone()).ok_or(ReadError::NotFound)
    }
}

/// Makes the robot's visuals refer to copies of their meshes beside its file,
/// each with a unique name.
fn copy_meshes(
    robot: &mut RobotSpec,
    folder: &str,
    project: &Project,
    files: &mut Vec<(String, Vec<u8>)>,
) {
    let mut copies: BTreeMap<String, String> = BTreeMap::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    for visual in robot.links.iter_mut().flat_map(|link| &mut link.visuals) {
        if let Some(copy) = copies.get(&visual.mesh) {
            visual.mesh.clone_from(copy);
            continue;
        }
        // The report already names files that cannot be read.
        let Ok(bytes) = project.read_bytes(&visual.mesh) else { continue };
        let copy = format!("meshes/{}", free_name(&visual.mesh, &mut used));
        files.push((format!("{folder}/{copy}"), bytes));
        copies.insert(std::mem::replace(&mut visual.mesh, copy.clone()), copy);
    }
}

/// A name for a copy of a file that every system can store, and that differs from
/// the other names in more than the case of its letters.
fn free_name(path: &str, used: &mut BTreeSet<String>) -> String {
    let file = path.rsplit(['/', '\\', ':']).next().unwrap_or(path);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, "mesh"));
    let portable = |text: &str| -> String {
        let letter = |letter: char| {
            if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' }
        };
        text.chars().take(MAX_FILE_NAME).map(letter).collect()
    };
    let (stem, ending) = (portable(stem), portable(ending));
    let stem = if stem.trim_matches('.').is_empty() { "mesh".to_owned() } else { stem };
    let mut name = format!("{stem}.{ending}");
    let mut number = 2;
    while !used.insert(name.to_ascii_lowercase()) {
        name = format!("{stem}_{number}.{ending}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_meshes_have_different_names_that_can_be_stored() {
        let mut used = BTreeSet::new();
        let mut name = |path: &str| free_name(path, &mut used);

        assert_eq!(name("left/Arm.stl"), "Arm.stl");
        assert_eq!(name("right/arm.stl"), "arm_2.stl");
        assert_eq!(name("right/arm.obj"), "arm.obj");
        assert_eq!(name("my part #2 ä.STL"), "my_part__2__.STL");
        assert_eq!(name("..stl"), "mesh.stl");
        assert!(name(&format!("{}.stl", "x".repeat(300))).len() < 80);
    }
}
