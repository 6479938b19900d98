//! `randori import`: converts a robot file of another format to a small project.
//!
//! The output folder holds the robot, its environment, and a scenario in which it
//! holds its initial configuration or gets the commands of the file, so that
//! `randori run` works at once.

mod outside;
mod verify;
mod written;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use randori_core::diagnostic::{Diagnostics, SourceMap};
use randori_core::spec::{ImportSpec, RobotSpec};
use randori_core::text::FileReader;
use randori_import::{Import, import, surroundings};
use randori_project::project::{Places, Project};

use crate::args::ImportArgs;
use crate::console::{Console, stderr_has_colours};
use crate::exit::Outcome;
use crate::text::{Text, text};

use verify::Answer;
use written::Files;

/// Imports a file, writes the result, and prints the report.
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
    let environment = surroundings(&mut found);
    let verified = args.verify.then(|| verified(&found, &source, args, console));
    print(&found, verified.as_ref(), &sources, args, console)?;
    let verdict = verified.map_or(Outcome::Pass, |(outcome, _)| outcome);
    let advice = outside::advice(&args.file, &project, &found.outside);
    let Some(files) = Files::new(&mut found, &environment, &project) else {
        let diagnostics = Diagnostics { list: found.errors, sources };
        console.note(&text!("{}\n", Text::findings(&diagnostics, stderr_has_colours())));
        if let Some(advice) = advice {
            console.help(&advice);
        }
        return Ok(Outcome::InvalidScenario);
    };
    if let Err(fault) = files.verify(&limits) {
        let file = args.file.display();
        let what = if fault.exceeds_limits {
            format!("the import of `{file}` exceeds the limits; nothing was written")
        } else {
            format!("Randori cannot run the import of `{file}`; nothing was written")
        };
        console.error(&what);
        for line in fault.text.lines() {
            console.note(&text!("  {}\n", line));
        }
        if !fault.exceeds_limits {
            let help = "this is a fault of Randori: please report it; until then leave out the \
                        part that it names with `--drop NAME`";
            console.help(help);
        }
        return Ok(Outcome::InvalidScenario);
    }
    let touches_nothing = |robot: &RobotSpec| robot.links.iter().all(|link| link.shapes.is_empty());
    let is_hollow = found.robot.as_ref().is_some_and(touches_nothing);
    let root = args.output.clone().unwrap_or_else(|| PathBuf::from(&files.name));
    match files.write(&root, args.force) {
        Ok(written) => {
            if is_hollow {
                console.warning("the robot has no collision shapes: it falls through any ground");
            }
            if let Some(advice) = advice {
                console.warning("meshes outside of the imported folder are missing");
                console.help(&advice);
            }
            for file in &written {
                console.note(&text!("wrote {}\n", file.display()));
            }
            if let Some(scenario) = written.last() {
                console.note(&text!("try: randori run {}\n", scenario.display()));
            }
            Ok(verdict)
        }
        Err(refused) => {
            console.error(&refused.message);
            console.help(refused.help);
            Ok(Outcome::Usage)
        }
    }
}

/// The status and the output of the comparison with a second reader. A file
/// without a robot is not compared.
fn verified(
    found: &Import,
    source: &ImportSpec,
    args: &ImportArgs,
    console: &Console,
) -> (Outcome, Option<Answer>) {
    if found.robot.is_none() {
        return (Outcome::Pass, None);
    }
    let answer = verify::verify(found, source, &args.file, args.python.as_deref(), console);
    (answer.as_ref().map_or(Outcome::Usage, Answer::outcome), answer)
}

/// The report, and the table of the comparison.
fn print(
    found: &Import,
    verified: Option<&(Outcome, Option<Answer>)>,
    sources: &SourceMap,
    args: &ImportArgs,
    console: &Console,
) -> io::Result<()> {
    let answer = verified.and_then(|(_, answer)| answer.as_ref());
    if !args.json {
        let mut text = Text::lines(&found.report.text(sources));
        if let Some(answer) = answer {
            text += answer.text();
        }
        return console.data(&text);
    }
    let mut report = found.report.json(sources);
    if let Some(answer) = answer
        && let Ok(serde_json::Value::Object(mut parts)) = serde_json::from_str(&report)
    {
        parts.insert("verification".to_owned(), serde_json::json!(answer));
        report = serde_json::to_string_pretty(&parts).unwrap_or_default();
    }
    console.data(&Text::json_text(&(report + "\n")))
}

/// The folder that must contain the file's includes and meshes, and the file's
/// path relative to it.
fn locate(args: &ImportArgs, places: &Places, console: &Console) -> Option<(Project, String)> {
    if !args.file.is_file() {
        console.error(&format!("the file `{}` does not exist", args.file.display()));
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
        console.help("give a folder that contains the file and its meshes with `--root DIR`");
    }
    located
}

/// The ROS package that contains a file, otherwise its own folder.
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
