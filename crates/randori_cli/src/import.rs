//! `randori import`: a robot file of another kind becomes a small project.
//!
//! Below the output folder stand the robot, what surrounds it, and a scenario
//! that lets it hold its first pose, so that `randori run` has something to run
//! at once.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use randori_core::diagnostic::{Diagnostics, SourceMap};
use randori_core::spec::{ImportSpec, RobotSpec};
use randori_core::text::FileReader;
use randori_import::{Import, environment_text, flat_ground, import, robot_text, scenario_text};
use randori_project::project::{Places, Project};

use crate::args::ImportArgs;
use crate::console::{Console, stderr_has_colours};
use crate::exit::Outcome;

/// Imports a file, writes what came of it, and prints the report.
///
/// # Errors
/// When the output cannot be written.
pub(crate) fn import_file(
    args: &ImportArgs,
    places: &Places,
    console: &Console,
) -> io::Result<Outcome> {
    let Some((project, path)) = locate(args, places, console) else { return Ok(Outcome::Usage) };
    let text = project.read(&path).unwrap_or_default();
    let source = source_of(&args.file, &text, args);
    let mut sources = SourceMap::default();
    let limits = args.limits.limits();
    let mut found = import(&project, &source, &path, &limits, &mut sources);
    if args.json {
        console.data(&format!("{}\n", found.report.json(&sources)))?;
    } else {
        console.data(&found.report.text(&sources))?;
    }
    let Some(files) = Files::new(&mut found, &project) else {
        let diagnostics = Diagnostics { list: found.errors, sources };
        console.note(&(diagnostics.human(stderr_has_colours()) + "\n"));
        return Ok(Outcome::InvalidScenario);
    };
    let touches_nothing = |robot: &RobotSpec| robot.links.iter().all(|link| link.shapes.is_empty());
    let is_hollow = found.robot.as_ref().is_some_and(touches_nothing);
    let root = args.output.clone().unwrap_or_else(|| PathBuf::from(&files.name));
    match files.write(&root, args.force) {
        Ok(written) => {
            if is_hollow {
                console.warning("the robot has no collision shapes: it falls through any ground");
            }
            for file in &written {
                console.note(&format!("wrote {}\n", file.display()));
            }
            if let Some(scenario) = written.last() {
                console.note(&format!("try: randori run {}\n", scenario.display()));
            }
            Ok(Outcome::Pass)
        }
        Err(refused) => {
            console.error(&refused.message);
            console.help(refused.help);
            Ok(Outcome::Usage)
        }
    }
}

/// The folder that the file's includes and meshes must lie in, and the file's
/// path from there.
fn locate(args: &ImportArgs, places: &Places, console: &Console) -> Option<(Project, String)> {
    if !args.file.is_file() {
        console.error(&format!("there is no file `{}`", args.file.display()));
        return None;
    }
    let root = places.root.clone().unwrap_or_else(|| package_of(&args.file));
    let project = Project::at(&root).map(|mut project| {
        project.limits = args.limits.limits();
        project
    });
    let located = project.ok().and_then(|p| p.relative(&args.file).map(|path| (p, path)));
    if located.is_none() {
        console.error(&format!("`{}` does not lie in `{}`", args.file.display(), root.display()));
        console.help("name a folder around the file and its meshes by `--root DIR`");
    }
    located
}

/// The ROS package around a file, else its own folder.
fn package_of(file: &Path) -> PathBuf {
    let full = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = full.parent().unwrap_or(&full);
    let package = folder.ancestors().take(4).find(|folder| folder.join("package.xml").is_file());
    package.unwrap_or(folder).to_owned()
}

fn source_of(file: &Path, text: &str, args: &ImportArgs) -> ImportSpec {
    let path = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (keep, drop) = (args.keep.clone(), args.drop.clone());
    let is_named_so = |extension: &OsStr| extension == "urdf" || extension == "xacro";
    let is_urdf = file.extension().is_some_and(is_named_so)
        || (text.contains("<robot") && !text.contains("<mujoco"));
    if is_urdf {
        ImportSpec::Urdf { path, from: None, keep, drop }
    } else {
        ImportSpec::Mjcf { path, from: None, keep, drop }
    }
}

/// Why nothing was written.
struct Refused {
    message: String,
    help: &'static str,
}

/// What is written, by path from the output folder.
struct Files {
    /// The robot's name.
    name: String,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Files {
    /// `None` if the import has no robot.
    fn new(found: &mut Import, project: &Project) -> Option<Self> {
        let mut files = Vec::new();
        let robot = found.robot.as_mut()?;
        let name = robot.name.clone();
        let folder = PathBuf::from("assets/robots").join(&name);
        copy_meshes(robot, &folder, project, &mut files);
        let robot = robot_text(robot);
        let environment = found.environment.clone().unwrap_or_else(flat_ground);
        let robot_path = format!("assets:robots/{name}/{name}.ron");
        let environment_path = format!("environments/{}.ron", environment.name);
        let scenario = scenario_text(found, &robot_path, &format!("assets:{environment_path}"));
        files.push((folder.join(format!("{name}.ron")), robot.into_bytes()));
        let environment = environment_text(&environment).into_bytes();
        files.push((PathBuf::from("assets").join(environment_path), environment));
        files.push((format!("scenarios/{name}.ron").into(), scenario.into_bytes()));
        Some(Self { name, files })
    }

    /// Writes everything or nothing; the scenario last.
    fn write(&self, root: &Path, force: bool) -> Result<Vec<PathBuf>, Refused> {
        let paths: Vec<PathBuf> = self.files.iter().map(|(path, _)| root.join(path)).collect();
        if let Some(existing) = paths.iter().find(|path| path.exists() && !force) {
            let message = format!("`{}` exists already", existing.display());
            return Err(Refused {
                message,
                help: "choose another folder by `--output DIR`, or overwrite it by `--force`",
            });
        }
        for (path, (_, bytes)) in paths.iter().zip(&self.files) {
            let folder = path.parent().unwrap_or(root);
            fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).map_err(|error| {
                let message = format!("`{}` cannot be written: {error}", path.display());
                Refused { message, help: "choose another folder by `--output DIR`" }
            })?;
        }
        Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|e| e == "ron")).collect())
    }
}

/// Lets the robot's looks name copies of their meshes beside its file.
fn copy_meshes(
    robot: &mut RobotSpec,
    folder: &Path,
    project: &Project,
    files: &mut Vec<(PathBuf, Vec<u8>)>,
) {
    for look in robot.links.iter_mut().flat_map(|link| &mut link.looks) {
        // What cannot be read is in the report already.
        let Ok(bytes) = project.read_bytes(&look.mesh) else { continue };
        let file = look.mesh.rsplit('/').next().unwrap_or(&look.mesh);
        look.mesh = format!("meshes/{file}");
        let path = folder.join(&look.mesh);
        if files.iter().all(|(known, _)| *known != path) {
            files.push((path, bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_urdf_is_told_by_its_name_or_its_first_element() {
        let args = ImportArgs::default();
        let is_urdf = |file: &str, text: &str| {
            matches!(source_of(Path::new(file), text, &args), ImportSpec::Urdf { .. })
        };

        assert!(is_urdf("arm.urdf", ""));
        assert!(is_urdf("arm.xacro", ""));
        assert!(is_urdf("arm.xml", "<?xml?><robot name=\"arm\">"));
        assert!(!is_urdf("arm.xml", "<mujoco><!-- no <robot> --></mujoco>"));
    }
}
