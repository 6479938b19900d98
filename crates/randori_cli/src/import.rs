//! `randori import`: a robot file of another kind becomes a small project.
//!
//! Below the output folder stand the robot, what surrounds it, and a scenario
//! that lets it hold its first pose, so that `randori run` has something to run
//! at once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use randori_core::diagnostic::{Diagnostics, SourceMap};
use randori_core::spec::{EnvironmentSpec, GroundSpec, ImportSpec, RobotSpec};
use randori_core::text::{FileReader, Limits};
use randori_core::time::TickPeriod;
use randori_import::{Import, Stance, environment_text, import, robot_text};

use crate::args::ImportArgs;
use crate::console::{Console, stderr_has_colours};
use crate::exit::Outcome;
use crate::project::{Places, Project};

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
    let errors = std::mem::take(&mut found.errors);
    let Some(robot) = found.robot.take() else {
        let diagnostics = Diagnostics { list: errors, sources };
        console.note(&(diagnostics.human(stderr_has_colours()) + "\n"));
        return Ok(Outcome::InvalidScenario);
    };
    let root = args.output.clone().unwrap_or_else(|| PathBuf::from(&robot.name));
    let files = Files::new(robot, &found, &project);
    match files.write(&root, args.force) {
        Ok(written) => {
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
        project.limits = Limits { files: 4096, ..args.limits.limits() };
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
    let is_urdf = file.extension().is_some_and(|extension| extension == "urdf")
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
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Files {
    fn new(mut robot: RobotSpec, found: &Import, project: &Project) -> Self {
        let name = robot.name.clone();
        let folder = PathBuf::from("assets/robots").join(&name);
        let mut files = Vec::new();
        for link in &mut robot.links {
            // What cannot be read is in the report already.
            link.looks.retain_mut(|look| {
                let Ok(bytes) = project.read_bytes(&look.mesh) else { return false };
                let file = look.mesh.rsplit('/').next().unwrap_or(&look.mesh).to_owned();
                look.mesh = format!("meshes/{file}");
                let path = folder.join(&look.mesh);
                if files.iter().all(|(known, _)| *known != path) {
                    files.push((path, bytes));
                }
                true
            });
        }
        let environment = found.environment.clone().unwrap_or_else(|| floor(&name));
        let scenario = scenario_text(&robot, &environment, found);
        let environment_path = format!("assets/environments/{}.ron", environment.name);
        files.push((folder.join(format!("{name}.ron")), robot_text(&robot).into_bytes()));
        files.push((environment_path.into(), environment_text(&environment).into_bytes()));
        files.push((format!("scenarios/{name}.ron").into(), scenario.into_bytes()));
        Self { files }
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

/// Something to stand on, where the file describes nothing.
fn floor(name: &str) -> EnvironmentSpec {
    EnvironmentSpec {
        format: 1,
        name: format!("{name}_floor"),
        about: String::new(),
        materials: std::collections::BTreeMap::new(),
        ground: Some(GroundSpec::default()),
        objects: Vec::new(),
        zones: Vec::new(),
    }
}

/// A scenario in which the robot holds its first pose.
fn scenario_text(robot: &RobotSpec, environment: &EnvironmentSpec, found: &Import) -> String {
    let name = &robot.name;
    let stance = found.stances.first();
    let start = match stance {
        Some(Stance { name, .. }) if robot.poses.contains_key(name) => {
            format!("            start: (named: {name:?}),\n")
        }
        _ => String::new(),
    };
    let [x, y, z] = stance.map_or([0.0; 3], |stance| stance.base.xyz);
    let turn = match stance.and_then(|stance| stance.base.quat) {
        Some([x, y, z, w]) => format!(", quat: ({x:?}, {y:?}, {z:?}, {w:?})"),
        None => String::new(),
    };
    let policy = if robot.actuators.is_empty() {
        String::new()
    } else {
        "            policy: (use: Builtin(name: \"hold\"), rate_hz: 50),\n".to_owned()
    };
    let physics = physics_text(found);
    let touches_nothing = robot.links.iter().all(|link| link.shapes.is_empty());
    let contact = if touches_nothing { " It has no collision shapes." } else { "" };
    format!(
        "// Imported: {name} holds its first pose.{contact}\n\
         Scenario(\n    \
             format: 1,\n    \
             title: \"{name} holds its first pose\",\n    \
             tags: [\"imported\"],\n    \
             duration: 5.0,\n    \
             physics: ({physics}),\n    \
             environment: \"assets:environments/{environment}.ron\",\n    \
             robots: [\n        \
                 (\n            \
                     name: \"{name}\",\n            \
                     model: \"assets:robots/{name}/{name}.ron\",\n            \
                     pose: (xyz: ({x:?}, {y:?}, {z:?}){turn}),\n\
         {start}{policy}        \
                 ),\n    \
             ],\n    \
             metrics: [\"max(speed({name}))\", \"min(height({name}))\", \"max(tilt({name}))\"],\n\
         )\n",
        environment = environment.name
    )
}

/// The file's own rate and gravity, where Randori can have them.
fn physics_text(found: &Import) -> String {
    let mut words = Vec::new();
    let rate = found
        .rate_hz
        .map(|rate| rate.round() as u32)
        .filter(|rate| TickPeriod::from_rate_hz(*rate).is_some());
    if let Some(rate) = rate.filter(|rate| (100..=2000).contains(rate)) {
        words.push(format!("rate_hz: {rate}"));
        if rate < 400 {
            words.push("contact_frequency_hz: 120".to_owned());
        }
    }
    if let Some([x, y, z]) = found.gravity.filter(|gravity| *gravity != [0.0, 0.0, -9.81]) {
        words.push(format!("gravity: ({x:?}, {y:?}, {z:?})"));
    }
    words.join(", ")
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
        assert!(is_urdf("arm.xml", "<?xml?><robot name=\"arm\">"));
        assert!(!is_urdf("arm.xml", "<mujoco><!-- no <robot> --></mujoco>"));
    }
}
